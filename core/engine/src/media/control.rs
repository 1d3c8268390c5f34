//! What the encoder is asked for, from what the link bears: [`Spending`] divides it, and here it meets the encoder.

use assist_protocol::Timestamp;
use assist_protocol::link::{Budget, Demand, Spending, VideoBudget, VideoMost, sound_on_wire_bps};

use super::{EncoderControl, LinkReport};

/// The product's video floor: 1280x720, 15 frames/s, 1.5 Mbit/s.
pub const VIDEO_FLOOR: VideoMost = VideoMost {
    width_px: 1_280,
    height_px: 720,
    frame_rate: 15,
    bitrate_bps: 1_500_000,
};

/// What a link is taken to bear before there is word of it, bits a second.
const GUESS_BPS: f64 = 1_500_000.0;
/// The least that is asked of an encoder, bits a second, even while its pictures are [not sent](RateAdaptation::bears_pictures).
const LEAST_BPS: u32 = 60_000;
/// A rate that changes by less than this share is not worth telling the encoder.
const NEWS: f64 = 0.05;

/// Turns link reports and key-frame requests into encoder control.
#[derive(Debug)]
pub struct RateAdaptation {
    spending: Spending,
    sound_bps: f64,
    budget: Budget,
    bears_pictures: bool,
    control: EncoderControl,
}

impl RateAdaptation {
    /// For a camera that gives so much, beside sound of so many encoded bits a second.
    pub fn new(camera: VideoMost, sound_bps: u32) -> Self {
        let mut spending = Spending::new(camera, VideoMost::default());
        let sound_bps = sound_on_wire_bps(f64::from(sound_bps));
        let demand = Demand {
            target_bps: GUESS_BPS,
            bears_bps: GUESS_BPS,
            sound_bps,
            messages_bps: 0.0,
            sends_pictures: true,
            has_bulk: false,
        };
        let budget = spending.spend(Timestamp::ZERO, &demand);
        let mut adaptation = Self {
            spending,
            sound_bps,
            budget,
            bears_pictures: true,
            control: EncoderControl {
                bitrate_bps: LEAST_BPS,
                width_px: camera.width_px & !1,
                height_px: camera.height_px & !1,
                frame_rate: camera.frame_rate,
                key_frames_requested: 0,
            },
        };
        adaptation.follow();
        adaptation
    }

    /// Asks for a key frame.
    pub fn request_key_frame(&mut self) {
        self.control.key_frames_requested += 1;
    }

    /// The encoder made a picture.
    pub fn encoded(&mut self, bytes: usize, is_key_frame: bool) {
        let bytes = u32::try_from(bytes).unwrap_or(u32::MAX);
        self.spending.encoded(bytes, is_key_frame);
    }

    /// Takes in what is known of the link.
    pub fn report(&mut self, report: &LinkReport, sends_pictures: bool, now: Timestamp) {
        let demand = Demand {
            target_bps: f64::from(report.media_bps),
            bears_bps: f64::from(report.bears_bps),
            sound_bps: self.sound_bps,
            messages_bps: f64::from(report.messages_bps),
            sends_pictures,
            has_bulk: false,
        };
        self.budget = self.spending.spend(now, &demand);
        // Who sends none is not asked about it until he does.
        let bears_pictures = self.budget.video.is_some() || !sends_pictures;
        let bore_pictures = std::mem::replace(&mut self.bears_pictures, bears_pictures);
        if bears_pictures && !bore_pictures {
            // What was left out cannot be built upon.
            self.request_key_frame();
        }
        self.follow();
    }

    /// Whether the link bears pictures beside the sound: what the encoder makes while it does not is to be left out.
    pub fn bears_pictures(&self) -> bool {
        self.bears_pictures
    }

    /// The user's own ceiling for all that is sent, in bits a second on the wire.
    pub fn set_ceiling(&mut self, ceiling_bps: Option<u32>) {
        self.spending.set_ceiling(ceiling_bps.map(f64::from));
    }

    /// What bulk data may spend, in bits a second.
    pub fn bulk_bitrate_bps(&self) -> u32 {
        self.budget.bulk_bps
    }

