//! What is drawn in a call: the same picture at everybody, whatever order and however often the news of it arrives.
//!
//! ```text
//!   begin, extend, finish,        ┌────────────── Document ──────────────┐
//!   undo, clear, freeze, thaw ──▶ │ one person: what they drew (Author)  │ ──▶ marks(), pins(), anchors(), lens()
//!   place, anchors, lens, … ────▶ │             what they own  (Owner)   │
//!   received(from) ─────────────▶ │ another person: …                    │ ──▶ Changed
//!                                 └──────────────────────────────────────┘
//! ```
//!
//! What a person sends changes what is kept of that person and nothing else: nobody can touch or forge another's mark.
//! What is shown joins both: an author's mark with what the owner of its space says about where it is.
//!
//! Everything only grows: points of a mark, numbers of marks that are gone, revisions. So order does not matter, and
//! neither does anything that arrives twice. Whoever comes late, or comes back, is told by everybody what is theirs
//! ([`Document::for_newcomer`]).

mod assembly;
mod author;
mod commands;
mod document;
pub mod limits;
mod mark;
mod newcomer;
mod numbers;
mod owner;
mod pins;
mod rate;
mod receive;
mod refusal;

pub use document::{Document, Usage};
pub use mark::{InkPoint, MarkId, MarkView, Placement, Placing};
pub use pins::PinView;
pub use receive::Changed;
pub use refusal::Refusal;
