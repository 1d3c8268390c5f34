//! The contract of `tests/contract/cases.txt`, in Rust: the objects that Kotlin and Swift get, a real hub, a real expert.

#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test states what it expects"
)]

mod drawing;
mod link;

use std::sync::Arc;
use std::time::Duration;

use assist_engine::call::{CallEvent, CallSnapshot};
use assist_engine::sign_in::SandboxAccount;
use assist_ffi::test_exports::live_streams;
use assist_ffi::{
    Assist, AssistConfig, Call, CallFailure, LogLevel, MediaFailure, SecureStore, SecureStoreFailure, Session,
    SignInFailure,
};
use assist_phone::{HeadlessExpert, PhoneControl, SimulatedPhone, TestHub};
use assist_protocol::call::CallState;

const DEADLINE: Duration = Duration::from_secs(60);

#[derive(Default)]
struct Store {
    broken: bool,
}

impl SecureStore for Store {
    fn read(&self, _name: String) -> Result<Option<String>, SecureStoreFailure> {
        if self.broken {
            return Err(SecureStoreFailure::Unavailable {
                reason: "the device is locked".to_owned(),
            });
        }
        Ok(Some("contract-phone".to_owned()))
    }

    fn write(&self, _name: String, _text: String) -> Result<(), SecureStoreFailure> {
        Ok(())
    }
}

fn assist(store: Store) -> Assist {
    let config = AssistConfig {
        client: "contract".to_owned(),
        loopback_only: true,
        log_level: LogLevel::Warning,
    };
    Assist::new(config, Arc::new(store), None).unwrap()
}

/// A technician's library, signed in at a hub of its own.
struct World {
    hub: TestHub,
    assist: Assist,
    session: Arc<Session>,
}

async fn hub() -> TestHub {
    // It waits for its start: not on a thread of the test's runtime.
    tokio::task::spawn_blocking(TestHub::start).await.unwrap().unwrap()
}

fn account(hub: &TestHub) -> SandboxAccount {
    SandboxAccount {
        hub_url: hub.url(),
        account: "technician".to_owned(),
        key: hub.key(),
        certificate_pem: None,
    }
}

async fn within<T>(future: impl Future<Output = T>) -> T {
    tokio::time::timeout(DEADLINE, future)
        .await
        .expect("it did not happen in time")
}

impl World {
    async fn new() -> Self {
        let hub = hub().await;
        let assist = assist(Store::default());
        let session = within(assist.sign_in(account(&hub))).await.unwrap();
        let snapshots = session.snapshots();
        while !within(snapshots.next()).await.unwrap().connected {}
        Self { hub, assist, session }
    }

    async fn expert(&self) -> HeadlessExpert {
        HeadlessExpert::sign_in(self.hub.url(), self.hub.key()).await.unwrap()
    }

    fn other_person(&self) -> String {
        self.session.snapshot().people[0].id.to_string()
    }

    /// The technician calls, the expert answers, media flows.
    async fn in_call(&self) -> (Arc<Call>, HeadlessExpert) {
        let expert = self.expert().await;
        (self.call_to(&expert).await, expert)
    }

    /// The same over a bad link.
    async fn in_call_over(&self, link: &str) -> (Arc<Call>, HeadlessExpert) {
        let signing_in = HeadlessExpert::sign_in_over(self.hub.url(), self.hub.key(), link.to_owned());
        let expert = signing_in.await.unwrap();
        (self.call_to(&expert).await, expert)
    }

    async fn call_to(&self, expert: &HeadlessExpert) -> Arc<Call> {
        let call = within(self.session.call(self.other_person())).await.unwrap();
        expert.wait_ringing().await.unwrap();
        expert.answer().unwrap();
        within(call.wait_connected()).await.unwrap();
        expert.wait_connected().await.unwrap();
        call
    }
}

