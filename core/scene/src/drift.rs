//! How far a shape may have drifted from its place while nothing confirmed it.
//!
//! From the moment the platform stops vouching for an anchor, or for the camera itself, two things add up: an error in
//! proportion to the way the camera has gone since, as dead reckoning has, and one in proportion to the time. The way
//! of a camera that is not tracked is unknown; a hand that looks around is taken to go half a metre a second.
//! What may have drifted too far, or has been waiting for too long, is lost: showing it would be a guess.

use glam::Vec3;
use serde::{Deserialize, Serialize};

/// How far to trust where a shape is shown.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum ShapeState {
    /// It is where it belongs.
    Tracked,
    /// It is shown where it was last known to belong, as something that may be wrong.
    Stale {
        /// For how long nothing has confirmed it, in microseconds.
        age_us: u64,
        /// How far it may be off by now, in metres.
        drift_m: f32,
    },
    /// Nobody knows where it belongs; it is not shown.
    Lost,
}

/// What drift is taken to be, and how much of it is bearable.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct DriftConfig {
    /// Drift per metre the camera goes, in metres.
    pub per_metre: f32,
    /// Drift per second, in metres.
    pub per_second_m: f32,
    /// A shape that may be off by more than this is lost, in metres.
    pub lost_beyond_m: f32,
    /// A shape that has waited for longer than this is lost, in microseconds.
    pub lost_after_us: u64,
}

impl Default for DriftConfig {
    /// 5 cm per metre and 1 cm per second; lost beyond 25 cm or after ten seconds.
    fn default() -> Self {
        Self {
            per_metre: 0.05,
            per_second_m: 0.01,
            lost_beyond_m: 0.25,
            lost_after_us: 10_000_000,
        }
    }
}

/// How fast a camera is taken to go while it is not tracked, in metres per second.
const UNSEEN_SPEED_M_PER_S: f32 = 0.5;

/// No camera is carried faster; what goes beyond is the platform correcting itself, in metres per second.
const GREATEST_SPEED_M_PER_S: f32 = 20.0;

/// When something became doubtful, and how far the camera had gone by then.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Doubt {
    pub(crate) since_us: u64,
    travelled_m: f64,
}

/// How far the camera has gone.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Odometer {
    began_us: Option<u64>,
    now_us: u64,
    position_m: Option<Vec3>,
    travelled_m: f64,
}

impl Odometer {
    /// A doubt that begins now.
    pub(crate) fn doubt(&self) -> Doubt {
        Doubt {
            since_us: self.now_us,
            travelled_m: self.travelled_m,
        }
    }

    pub(crate) fn observe(&mut self, capture_us: u64, position_m: Option<Vec3>) {
        let before_us = if self.began_us.is_some() {
            self.now_us
        } else {
            capture_us
        };
        let elapsed_s = seconds(capture_us.saturating_sub(before_us));
        let step_m = match (self.position_m, position_m) {
            (Some(from), Some(to)) => from.distance(to).min(GREATEST_SPEED_M_PER_S * elapsed_s),
            _ => UNSEEN_SPEED_M_PER_S * elapsed_s,
        };
        self.travelled_m += f64::from(step_m);
        self.began_us = self.began_us.or(Some(capture_us));
        self.now_us = self.now_us.max(capture_us);
        self.position_m = position_m;
    }

    pub(crate) fn judge(&self, doubt: Doubt, config: &DriftConfig) -> ShapeState {
        let since_us = doubt.since_us.max(self.began_us.unwrap_or_default());
        let age_us = self.now_us.saturating_sub(since_us);
        let travelled_m = (self.travelled_m - doubt.travelled_m) as f32;
        let drift_m = config.per_metre * travelled_m + config.per_second_m * seconds(age_us);
        // Written so that a drift that is not a number is too much.
        if drift_m <= config.lost_beyond_m && age_us <= config.lost_after_us {
            ShapeState::Stale { age_us, drift_m }
        } else {
            ShapeState::Lost
        }
    }
}

fn seconds(duration_us: u64) -> f32 {
    duration_us as f32 / 1e6
}
