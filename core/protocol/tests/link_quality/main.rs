//! The verdict on a link, on emulated links in virtual time.

#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a test states what it expects, and shows its figures"
)]

mod evaluation;
mod prompted;
mod verdict;
mod world;
