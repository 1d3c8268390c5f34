//! Where the camera was at each moment of the last half minute.

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};

use crate::{Camera, Pose};

/// How well the platform knew where the camera was.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Tracking {
    /// The pose can be relied on.
    Tracked,
    /// There is a pose, but the platform doubts it.
    Limited,
    /// There is no pose.
    Lost,
}

/// The camera of one moment.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CameraSample {
    /// Pose and lens.
    pub camera: Camera,
    /// The worse of the samples the camera was made from; never [`Tracking::Lost`].
    pub tracking: Tracking,
}

/// Why a sample was not kept. The history is as it was before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidSample {
    /// A value is no number, the orientation is no turn, or the lens is impossible.
    #[error("this frame's camera is not usable and was not kept; report tracking as lost instead")]
    NotACamera,
    /// It was captured before the newest sample, and is none that is known.
    #[error("this frame is older than the one before it and was not kept; report frames in the order of capture")]
    TimeRanBackwards,
}

/// Why there is no camera for a moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum UnknownMoment {
    /// It is further back than the history goes.
    #[error("this frame was too long ago to draw on; freeze the picture first, or draw on the live one")]
    Forgotten,
    /// No sample of this moment or a later one has arrived.
    #[error("where the camera was for this frame is not known yet; nothing was placed, try again in a moment")]
    NotYet,
    /// The platform did not know where the camera was, or did not say for too long.
    #[error("the phone did not know where it was when this frame was taken; nothing was placed, draw on a newer one")]
    TrackingLost,
}

/// The cameras of the last [`PoseHistory::MAX_AGE_US`], by capture time in µs. It allocates when it is made, never
/// later.
#[derive(Debug, Clone)]
pub struct PoseHistory {
    samples: VecDeque<Sample>,
}

#[derive(Debug, Clone, Copy)]
struct Sample {
    capture_us: u64,
    /// Meaningless when lost.
    camera: Camera,
    tracking: Tracking,
}

impl PoseHistory {
    /// How far back it goes: 30 s.
    pub const MAX_AGE_US: u64 = 30_000_000;
    /// How many samples it holds; 30 s at 60 a second need 1,800.
    pub const MAX_SAMPLES: usize = 2_048;
    /// Between samples further apart than this nobody knows how the camera moved.
    pub const MAX_GAP_US: u64 = 150_000;
    /// A time this near to a sample's is that sample's: RTP time counts in steps of 11 µs.
    pub const ROUNDING_US: u64 = 100;

    /// One without samples.
    pub fn new() -> Self {
        Self {
            samples: VecDeque::with_capacity(Self::MAX_SAMPLES),
        }
    }

    /// Adds the camera of a frame; it is not looked at when tracking is lost. A time that is known already changes
    /// nothing.
    pub fn push(&mut self, capture_us: u64, camera: Camera, tracking: Tracking) -> Result<(), InvalidSample> {
        if tracking != Tracking::Lost && !camera.is_usable() {
            return Err(InvalidSample::NotACamera);
        }
        if self
            .samples
            .back()
            .is_some_and(|newest| capture_us <= newest.capture_us)
        {
            let known = self
                .samples
                .binary_search_by_key(&capture_us, |sample| sample.capture_us);
            return known.map(|_| ()).map_err(|_| InvalidSample::TimeRanBackwards);
        }
        let oldest_us = capture_us.saturating_sub(Self::MAX_AGE_US);
        while self.samples.len() == Self::MAX_SAMPLES
            || self.samples.front().is_some_and(|oldest| oldest.capture_us < oldest_us)
        {
            self.samples.pop_front();
        }
        self.samples.push_back(Sample {
            capture_us,
            camera,
            tracking,
        });
        Ok(())
    }

    /// The camera at a capture time: a sample's own, or between two neighbours. Never a guess beyond the newest.
    pub fn at(&self, capture_us: u64) -> Result<CameraSample, UnknownMoment> {
        let after = self.samples.partition_point(|sample| sample.capture_us < capture_us);
        let before = after.checked_sub(1).and_then(|index| self.samples.get(index));
        let after = self.samples.get(after);
        let is_the_moment = |sample: &&Sample| sample.capture_us.abs_diff(capture_us) <= Self::ROUNDING_US;
        let nearest = match (before.filter(is_the_moment), after.filter(is_the_moment)) {
            (Some(before), Some(after)) if before.distance_us(capture_us) < after.distance_us(capture_us) => {
                Some(before)
            }
            (before, after) => after.or(before),
        };
        if let Some(sample) = nearest {
            return sample.known();
        }
        match (before, after) {
            (_, None) => Err(UnknownMoment::NotYet),
            (None, Some(_)) => Err(UnknownMoment::Forgotten),
            (Some(before), Some(after)) => before.towards(after, capture_us),
        }
    }

    /// The newest sample's capture time.
    pub fn newest_us(&self) -> Option<u64> {
        self.samples.back().map(|sample| sample.capture_us)
    }

    /// How many samples are held.
    pub fn len(&self) -> usize {
        self.samples.len()
    }

    /// Whether none has arrived.
    pub fn is_empty(&self) -> bool {
        self.samples.is_empty()
    }
}

impl Default for PoseHistory {
    fn default() -> Self {
        Self::new()
    }
}

impl Sample {
    fn distance_us(&self, capture_us: u64) -> u64 {
        self.capture_us.abs_diff(capture_us)
    }

    fn known(&self) -> Result<CameraSample, UnknownMoment> {
        match self.tracking {
            Tracking::Lost => Err(UnknownMoment::TrackingLost),
            Tracking::Tracked | Tracking::Limited => Ok(CameraSample {
                camera: self.camera,
                tracking: self.tracking,
            }),
        }
    }

    fn towards(&self, next: &Self, capture_us: u64) -> Result<CameraSample, UnknownMoment> {
        let (from, to) = (self.known()?, next.known()?);
        let gap_us = next.capture_us - self.capture_us;
        if gap_us > PoseHistory::MAX_GAP_US {
            return Err(UnknownMoment::TrackingLost);
        }
        let part = self.distance_us(capture_us) as f32 / gap_us as f32;
        let (start, end) = (from.camera.pose, to.camera.pose);
        let nearer = if part < 0.5 { from.camera } else { to.camera };
        let pose = Pose {
            position_m: start.position_m.lerp(end.position_m, part),
            orientation: start.orientation.slerp(end.orientation, part).normalize(),
        };
        Ok(CameraSample {
            camera: Camera { pose, ..nearer },
            tracking: from.tracking.max(to.tracking),
        })
    }
}
