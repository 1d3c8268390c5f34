//! Which camera belongs to a moment, and when nobody knows.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test states what it expects"
)]

use assist_scene::{Camera, Intrinsics, InvalidSample, Pose, PoseHistory, Tracking, UnknownMoment};
use glam::{Quat, Vec3, vec3};
use proptest::prelude::*;

const FRAME_US: u64 = 33_333;

fn camera(part: f32) -> Camera {
    Camera {
        pose: Pose {
            position_m: vec3(part, 2.0 * part, 0.0),
            orientation: Quat::from_rotation_y(part),
        },
        intrinsics: Intrinsics {
            focal_x_px: 900.0 + part,
            focal_y_px: 900.0,
            principal_x_px: 640.0,
            principal_y_px: 360.0,
            width_px: 1280,
            height_px: 720,
        },
    }
}

fn filled(frames: u64) -> PoseHistory {
    let mut history = PoseHistory::new();
    for frame in 0..frames {
        history
            .push(frame * FRAME_US, camera(frame as f32 / 100.0), Tracking::Tracked)
            .unwrap();
    }
    history
}

#[test]
fn a_sample_is_given_back_as_it_was_and_between_two_it_is_interpolated() {
    let history = filled(10);
    assert_eq!(history.at(3 * FRAME_US).unwrap().camera, camera(0.03));
    // RTP time is rounded: a few microseconds beside a sample, or beyond the newest, are that sample.
    assert_eq!(history.at(3 * FRAME_US + 11).unwrap().camera, camera(0.03));
    assert_eq!(history.at(9 * FRAME_US + 11).unwrap().camera, camera(0.09));
    let between = history.at(3 * FRAME_US + FRAME_US / 4).unwrap();
    assert!(between.camera.pose.position_m.distance(vec3(0.0325, 0.065, 0.0)) < 1e-5);
    assert!(
        between
            .camera
            .pose
            .orientation
            .angle_between(Quat::from_rotation_y(0.0325))
            < 1e-3
    );
    assert_eq!(between.camera.intrinsics, camera(0.03).intrinsics);
    let later = history.at(3 * FRAME_US + FRAME_US * 3 / 4).unwrap();
    assert_eq!(later.camera.intrinsics, camera(0.04).intrinsics);
}

#[test]
fn nothing_is_guessed() {
    assert_eq!(PoseHistory::new().at(0), Err(UnknownMoment::NotYet));
    let mut history = PoseHistory::new();
    let push = |history: &mut PoseHistory, ms: u64, tracking| history.push(ms * 1_000, camera(0.1), tracking).unwrap();
    push(&mut history, 1_000, Tracking::Tracked);
    push(&mut history, 1_150, Tracking::Tracked);
    push(&mut history, 1_301, Tracking::Tracked);
    push(&mut history, 1_330, Tracking::Lost);
    push(&mut history, 1_360, Tracking::Limited);
    push(&mut history, 1_390, Tracking::Tracked);
    let at = |ms: u64| history.at(ms * 1_000).map(|sample| sample.tracking);
    assert_eq!(at(999), Err(UnknownMoment::Forgotten));
    assert_eq!(at(1_100), Ok(Tracking::Tracked));
    assert_eq!(at(1_200), Err(UnknownMoment::TrackingLost), "more than 150 ms apart");
    assert_eq!(at(1_310), Err(UnknownMoment::TrackingLost));
    assert_eq!(at(1_330), Err(UnknownMoment::TrackingLost));
    assert_eq!(at(1_345), Err(UnknownMoment::TrackingLost));
    assert_eq!(at(1_360), Ok(Tracking::Limited));
    assert_eq!(at(1_380), Ok(Tracking::Limited), "the worse of the two");
    assert_eq!(at(1_390), Ok(Tracking::Tracked));
    assert_eq!(at(1_391), Err(UnknownMoment::NotYet));
}

