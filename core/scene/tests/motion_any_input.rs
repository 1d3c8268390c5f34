//! Nothing a phone could hand over makes motion tracking panic, and what it says stays finite.

mod planar;

use assist_scene::motion::{MAX_MARKS, MAX_PINS};
use assist_scene::{GreyPicture, MotionError, MotionTracker, PicturePoint};
use planar::hash;
use proptest::prelude::*;

fn pixels(seed: u64, length: usize) -> Vec<u8> {
    // From flat to wild.
    let range = 1 + (seed % 256);
    (0..length)
        .map(|index| (hash(seed, index as u64, 1) % range) as u8)
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn any_sizes_bytes_times_and_points(
        frames in prop::collection::vec((0usize..400, 0usize..300, 0usize..40, any::<u64>(), 0u64..200_000), 1..6),
        points in prop::collection::vec((any::<f32>(), -0.5..1.5f32), 0..12),
        drawn_at_us in 0u64..400_000,
    ) {
        let mut tracker = MotionTracker::new();
        let points: Vec<_> = points.iter().map(|(x, y)| PicturePoint::new(*x, *y)).collect();
        let near: Vec<_> = points.iter().map(|point| PicturePoint::new(point.y, 1.0 - point.y)).collect();
        let mut now_us = 0;
        for (width, height, padding, seed, later_us) in frames {
            now_us += later_us;
            let pixels = pixels(seed, (width + padding) * height);
            if let Ok(picture) = GreyPicture::new(&pixels, width, height, width + padding) {
                let _ = tracker.push_frame(now_us, &picture);
            }
            let _ = tracker.add_mark(1, drawn_at_us, &points);
            let _ = tracker.add_mark(2, now_us, &near);
            let _ = tracker.pin_frame(now_us);
        }
        for motion in tracker.motions() {
            prop_assert!((0.0..=1.0).contains(&motion.confidence));
            prop_assert!(motion.now_from_drawn.to_rows().iter().all(|value| value.is_finite()));
        }
    }

    #[test]
    fn a_buffer_that_is_too_small_is_refused(width in 0usize..100, height in 0usize..100, stride in 0usize..120, length in 0usize..9000) {
        let pixels = vec![0; length];
        let fits = width > 0 && height > 0 && stride >= width && (height - 1) * stride + width <= length;
        prop_assert_eq!(GreyPicture::new(&pixels, width, height, stride).is_ok(), fits);
    }
}

#[test]
fn sizes_beyond_all_memory_are_refused() {
    let refused = GreyPicture::new(&[0; 64], usize::MAX, usize::MAX, usize::MAX);
    assert_eq!(refused.err(), Some(MotionError::NotAPicture));
}

#[test]
fn large_and_narrow_pictures_are_taken_or_refused() {
    let mut tracker = MotionTracker::new();
    for (index, (width, height, fits)) in [
        (1920, 1080, true),
        (3840, 2161, true),
        (4000, 60, false),
        (47, 400, false),
    ]
    .into_iter()
    .enumerate()
    {
        let pixels = pixels(255, width * height);
        let picture = GreyPicture::new(&pixels, width, height, width).expect("a picture");
        let taken = tracker.push_frame(index as u64 + 1, &picture).is_ok();
        assert_eq!(taken, fits, "{width} x {height}");
    }
}

#[test]
fn pictures_out_of_order_change_nothing() {
    let pixels = pixels(255, 100 * 100);
    let picture = GreyPicture::new(&pixels, 100, 100, 100).expect("a picture");
    let mut tracker = MotionTracker::new();
    tracker.push_frame(1000, &picture).expect("the first");
    assert_eq!(tracker.push_frame(1000, &picture).err(), Some(MotionError::OutOfOrder));
    assert_eq!(tracker.push_frame(999, &picture).err(), Some(MotionError::OutOfOrder));
    assert!(tracker.push_frame(1001, &picture).is_ok());
}

#[test]
fn marks_and_pins_are_limited() {
    let sequence = planar::Sequence::new(planar::Motion::Translation, 2, 200, 160);
    let mark = planar::circle((0.5, 0.5), 0.15, 200, 160);
    let mut tracker = MotionTracker::new();
    let pixels = sequence.picture(0);
    let picture = GreyPicture::new(&pixels, 200, 160, 200).expect("a picture");
    for frame in 0..=MAX_PINS as u64 {
        tracker.push_frame(frame * 20_000, &picture).expect("in order");
        let refused = (frame == MAX_PINS as u64).then_some(MotionError::TooManyPins);
        assert_eq!(tracker.pin_frame(frame * 20_000).err(), refused);
    }
    for id in 0..MAX_MARKS as u64 {
        tracker.add_mark(id, 160_000, &mark).expect("room");
    }
    assert_eq!(tracker.add_mark(999, 160_000, &mark), Err(MotionError::TooManyMarks));
    assert_eq!(tracker.add_mark(0, 160_000, &[]), Err(MotionError::NotALine));
    tracker.add_mark(0, 160_000, &mark).expect("in place of itself");
}
