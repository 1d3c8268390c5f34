//! Sound through simulated networks, in virtual time: what is lost, late or out of order, and what is heard of it.

// Clippy takes helpers of tests for tests only where this stands.
#![cfg(test)]

mod codec;
mod network;
mod rubbish;
mod simulation;
mod voice;
