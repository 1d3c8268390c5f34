//! Calls over emulated paths in virtual time: what the media is, who carries it, and what comes of it.
//!
//! ```text
//!   source ──▶ pair's sending end ══ path ══▶ pair's receiving end
//!      ▲                 │  ▲                        │
//!      └──── target ─────┘  └════ path back ═════════┘
//! ```
//!
//! A [`Pair`] is the subject of a measurement: ours, or another implementation. Everything else is the same for all.

mod cases;
mod completeness;
mod figures;
mod pair;
mod record;
mod source;
mod watched;
mod world;

pub use crate::tcp::TcpPlan;
pub use cases::{Case, FlowPlan, cases, mobile_case};
pub use figures::percentile;
pub use pair::{End, Event, FlowSetup, Kind, MediaPacket, Pair, Transmit, WIRE_OVERHEAD_BYTES};
pub use record::{BIN, FlowRecord, Outcome};
pub use watched::{began, watched};
pub use world::run;
