//! Bit rate, size, frame rate and key frames on request, at once.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test states what it expects")]

use assist_engine::media::EncoderControl;
use assist_headless::decoder::VideoDecoder;
use assist_headless::encoder::{EncodedFrame, VideoEncoder};
use assist_headless::scene::Scene;

const SECOND_US: u64 = 1_000_000;

fn control(bitrate_bps: u32) -> EncoderControl {
    EncoderControl {
        bitrate_bps,
        width_px: 1280,
        height_px: 720,
        frame_rate: 15,
        key_frames_requested: 0,
    }
}

/// A camera of `camera_rate` frames/s that films the scene into an encoder.
struct Phone {
    scene: Scene,
    encoder: VideoEncoder,
    camera_rate: u64,
    next_frame: u64,
}

impl Phone {
    fn new(control: EncoderControl, camera_rate: u64) -> Self {
        Self {
            scene: Scene::new(1),
            encoder: VideoEncoder::new(control).unwrap(),
            camera_rate,
            next_frame: 0,
        }
    }

    fn film(&mut self, seconds: u64) -> Vec<EncodedFrame> {
        let end = self.next_frame + seconds * self.camera_rate;
        let mut frames = Vec::new();
        while self.next_frame < end {
            frames.extend(self.film_one());
        }
        frames
    }

    fn film_one(&mut self) -> Option<EncodedFrame> {
        let capture_time_us = self.next_frame * SECOND_US / self.camera_rate;
        self.next_frame += 1;
        if !self.encoder.wants(capture_time_us) {
            return None;
        }
        let EncoderControl {
            width_px, height_px, ..
        } = self.encoder.control();
        let picture = self.scene.picture(capture_time_us, width_px, height_px);
        self.encoder.encode(&picture, capture_time_us).unwrap()
    }
}

fn bits(frames: &[EncodedFrame]) -> f64 {
    frames.iter().map(|frame| frame.annex_b.len() as f64 * 8.0).sum()
}

/// Types of the NAL units of an access unit (ITU-T H.264, table 7-1).
fn nal_unit_types(annex_b: &[u8]) -> Vec<u8> {
    annex_b
        .windows(4)
        .filter(|bytes| bytes[..3] == [0, 0, 1])
        .map(|bytes| bytes[3] & 0x1f)
        .collect()
}

#[test]
fn five_seconds_of_the_scene_have_the_bit_rate_asked_for() {
    for bitrate_bps in [300_000, 600_000, 1_500_000] {
        let frames = Phone::new(control(bitrate_bps), 15).film(5);
        let ratio = bits(&frames) / 5.0 / f64::from(bitrate_bps);
        println!("{bitrate_bps} bit/s: {ratio:.3} of it in {} frames", frames.len());
        assert!((0.85..=1.15).contains(&ratio), "{ratio} of {bitrate_bps} bit/s");
    }
}

#[test]
fn another_bit_rate_is_followed_within_a_second_and_without_a_key_frame() {
    let mut phone = Phone::new(control(1_500_000), 15);
    phone.film(4);
    for bitrate_bps in [500_000, 1_200_000, 300_000] {
        phone.encoder.apply(control(bitrate_bps)).unwrap();
        let settling = phone.film(1);
        let settled = phone.film(3);
        let ratio = bits(&settled) / 3.0 / f64::from(bitrate_bps);
        println!(
            "{bitrate_bps} bit/s: {:.2} at first, then {ratio:.3}",
            bits(&settling) / f64::from(bitrate_bps)
        );
        assert!((0.8..=1.2).contains(&ratio), "{ratio} of {bitrate_bps} bit/s");
        assert!(settling.iter().chain(&settled).all(|frame| !frame.is_key_frame));
    }
}

#[test]
fn a_key_frame_asked_for_is_the_next_frame_and_carries_its_parameter_sets() {
    let mut phone = Phone::new(control(800_000), 30);
    let first = phone.film(2);
    assert_eq!(
        first.iter().filter(|frame| frame.is_key_frame).count(),
        1,
        "only the first frame is a key frame"
    );
    for request in 1..=3 {
        phone
            .encoder
            .apply(EncoderControl {
                key_frames_requested: request,
                ..control(800_000)
            })
            .unwrap();
        let frame = phone.film_one().expect("a key frame is never dropped");
        assert!(frame.is_key_frame);
        let types = nal_unit_types(&frame.annex_b);
        assert_eq!(types, [7, 8, 5], "SPS, PPS, one IDR slice");
        assert!(
            VideoDecoder::new().unwrap().decode(&frame.annex_b).unwrap().is_some(),
            "it decodes on its own"
        );
        assert!(
            phone.film(1).iter().all(|frame| !frame.is_key_frame),
            "one request, one key frame"
        );
    }
}

