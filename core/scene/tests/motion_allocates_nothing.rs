//! Once it runs, following marks takes no memory from the system.
#![allow(clippy::expect_used, reason = "a test states what it expects by panicking")]

mod allocations;
mod planar;

use allocations::allocations_during;
use assist_scene::{GreyPicture, MotionTracker};
use planar::{Motion, Sequence, circle, time_us};

#[test]
fn following_allocates_nothing_in_the_long_run() {
    let (width, height) = (320, 240);
    let sequence = Sequence::new(Motion::Translation, 3, width, height);
    let pictures: Vec<_> = (0..30).map(|frame| sequence.picture(frame)).collect();
    let mut tracker = MotionTracker::new();
    let mut push = |frame: usize| {
        // There and back, so that no two neighbours are far apart.
        let index = if (frame / 29).is_multiple_of(2) {
            frame % 29
        } else {
            29 - frame % 29
        };
        let picture = GreyPicture::new(&pictures[index], width, height, width).expect("a picture");
        let shown = tracker
            .push_frame(time_us(frame), &picture)
            .expect("in order")
            .iter()
            .all(|it| it.is_shown());
        if frame == 0 {
            tracker
                .add_mark(1, 0, &circle((0.4, 0.4), 0.1, width, height))
                .expect("texture");
            tracker
                .add_mark(2, 0, &circle((0.6, 0.5), 0.1, width, height))
                .expect("texture");
        }
        shown
    };
    // Until the history is full.
    for frame in 0..80 {
        push(frame);
    }
    let allocations = allocations_during(|| (80..120).for_each(|frame| assert!(push(frame))));
    assert_eq!(allocations, 0);
}
