//! What is drawn far away arrives late: it belongs to the frame it was drawn on.
#![allow(clippy::expect_used, reason = "a test states what it expects by panicking")]

mod planar;

use assist_scene::{GreyPicture, MotionError, MotionState, MotionTracker, PicturePoint};
use planar::{Motion, Sequence, circle, distances_px, time_us};

const WIDTH: usize = 640;
const HEIGHT: usize = 480;

fn push(tracker: &mut MotionTracker, sequence: &Sequence, frame: usize) {
    let pixels = sequence.picture(frame);
    let picture = GreyPicture::new(&pixels, sequence.width, sequence.height, sequence.width).expect("a picture");
    tracker.push_frame(time_us(frame), &picture).expect("in order");
}

fn error_px(tracker: &MotionTracker, sequence: &Sequence, drawn: usize, now: usize, points: &[PicturePoint]) -> f32 {
    let motion = tracker.motions()[0];
    let pair = |point: &PicturePoint| {
        let at = motion.now_from_drawn.apply(*point).expect("in the picture");
        (at, sequence.truth(drawn, now, *point))
    };
    distances_px(&points.iter().map(pair).collect::<Vec<_>>(), WIDTH, HEIGHT).0
}

#[test]
fn a_second_later_it_lands_where_it_was_drawn() {
    let sequence = Sequence::new(Motion::Handheld, 6, WIDTH, HEIGHT);
    let mark = circle((0.45, 0.45), 0.12, WIDTH, HEIGHT);
    let mut tracker = MotionTracker::new();
    (0..40).for_each(|frame| push(&mut tracker, &sequence, frame));
    tracker.add_mark(7, time_us(9) + 11, &mark).expect("the frame is known");
    assert_eq!(tracker.motions()[0].state, MotionState::CatchingUp);
    assert!(!tracker.motions()[0].is_shown());
    for frame in 40..50 {
        push(&mut tracker, &sequence, frame);
        let motion = tracker.motions()[0];
        if motion.is_shown() {
            let error_px = error_px(&tracker, &sequence, 9, frame, &mark);
            assert!(error_px < 1.0, "frame {frame}: {error_px} px");
            // Taken for drawn on the frame it arrived with, it would be far off.
            let moved = mark
                .iter()
                .map(|point| (*point, sequence.truth(9, frame, *point)))
                .collect::<Vec<_>>();
            assert!(distances_px(&moved, WIDTH, HEIGHT).0 > 10.0);
        }
    }
    assert_eq!(tracker.motions()[0].state, MotionState::Trusted);
}

#[test]
fn ink_drawn_while_the_camera_moves_comes_to_the_frame_of_its_first_point() {
    let sequence = Sequence::new(Motion::Handheld, 6, WIDTH, HEIGHT);
    let mut tracker = MotionTracker::new();
    push(&mut tracker, &sequence, 0);
    tracker
        .add_mark(1, 0, &circle((0.45, 0.45), 0.12, WIDTH, HEIGHT))
        .expect("texture");
    (1..20).for_each(|frame| push(&mut tracker, &sequence, frame));
    let start = PicturePoint::new(0.5, 0.4);
    let seen = sequence.truth(0, 15, start);
    let back = tracker.on_drawn_frame(1, time_us(15), seen).expect("followed");
    assert!(distances_px(&[(back, start)], WIDTH, HEIGHT).0 < 1.0);
    assert_eq!(tracker.on_drawn_frame(1, time_us(40), seen), None);
    assert_eq!(tracker.on_drawn_frame(2, time_us(15), seen), None);
}

/// The pen keeps to a line of the machine for two seconds while the hand that holds the phone moves.
fn ink_that_grows(sequence: &Sequence, line: &[PicturePoint]) -> (MotionTracker, Vec<PicturePoint>) {
    let mut tracker = MotionTracker::new();
    push(&mut tracker, sequence, 0);
    tracker.add_mark(1, 0, &line[..1]).expect("texture");
    let mut drawn = vec![line[0]];
    for frame in 1..90 {
        push(&mut tracker, sequence, frame);
        if let Some(point) = line.get(frame) {
            let seen = sequence.truth(0, frame, *point);
            drawn.push(tracker.on_drawn_frame(1, time_us(frame), seen).expect("followed"));
        }
        if frame % 8 == 0 {
            assert_eq!(tracker.grow_mark(1, &drawn), Ok(true), "frame {frame}");
        }
    }
    (tracker, drawn)
}

#[test]
fn ink_that_grows_for_seconds_is_followed_as_a_whole() {
    for (seed, y) in [(6, 0.3), (6, 0.4), (7, 0.5), (8, 0.4)] {
        let sequence = Sequence::new(Motion::Handheld, seed, WIDTH, HEIGHT);
        let line: Vec<_> = (0..60)
            .map(|at| PicturePoint::new(0.3 + 0.005 * at as f32, y))
            .collect();
        let (tracker, drawn) = ink_that_grows(&sequence, &line);
        let motion = tracker.motions()[0];
        assert!(motion.is_shown());
        let now = |(drawn, meant): (&PicturePoint, &PicturePoint)| {
            let at = motion.now_from_drawn.apply(*drawn).expect("in the picture");
            (at, sequence.truth(0, 89, *meant))
        };
        let pairs: Vec<_> = drawn.iter().zip(&line).map(now).collect();
        let (mean_px, worst_px) = distances_px(&pairs, WIDTH, HEIGHT);
        assert!(
            mean_px < 1.5 && worst_px < 4.0,
            "seed {seed}: {mean_px} and {worst_px} px"
        );
    }
}

