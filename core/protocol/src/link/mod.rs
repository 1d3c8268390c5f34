//! How much the link to the peer bears, from when packets were sent and when they arrived.
//!
//! ```text
//!   sent packets ──▶ what waits for word ◀── feedback: which arrived, and when
//!                            │
//!        ┌───────────────────┼──────────────────────┐
//!        ▼                   ▼                      ▼
//!   what arrives    how long packets wait     how many are lost
//!        └───────────────────┼──────────────────────┘
//!                            ▼
//!      alone: by the queue ◀──▶ contested: by loss       ──▶ target
//! ```

mod arrivals;
mod control;
mod estimator;
mod observer;
mod pacer;
mod prompt;
mod quality;
mod queue;
mod sender;
mod spending;
mod train;
mod usage;

pub use estimator::{EstimatorConfig, LinkEstimator, Received};
pub use observer::{LinkObserver, Observation};
pub use pacer::{Pacer, PacketClass};
pub use prompt::{LinkOffer, LinkPrompt, PromptInput, PromptOutput, PromptRole};
pub use quality::{CRITICAL_BPS, LinkQuality, LinkReason, MARGIN, POOR_BPS, POOR_ROUND_TRIP, Verdict, WantedProbe};
pub use sender::{Departure, LinkSender, Outgoing};
pub use spending::{Budget, Demand, Spending, VideoBudget, VideoMost, sound_on_wire_bps};
