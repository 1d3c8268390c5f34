//! Messages pass between the two devices of a call, and nowhere else.

mod common;

use assist_protocol::messages::{
    CallMessage, HubMessage,
    call::{EndReason, ErrorCode, RejectReason},
    signalling::Presence,
};
use common::*;
use serde_json::json;

#[tokio::test]
async fn a_call_from_invite_to_hang_up() {
    let hub = TestHub::start().await;
    let (mut technician, mut expert, call) = answered_call(&hub, "c1").await;
    still_in_call(&mut technician, &mut expert, &call, 3).await;
    expert
        .relay(&call, "technician/phone", 4, &hang_up(EndReason::HungUp))
        .await;
    assert_eq!(technician.relayed().await.2, hang_up(EndReason::HungUp));
    let ended = CallMessage::Ack {
        ids: vec![4],
        ended: Some(EndReason::HungUp),
    };
    technician.relay(&call, "expert/page", 0, &ended).await;
    assert_eq!(expert.relayed().await.2, ended);
    hub.running.shutdown().await;
}

#[tokio::test]
async fn an_invite_rings_on_every_device_and_the_others_may_only_acknowledge_after_select() {
    let hub = TestHub::start().await;
    let mut technician = hub.connect("technician", "phone").await;
    let mut page = hub.connect("expert", "page").await;
    let mut tablet = hub.connect("expert", "tablet").await;
    let call = call("c1");
    technician.relay(&call, "expert", 1, &invite()).await;
    for device in [&mut page, &mut tablet] {
        assert_eq!(device.relayed().await.2, invite());
        device.relay(&call, "technician", 1, &CallMessage::Ringing).await;
        assert_eq!(technician.relayed().await.2, CallMessage::Ringing);
    }
    technician.relay(&call, "expert", 2, &select("page")).await;
    for device in [&mut page, &mut tablet] {
        assert_eq!(device.relayed().await.2, select("page"));
    }
    tablet.relay(&call, "technician", 2, &ack(2)).await;
    assert_eq!(technician.relayed().await, (tablet.me.clone(), 2, ack(2)));
    tablet.relay(&call, "technician", 3, &candidates(true)).await;
    assert_eq!(
        tablet.refused().await,
        (ErrorCode::NotInCall, Some(call.clone()), Some(3))
    );
    page.relay(&call, "technician", 2, &candidates(true)).await;
    assert_eq!(technician.relayed().await, (page.me.clone(), 2, candidates(true)));
}

#[tokio::test]
async fn messages_to_one_device_reach_that_device_alone() {
    let hub = TestHub::start().await;
    let (mut technician, mut page, call) = answered_call(&hub, "c1").await;
    let mut tablet = hub.connect("expert", "tablet").await;
    let mut watch = hub.connect("technician", "watch").await;
    still_in_call(&mut technician, &mut page, &call, 3).await;
    tablet.nothing_more().await;
    watch.nothing_more().await;
}

#[tokio::test]
async fn outsiders_of_a_call_are_refused() {
    let hub = TestHub::start().await;
    let (mut technician, mut page, c1) = answered_call(&hub, "c1").await;
    let mut watch = hub.connect("technician", "watch").await;
    let not_in_c1 = (ErrorCode::NotInCall, Some(c1.clone()), Some(9));

    watch.relay(&c1, "expert", 9, &hang_up(EndReason::HungUp)).await;
    assert_eq!(watch.refused().await, not_in_c1, "another device of the caller");
    watch.relay(&c1, "expert", 9, &invite()).await;
    assert_eq!(
        watch.refused().await,
        not_in_c1,
        "an invite with the id of somebody else's call"
    );
    page.relay(&c1, "technician/watch", 9, &candidates(true)).await;
    assert_eq!(page.refused().await, not_in_c1, "to another device of the caller");
    technician.relay(&call("c2"), "expert", 9, &candidates(true)).await;
    assert_eq!(
        technician.refused().await,
        (ErrorCode::NotInCall, Some(call("c2")), Some(9)),
        "no such call"
    );
    page.relay(&c1, "technician", 9, &select("tablet")).await;
    assert_eq!(page.refused().await, not_in_c1, "only the caller selects");
    technician.relay(&c1, "expert", 9, &select("tablet")).await;
    assert_eq!(technician.refused().await, not_in_c1, "only one device is selected");
    technician.relay(&call("c3"), "nobody", 1, &invite()).await;
    assert_eq!(technician.refused().await.0, ErrorCode::Unreachable);
    technician.relay(&call("c3"), "technician", 1, &invite()).await;
    assert_eq!(technician.refused().await.0, ErrorCode::Unreachable, "oneself");
    still_in_call(&mut technician, &mut page, &c1, 10).await;
}

#[tokio::test]
async fn a_body_of_an_unknown_type_passes_and_one_without_is_refused() {
    let hub = TestHub::start().await;
    let (mut technician, mut expert, call) = answered_call(&hub, "c1").await;
    technician
        .relay_value(
            &call,
            "expert/page",
            3,
            json!({ "type": "from_the_future", "x": [1, 2] }),
        )
        .await;
    let HubMessage::Relayed { body, .. } = expert.next_but_presence().await else {
        panic!("not relayed")
    };
    assert_eq!(body, json!({ "type": "from_the_future", "x": [1, 2] }));
    technician.relay_value(&call, "expert/page", 4, json!("hello")).await;
    assert_eq!(
        technician.refused().await,
        (ErrorCode::Malformed, Some(call.clone()), Some(4))
    );
    technician
        .relay_value(
            &call,
            "expert/page",
            5,
            json!({ "type": "hang_up", "reason": "boredom" }),
        )
        .await;
    assert_eq!(technician.refused().await, (ErrorCode::Malformed, Some(call), Some(5)));
}

#[tokio::test]
async fn everybody_sees_who_is_there_and_who_is_in_a_call() {
    let hub = TestHub::start().await;
    let mut expert = hub.connect("expert", "page").await;
    let mut technician = hub.connect("technician", "phone").await;
    assert_eq!(expert.presence("technician").await, Presence::Online);
    let c1 = call("c1");
    technician.relay(&c1, "expert", 1, &invite()).await;
    assert_eq!(expert.relayed().await.2, invite());
    expert
        .relay(
            &c1,
            "technician",
            1,
            &CallMessage::Reject {
                reason: RejectReason::Declined,
            },
        )
        .await;
    technician.relayed().await;
    technician.relay(&c1, "expert", 2, &hang_up(EndReason::Declined)).await;
    expert.relayed().await;

    let c2 = call("c2");
    technician.relay(&c2, "expert", 1, &invite()).await;
    technician.relay(&c2, "expert", 2, &select("page")).await;
    assert_eq!(
        expert.presence("technician").await,
        Presence::Busy,
        "a call that was only ringing made nobody busy"
    );
    assert_eq!(technician.presence("expert").await, Presence::Busy);
    technician
        .relay(&c2, "expert/page", 3, &hang_up(EndReason::HungUp))
        .await;
    assert_eq!(expert.presence("technician").await, Presence::Online);
    drop(technician);
    assert_eq!(expert.presence("technician").await, Presence::Offline);
}
