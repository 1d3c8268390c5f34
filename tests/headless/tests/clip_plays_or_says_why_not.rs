//! A recorded clip in place of the camera.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test states what it expects")]

use std::path::{Path, PathBuf};

use assist_headless::FileError;
use assist_headless::camera::{CameraSource, capture_time_us};
use assist_headless::clip::{Clip, ClipError, fuzz_clip};
use assist_headless::scene::Scene;
use proptest::prelude::*;

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(name)
}

fn bytes_of(name: &str) -> Vec<u8> {
    std::fs::read(fixture(name)).unwrap()
}

fn refusal(bytes: Vec<u8>) -> ClipError {
    Clip::from_bytes(bytes).err().expect("the clip is refused")
}

#[test]
fn a_clip_shows_what_was_recorded_and_begins_again() {
    let mut clip = Clip::open(&fixture("scene.mp4")).unwrap();
    let duration_us = clip.duration_us();
    assert!(duration_us.abs_diff(2_000_000) < 100, "{duration_us} µs");
    let scene = Scene::new(1);
    for round in 0..3 {
        for index in [0, 1, 7, 29] {
            let time_us = capture_time_us(0, 15, index);
            let picture = clip.picture_at(round * duration_us + time_us + 1_000).clone();
            assert_eq!((picture.width_px(), picture.height_px()), (320, 180));
            let likeness = |time_us| picture.luma_psnr_db(&scene.picture(time_us, 320, 180));
            assert!(
                likeness(time_us) > 24.0,
                "round {round}, frame {index}: {} dB",
                likeness(time_us)
            );
            assert!(
                likeness(time_us) > likeness(time_us + 400_000) + 3.0,
                "it is that frame and no other"
            );
        }
    }
}

#[test]
fn time_may_go_back() {
    let mut clip = Clip::open(&fixture("scene.mp4")).unwrap();
    let early = clip.picture_at(100_000).clone();
    let late = clip.picture_at(1_900_000).clone();
    assert_ne!(early, late);
    assert_eq!(*clip.picture_at(100_000), early);
}

#[test]
fn pictures_stored_in_another_order_are_shown_in_order() {
    let mut clip = Clip::open(&fixture("reordered.mp4")).unwrap();
    let mut original = Clip::open(&fixture("scene.mp4")).unwrap();
    for index in 0..15 {
        let time_us = capture_time_us(0, 15, index) + 1_000;
        let expected = original.picture_at(time_us).scaled_to(160, 90);
        let picture = clip.picture_at(time_us);
        assert!(
            picture.luma_psnr_db(&expected) > 22.0,
            "frame {index}: {} dB",
            picture.luma_psnr_db(&expected)
        );
    }
}

#[test]
fn the_camera_scales_a_clip_and_knows_no_pose_for_it() {
    let mut camera = CameraSource::clip(&fixture("scene.mp4")).unwrap();
    let frame = camera.frame(500_000, 640, 360);
    assert_eq!((frame.picture.width_px(), frame.picture.height_px()), (640, 360));
    assert_eq!((frame.capture_time_us, frame.camera), (500_000, None));
    let frame = CameraSource::scene(1).frame(500_000, 320, 180);
    assert_eq!(frame.camera, Some(Scene::new(1).camera(500_000, 320, 180)));
}

#[test]
fn a_file_that_cannot_be_read_is_named_with_the_reason() {
    let open = |path: &Path| Clip::open(path).err().expect("the clip is refused");
    let missing = open(Path::new("no/such/clip.mp4"));
    assert!(matches!(missing, ClipError::File(FileError::Missing { .. })));
    assert!(missing.to_string().contains("no/such/clip.mp4"));
    assert!(matches!(open(&fixture("")), ClipError::File(FileError::Folder { .. })));
    assert!(matches!(
        open(&fixture("scene.mp4/inside")),
        ClipError::File(FileError::Unreadable { .. })
    ));
    assert!(matches!(
        open(Path::new("/dev/zero")),
        ClipError::File(FileError::NotAFile { .. })
    ));
}

#[test]
fn what_is_no_playable_clip_is_refused_with_the_reason() {
    assert!(matches!(refusal(Vec::new()), ClipError::Empty));
    assert!(matches!(
        refusal(b"This is a letter, not a film.".to_vec()),
        ClipError::NotMp4
    ));
    assert!(matches!(refusal(vec![0; 3]), ClipError::NotMp4));
    assert!(matches!(refusal(bytes_of("sound.mp4")), ClipError::NoVideoTrack));
    assert!(matches!(refusal(bytes_of("fragmented.mp4")), ClipError::Fragmented));
    let h265 = refusal(bytes_of("h265.mp4"));
    assert!(
        matches!(&h265, ClipError::OtherCodec(name) if name == "H.265"),
        "{h265:?}"
    );
    assert!(h265.to_string().contains("H.265") && h265.to_string().contains("H.264"));
}

#[test]
fn a_clip_that_is_cut_off_anywhere_is_refused() {
    let whole = bytes_of("scene.mp4");
    for length in (8..whole.len()).step_by(whole.len() / 40) {
        let error = refusal(whole[..length].to_vec());
        assert!(
            matches!(error, ClipError::Truncated(_)),
            "{error:?} at {length} of {} bytes",
            whole.len()
        );
    }
}

#[test]
fn a_clip_whose_pictures_are_rubbish_is_refused() {
    let mut bytes = bytes_of("scene.mp4");
    let start = bytes.windows(4).position(|kind| kind == b"mdat").unwrap() + 4;
    let end = bytes
        .windows(4)
        .position(|kind| kind == b"moov")
        .filter(|moov| *moov > start)
        .unwrap_or(bytes.len());
    bytes[start..end - 4].fill(0xff);
    assert!(matches!(refusal(bytes), ClipError::Undecodable(_)));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn no_damage_makes_it_panic(changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..20), in_tables in any::<bool>()) {
        let mut bytes = bytes_of("scene.mp4");
        let moov = bytes.windows(4).position(|kind| kind == b"moov").unwrap();
        for (index, value) in changes {
            let range = if in_tables { moov..bytes.len() } else { 0..bytes.len() };
            let at = range.start + index.index(range.len());
            bytes[at] = value;
        }
        fuzz_clip(&bytes);
    }

    #[test]
    fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        fuzz_clip(&bytes);
        fuzz_clip(&[&b"\0\0\0\x08ftyp\0\0\x01\0moov"[..], &bytes].concat());
    }
}
