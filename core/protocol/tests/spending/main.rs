//! Who gets what of the link, and what is asked of the encoder.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod encoder;
mod ladder;
mod shares;

use std::time::Duration;

use assist_protocol::Timestamp;
use assist_protocol::link::{Budget, Demand, Spending, VideoBudget, VideoMost, sound_on_wire_bps};

/// As often as the engine asks.
pub const EVERY: Duration = Duration::from_millis(100);

/// Opus at 32 kbit/s and its headers, and a camera that runs.
pub fn demand(target_bps: f64) -> Demand {
    Demand {
        target_bps,
        bears_bps: target_bps,
        sound_bps: sound_on_wire_bps(32_000.0),
        messages_bps: 0.0,
        sends_pictures: true,
        has_bulk: false,
    }
}

/// What a new link of so many bits a second is spent on.
pub fn at_first(target_bps: f64) -> Budget {
    Spending::default().spend(Timestamp::ZERO, &demand(target_bps))
}

/// A camera's or a peer's most, without a bound for the bit rate that matters.
pub fn most(width_px: u32, height_px: u32, frame_rate: u32) -> VideoMost {
    VideoMost {
        width_px,
        height_px,
        frame_rate,
        bitrate_bps: 4_500_000,
    }
}

/// (width, height, frames a second); zeros for no picture.
pub fn shape(video: Option<VideoBudget>) -> (u32, u32, u32) {
    video.map_or((0, 0, 0), |video| (video.width_px, video.height_px, video.frame_rate))
}

/// A spending in virtual time.
#[derive(Default)]
pub struct Running {
    /// What is tested.
    pub spending: Spending,
    /// Its time.
    pub now: Timestamp,
}

impl Running {
    /// What is spent the next time.
    pub fn step(&mut self, demand: &Demand) -> Budget {
        self.now = self.now + EVERY;
        self.spending.spend(self.now, demand)
    }

    /// The last budget after so many seconds at a target.
    pub fn run(&mut self, seconds: u32, target_bps: f64) -> Budget {
        let mut budget = self.step(&demand(target_bps));
        for _ in 1..seconds * 10 {
            budget = self.step(&demand(target_bps));
        }
        budget
    }
}
