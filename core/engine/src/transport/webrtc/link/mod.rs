//! What this connection knows of its link, and how its packets leave.
//!
//! ```text
//!   application ──▶ interceptors of the stack ──▶ LinkInterceptor ──▶ wire
//!                   (repair, reports)              │ waits, numbers, remembers: protocol::link::LinkSender
//!   messages ───────────▶ data channels ───────────┤ charged to the same budget
//!                                                  └─▶ TransportEvent::Link, five times a second
//! ```
//!
//! It stands in for the stack's own numbering, pacer and congestion control: those announce a target with feedback only, never
//! probe, and number no retransmissions.

mod interceptor;
mod known;
mod reception;
mod repair;
mod rtcp;
mod twcc;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use assist_protocol::Timestamp;
use assist_protocol::link::LinkSender;
use rtc::interceptor::{Slot, TaggedPacket};

pub(super) use self::interceptor::LinkInterceptor;
pub(super) use self::known::LastKnown;
use self::reception::Reception;
use self::rtcp::PeerReport;
use crate::media::LinkReport;

/// Between what repairs and reports, and the wire: everything that leaves comes by.
pub(super) const SLOT: Slot = Slot::Custom(2_500);

/// What SRTP (RFC 3711: a tag of 10 bytes), UDP and IPv4 add to an RTP packet.
const OVERHEAD_BYTES: usize = 10 + 8 + 20;
/// And what SCTP, DTLS, UDP and IPv4 add to a message.
const MESSAGE_OVERHEAD_BYTES: usize = 28 + 37 + 8 + 20;
/// How often the owner is told.
const REPORT_EVERY: Duration = Duration::from_millis(200);

/// Shared by the interceptor, which the stack's driver owns, and whoever sends messages.
#[derive(Clone)]
pub(super) struct Link {
    state: Arc<Mutex<State>>,
}

struct State {
    sender: LinkSender<TaggedPacket>,
    known: LastKnown,
    began: Instant,
    peer: PeerReport,
    reception: Reception,
    counted: Counted,
    report_due: Timestamp,
}

/// Since the last report.
#[derive(Debug, Default)]
struct Counted {
    since: Timestamp,
    sent_bytes: u64,
    message_bytes: u64,
    lost: u32,
    told: u32,
}

impl Link {
    /// A connection that begins with what the last one knew.
    pub(super) fn new(known: LastKnown) -> Self {
        let began = Instant::now();
        let state = State {
            sender: LinkSender::new(known.config(began)),
            known,
            began,
            peer: PeerReport::default(),
            reception: Reception::default(),
            counted: Counted::default(),
            report_due: Timestamp::ZERO,
        };
        Self {
            state: Arc::new(Mutex::new(state)),
        }
    }

    /// A message of so many bytes was handed to the data channels.
    pub(super) fn charge_message(&self, bytes: usize) {
        let mut state = self.state();
        let packets = bytes.div_ceil(1_150).max(1);
        let bytes = bytes + packets * MESSAGE_OVERHEAD_BYTES;
        state.counted.message_bytes += bytes as u64;
        state.charge(bytes);
    }

    /// How long what waits takes to leave.
    pub(super) fn waiting(&self) -> Duration {
        self.state().sender.waiting()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn timestamp(&self, now: Instant) -> Timestamp {
        let micros = now.saturating_duration_since(self.began).as_micros();
        Timestamp::from_micros(u64::try_from(micros).unwrap_or(u64::MAX))
    }

    fn instant(&self, at: Timestamp) -> Instant {
        self.began + Duration::from_micros(at.as_micros())
    }

    fn charge(&mut self, bytes: usize) {
        let bytes = u32::try_from(bytes).unwrap_or(u32::MAX);
        self.counted.sent_bytes += u64::from(bytes);
        self.sender.charge(bytes);
    }

    /// Looks at the link, if it is time to. Another verdict is said at once.
    fn look(&mut self, now: Timestamp) {
        if self.sender.handle_timeout(now).is_some() {
            self.report_due = now;
        }
    }

    /// What is known, if it is time to say so.
    fn report(&mut self, now: Timestamp) -> Option<LinkReport> {
        if now < self.report_due {
            return None;
        }
        self.report_due = now + REPORT_EVERY;
        let counted = std::mem::replace(
            &mut self.counted,
            Counted {
                since: now,
                ..Counted::default()
            },
        );
        let seen = self.reception.look();
        let elapsed_s = now.since(counted.since).as_secs_f64().max(0.001);
        let rate_bps = |bytes: u64| (8.0 * bytes as f64 / elapsed_s) as u32;
        let estimator = self.sender.estimator();
        let bears_bps = estimator.bears_bps(now);
        if estimator.has_feedback() {
            self.known.remember(bears_bps, self.instant(now));
        }
        Some(LinkReport {
            bears_bps: bears_bps as u32,
            media_bps: self.sender.media_bps() as u32,
            messages_bps: rate_bps(counted.message_bytes),
            sent_bps: rate_bps(counted.sent_bytes),
            loss: estimator.loss() as f32,
            packets_told: counted.told,
            packets_lost: counted.lost,
            jitter_ms: self.peer.jitter_ms,
            round_trip_ms: self.peer.round_trip_ms,
            received_bps: rate_bps(seen.bytes),
            packets_expected: seen.expected as u32,
            packets_missed: seen.expected.saturating_sub(seen.received) as u32,
            verdict: self.sender.verdict(),
        })
    }
}
