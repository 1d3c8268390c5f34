//! The signalling client against a real WebSocket server on loopback, with short waits in real time: tokio's paused
//! clock jumps ahead while bytes are on their way through a real socket.

// Clippy takes helpers of tests for tests only where this stands.
#![cfg(test)]

mod hub;

mod closing;
mod heartbeat;
mod messages;
mod reconnecting;
mod signing_in;
mod tls;
