//! Whatever arrives is a message or a named error, and is never more than was agreed on.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test states what it expects by panicking"
)]

use assist_protocol::messages::call::{Candidate, MAX_ACK_IDS, MAX_CANDIDATES};
use assist_protocol::messages::channel::MAX_TEXT_BYTES;
use assist_protocol::messages::{
    CallMessage, ChannelMessage, ClientMessage, DecodeError, HubMessage, MAX_MESSAGE_BYTES, Wire, decode, encode,
    from_value,
};
use proptest::prelude::*;
use serde_json::{Value, json};

/// Any JSON a stranger may think of, with the names we know among them.
fn any_json() -> impl Strategy<Value = Value> {
    let name = prop_oneof![
        Just("v".to_owned()),
        Just("type".to_owned()),
        Just("call".to_owned()),
        Just("ids".to_owned()),
        Just("seq".to_owned()),
        ".{0,8}",
    ];
    let known = prop::sample::select([CallMessage::TYPES, ChannelMessage::TYPES, HubMessage::TYPES].concat());
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        ".{0,12}".prop_map(Value::from),
        known.prop_map(Value::from),
        Just(json!(1)),
    ];
    leaf.prop_recursive(4, 64, 8, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..8).prop_map(Value::from),
            prop::collection::vec((name.clone(), inner), 0..8).prop_map(Value::from_iter),
        ]
    })
}

/// Something of every family.
fn decode_all(bytes: &[u8]) -> [Result<(), DecodeError>; 4] {
    [
        decode::<ClientMessage>(bytes).map(drop),
        decode::<HubMessage>(bytes).map(drop),
        decode::<CallMessage>(bytes).map(drop),
        decode::<ChannelMessage>(bytes).map(drop),
    ]
}

fn candidate() -> Candidate {
    Candidate {
        candidate: "candidate:1".to_owned(),
        mid: Some("0".to_owned()),
        line: None,
    }
}

proptest! {
    #[test]
    fn no_bytes_panic(bytes in prop::collection::vec(any::<u8>(), 0..512)) {
        // Nothing so short is too large.
        for result in decode_all(&bytes) {
            let is_too_large = matches!(result, Err(DecodeError::TooLarge { .. }));
            prop_assert!(!is_too_large);
        }
    }

    #[test]
    fn no_json_panics(value in any_json()) {
        for result in decode_all(value.to_string().as_bytes()) {
            let is_too_large = matches!(result, Err(DecodeError::TooLarge { .. }));
            prop_assert!(!is_too_large);
        }
        drop(from_value::<CallMessage>(value));
    }

    #[test]
    fn unknown_fields_are_ignored(name in "[a-z_]{1,12}", extra in any_json()) {
        prop_assume!(!["v", "type", "seq", "operation"].contains(&name.as_str()));
        let mut message = json!({"v": 1, "type": "ping", "nonce": 7, "microphone": "on", "camera": "on"});
        for kind in ["ping", "media", "hang_up"] {
            message["type"] = kind.into();
            let plain: ChannelMessage = decode(message.to_string().as_bytes()).unwrap();
            let mut more = message.clone();
            if more.get(&name).is_none() {
                more[&name] = extra.clone();
            }
            prop_assert_eq!(decode::<ChannelMessage>(more.to_string().as_bytes()).unwrap(), plain);
        }
    }

    #[test]
    fn unknown_types_are_named(kind in "[a-z_]{1,60}", extra in any_json()) {
        prop_assume!(!HubMessage::TYPES.contains(&kind.as_str()));
        let message = json!({"v": 1, "type": kind, "extra": extra}).to_string();
        let shortened: String = kind.chars().take(40).collect();
        prop_assert_eq!(decode::<HubMessage>(message.as_bytes()), Err(DecodeError::UnknownType { kind: shortened }));
    }

    #[test]
    fn other_versions_are_named(version in 2_u64..) {
        let message = json!({"v": version, "type": "ping", "nonce": 1}).to_string();
        prop_assert_eq!(decode::<ClientMessage>(message.as_bytes()), Err(DecodeError::Version { version }));
    }

    #[test]
    fn a_missing_or_wrong_field_is_malformed(wrong in any_json()) {
        prop_assume!(!wrong.is_u64());
        for message in [json!({"v": 1, "type": "pong"}), json!({"v": 1, "type": "pong", "nonce": wrong})] {
            let malformed = Err(DecodeError::Malformed { kind: "pong".to_owned() });
            prop_assert_eq!(decode::<HubMessage>(message.to_string().as_bytes()), malformed);
        }
    }

    #[test]
    fn lists_have_a_limit(count in 0_usize..100) {
        let malformed = |kind: &str| Err(DecodeError::Malformed { kind: kind.to_owned() });
        let candidates = CallMessage::Candidates { round: 0, candidates: vec![candidate(); count], complete: false };
        let expected = if count <= MAX_CANDIDATES { Ok(candidates.clone()) } else { malformed("candidates") };
        prop_assert_eq!(from_value(serde_json::to_value(candidates).unwrap()), expected);
        let ack = CallMessage::Ack { ids: vec![1; count], ended: None };
        let expected = if count <= MAX_ACK_IDS { Ok(ack.clone()) } else { malformed("ack") };
        prop_assert_eq!(from_value(serde_json::to_value(ack).unwrap()), expected);
    }

    #[test]
    fn text_has_a_limit(bytes in MAX_TEXT_BYTES - 2..MAX_TEXT_BYTES + 3) {
        let operation = json!({"kind": "text", "id": "t", "sent_at_ms": 1, "text": "x".repeat(bytes)});
        let message = json!({"v": 1, "type": "operation", "seq": 1, "operation": operation}).to_string();
        prop_assert_eq!(decode::<ChannelMessage>(message.as_bytes()).is_ok(), bytes <= MAX_TEXT_BYTES);
    }

    #[test]
    fn identifiers_are_checked(device in ".{0,80}") {
        let message = json!({"v": 1, "type": "hello", "token": "t", "device": device, "client": "c"}).to_string();
        let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.@:".contains(&byte);
        let is_valid = (1..=64).contains(&device.len()) && device.bytes().all(allowed);
        prop_assert_eq!(decode::<ClientMessage>(message.as_bytes()).is_ok(), is_valid);
    }
}

