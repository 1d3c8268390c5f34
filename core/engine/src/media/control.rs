//! What the encoder is asked for, from what the link bears.

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
/// Sound with its headers, bits a second.
const SOUND_BPS: u32 = 45_000;
/// What of the rest is picture, and not headers, repairs and messages.
const PICTURE_PERCENT: u32 = 92;

/// Pictures get smaller before they get too coarse: below each rate, the size is divided and the frame rate capped.
const LADDER: [(u32, u32, u32); 3] = [(250_000, 4, 8), (500_000, 2, 12), (900_000, 2, 15)];

/// Turns link reports and key-frame requests into encoder control.
#[derive(Debug)]
pub struct RateAdaptation {
    target: EncoderTarget,
    bitrate_bps: u32,
    key_frames_requested: u64,
}

impl RateAdaptation {
    /// Starts at the target.
    pub fn new(target: EncoderTarget) -> Self {
        Self {
            target,
            bitrate_bps: target.bitrate_bps,
            key_frames_requested: 0,
        }
    }

    /// Asks for a key frame.
    pub fn request_key_frame(&mut self) {
        self.key_frames_requested += 1;
    }

    /// Takes in what is known of the link.
    pub fn report(&mut self, report: &LinkReport) {
        let picture_bps = report.target_bps.saturating_sub(SOUND_BPS) / 100 * PICTURE_PERCENT;
        self.bitrate_bps = picture_bps.clamp(MIN_BITRATE_BPS, self.target.bitrate_bps);
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

    fn after(target_bps: u32) -> RateAdaptation {
        let mut adaptation = RateAdaptation::new(EncoderTarget::default());
        let report = LinkReport {
            target_bps,
            ..LinkReport::default()
        };
        adaptation.report(&report);
        adaptation
    }

    #[test]
    fn what_the_link_bears_decides_on_rate_and_size() {
        let control = |target_bps| {
            let control = after(target_bps).control();
            (
                control.bitrate_bps,
                control.width_px,
                control.height_px,
                control.frame_rate,
            )
        };
        assert_eq!(control(50_000), (100_000, 320, 180, 8));
        assert_eq!(control(445_000), (368_000, 640, 360, 12));
        assert_eq!(control(5_000_000), (1_500_000, 1280, 720, 15));
    }

    #[test]
    fn bulk_has_the_link_to_itself_while_no_picture_is_sent_and_shrinks_with_it() {
        let rates =
            |adaptation: RateAdaptation| (adaptation.bulk_bitrate_bps(true), adaptation.bulk_bitrate_bps(false));
        assert_eq!(
            rates(RateAdaptation::new(EncoderTarget::default())),
            (187_500, 1_500_000)
        );
        assert_eq!(rates(after(0)), (12_500, 100_000));
    }

    #[test]
    fn key_frame_requests_count_up() {
        let mut adaptation = RateAdaptation::new(EncoderTarget::default());
        adaptation.request_key_frame();
        adaptation.request_key_frame();
        assert_eq!(adaptation.control().key_frames_requested, 2);
    }
}
