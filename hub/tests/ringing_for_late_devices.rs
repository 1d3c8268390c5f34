//! An invite waits for devices that connect while it rings.

mod common;

use assist_protocol::messages::{CallMessage, call::EndReason};
use common::*;

#[tokio::test]
async fn a_device_that_connects_later_rings_and_can_be_the_one_that_answers() {
    let hub = TestHub::start().await;
    let mut technician = hub.connect("technician", "phone").await;
    let call = call("c1");
    technician.relay(&call, "expert", 1, &invite()).await;
    technician.relay(&call, "expert", 2, &candidates(true)).await;
    technician.nothing_more().await;

    let mut expert = hub.connect("expert", "page").await;
    assert_eq!(expert.relayed().await, (technician.me.clone(), 1, invite()));
    assert_eq!(expert.relayed().await, (technician.me.clone(), 2, candidates(true)));
    expert.relay(&call, "technician", 1, &answer()).await;
    assert_eq!(technician.relayed().await, (expert.me.clone(), 1, answer()));
    technician.relay(&call, "expert", 3, &select("page")).await;
    assert_eq!(expert.relayed().await.2, select("page"));
    still_in_call(&mut technician, &mut expert, &call, 4).await;

    hub.connect("expert", "tablet").await.nothing_more().await;
}

#[tokio::test]
async fn an_invite_that_was_taken_back_or_has_expired_rings_nowhere() {
    let hub = TestHub::start().await;
    let mut technician = hub.connect("technician", "phone").await;
    technician.relay(&call("c1"), "expert", 1, &invite()).await;
    technician
        .relay(&call("c1"), "expert", 2, &hang_up(EndReason::Cancelled))
        .await;
    let expired = CallMessage::Invite {
        lifetime_ms: 0,
        offer: "v=0\r\n".to_owned(),
    };
    technician.relay(&call("c2"), "expert", 1, &expired).await;
    technician.nothing_more().await;
    hub.connect("expert", "page").await.nothing_more().await;
}

#[tokio::test]
async fn an_invite_for_one_device_waits_for_that_one() {
    let hub = TestHub::start().await;
    let mut technician = hub.connect("technician", "phone").await;
    technician.relay(&call("c1"), "expert/page", 1, &invite()).await;
    technician.nothing_more().await;
    hub.connect("expert", "tablet").await.nothing_more().await;
    assert_eq!(hub.connect("expert", "page").await.relayed().await.2, invite());
}

#[tokio::test]
async fn an_invite_outlives_a_crash_of_the_hub() {
    let hub = TestHub::start().await;
    let mut technician = hub.connect("technician", "phone").await;
    technician.relay(&call("c1"), "expert", 1, &invite()).await;
    technician.nothing_more().await;
    let hub = hub.crash_and_start().await;
    technician.closed().await;
    let mut expert = hub.connect("expert", "page").await;
    assert_eq!(expert.relayed().await, (technician.me.clone(), 1, invite()));
}
