//! Decoding: what was read once is written and read again as the same.

use assist_protocol::messages::live::LiveMessage;
use assist_protocol::messages::{
    CallMessage, ChannelMessage, ClientMessage, HubMessage, MAX_MESSAGE_BYTES, Wire, decode, encode, from_value,
};

/// Writing a number may take more bytes than reading it did; what is far from the limit stays below it.
const FAR_FROM_THE_LIMIT: usize = MAX_MESSAGE_BYTES / 16;

fn reread<T: Wire>(bytes: &[u8]) -> Option<(T, T)> {
    let message: T = decode(bytes).ok()?;
    if bytes.len() > FAR_FROM_THE_LIMIT {
        return None;
    }
    let again = decode(encode(&message).as_bytes());
    assert!(again.is_ok(), "what was written cannot be read: {:?}", again.err());
    Some((message, again.ok()?))
}

/// Whatever a client may send to the hub.
pub(crate) fn client_message(bytes: &[u8]) {
    // A body may hold a number that is not written as it was read, and is nobody's business here.
    drop(reread::<ClientMessage>(bytes));
}

/// Whatever a hub may send to a client.
pub(crate) fn hub_message(bytes: &[u8]) {
    drop(reread::<HubMessage>(bytes));
}

/// Whatever a peer may send on the channel `control`.
pub(crate) fn channel_message(bytes: &[u8]) {
    if let Some((message, again)) = reread::<ChannelMessage>(bytes) {
        assert_eq!(message, again);
    }
}

/// Whatever a peer may send through the hub.
pub(crate) fn call_body(bytes: &[u8]) {
    let Ok(value) = serde_json::from_slice(bytes) else {
        return;
    };
    let Ok(message) = from_value::<CallMessage>(value) else {
        return;
    };
    let written = serde_json::to_value(&message);
    assert!(written.is_ok(), "cannot be written");
    assert_eq!(written.ok().and_then(|value| from_value(value).ok()), Some(message));
}

/// Whatever a peer may send on the channel `live`.
pub(crate) fn live_message(bytes: &[u8]) {
    let Ok(message) = LiveMessage::decode(bytes) else {
        return;
    };
    let mut written = Vec::new();
    assert_eq!(message.encode(&mut written), Ok(()), "cannot be written");
    assert_eq!(written.len(), bytes.len(), "not as long as it was");
    assert!(LiveMessage::decode(&written).is_ok(), "what was written cannot be read");
}
