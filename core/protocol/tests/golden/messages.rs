//! One file for every type of message, and perhaps more: `TYPE.json`, `TYPE-WHAT_IS_SPECIAL.json`.

use assist_protocol::messages::{
    CallMessage, ChannelMessage, ClientMessage, HubMessage, Wire, decode, encode, from_value,
};
use serde_json::Value;

use super::{files, read};

fn check<T: Wire>(folder: &str, round_trip: impl Fn(&Value) -> Value) {
    let files = files(&format!("messages/{folder}"));
    for (name, path) in &files {
        let message = read(path);
        let kind = name.split('-').next().unwrap();
        assert_eq!(message["type"], kind, "{folder}/{name}: named after another type");
        assert_eq!(round_trip(&message), message, "{folder}/{name}");
    }
    for kind in T::TYPES {
        assert!(
            files.iter().any(|(name, _)| name == kind),
            "{folder}/{kind}.json is missing"
        );
    }
}

fn on_a_wire<T: Wire>(message: &Value) -> Value {
    let decoded: T = decode(message.to_string().as_bytes()).unwrap_or_else(|error| panic!("{message}: {error}"));
    serde_json::from_str(&encode(&decoded)).unwrap()
}

fn inside_another<T: Wire>(message: &Value) -> Value {
    let decoded: T = from_value(message.clone()).unwrap_or_else(|error| panic!("{message}: {error}"));
    serde_json::to_value(decoded).unwrap()
}

#[test]
fn client_messages() {
    check::<ClientMessage>("client", on_a_wire::<ClientMessage>);
}

#[test]
fn hub_messages() {
    check::<HubMessage>("hub", on_a_wire::<HubMessage>);
}

#[test]
fn call_messages() {
    check::<CallMessage>("call", inside_another::<CallMessage>);
}

#[test]
fn channel_messages() {
    check::<ChannelMessage>("channel", on_a_wire::<ChannelMessage>);
}
