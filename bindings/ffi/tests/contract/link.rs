//! The link: told in words, offered because of it, spent less of.

use assist_engine::call::LinkSnapshot;
use assist_ffi::LinkStream;
use assist_protocol::link::{LinkOffer, LinkReason, Verdict};

use super::*;

/// A technician who films until dropped.
struct Filming(tokio::task::JoinHandle<()>);

impl Filming {
    fn begin(call: &Arc<Call>) -> Self {
        let call = Arc::clone(call);
        Self(tokio::spawn(async move {
            let controls = call.encoder_control();
            let mut phone: Option<SimulatedPhone> = None;
            let mut control = None;
            let mut tick = tokio::time::interval(Duration::from_millis(66));
            for frame in 0_u64.. {
                tokio::select! {
                    biased;
                    next = controls.next() => match next {
                        Some(request) => control = request.control,
                        None => return,
                    },
                    _ = tick.tick() => {}
                }
                let Some(wanted) = control else { continue };
                let wanted = PhoneControl {
                    bitrate_bps: wanted.bitrate_bps,
                    width_px: wanted.width_px,
                    height_px: wanted.height_px,
                    frame_rate: wanted.frame_rate,
                    key_frames_requested: wanted.key_frames_requested,
                };
                let phone = phone.get_or_insert_with(|| SimulatedPhone::new(1, wanted).unwrap());
                phone.apply(wanted).unwrap();
                let Some(picture) = phone.frame(66_000 * frame).unwrap() else {
                    continue;
                };
                let _ = call.push_video(&picture.annex_b, picture.capture_time_us, picture.is_key_frame);
            }
        }))
    }
}

impl Drop for Filming {
    fn drop(&mut self) {
        self.0.abort();
    }
}

async fn until(link: &LinkStream, wanted: impl Fn(&LinkSnapshot) -> bool) -> LinkSnapshot {
    // Figures change all the time.
    within(async {
        loop {
            let snapshot = link.next().await.expect("the call goes on");
            if wanted(&snapshot) {
                return snapshot;
            }
        }
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn the_link_is_told_in_words() {
    let world = World::new().await;
    let (call, expert) = world.in_call().await;
    let _filming = Filming::begin(&call);
    let is_known = |link: &LinkSnapshot| {
        link.up.bears_bps.is_some() && link.round_trip_ms.is_some() && link.sent_bps > 0 && link.sent_frame_rate > 0
    };
    let known = until(&call.link(), is_known).await;
    assert_eq!(known.up.verdict, Verdict::Good);
    assert!(
        known.words.starts_with("Good, ") && known.words.ends_with("bit/s"),
        "{}",
        known.words
    );
    assert_eq!((known.offer, known.sound_alone), (None, false));
    let link = call.link();
    expert.hang_up().unwrap();
    while within(link.next()).await.is_some() {}
}

#[tokio::test(flavor = "multi_thread")]
async fn a_poor_link_offers_to_pause_the_video() {
    let world = World::new().await;
    let (call, expert) = world.in_call_over("700,20").await;
    let _filming = Filming::begin(&call);
    let link = call.link();
    let poor = until(&link, |link| link.offer.is_some()).await;
    let reason = LinkReason::Bandwidth;
    assert_eq!(
        (poor.offer, poor.up.verdict),
        (Some(LinkOffer::PauseVideo), Verdict::Poor { reason })
    );
    assert!(poor.words.starts_with("Poor: only "), "{}", poor.words);
    // The expert sees the same, and either may accept.
    let words = expert.accept_link_offer().await.unwrap();
    assert!(words.starts_with("Poor"), "{words}");
    expert.wait_camera(true).await.unwrap();
    let paused = until(&link, |link| link.offer.is_none()).await;
    assert!(!paused.sound_alone);
    expert.set_link("5000,20".to_owned()).unwrap();
    until(&link, |link| link.offer == Some(LinkOffer::ResumeVideo)).await;
    call.accept_link_offer().unwrap();
    expert.wait_camera(false).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn saving_data_limits_what_is_sent() {
    let world = World::new().await;
    let (call, _expert) = world.in_call().await;
    let controls = call.encoder_control();
    call.set_sending_ceiling(Some(400_000)).unwrap();
    loop {
        let control = within(controls.next()).await.unwrap().control.unwrap();
        if control.bitrate_bps < 400_000 {
            break;
        }
    }
    until(&call.link(), |link| link.ceiling_bps == Some(400_000)).await;
    call.set_sending_ceiling(None).unwrap();
    loop {
        let control = within(controls.next()).await.unwrap().control.unwrap();
        if control.bitrate_bps > 400_000 {
            break;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_changed_network_does_not_end_the_call() {
    let world = World::new().await;
    let (call, expert) = world.in_call().await;
    world.session.network_changed();
    call.send_text("Still there?".to_owned()).unwrap();
    assert_eq!(expert.wait_text().await.unwrap(), "Still there?");
    let _filming = Filming::begin(&call);
    expert.wait_pictures(5).await.unwrap();
    assert!(call.snapshot().state <= CallState::Reconnecting);
}
