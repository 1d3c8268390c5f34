use serde_json::json;

use super::*;

fn address(person: &str, device: &str) -> Address {
    Address {
        person: PersonId::new(person).unwrap(),
        device: DeviceId::new(device).unwrap(),
    }
}

fn phone() -> Address {
    address("technician", "phone")
}

fn page() -> Address {
    address("expert", "page")
}

fn to(person: &str) -> Recipient {
    Recipient {
        person: PersonId::new(person).unwrap(),
        device: None,
    }
}

/// Calls with one that rings since 0, sent by `technician/phone` to `expert` with a lifetime of 60 s.
fn ringing() -> (Calls, CallId) {
    let (mut calls, id) = (Calls::new([], 2), CallId::new("c1").unwrap());
    let invite = json!({ "type": "invite", "lifetime_ms": 60_000, "offer": "v=0" });
    let admitted = send(&mut calls, &id, &phone(), "expert", 1, &invite, 0).unwrap();
    assert!(matches!(admitted.change, Some(Change::Started(_))));
    (calls, id)
}

fn answered() -> (Calls, CallId) {
    let (mut calls, id) = ringing();
    let select = json!({ "type": "select", "device": "page" });
    let admitted = send(&mut calls, &id, &phone(), "expert", 2, &select, 1_000).unwrap();
    assert_eq!(
        admitted.change,
        Some(Change::Answered {
            device: page().device,
            at_ms: 1_000
        })
    );
    (calls, id)
}

fn send(
    calls: &mut Calls,
    call: &CallId,
    from: &Address,
    person: &str,
    id: u64,
    body: &Value,
    now_ms: u64,
) -> Result<Admitted, Refusal> {
    calls.admit(
        Envelope {
            call,
            from,
            to: &to(person),
            id,
            body,
        },
        now_ms,
    )
}

fn hang_up(reason: &str) -> Value {
    json!({ "type": "hang_up", "reason": reason })
}

#[test]
fn a_late_device_hears_the_invite_and_its_candidates_once_each_while_it_rings() {
    let (mut calls, id) = ringing();
    let candidates = json!({ "type": "candidates", "round": 0, "candidates": [], "complete": true });
    for _ in 0..2 {
        send(&mut calls, &id, &phone(), "expert", 2, &candidates, 100).unwrap();
    }
    let tablet = address("expert", "tablet");
    let heard: Vec<_> = calls.ringing_for(&tablet, 59_999).map(|(_, _, kept)| kept.id).collect();
    assert_eq!(heard, [1, 2]);
    assert_eq!(calls.ringing_for(&tablet, 60_000).count(), 0, "its lifetime is over");
    assert_eq!(
        calls.ringing_for(&phone(), 100).count(),
        0,
        "it rings for the callee only"
    );
    let (calls, _) = answered();
    assert_eq!(calls.ringing_for(&tablet, 2_000).count(), 0, "it was answered");
}

#[test]
fn an_invite_that_asks_for_longer_is_kept_as_long_as_devices_ring() {
    let (mut calls, id) = (Calls::new([], 2), CallId::new("c1").unwrap());
    let invite = json!({ "type": "invite", "lifetime_ms": u32::MAX, "offer": "v=0" });
    send(&mut calls, &id, &phone(), "expert", 1, &invite, 0).unwrap();
    assert_eq!(calls.ringing_for(&page(), 59_999).count(), 1);
    assert_eq!(calls.ringing_for(&page(), 60_000).count(), 0);
}

#[test]
fn of_two_hang_ups_that_cross_the_reason_that_stands_first_counts() {
    let (mut calls, id) = answered();
    let first = send(
        &mut calls,
        &id,
        &page(),
        "technician",
        1,
        &hang_up("connection_lost"),
        5_000,
    )
    .unwrap();
    assert_eq!(
        first.change,
        Some(Change::Ended {
            reason: EndReason::ConnectionLost,
            at_ms: 5_000
        })
    );
    let second = send(&mut calls, &id, &phone(), "expert", 3, &hang_up("hung_up"), 5_050).unwrap();
    assert_eq!(
        second.change,
        Some(Change::Ended {
            reason: EndReason::HungUp,
            at_ms: 5_000
        })
    );
    let third = send(
        &mut calls,
        &id,
        &page(),
        "technician",
        1,
        &hang_up("connection_lost"),
        8_000,
    )
    .unwrap();
    assert_eq!(third.change, None, "a repetition");
}

#[test]
fn a_hang_up_of_one_ringing_device_ends_the_call_when_the_caller_confirms_it() {
    let (mut calls, id) = ringing();
    let from_page = send(&mut calls, &id, &page(), "technician", 1, &hang_up("hung_up"), 500).unwrap();
    assert_eq!(from_page.change, None);
    let confirmed = json!({ "type": "ack", "ids": [1], "ended": "hung_up" });
    let from_phone = send(&mut calls, &id, &phone(), "expert", 0, &confirmed, 600).unwrap();
    assert_eq!(
        from_phone.change,
        Some(Change::Ended {
            reason: EndReason::HungUp,
            at_ms: 600
        })
    );
}

#[test]
fn what_a_vanished_caller_left_ringing_is_ended_and_forgotten() {
    let (mut calls, id) = ringing();
    assert_eq!(calls.tidy(89_999, |_| true), []);
    let ended = Change::Ended {
        reason: EndReason::NoAnswer,
        at_ms: 90_000,
    };
    assert_eq!(calls.tidy(90_000, |_| true), [(id.clone(), ended)]);
    assert_eq!(calls.tidy(90_001, |_| true), []);
    assert!(
        send(&mut calls, &id, &phone(), "expert", 3, &hang_up("no_answer"), 200_000).is_ok(),
        "remembered"
    );
    calls.tidy(210_000, |_| true);
    let late = send(&mut calls, &id, &phone(), "expert", 3, &hang_up("no_answer"), 210_000);
    assert_eq!(late.map_err(|refusal| refusal.code), Err(ErrorCode::NotInCall));
}

#[test]
fn an_answered_call_lives_while_either_device_is_there_or_comes_back() {
    let (mut calls, id) = answered();
    let away = |calls: &mut Calls, now_ms| calls.tidy(now_ms, |_| false);
    assert_eq!(away(&mut calls, 10_000), []);
    assert_eq!(calls.tidy(300_000, |address| *address == page()), [], "one came back");
    assert_eq!(away(&mut calls, 400_000), []);
    assert_eq!(away(&mut calls, 999_999), []);
    let ended = Change::Ended {
        reason: EndReason::ConnectionLost,
        at_ms: 1_000_000,
    };
    assert_eq!(away(&mut calls, 1_000_000), [(id, ended)]);
}

#[test]
fn a_device_cannot_have_more_unfinished_calls_than_allowed() {
    let (mut calls, first) = ringing();
    let invite = json!({ "type": "invite", "lifetime_ms": 60_000, "offer": "v=0" });
    let second = CallId::new("c2").unwrap();
    let third = CallId::new("c3").unwrap();
    assert!(send(&mut calls, &second, &phone(), "expert", 1, &invite, 0).is_ok());
    let refused = send(&mut calls, &third, &phone(), "expert", 1, &invite, 0);
    assert_eq!(refused.map_err(|refusal| refusal.code), Err(ErrorCode::TooFast));
    send(&mut calls, &first, &phone(), "expert", 2, &hang_up("cancelled"), 10).unwrap();
    assert!(send(&mut calls, &third, &phone(), "expert", 1, &invite, 20).is_ok());
}
