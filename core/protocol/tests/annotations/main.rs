//! The annotation document: its rules one by one, that all replicas become one, and that nobody can spoil it.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test states what it expects by panicking"
)]

mod adversary;
mod any_order;
mod commands;
mod golden;
mod limits;
mod model;
mod network;
mod rules;
mod script;
mod setup;
