//! A mark whose place cannot be told is dropped; it is shown again when it surely is where it was.
#![allow(clippy::expect_used, reason = "a test states what it expects by panicking")]

mod followed;
mod planar;

use assist_scene::{GreyPicture, MotionError, MotionState, MotionTracker};
use followed::Run;
use planar::{Motion, Paint, Sequence, circle};

const WIDTH: usize = 640;
const HEIGHT: usize = 480;
/// Of what was drawn on a picture this small.
const WRONG_PX: f32 = 8.0;

fn run(motion: Motion, frames: usize, mut look: impl FnMut(usize, &followed::Seen)) {
    let sequence = Sequence::new(motion, 4, WIDTH, HEIGHT);
    let marks = [circle((0.45, 0.45), 0.13, WIDTH, HEIGHT)];
    let mut run = Run::new(&sequence, &marks);
    for frame in 1..frames {
        for seen in run.step(frame) {
            if seen.is_shown {
                assert!(seen.mean_px < WRONG_PX, "{motion:?}, frame {frame}: a lie, {seen:?}");
            }
            look(frame, &seen);
        }
    }
}

#[test]
fn a_mark_behind_something_is_lost_and_found_again() {
    let mut states = Vec::new();
    run(Motion::Occlusion, 160, |frame, seen| {
        assert!(
            !(seen.is_shown && seen.visible < 0.1),
            "frame {frame}: shown behind the board"
        );
        if states.last() != Some(&seen.state) {
            states.push(seen.state);
        }
    });
    use MotionState::{Lost, Refound, Trusted};
    assert_eq!(states, [Trusted, Lost, Refound, Trusted]);
}

#[test]
fn a_mark_that_left_the_picture_is_found_again() {
    let (mut lost, mut shown_at_the_end) = (false, false);
    run(Motion::Away, 105, |_, seen| {
        lost |= seen.state == MotionState::Lost;
        shown_at_the_end = seen.is_shown;
    });
    assert!(lost && shown_at_the_end);
}

#[test]
fn changing_light_does_not_carry_a_mark_away() {
    let mut shown = 0;
    run(Motion::Light, 120, |_, seen| shown += usize::from(seen.is_shown));
    assert!(shown > 90, "shown in {shown} of 119 pictures");
}

#[test]
fn blur_does_not_carry_a_mark_away() {
    let mut shown = 0;
    run(Motion::Blur, 60, |_, seen| shown += usize::from(seen.is_shown));
    assert!(shown > 45, "shown in {shown} of 59 pictures");
}

#[test]
fn a_dark_and_grainy_picture_does_not_carry_a_mark_away() {
    let mut shown = 0;
    run(Motion::Grain, 60, |_, seen| shown += usize::from(seen.is_shown));
    assert!(shown > 45, "shown in {shown} of 59 pictures");
}

#[test]
fn a_surface_that_shows_nothing_is_refused() {
    for motion in [Motion::Handheld, Motion::Grain] {
        let sequence = Sequence::painted(motion, Paint::new(1, 0.0), 1, WIDTH, HEIGHT);
        let mut tracker = MotionTracker::new();
        let pixels = sequence.picture(0);
        let picture = GreyPicture::new(&pixels, WIDTH, HEIGHT, WIDTH).expect("a picture");
        tracker.push_frame(0, &picture).expect("the first picture");
        let refused = tracker.add_mark(1, 0, &circle((0.5, 0.5), 0.13, WIDTH, HEIGHT));
        assert_eq!(refused, Err(MotionError::TooLittleTexture), "{motion:?}");
        assert!(tracker.motions().is_empty());
    }
}

#[test]
fn another_scene_is_not_taken_for_the_one_drawn_on() {
    let sequence = Sequence::new(Motion::Handheld, 4, WIDTH, HEIGHT);
    let elsewhere = Sequence::new(Motion::Handheld, 99, WIDTH, HEIGHT);
    let marks = [circle((0.45, 0.45), 0.13, WIDTH, HEIGHT)];
    let mut run = Run::new(&sequence, &marks);
    run.step(1);
    for frame in 2..60 {
        let pixels = elsewhere.picture(frame);
        let picture = GreyPicture::new(&pixels, WIDTH, HEIGHT, WIDTH).expect("a picture");
        let motions = run
            .tracker
            .push_frame(planar::time_us(frame), &picture)
            .expect("in order");
        assert!(
            frame < 4 || motions[0].state == MotionState::Lost,
            "frame {frame}: {motions:?}"
        );
    }
}
