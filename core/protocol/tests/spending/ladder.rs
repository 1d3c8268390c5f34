//! Size and frame rate: sharp before smooth, down at once, up with care.

use assist_protocol::Timestamp;
use assist_protocol::link::{Demand, Spending, VideoMost};
use proptest::prelude::*;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

use super::{Running, at_first, demand, most, shape};

#[test]
fn what_the_link_bears_decides() {
    let table = [
        (149_000.0, (0, 0, 0)),
        (150_000.0, (640, 360, 5)),
        (350_000.0, (640, 360, 10)),
        (600_000.0, (960, 540, 10)),
        (1_000_000.0, (1280, 720, 10)),
        (1_500_000.0, (1280, 720, 15)),
        (2_600_000.0, (1920, 1080, 15)),
        (3_500_000.0, (1920, 1080, 24)),
        (4_200_000.0, (1920, 1080, 30)),
        (9_000_000.0, (1920, 1080, 30)),
    ];
    for (target_bps, expected) in table {
        assert_eq!(shape(at_first(target_bps).video), expected, "at {target_bps}");
    }
}

#[test]
fn camera_and_peer_set_bounds() {
    let full = most(1920, 1080, 30);
    // (camera, peer, what 9 Mbit/s are spent on)
    let table = [
        (most(1280, 720, 30), full, (1280, 720, 30)),
        (full, most(1280, 720, 15), (1280, 720, 15)),
        // A peer's bounds are turned to the camera's side.
        (most(1080, 1920, 30), most(1280, 720, 30), (720, 1280, 30)),
        (most(1920, 1440, 30), full, (1440, 1080, 30)),
        // The long side counts as well.
        (most(2000, 500, 30), most(1000, 1000, 30), (1000, 250, 30)),
        (most(640, 480, 30), full, (640, 480, 30)),
        (full, most(0, 0, 0), (2, 2, 1)),
    ];
    for (camera, peer, expected) in table {
        let budget = Spending::new(camera, peer).spend(Timestamp::ZERO, &demand(9e6));
        assert_eq!(shape(budget.video), expected, "{camera:?} {peer:?}");
    }
}

#[test]
fn a_peer_that_takes_less_bits_gets_less() {
    let peer = VideoMost {
        bitrate_bps: 1_200_000,
        ..VideoMost::default()
    };
    let video = Spending::new(VideoMost::default(), peer)
        .spend(Timestamp::ZERO, &demand(9e6))
        .video;
    assert_eq!(video.unwrap().bitrate_bps, 1_200_000);
    assert_eq!(shape(video), (1280, 720, 15));
}

#[test]
fn down_at_once_and_up_after_five_seconds() {
    let mut running = Running::default();
    assert_eq!(shape(running.run(1, 2e6).video), (1280, 720, 15));
    assert_eq!(shape(running.step(&demand(0.6e6)).video), (960, 540, 10));
    assert_eq!(shape(running.run(5, 1.6e6).video), (960, 540, 10));
    assert_eq!(shape(running.run(1, 1.6e6).video), (1280, 720, 15));
}

#[test]
fn up_after_two_seconds_to_what_is_borne_twice_over() {
    let mut running = Running::default();
    // As many relapses as there can be.
    for _ in 0..5 {
        running.run(1, 0.6e6);
        running.run(100, 1.6e6);
    }
    running.run(1, 0.6e6);
    assert_eq!(shape(running.run(2, 4e6).video), (960, 540, 10));
    assert_eq!(shape(running.run(1, 4e6).video), (1280, 720, 15));
}

#[test]
fn a_short_queue_takes_bits_and_not_size() {
    let mut running = Running::default();
    assert_eq!(shape(running.run(1, 1.6e6).video), (1280, 720, 15));
    let draining = Demand {
        target_bps: 0.8e6,
        ..demand(1.6e6)
    };
    let video = running.step(&draining).video;
    assert_eq!(shape(video), (1280, 720, 15));
    assert!(video.unwrap().bitrate_bps < 700_000);
    let fallen = running.step(&demand(0.8e6)).video;
    assert_eq!(shape(fallen), (960, 540, 10));
}

#[test]
fn a_step_up_that_did_not_last_takes_twice_as_long_the_next_time() {
    let mut running = Running::default();
    running.run(1, 0.6e6);
    let mut seconds_until_up = || {
        running.step(&demand(0.6e6));
        let up = (0..100).find(|_| shape(running.run(1, 1.6e6).video) == (1280, 720, 15));
        up.unwrap()
    };
    let waits: Vec<u32> = (0..5).map(|_| seconds_until_up()).collect();
    assert_eq!(waits, [5, 10, 20, 40, 80]);
}

#[test]
fn a_key_frame_takes_the_link_for_half_a_second() {
    // 640x360 with a quarter of a bit a pixel; half a second of the picture's rate above.
    for (target_bps, bytes) in [(150_000.0, 7_200), (1_500_000.0, 82_478), (4_200_000.0, 237_728)] {
        assert_eq!(at_first(target_bps).video.unwrap().key_frame_bytes, bytes);
    }
}

#[test]
fn a_pause_of_the_camera_starts_afresh() {
    let mut running = Running::default();
    running.run(1, 0.6e6);
    let mut paused = demand(4.5e6);
    paused.sends_pictures = false;
    running.step(&paused);
    assert_eq!(shape(running.step(&demand(4.5e6)).video), (1920, 1080, 30));
}

proptest! {
    #[test]
    fn more_target_never_gives_less(
        low in 0.0..6e6,
        more in 0.0..3e6,
        camera in (2_u32..4_000, 2_u32..4_000, 1_u32..60),
        peer in (2_u32..4_000, 2_u32..4_000, 1_u32..60),
    ) {
        let (camera, peer) = (most(camera.0, camera.1, camera.2), most(peer.0, peer.1, peer.2));
        let spend = |target_bps| Spending::new(camera, peer).spend(Timestamp::ZERO, &demand(target_bps)).video;
        let (less, more) = (spend(low), spend(low + more));
        let ((width, height, frames), (wider, higher, faster)) = (shape(less), shape(more));
        prop_assert!(wider >= width && higher >= height && faster >= frames);
        prop_assert!(wider <= camera.width_px && higher <= camera.height_px && faster <= camera.frame_rate.min(peer.frame_rate));
        prop_assert!(wider.max(higher) <= peer.width_px.max(peer.height_px));
        prop_assert!(wider.min(higher) <= peer.width_px.min(peer.height_px));
        prop_assert_eq!((wider % 2, higher % 2), (0, 0));
    }

    /// Whatever it is around, a target that goes 15 % up and down does not make the picture jump.
    #[test]
    fn noise_changes_the_picture_at_most_once_a_minute(mean in 150e3..6e6, seed in any::<u64>()) {
        let mut random = StdRng::seed_from_u64(seed);
        let mut running = Running::default();
        let minutes = 5;
        let mut shapes = Vec::new();
        for _ in 0..minutes * 600 {
            let target_bps = mean * random.random_range(0.85..1.15);
            shapes.push(shape(running.step(&demand(target_bps)).video));
        }
        // The first seconds find the level.
        let changes = shapes[50..].windows(2).filter(|pair| pair[0] != pair[1]).count();
        prop_assert!(changes <= minutes, "{changes} changes in {minutes} minutes around {mean}");
    }
}