    /// What the encoder should do now.
    pub fn control(&self) -> EncoderControl {
        self.control
    }

    fn follow(&mut self) {
        let Some(video) = self.budget.video else {
            self.control.bitrate_bps = LEAST_BPS;
            return;
        };
        let VideoBudget {
            bitrate_bps,
            width_px,
            height_px,
            frame_rate,
            ..
        } = video;
        let bitrate_bps = bitrate_bps.max(LEAST_BPS);
        let before = &mut self.control;
        let is_same = (before.width_px, before.height_px, before.frame_rate) == (width_px, height_px, frame_rate);
        let apart_bps = f64::from(before.bitrate_bps.abs_diff(bitrate_bps));
        if is_same && apart_bps < NEWS * f64::from(before.bitrate_bps) {
            return;
        }
        (before.width_px, before.height_px, before.frame_rate) = (width_px, height_px, frame_rate);
        before.bitrate_bps = bitrate_bps;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SOUND_BPS: u32 = 32_000;

    fn after(target_bps: u32) -> RateAdaptation {
        let mut adaptation = RateAdaptation::new(VIDEO_FLOOR, SOUND_BPS);
        for tenths in 0..20 {
            let report = LinkReport {
                media_bps: target_bps,
                ..LinkReport::default()
            };
            adaptation.report(&report, true, Timestamp::from_millis(200 * tenths));
        }
        adaptation
    }

    #[test]
    fn what_the_link_bears_decides_on_rate_and_size() {
        let control = |target_bps| {
            let control = after(target_bps).control();
            (
                control.width_px,
                control.height_px,
                control.frame_rate,
                control.bitrate_bps,
            )
        };
        assert_eq!(control(5_000_000), (1_280, 720, 15, 1_500_000));
        let (width_px, _, frame_rate, bitrate_bps) = control(700_000);
        assert_eq!((width_px, frame_rate), (960, 10));
        assert!((400_000..650_000).contains(&bitrate_bps), "{bitrate_bps}");
        assert_eq!(control(50_000).3, LEAST_BPS);
    }

    #[test]
    fn on_a_critical_link_there_are_no_pictures_and_the_first_one_after_it_is_a_key_frame() {
        let mut adaptation = after(1_000_000);
        let report = |adaptation: &mut RateAdaptation, target_bps: u32, from_s: u64| {
            for tenths in 0..100 {
                let report = LinkReport {
                    media_bps: target_bps,
                    ..LinkReport::default()
                };
                adaptation.report(&report, true, Timestamp::from_millis(1_000 * from_s + 100 * tenths));
            }
            (adaptation.bears_pictures(), adaptation.control().key_frames_requested)
        };
        assert_eq!(report(&mut adaptation, 1_000_000, 10), (true, 0));
        assert_eq!(report(&mut adaptation, 140_000, 20), (false, 0));
        assert_eq!(report(&mut adaptation, 160_000, 30), (false, 0), "not amply borne");
        assert_eq!(report(&mut adaptation, 250_000, 40), (true, 1));
    }

    #[test]
    fn a_guess_shows_the_floor_and_the_users_ceiling_holds() {
        let mut adaptation = RateAdaptation::new(VIDEO_FLOOR, SOUND_BPS);
        assert_eq!(adaptation.control().height_px, 720);
        adaptation.set_ceiling(Some(500_000));
        let report = LinkReport {
            media_bps: 5_000_000,
            ..LinkReport::default()
        };
        adaptation.report(&report, true, Timestamp::from_millis(200));
        assert!(adaptation.control().bitrate_bps < 450_000);
    }

    #[test]
    fn small_changes_are_no_news_and_key_frame_requests_count_up() {
        let mut adaptation = after(1_000_000);
        let before = adaptation.control();
        let report = LinkReport {
            media_bps: 1_030_000,
            ..LinkReport::default()
        };
        adaptation.report(&report, true, Timestamp::from_millis(5_000));
        assert_eq!(adaptation.control(), before);
        adaptation.request_key_frame();
        adaptation.request_key_frame();
        assert_eq!(adaptation.control().key_frames_requested, 2);
    }
}