async fn until_ended(call: &Call) -> CallSnapshot {
    let snapshots = call.snapshots();
    let mut last = None;
    while let Some(snapshot) = within(snapshots.next()).await {
        last = Some(snapshot);
    }
    last.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn sign_in_shows_the_people() {
    let world = World::new().await;
    let snapshot = world.session.snapshot();
    assert!(snapshot.connected && snapshot.me.is_some());
    assert_eq!(snapshot.people.len(), 1);
    assert!(!snapshot.people[0].name.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_key_is_refused_in_words() {
    let hub = hub().await;
    let mut wrong = account(&hub);
    wrong.key = "wrong".to_owned();
    let refusal = within(assist(Store::default()).sign_in(wrong)).await.map(drop);
    let Err(SignInFailure::Rejected { advice }) = refusal else {
        panic!("{refusal:?}");
    };
    assert!(advice.needs_sign_in && !advice.is_retryable);
    assert!(advice.message.contains("key"), "{}", advice.message);
}

#[tokio::test(flavor = "multi_thread")]
async fn state_arrives_in_order() {
    let world = World::new().await;
    let expert = world.expert().await;
    let call = within(world.session.call(world.other_person())).await.unwrap();
    let snapshots = call.snapshots();
    let first = within(snapshots.next()).await.unwrap();
    assert!(first.state < CallState::Connected, "the present state comes at once");
    expert.wait_ringing().await.unwrap();
    expert.answer().unwrap();
    let mut seen = vec![first];
    while let Some(snapshot) = within(snapshots.next()).await {
        if snapshot.state == CallState::Connected && seen.iter().all(|seen| seen.state != CallState::Connected) {
            call.hang_up();
        }
        seen.push(snapshot);
    }
    assert!(seen.is_sorted_by(|before, after| before.revision < after.revision));
    assert!(seen.is_sorted_by_key(|snapshot| snapshot.state), "{seen:?}");
    assert_eq!(seen.last().unwrap().state, CallState::Ended);
}

#[tokio::test(flavor = "multi_thread")]
async fn frames_reach_the_expert() {
    let world = World::new().await;
    let (call, expert) = world.in_call().await;
    let requests = call.encoder_control();
    let pushing = async {
        let mut phone: Option<SimulatedPhone> = None;
        let mut clock = tokio::time::interval(Duration::from_millis(66));
        let mut control = None;
        for index in 1_u64.. {
            tokio::select! {
                request = requests.next() => control = request.and_then(|request| request.control),
                _ = clock.tick() => {}
            }
            let Some(control) = control else { continue };
            let control = PhoneControl::from(control);
            let phone = phone.get_or_insert_with(|| SimulatedPhone::new(1, control).unwrap());
            phone.apply(control).unwrap();
            if let Some(frame) = phone.frame(index * 66_667).unwrap() {
                // A busy network is no fault of the phone's.
                let _ = call.push_video(&frame.annex_b, frame.capture_time_us, frame.is_key_frame);
            }
        }
    };
    tokio::select! {
        () = pushing => unreachable!("it films for ever"),
        size = expert.wait_pictures(15) => assert_eq!(size.unwrap(), "1280x720"),
    }
    let refusal = call.push_video(b"no picture", 0, false);
    assert!(matches!(refusal, Err(MediaFailure::NotAnnexB { .. })), "{refusal:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn sound_is_taken_and_given() {
    let world = World::new().await;
    let (call, _expert) = world.in_call().await;
    call.push_audio(&[0; 1_920]).unwrap();
    assert_eq!(call.pull_audio().len(), 1_920);
    for wrong in [0, 1_919, 1_921, 4_000] {
        let refusal = call.push_audio(&vec![0; wrong]);
        assert!(
            matches!(refusal, Err(MediaFailure::WrongLength { .. })),
            "{wrong}: {refusal:?}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn text_goes_both_ways() {
    let world = World::new().await;
    let (call, expert) = world.in_call().await;
    let events = call.events();
    let id = call.send_text("Which valve?".to_owned()).unwrap();
    assert_eq!(expert.wait_text().await.unwrap(), "Which valve?");
    expert.send_text("The red one ✓".to_owned()).unwrap();
    let (mut delivered, mut received) = (None, None);
    while delivered.is_none() || received.is_none() {
        match within(events.next()).await.unwrap() {
            CallEvent::TextDelivered { id } => delivered = Some(id.to_string()),
            CallEvent::TextReceived { text, .. } => received = Some(text),
            CallEvent::StrokeRefused { .. } | CallEvent::FreezeRefused { .. } | CallEvent::Epoch { .. } => {}
        }
    }
    assert_eq!(
        (delivered.unwrap(), received.unwrap()),
        (id, "The red one ✓".to_owned())
    );
    for wrong in [String::new(), "x".repeat(100_000)] {
        assert!(matches!(call.send_text(wrong), Err(CallFailure::TextLength { .. })));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn mute_and_pause_are_seen() {
    let world = World::new().await;
    let (call, expert) = world.in_call().await;
    call.set_microphone_muted(true).unwrap();
    expert.wait_microphone(true).await.unwrap();
    call.set_camera_paused(true).unwrap();
    expert.wait_camera(true).await.unwrap();
    call.set_microphone_muted(false).unwrap();
    expert.wait_microphone(false).await.unwrap();
    call.set_camera_paused(false).unwrap();
    expert.wait_camera(false).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn hang_up_ends_both_ends() {
    let world = World::new().await;
    let (call, expert) = world.in_call().await;
    call.hang_up();
    assert_eq!(expert.wait_ended().await.unwrap(), "hung_up");
    assert_eq!(until_ended(&call).await.state, CallState::Ended);
    call.hang_up();
    assert!(matches!(call.accept(), Err(CallFailure::Ended { .. })));
    assert!(within(call.events().next()).await.is_none() || within(call.events().next()).await.is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_ringing_call_can_be_answered() {
    let world = World::new().await;
    let expert = world.expert().await;
    let incoming = world.session.incoming_calls();
    expert.call_technician().await.unwrap();
    let call = within(incoming.next()).await.unwrap();
    assert_eq!(call.snapshot().state, CallState::Ringing);
    call.accept().unwrap();
    within(call.wait_connected()).await.unwrap();
    expert.wait_connected().await.unwrap();
    expert.hang_up().unwrap();
    assert_eq!(until_ended(&call).await.state, CallState::Ended);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_ringing_call_can_be_declined() {
    let world = World::new().await;
    let expert = world.expert().await;
    let incoming = world.session.incoming_calls();
    expert.call_technician().await.unwrap();
    let call = within(incoming.next()).await.unwrap();
    call.decline().unwrap();
    assert_eq!(expert.wait_ended().await.unwrap(), "declined");
}

#[tokio::test(flavor = "multi_thread")]
async fn close_and_drop_work_on_a_foreign_thread() {
    let world = World::new().await;
    let (call, expert) = world.in_call().await;
    let World { hub, assist, session } = world;
    let events = call.events();
    // No runtime lives on this thread.
    std::thread::spawn(move || {
        events.close();
        drop(events);
        drop(call);
        drop(session);
        drop(assist);
    })
    .join()
    .unwrap();
    assert_eq!(expert.wait_ended().await.unwrap(), "hung_up");
    drop(hub);
}

#[tokio::test(flavor = "multi_thread")]
async fn close_ends_a_pending_next() {
    let world = World::new().await;
    let (call, _expert) = world.in_call().await;
    let video = call.video();
    let (taken, ()) = within(async { tokio::join!(video.next(), async { video.close() }) }).await;
    assert!(taken.is_none());
    let incoming = world.session.incoming_calls();
    let (taken, ()) = within(async { tokio::join!(incoming.next(), async { incoming.close() }) }).await;
    assert!(taken.is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn closing_twice_is_closing_once() {
    let world = World::new().await;
    let snapshots = world.session.snapshots();
    snapshots.close();
    snapshots.close();
    assert!(within(snapshots.next()).await.is_none());
    within(world.session.close()).await;
    within(world.session.close()).await;
    within(world.assist.close()).await;
    within(world.assist.close()).await;
    let refusal = within(world.assist.sign_in(account(&world.hub))).await.map(drop);
    assert!(matches!(refusal, Err(SignInFailure::Closed { .. })), "{refusal:?}");
    let refusal = within(world.session.call("expert".to_owned())).await.map(drop);
    assert!(matches!(refusal, Err(CallFailure::Ended { .. })), "{refusal:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn cancelling_the_wait_ends_the_call_at_the_hub() {
    let world = World::new().await;
    let expert = world.expert().await;
    let call = within(world.session.call(world.other_person())).await.unwrap();
    tokio::select! {
        waited = call.wait_connected() => panic!("nobody answered: {waited:?}"),
        ringing = expert.wait_ringing() => ringing.unwrap(),
    }
    assert_eq!(expert.wait_ended().await.unwrap(), "cancelled");
    expert.wait_technician_free().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn ten_thousand_subscriptions_leave_no_handle() {
    let world = World::new().await;
    let (call, _expert) = world.in_call().await;
    let mine = Arc::new(call);
    let before = live_streams();
    for round in 0..10_000 {
        let snapshots = mine.snapshots();
        assert!(within(snapshots.next()).await.is_some(), "round {round}");
        if round % 2 == 0 {
            snapshots.close();
        }
    }
    // Other tests of this process open streams of their own, a few.
    assert!(live_streams() - before < 100, "{} more", live_streams() - before);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_throwing_secure_store_is_an_error() {
    let hub = hub().await;
    let refusal = within(assist(Store { broken: true }).sign_in(account(&hub)))
        .await
        .map(drop);
    let Err(SignInFailure::SecureStore { advice }) = refusal else {
        panic!("{refusal:?}");
    };
    assert!(
        advice.is_retryable && advice.message.contains("locked"),
        "{}",
        advice.message
    );
}

#[test]
fn a_panic_is_an_error() {
    #[allow(unsafe_code)]
    unsafe extern "C" {
        fn uniffi_assist_ffi_fn_func_panic_now(status: *mut uniffi::RustCallStatus);
    }
    let mut status = uniffi::RustCallStatus::default();
    // SAFETY: the function that the macro made for `panic_now`: no arguments, and a status that lives through the call.
    #[allow(unsafe_code)]
    unsafe {
        uniffi_assist_ffi_fn_func_panic_now(&raw mut status);
    }
    assert_eq!(status.code, uniffi::RustCallStatusCode::UnexpectedError);
    // The library goes on.
    assert!(live_streams() >= 0);
}
