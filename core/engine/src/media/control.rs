//! What the encoder is asked for, from what the peer reports.
//!
//! A plain rule on reported loss, with the video floor of the product as its start: enough for a call on a sound link.
//! Estimating the link from its delays is a room of its own and will feed the same [`EncoderControl`].

use std::time::Duration;

use assist_protocol::Timestamp;

use super::{EncoderControl, LinkReport};

/// Bounds of what is asked of the encoder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EncoderTarget {
    /// Start and upper bound in bits a second.
    pub bitrate_bps: u32,
    /// Width in px at that rate.
    pub width_px: u32,
    /// Height in px at that rate.
    pub height_px: u32,
    /// Frames a second at that rate.
    pub frame_rate: u32,
}

impl Default for EncoderTarget {
    /// The product's video floor: 1280x720, 15 frames/s, 1.5 Mbit/s.
    fn default() -> Self {
        Self {
            bitrate_bps: 1_500_000,
            width_px: 1280,
            height_px: 720,
            frame_rate: 15,
        }
    }
}

const MIN_BITRATE_BPS: u32 = 100_000;
/// Below this loss the link has room; above [`HIGH_LOSS`] it is too full. Between them nothing changes
/// (draft-ietf-rmcat-gcc-02 §6).
const LOW_LOSS: f32 = 0.02;
const HIGH_LOSS: f32 = 0.10;
const STEP_EVERY: Duration = Duration::from_secs(1);

/// Pictures get smaller before they get too coarse: below each rate, the size is divided and the frame rate capped.
const LADDER: [(u32, u32, u32); 3] = [(250_000, 4, 8), (500_000, 2, 12), (900_000, 2, 15)];

/// Turns link reports and key-frame requests into encoder control.
#[derive(Debug)]
pub struct RateAdaptation {
    target: EncoderTarget,
    bitrate_bps: u32,
    key_frames_requested: u64,
    last_step: Option<Timestamp>,
}

impl RateAdaptation {
    /// Starts at the target.
    pub fn new(target: EncoderTarget) -> Self {
        Self {
            target,
            bitrate_bps: target.bitrate_bps,
            key_frames_requested: 0,
            last_step: None,
        }
    }

    /// Asks for a key frame.
    pub fn request_key_frame(&mut self) {
        self.key_frames_requested += 1;
    }

    /// Takes in what the peer reported of our video; steps at most once a second.
    pub fn report(&mut self, report: &LinkReport, now: Timestamp) {
        if self.last_step.is_some_and(|last| now.since(last) < STEP_EVERY) {
            return;
        }
        self.last_step = Some(now);
        let rate = self.bitrate_bps as f32;
        let next = if report.loss > HIGH_LOSS {
            rate * (1.0 - 0.5 * report.loss)
        } else if report.loss < LOW_LOSS {
            rate * 1.08
        } else {
            rate
        };
        self.bitrate_bps = (next as u32).clamp(MIN_BITRATE_BPS, self.target.bitrate_bps);
    }

    /// What bulk data may spend, in bits a second: all that the link is known to carry while no picture is sent, and beside
    /// a picture an eighth of it, so that a file moves on and the picture stays sharp.
    pub fn bulk_bitrate_bps(&self, sends_pictures: bool) -> u32 {
        if sends_pictures {
            self.bitrate_bps / 8
        } else {
            self.bitrate_bps
        }
    }

    /// What the encoder should do now.
    pub fn control(&self) -> EncoderControl {
        let rung = LADDER.iter().find(|(below, ..)| self.bitrate_bps < *below);
        let (divisor, frame_rate) = rung.map_or((1, u32::MAX), |(_, divisor, frame_rate)| (*divisor, *frame_rate));
        EncoderControl {
            bitrate_bps: self.bitrate_bps,
            // Encoders want even sizes.
            width_px: (self.target.width_px / divisor) & !1,
            height_px: (self.target.height_px / divisor) & !1,
            frame_rate: self.target.frame_rate.min(frame_rate),
            key_frames_requested: self.key_frames_requested,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report(loss: f32) -> LinkReport {
        LinkReport {
            loss,
            ..LinkReport::default()
        }
    }

    #[test]
    fn loss_lowers_the_rate_then_the_size_and_its_absence_brings_both_back() {
        let mut adaptation = RateAdaptation::new(EncoderTarget::default());
        assert_eq!(adaptation.control().width_px, 1280);
        for second in 0..40 {
            adaptation.report(&report(0.5), Timestamp::from_millis(second * 1_000));
        }
        let low = adaptation.control();
        assert_eq!(
            (low.bitrate_bps, low.width_px, low.height_px, low.frame_rate),
            (100_000, 320, 180, 8)
        );
        for second in 40..120 {
            adaptation.report(&report(0.0), Timestamp::from_millis(second * 1_000));
        }
        let high = adaptation.control();
        assert_eq!(
            (high.bitrate_bps, high.width_px, high.frame_rate),
            (1_500_000, 1280, 15)
        );
    }

    #[test]
    fn bulk_has_the_link_to_itself_while_no_picture_is_sent_and_shrinks_with_it() {
        let mut adaptation = RateAdaptation::new(EncoderTarget::default());
        let rates =
            |adaptation: &RateAdaptation| (adaptation.bulk_bitrate_bps(true), adaptation.bulk_bitrate_bps(false));
        assert_eq!(rates(&adaptation), (187_500, 1_500_000));
        for second in 0..40 {
            adaptation.report(&report(0.5), Timestamp::from_millis(second * 1_000));
        }
        assert_eq!(rates(&adaptation), (12_500, 100_000));
    }

    #[test]
    fn many_reports_in_a_second_are_one_step() {
        let mut adaptation = RateAdaptation::new(EncoderTarget::default());
        for millis in 0..900 {
            adaptation.report(&report(0.2), Timestamp::from_millis(millis));
        }
        assert_eq!(adaptation.control().bitrate_bps, 1_350_000);
    }

    #[test]
    fn key_frame_requests_count_up() {
        let mut adaptation = RateAdaptation::new(EncoderTarget::default());
        adaptation.request_key_frame();
        adaptation.request_key_frame();
        assert_eq!(adaptation.control().key_frames_requested, 2);
    }
}
