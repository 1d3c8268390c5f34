//! Once it runs, following marks takes no memory from the system.
#![allow(clippy::expect_used, reason = "a test states what it expects by panicking")]
#![allow(unsafe_code, reason = "an allocator that counts can be written in no other way")]

mod planar;

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicUsize, Ordering};

use assist_scene::{GreyPicture, MotionTracker};
use planar::{Motion, Sequence, circle, time_us};

struct Counting;

static ALLOCATIONS: AtomicUsize = AtomicUsize::new(0);

// SAFETY: everything is left to the system's allocator.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        ALLOCATIONS.fetch_add(1, Ordering::Relaxed);
        // SAFETY: as promised by the caller.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        // SAFETY: as promised by the caller.
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

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
    let before = ALLOCATIONS.load(Ordering::Relaxed);
    for frame in 80..120 {
        assert!(push(frame));
    }
    assert_eq!(ALLOCATIONS.load(Ordering::Relaxed) - before, 0);
}
