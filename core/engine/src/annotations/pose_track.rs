//! Where our camera is, for everybody who looks through it.

use assist_protocol::messages::live::{LiveMessage, PoseBatch, PoseSample, PoseTracking};
use assist_scene::{Camera, Tracking};

/// Samples are this far apart at least: pictures come at 30 a second at most. Somewhat less, for a clock that jitters.
const SPACING_US: u64 = 30_000;
/// This many go in one message,
const SAMPLES: usize = 2;
/// or fewer when the first has waited for this long.
const LONGEST_WAIT_US: u64 = 80_000;

/// Collects samples into messages: at 30 frames a second 15 messages of 55 bytes.
#[derive(Debug, Default)]
pub(super) struct PoseTrack {
    samples: Vec<PoseSample>,
    newest_us: Option<u64>,
    last: Option<Camera>,
}

impl PoseTrack {
    /// Takes the camera of a frame; the bytes of a message once it is full. A camera that is not known is where it was last.
    pub(super) fn observe(&mut self, capture_us: u64, camera: &Camera, tracking: Tracking) -> Option<Vec<u8>> {
        if tracking != Tracking::Lost {
            self.last = Some(*camera);
        }
        let camera = self.last?;
        if self
            .newest_us
            .is_some_and(|newest_us| capture_us < newest_us.saturating_add(SPACING_US))
        {
            return None;
        }
        self.newest_us = Some(capture_us);
        self.samples.push(PoseSample {
            capture_us,
            position_m: camera.pose.position_m.to_array(),
            orientation: camera.pose.orientation.to_array(),
            tracking: match tracking {
                Tracking::Tracked => PoseTracking::Tracked,
                Tracking::Limited => PoseTracking::Limited,
                Tracking::Lost => PoseTracking::Lost,
            },
        });
        let waited_us = capture_us.saturating_sub(self.samples.first()?.capture_us);
        if self.samples.len() < SAMPLES && waited_us < LONGEST_WAIT_US {
            return None;
        }
        let samples = std::mem::take(&mut self.samples);
        let message = LiveMessage::Poses(PoseBatch { share: 0, samples });
        let mut bytes = Vec::new();
        match message.encode(&mut bytes) {
            Ok(()) => Some(bytes),
            Err(error) => {
                log::debug!("poses were not sent: {error}");
                None
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use assist_scene::{Intrinsics, Pose};

    use super::*;

    fn camera(x: f32) -> Camera {
        Camera {
            pose: Pose {
                position_m: glam::Vec3::new(x, 0.0, 0.0),
                ..Pose::IDENTITY
            },
            intrinsics: Intrinsics {
                focal_x_px: 900.0,
                focal_y_px: 900.0,
                principal_x_px: 640.0,
                principal_y_px: 360.0,
                width_px: 1_280,
                height_px: 720,
            },
        }
    }

    #[test]
    fn a_second_of_sixty_frames_costs_less_than_a_kilobyte_of_payload() {
        let mut track = PoseTrack::default();
        let messages: Vec<_> = (0..60)
            .filter_map(|frame| track.observe(frame * 16_667, &camera(frame as f32), Tracking::Tracked))
            .collect();
        let bytes: usize = messages.iter().map(Vec::len).sum();
        assert!((700..1_000).contains(&bytes), "{bytes} bytes");
    }

    #[test]
    fn a_camera_that_lost_its_way_is_where_it_was_and_says_so() {
        let mut track = PoseTrack::default();
        assert_eq!(track.observe(0, &camera(1.0), Tracking::Tracked), None);
        let bytes = track.observe(40_000, &camera(9.0), Tracking::Lost).unwrap();
        let LiveMessage::Poses(batch) = LiveMessage::decode(&bytes).unwrap() else {
            panic!("poses are sent");
        };
        assert_eq!(batch.samples[1].tracking, PoseTracking::Lost);
        assert!((batch.samples[1].position_m[0] - 1.0).abs() < 1e-4);
    }

    #[test]
    fn nothing_is_sent_before_the_first_place_is_known() {
        let mut track = PoseTrack::default();
        for frame in 0..10 {
            assert_eq!(track.observe(frame * 100_000, &camera(0.0), Tracking::Lost), None);
        }
    }
}
