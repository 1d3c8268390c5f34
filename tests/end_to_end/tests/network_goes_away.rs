//! Calls whose network goes away and comes back, over real sockets: what was said and drawn meanwhile arrives once and in
//! order, and media flows again soon after the path's return.

#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test states what it expects, and prints what it measured"
)]

mod filmed;

use std::sync::Arc;
use std::time::Duration;

use assist_end_to_end::{RelayedFactory, TcpProxy, TestHub, connect, next_text, until_shown, within};
use assist_engine::annotations::{Colour, DrawnPoint, Interpretation, StrokeStyle, Tool};
use assist_engine::call::{Call, CallEvent};
use assist_engine::session::{Session, SessionSnapshot};
use assist_engine::transport::TransportFactory;
use assist_engine::transport::webrtc::WebRtcFactory;
use assist_link::loss::Loss;
use assist_link::path::PathConfig;
use assist_link::relay::RelayConfig;
use assist_protocol::call::CallState;
use assist_scene::PicturePoint;
use tokio::sync::watch;
use tokio::time::Instant;

use self::filmed::{FRAME, film, watch_film};

/// The goal is 2 s, which is printed; this is for a machine that does much else.
const BACK_WITHIN: Duration = Duration::from_secs(6);
/// Lines that each end says, evenly over the outage and a second on either side.
const LINES: u32 = 20;
const ARROW: StrokeStyle = StrokeStyle {
    tool: Tool::Arrow,
    colour: Colour::Yellow,
    width_per_mille: 6,
    interpretation: Interpretation::Automatic,
};

fn path(loss: Loss) -> PathConfig {
    PathConfig {
        loss,
        ..PathConfig::open(Duration::from_millis(20))
    }
}

fn link(loss: Loss) -> RelayConfig {
    RelayConfig {
        outward: path(loss),
        inward: path(loss),
    }
}

fn cut() -> RelayConfig {
    link(Loss::Random(1.0))
}

fn whole() -> RelayConfig {
    link(Loss::NONE)
}

/// Says its lines, `every` so often.
async fn say(call: &Call, who: &str, every: Duration) {
    let mut clock = tokio::time::interval(every);
    for number in 0..LINES {
        clock.tick().await;
        call.send_text(&format!("{who} {number}")).unwrap();
    }
}

/// Everything that somebody says, as it comes.
async fn hear(call: &Call, who: &str) {
    for number in 0..LINES {
        let line = loop {
            match call.next_event().await.expect("the call goes on") {
                CallEvent::TextReceived { text, .. } => break text,
                CallEvent::TextDelivered { .. } | CallEvent::Epoch { .. } => {}
                CallEvent::StrokeRefused { because, .. } => panic!("a stroke was refused: {because:?}"),
                CallEvent::FreezeRefused { .. } => panic!("nobody freezes"),
            }
        };
        assert_eq!(line, format!("{who} {number}"));
    }
}

/// Draws an arrow slowly: on a frozen frame, or else on the newest one there is at each point.
async fn draw(call: &Call, frozen: Option<u32>, newest: &watch::Receiver<u64>, takes: Duration) {
    let at = |x| DrawnPoint {
        capture_time_us: *newest.borrow() * FRAME.as_micros() as u64,
        point: PicturePoint::new(x, 0.5),
    };
    let stroke = match frozen {
        Some(frame) => call.begin_stroke_on(frame, ARROW, &[at(0.4)]).unwrap(),
        None => call.begin_stroke(ARROW, &[at(0.4)]).unwrap(),
    };
    let mut clock = tokio::time::interval(takes / 10);
    for step in 1..=10 {
        clock.tick().await;
        call.extend_stroke(stroke, &[at(0.4 + 0.02 * step as f32)]).unwrap();
    }
    call.finish_stroke(stroke).unwrap();
}

