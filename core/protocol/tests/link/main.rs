//! The estimator on emulated links, in virtual time. What its users want to know of it is measured by `assist-bench`; here is what
//! must not get worse.

#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a test states what it expects, and shows its figures"
)]

mod call;
mod cases;
mod feedback;
mod probing;
mod world;