#[test]
fn duplicates_are_harmless_and_time_does_not_run_backwards() {
    let mut history = filled(10);
    for frame in [9, 4, 0] {
        assert_eq!(history.push(frame * FRAME_US, camera(7.0), Tracking::Tracked), Ok(()));
    }
    assert_eq!(history.at(4 * FRAME_US).unwrap().camera, camera(0.04));
    let backwards = history.push(4 * FRAME_US + 500, camera(0.0), Tracking::Tracked);
    assert_eq!(backwards, Err(InvalidSample::TimeRanBackwards));
    assert_eq!(history.len(), 10);
}

#[test]
fn it_goes_back_half_a_minute_and_never_grows() {
    let mut history = PoseHistory::new();
    for frame in 0..10_000u64 {
        history.push(frame * 16_667, camera(0.0), Tracking::Tracked).unwrap();
    }
    let newest_us = history.newest_us().unwrap();
    assert!(history.len() <= PoseHistory::MAX_SAMPLES);
    assert!(history.at(newest_us - 29_900_000).is_ok());
    assert_eq!(history.at(newest_us - 30_100_000), Err(UnknownMoment::Forgotten));
    // A camera of 1,000 frames a second is bounded by count.
    let mut history = PoseHistory::new();
    for frame in 0..5_000 {
        history.push(frame * 1_000, camera(0.0), Tracking::Tracked).unwrap();
    }
    assert_eq!(history.len(), PoseHistory::MAX_SAMPLES);
    assert_eq!(history.at(1_000_000), Err(UnknownMoment::Forgotten));
    // After a long pause all that was before is too old.
    history.push(500_000_000, camera(0.0), Tracking::Tracked).unwrap();
    assert_eq!(history.len(), 1);
}

#[test]
fn what_is_no_camera_is_refused_unless_tracking_is_lost() {
    let mut history = PoseHistory::new();
    let mut no_place = camera(0.0);
    no_place.pose.position_m.y = f32::NAN;
    let mut no_turn = camera(0.0);
    no_turn.pose.orientation = Quat::from_xyzw(0.0, 0.0, 0.0, 0.0);
    let mut no_lens = camera(0.0);
    no_lens.intrinsics.focal_x_px = f32::INFINITY;
    for unusable in [no_place, no_turn, no_lens] {
        assert_eq!(
            history.push(5, unusable, Tracking::Tracked),
            Err(InvalidSample::NotACamera)
        );
        assert_eq!(
            history.push(5, unusable, Tracking::Limited),
            Err(InvalidSample::NotACamera)
        );
    }
    assert!(history.is_empty());
    assert_eq!(history.push(5, no_place, Tracking::Lost), Ok(()));
    assert_eq!(history.at(5), Err(UnknownMoment::TrackingLost));
}

proptest! {
    #[test]
    fn whatever_is_pushed_an_answer_lies_between_its_neighbours(
        steps in prop::collection::vec((0u64..400_000, 0u8..4), 1..60),
        asked in prop::collection::vec(0u64..12_000_000, 1..20),
    ) {
        let mut history = PoseHistory::new();
        let mut now_us = 0;
        let mut known = Vec::new();
        for (step_us, state) in steps {
            now_us += step_us;
            let tracking = [Tracking::Tracked, Tracking::Tracked, Tracking::Limited, Tracking::Lost][usize::from(state)];
            let place = now_us as f32 / 1e6;
            let sample = Camera { pose: Pose { position_m: Vec3::splat(place), ..Pose::IDENTITY }, ..camera(0.0) };
            history.push(now_us, sample, tracking).unwrap();
            known.push(now_us);
        }
        for moment_us in asked {
            let Ok(sample) = history.at(moment_us) else { continue };
            prop_assert!(sample.tracking != Tracking::Lost);
            prop_assert!(moment_us <= now_us + PoseHistory::ROUNDING_US);
            prop_assert!((sample.camera.pose.position_m.x - moment_us as f32 / 1e6).abs() < 2e-4);
            let near = |known_us: &u64| known_us.abs_diff(moment_us) <= PoseHistory::MAX_GAP_US;
            prop_assert!(known.iter().any(near));
        }
    }
}