#[test]
fn size_is_capped_before_parsing() {
    let message = format!(
        "{{\"v\":1,\"type\":\"ping\",\"nonce\":1,\"padding\":\"{}\"}}",
        "x".repeat(MAX_MESSAGE_BYTES)
    );
    let bytes = message.len();
    assert_eq!(
        decode::<ClientMessage>(message.as_bytes()),
        Err(DecodeError::TooLarge { bytes })
    );
    let fitting = message.replacen(&"x".repeat(bytes - MAX_MESSAGE_BYTES), "", 1);
    assert_eq!(fitting.len(), MAX_MESSAGE_BYTES);
    assert_eq!(
        decode::<ClientMessage>(fitting.as_bytes()),
        Ok(ClientMessage::Ping { nonce: 1 })
    );
}

#[test]
fn a_message_without_version_or_type_is_none() {
    for text in [
        "",
        "null",
        "7",
        "[]",
        "{}",
        "{\"v\":1}",
        "{\"type\":\"ping\"}",
        "{\"v\":\"1\",\"type\":\"ping\"}",
        "{\"v\":1,\"type\":7}",
    ] {
        for result in decode_all(text.as_bytes()) {
            assert_eq!(result, Err(DecodeError::NotAMessage), "{text}");
        }
    }
}

#[test]
fn an_operation_of_a_newer_version_is_counted_without_being_known() {
    let text = r#"{"v":1,"type":"operation","seq":3,"operation":{"kind":"hologram","depth":7}}"#;
    let ChannelMessage::Operation(sequenced) = decode(text.as_bytes()).unwrap() else {
        panic!("not an operation")
    };
    assert_eq!(sequenced.seq, 3);
    assert_eq!(
        sequenced.operation,
        assist_protocol::messages::channel::Operation::Unknown
    );
}

#[test]
fn secrets_are_not_shown() {
    let hello = r#"{"v":1,"type":"hello","token":"a.secret.token","device":"d","client":"c"}"#;
    let hello: ClientMessage = decode(hello.as_bytes()).unwrap();
    assert!(!format!("{hello:?} {hello:#?}").contains("secret"));
    assert!(encode(&hello).contains("secret"));
    let welcome = json!({
        "v": 1, "type": "welcome", "me": {"person": "p", "device": "d"}, "name": "n", "people": [], "heartbeat_ms": 1,
        "ice_servers": [{"urls": ["turn:192.0.2.1"], "username": "u", "credential": "a secret"}],
    });
    let welcome: HubMessage = decode(welcome.to_string().as_bytes()).unwrap();
    assert!(!format!("{welcome:?} {welcome:#?}").contains("secret"));
}