#[test]
fn the_stream_is_constrained_baseline_with_one_slice_per_picture() {
    let frames = Phone::new(control(1_000_000), 15).film(1);
    let sps = frames[0]
        .annex_b
        .windows(8)
        .find(|bytes| bytes[..3] == [0, 0, 1] && bytes[3] & 0x1f == 7)
        .unwrap();
    assert_eq!(sps[4], 66, "baseline");
    assert_eq!(sps[5] & 0x40, 0x40, "constrained");
    assert!(sps[6] <= 31, "no higher than level 3.1, which 42e01f promises");
    for frame in &frames[1..] {
        assert_eq!(nal_unit_types(&frame.annex_b), [1]);
    }
}

#[test]
fn every_size_of_the_ladder_begins_with_a_key_frame_and_decodes() {
    let mut phone = Phone::new(control(1_000_000), 15);
    let mut decoder = VideoDecoder::new().unwrap();
    for (width_px, height_px) in [(1280, 720), (960, 540), (640, 360), (320, 180), (1280, 720)] {
        phone
            .encoder
            .apply(EncoderControl {
                width_px,
                height_px,
                ..control(1_000_000)
            })
            .unwrap();
        let first_time_us = phone.next_frame * SECOND_US / 15;
        let frames = phone.film(1);
        assert!(frames[0].is_key_frame && frames[0].capture_time_us == first_time_us);
        for frame in &frames {
            let picture = decoder
                .decode(&frame.annex_b)
                .unwrap()
                .expect("every frame gives a picture");
            assert_eq!(
                (picture.width_px(), picture.height_px()),
                (width_px as usize, height_px as usize)
            );
            let seen = phone.scene.picture(frame.capture_time_us, width_px, height_px);
            assert!(picture.luma_psnr_db(&seen) > 24.0, "{} dB", picture.luma_psnr_db(&seen));
        }
    }
}

#[test]
fn a_picture_of_another_size_is_scaled() {
    let mut encoder = VideoEncoder::new(EncoderControl {
        width_px: 320,
        height_px: 180,
        ..control(500_000)
    })
    .unwrap();
    let scene = Scene::new(1);
    let frame = encoder.encode(&scene.picture(0, 1280, 720), 0).unwrap().unwrap();
    let picture = VideoDecoder::new().unwrap().decode(&frame.annex_b).unwrap().unwrap();
    assert_eq!((picture.width_px(), picture.height_px()), (320, 180));
    assert!(picture.luma_psnr_db(&scene.picture(0, 320, 180)) > 24.0);
}

#[test]
fn camera_frames_beyond_the_frame_rate_are_dropped_evenly() {
    for (frame_rate, gaps_us) in [
        (30, 33_333..=33_334),
        (15, 66_666..=66_667),
        (20, 33_333..=66_667),
        (10, 100_000..=100_000),
    ] {
        let small = EncoderControl {
            frame_rate,
            width_px: 320,
            height_px: 180,
            ..control(2_000_000)
        };
        let mut phone = Phone::new(small, 30);
        let wanted: Vec<u64> = phone.film(3).iter().map(|frame| frame.capture_time_us).collect();
        assert_eq!(wanted.len(), frame_rate as usize * 3);
        for pair in wanted.windows(2) {
            assert!(
                gaps_us.contains(&(pair[1] - pair[0])),
                "{pair:?} at {frame_rate} frames/s"
            );
        }
    }
}

#[test]
fn another_frame_rate_keeps_the_bit_rate() {
    let mut phone = Phone::new(control(900_000), 30);
    phone.film(3);
    phone
        .encoder
        .apply(EncoderControl {
            frame_rate: 30,
            ..control(900_000)
        })
        .unwrap();
    phone.film(1);
    let frames = phone.film(3);
    let ratio = bits(&frames) / 3.0 / 900_000.0;
    assert!(frames.len() > 75, "{} frames", frames.len());
    assert!((0.8..=1.2).contains(&ratio), "{ratio}");
}

#[test]
fn values_it_cannot_follow_become_the_nearest_it_can() {
    let wild = EncoderControl {
        bitrate_bps: 0,
        width_px: 1,
        height_px: 99_999,
        frame_rate: 0,
        key_frames_requested: 0,
    };
    let encoder = VideoEncoder::new(wild).unwrap();
    let feasible = encoder.control();
    assert_eq!((feasible.width_px, feasible.height_px), (16, 2160));
    assert_eq!((feasible.bitrate_bps, feasible.frame_rate), (10_000, 1));
}