/// Until the channel carries a question and its answer.
async fn until_answered(call: &Call) {
    while tokio::time::timeout(Duration::from_millis(200), call.measure_round_trip())
        .await
        .ok()
        .flatten()
        .is_none()
    {
        // Without a channel the question comes back at once.
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

/// Two devices, one of them behind a link, each with its own way to the hub; all of these can be cut.
struct Pair {
    _hub: TestHub,
    _sessions: [Session; 2],
    link: Arc<RelayedFactory>,
    proxies: [TcpProxy; 2],
    filming: Call,
    watching: Call,
}

impl Pair {
    async fn new(seed: u64, relayed_calls: bool) -> Self {
        let hub = TestHub::start().await;
        let proxies = [
            TcpProxy::before(hub.hub.address()).await,
            TcpProxy::before(hub.hub.address()).await,
        ];
        let link = Arc::new(RelayedFactory::new(whole(), seed));
        let relayed: Arc<dyn TransportFactory> = Arc::clone(&link) as Arc<_>;
        let plain = Arc::new(WebRtcFactory::new(vec!["127.0.0.1:0".parse().unwrap()]));
        let technician = hub
            .device_at(proxies[0].base_url(), "technician", "phone", relayed)
            .await;
        let expert = hub.device_at(proxies[1].base_url(), "expert", "desk", plain).await;
        // Of two cameras the caller's is the one that both draw on.
        let (filming, watching) = if relayed_calls {
            connect(&technician, &expert).await
        } else {
            connect(&expert, &technician).await
        };
        for call in [&filming, &watching] {
            until_shown(call, |snapshot| snapshot.channel_open).await;
        }
        Self {
            _hub: hub,
            _sessions: [technician, expert],
            link,
            proxies,
            filming,
            watching,
        }
    }
}

/// What is cut beside media.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Signalling {
    Stays,
    OfOne,
    OfBoth,
}

/// How long after the path's return media and channel flow again.
async fn outage(seed: u64, seconds: u64, signalling: Signalling, relayed_calls: bool) -> Duration {
    let pair = Pair::new(seed, relayed_calls).await;
    let (camera, taken) = film(pair.filming.clone());
    let (screen, mut seen) = watch_film(pair.watching.clone());
    within(seen.wait_for(|seen| *seen > 20)).await.unwrap();

    // The last frame before the outage is too old to be drawn on after it, unless it is frozen.
    let frozen = *seen.borrow() * FRAME.as_micros() as u64;
    let frozen = pair.watching.freeze_frame(frozen).unwrap();

    let length = Duration::from_secs(seconds);
    let every = (length + Duration::from_secs(2)) / LINES;
    let talk = async {
        tokio::join!(
            say(&pair.filming, "filming", every),
            say(&pair.watching, "watching", every),
            hear(&pair.filming, "watching"),
            hear(&pair.watching, "filming"),
        )
    };
    let cutting = async {
        tokio::time::sleep(Duration::from_secs(1)).await;
        pair.link.set(cut());
        let cut_ways = match signalling {
            Signalling::Stays => &pair.proxies[..0],
            Signalling::OfOne => &pair.proxies[..1],
            Signalling::OfBoth => &pair.proxies[..],
        };
        cut_ways.iter().for_each(|proxy| proxy.set_cut(true));
        let end = Instant::now() + length;
        tokio::join!(
            draw(&pair.watching, Some(frozen), &seen, length),
            draw(&pair.filming, None, &taken, length),
            tokio::time::sleep_until(end)
        );
        pair.link.set(whole());
        cut_ways.iter().for_each(|proxy| proxy.set_cut(false));
        let returned = Instant::now();
        let newest = *taken.borrow();
        let mut seen = seen.clone();
        let media = within(async {
            seen.wait_for(|seen| *seen > newest).await.unwrap();
            returned.elapsed()
        });
        let channels = within(async {
            tokio::join!(until_answered(&pair.filming), until_answered(&pair.watching));
            returned.elapsed()
        });
        let (media, channels) = tokio::join!(media, channels);
        println!(
            "{seconds:>2} s, signalling {signalling:?}, the {} calls: pictures after {:.2} s, channels after {:.2} s",
            if relayed_calls { "relayed end" } else { "other end" },
            media.as_secs_f32(),
            channels.as_secs_f32(),
        );
        media.max(channels)
    };
    let ((), back) = tokio::join!(
        async {
            tokio::time::timeout(length + Duration::from_secs(40), talk)
                .await
                .expect("every line arrives");
        },
        cutting
    );
    // Both strokes are there for both, whole.
    for call in [&pair.filming, &pair.watching] {
        until_shown(call, |snapshot| snapshot.annotations.marks == 2).await;
    }
    camera.abort();
    screen.abort();
    back
}

fn check(what: &[Duration]) {
    for back in what {
        assert!(*back <= BACK_WITHIN, "back after {back:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn media_goes_away_for_5_to_70_seconds_and_signalling_stays() {
    let (short, middle, long, longest) = tokio::join!(
        outage(1, 5, Signalling::Stays, true),
        outage(2, 20, Signalling::Stays, false),
        outage(3, 40, Signalling::Stays, true),
        outage(4, 70, Signalling::Stays, false),
    );
    check(&[short, middle, long, longest]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn everything_goes_away_for_5_to_70_seconds() {
    let (short, middle, long, longest) = tokio::join!(
        outage(5, 5, Signalling::OfBoth, false),
        outage(6, 20, Signalling::OfOne, true),
        outage(7, 40, Signalling::OfBoth, true),
        outage(8, 70, Signalling::OfOne, false),
    );
    check(&[short, middle, long, longest]);
}

/// Over IPv6 alone, and each end in turn says that its network changed: sockets are bound anew in the same call.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_call_over_ipv6_goes_on_when_either_end_changes_its_network() {
    let hub = TestHub::start().await;
    let factory = || Arc::new(WebRtcFactory::new(vec!["[::1]:0".parse().unwrap()]));
    let technician = hub.device_over("technician", "phone", factory()).await;
    let expert = hub.device_over("expert", "desk", factory()).await;
    let (phone, desk) = connect(&technician, &expert).await;
    let (camera, taken) = film(phone.clone());
    let (screen, mut seen) = watch_film(desk.clone());
    within(seen.wait_for(|seen| *seen > 20)).await.unwrap();
    for session in [&technician, &expert] {
        let changed = Instant::now();
        let mut snapshots = session.snapshots();
        let before = snapshots.borrow().revision;
        session.network_changed();
        // Signalling comes back at once, maybe before anybody has seen it gone, and the round with it.
        let is_back = |session: &SessionSnapshot| session.connected && session.revision > before;
        within(snapshots.wait_for(is_back)).await.unwrap();
        phone.send_text("still there?").unwrap();
        assert_eq!(next_text(&desk).await, "still there?");
        let newest = *taken.borrow() + 30;
        within(seen.wait_for(|seen| *seen > newest)).await.unwrap();
        println!(
            "a second of pictures {:.2} s after the change",
            changed.elapsed().as_secs_f32()
        );
    }
    assert_eq!(phone.snapshot().state, CallState::Connected);
    camera.abort();
    screen.abort();
}
