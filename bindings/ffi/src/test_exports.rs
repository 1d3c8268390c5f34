//! What only tests find in a library that was built for them.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::sync::atomic::Ordering;

use crate::streams::LIVE;

thread_local! {
    static ALLOCATIONS: Cell<u64> = const { Cell::new(0) };
}

struct Counting;

fn count() {
    // The last allocations of a thread come after its locals are gone.
    let _ = ALLOCATIONS.try_with(|allocations| allocations.set(allocations.get() + 1));
}

#[allow(unsafe_code)]
// SAFETY: everything is handed on to the system's allocator as it came.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count();
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        unsafe { System.dealloc(pointer, layout) }
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, new_size: usize) -> *mut u8 {
        count();
        unsafe { System.realloc(pointer, layout, new_size) }
    }
}

#[global_allocator]
static COUNTING: Counting = Counting;

/// How often the calling thread allocated in Rust.
#[uniffi::export]
pub fn thread_allocations() -> u64 {
    ALLOCATIONS.with(Cell::get)
}

/// How many streams have not been dropped.
#[uniffi::export]
pub fn live_streams() -> i64 {
    LIVE.load(Ordering::Relaxed)
}

/// Panics.
#[uniffi::export]
#[allow(clippy::panic, reason = "that is what it is for")]
pub fn panic_now() {
    panic!("injected");
}

/// Panics after it has been polled once.
#[uniffi::export]
#[allow(clippy::panic, reason = "that is what it is for")]
pub async fn panic_later() {
    tokio::task::yield_now().await;
    panic!("injected");
}

/// Does nothing: the price of a call.
#[uniffi::export]
pub fn do_nothing() {}
