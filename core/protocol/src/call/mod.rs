//! The call, as one device sees it: what is said to the peer, what the media layer has to do, what the user is shown.
//!
//! ```text
//!                 place                                              invite of a peer
//!                   │                                              │                │ kept one of a glare
//!                   ▼                                              ▼                │
//!               inviting ──ringing──▶ alerting                  ringing ──accept──▶ accepting
//!                   │                     │                        │                │
//!                   └──────answer─────────┤                        │       select of this device
//!                        (says select)    ▼                        │                │
//!                                     connecting ◀─────────────────┼────────────────┘
//!                                         │ media_connected        │
//!                                         ▼                        │
//!                                     connected ──media_disconnected──▶ reconnecting
//!                                         ▲                        │         │
//!                                         └─────media_connected────┼─────────┘
//!                                                                  │
//!     any of these ──the user, a time-out, a refusal──▶ ending ──ack, the peer's word, 10 s──▶ ended
//!     any of these ──hang_up of the peer, select of another device──────────────────────────▶ ended
//!     ended ──2 min──▶ forgotten (idle)
//! ```
//!
//! A call that is *ending* or *ended* does not stand in the way of the next one: [`CallMachine`] keeps it, answers for
//! it and forgets it, while at most one call is live. `docs/protocol.md` has the rules in prose.

mod config;
mod context;
mod ending;
mod inbox;
mod input;
mod invited;
mod machine;
mod media;
mod one;
mod outbox;
mod output;
mod paths;
mod peer;
mod reconnect;
mod snapshot;
mod timers;

pub use config::CallConfig;
pub use input::Input;
pub use machine::CallMachine;
pub use output::Output;
pub use snapshot::{CallSnapshot, CallState, Role};
