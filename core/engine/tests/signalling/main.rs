//! The signalling client against a real WebSocket server on loopback. Where waits are long, time is tokio's paused one.

mod hub;

mod closing;
mod heartbeat;
mod messages;
mod reconnecting;
mod signing_in;
mod tls;
