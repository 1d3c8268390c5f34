//! However the surface under a mark moves, the mark stays on it.

mod followed;
mod planar;

use assist_scene::{MotionState, PicturePoint};
use followed::Run;
use planar::{Motion, Sequence, circle};

const WIDTH: usize = 640;
const HEIGHT: usize = 480;
const FRAMES: usize = 100;

fn is_followed_within_a_pixel(motion: Motion) {
    let sequence = Sequence::new(motion, 3, WIDTH, HEIGHT);
    let marks = [
        circle((0.4, 0.45), 0.12, WIDTH, HEIGHT),
        vec![PicturePoint::new(0.55, 0.6), PicturePoint::new(0.65, 0.5)],
    ];
    let mut run = Run::new(&sequence, &marks);
    for frame in 1..FRAMES {
        for seen in run.step(frame) {
            assert_eq!(seen.state, MotionState::Trusted, "{motion:?}, frame {frame}: {seen:?}");
            assert!(seen.mean_px <= 1.0, "{motion:?}, frame {frame}: {seen:?}");
            assert!(seen.confidence > 0.5, "{motion:?}, frame {frame}: {seen:?}");
        }
    }
}

#[test]
fn a_shift() {
    is_followed_within_a_pixel(Motion::Translation);
}

#[test]
fn a_turn() {
    is_followed_within_a_pixel(Motion::Rotation);
}

#[test]
fn a_zoom() {
    is_followed_within_a_pixel(Motion::Zoom);
}

#[test]
fn a_slant() {
    is_followed_within_a_pixel(Motion::Perspective);
}

#[test]
fn a_hand_that_trembles() {
    is_followed_within_a_pixel(Motion::Handheld);
}

#[test]
fn a_fast_swing() {
    is_followed_within_a_pixel(Motion::Fast);
}

#[test]
fn the_same_pictures_give_the_same_places() {
    let sequence = Sequence::new(Motion::Handheld, 5, WIDTH, HEIGHT);
    let marks = [circle((0.4, 0.45), 0.12, WIDTH, HEIGHT)];
    let follow = || {
        let mut run = Run::new(&sequence, &marks);
        (1..20).for_each(|frame| drop(run.step(frame)));
        run.tracker.motions().to_vec()
    };
    assert_eq!(follow(), follow());
}
