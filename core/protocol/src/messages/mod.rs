//! Everything that crosses a wire, as versioned JSON. Unknown fields are ignored; an unknown type is an error the
//! sender is told of; sizes are capped before parsing.

pub mod annotation;
pub mod call;
pub mod channel;
mod decode;
pub mod live;
pub mod signalling;

pub use call::CallMessage;
pub use channel::ChannelMessage;
pub use decode::{DecodeError, MAX_MESSAGE_BYTES, PROTOCOL_VERSION, Wire, decode, encode, from_value};
pub use signalling::{ClientMessage, HubMessage};