#[test]
fn what_cannot_grow_or_be_found_is_said_so() {
    let sequence = Sequence::new(Motion::Handheld, 6, WIDTH, HEIGHT);
    let line: Vec<_> = (0..60)
        .map(|at| PicturePoint::new(0.3 + 0.005 * at as f32, 0.3))
        .collect();
    let (mut tracker, drawn) = ink_that_grows(&sequence, &line);
    assert_eq!(tracker.grow_mark(2, &drawn), Ok(false), "there is no such mark");
    assert_eq!(tracker.grow_mark(1, &[]), Err(MotionError::NotALine));
    // What lies between two pictures is found between them; beyond the last one nothing is known.
    let seen = sequence.truth(0, 80, line[5]);
    let places = [0, 16_000, 33_333].map(|later_us| tracker.on_drawn_frame(1, time_us(80) + later_us, seen));
    let [before, between, after] = places.map(|place| place.expect("followed"));
    let on_the_way = |from: f32, at: f32, to: f32| (from.min(to)..=from.max(to)).contains(&at);
    assert!(on_the_way(before.x, between.x, after.x) && on_the_way(before.y, between.y, after.y));
    assert_eq!(tracker.on_drawn_frame(1, time_us(89) + 9_000, seen), None);
}

#[test]
fn a_frame_that_is_forgotten_is_refused_unless_it_was_pinned() {
    let sequence = Sequence::new(Motion::Translation, 6, WIDTH, HEIGHT);
    let mark = circle((0.5, 0.5), 0.12, WIDTH, HEIGHT);
    let mut tracker = MotionTracker::new();
    push(&mut tracker, &sequence, 0);
    tracker.pin_frame(0).expect("the frame is known");
    (1..85).for_each(|frame| push(&mut tracker, &sequence, frame));
    assert_eq!(tracker.add_mark(1, time_us(2), &mark), Err(MotionError::FrameForgotten));
    assert_eq!(
        tracker.add_mark(1, time_us(84) + 9_000, &mark),
        Err(MotionError::FrameForgotten)
    );
    tracker.add_mark(1, 0, &mark).expect("the frame is pinned");
    let mut found = None;
    for frame in 85..120 {
        push(&mut tracker, &sequence, frame);
        if tracker.motions()[0].is_shown() {
            let error_px = error_px(&tracker, &sequence, 0, frame, &mark);
            assert!(error_px < 1.0, "frame {frame}: {error_px} px");
            found = Some(frame);
        }
    }
    assert!(found.is_some(), "never found");
    tracker.unpin_frame(0);
    assert_eq!(tracker.add_mark(2, 0, &mark), Err(MotionError::FrameForgotten));
}

#[test]
fn pictures_of_another_size_are_taken_up() {
    let small = Sequence::new(Motion::Translation, 6, WIDTH, HEIGHT);
    let large = Sequence::new(Motion::Translation, 6, WIDTH * 3 / 2, HEIGHT * 3 / 2);
    let mark = circle((0.5, 0.5), 0.12, WIDTH, HEIGHT);
    let mut tracker = MotionTracker::new();
    push(&mut tracker, &small, 0);
    tracker.add_mark(1, 0, &mark).expect("texture");
    push(&mut tracker, &small, 1);
    push(&mut tracker, &large, 2);
    assert_eq!(tracker.motions()[0].state, MotionState::Lost);
    push(&mut tracker, &small, 3);
    (4..40).for_each(|frame| push(&mut tracker, &small, frame));
    assert!(tracker.motions()[0].is_shown());
    assert!(error_px(&tracker, &small, 0, 39, &mark) < 1.0);
}

#[test]
fn a_mark_is_replaced_and_removed_by_its_id() {
    let sequence = Sequence::new(Motion::Translation, 6, WIDTH, HEIGHT);
    let mut tracker = MotionTracker::new();
    push(&mut tracker, &sequence, 0);
    let mark = circle((0.5, 0.5), 0.12, WIDTH, HEIGHT);
    tracker.add_mark(5, 0, &mark).expect("texture");
    tracker.add_mark(3, 0, &mark).expect("texture");
    tracker
        .add_mark(5, 0, &circle((0.4, 0.5), 0.1, WIDTH, HEIGHT))
        .expect("texture");
    let ids = |tracker: &MotionTracker| tracker.motions().iter().map(|motion| motion.id).collect::<Vec<_>>();
    assert_eq!(ids(&tracker), [5, 3]);
    assert!(!tracker.features(3).is_empty());
    tracker.remove_mark(5);
    tracker.remove_mark(6);
    assert_eq!(ids(&tracker), [3]);
}
