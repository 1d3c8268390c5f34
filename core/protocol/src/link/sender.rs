//! Everything between a packet that is to be sent and the wire: it waits for its turn, gets its number, and is remembered until there
//! is word of it. What is seen of the link by that is judged, and what would settle the verdict is sent as well.

use std::time::Duration;

use super::estimator::{EstimatorConfig, LinkEstimator, Received};
use super::observer::LinkObserver;
use super::pacer::{Pacer, PacketClass};
use super::quality::{CRITICAL_BPS, LinkQuality, MARGIN, Verdict, WantedProbe};
use super::train::Train;
use super::usage::Usage;
use crate::Timestamp;

/// Pictures leave so much faster than the target: one is soon complete, and a key frame is not held back for longer than it must.
const PICTURE_HASTE: f64 = 1.5;
/// As long as no more than so many seconds of the target, or so many bits, are ahead of it: a large picture would fill a link that bears
/// no more than the target, and look like a queue.
const AHEAD_S: f64 = 0.025;
const AHEAD_BITS: f64 = 10_000.0;
/// What waits is caught up with in so many seconds.
const CATCH_UP_S: f64 = 0.5;
/// The first picture is waited for by somebody, and nobody knows yet what the link bears: until there is word of it, packets leave so
/// much faster than the target,
const FIRST_HASTE: f64 = 3.0;
/// as long as they are not more than a key frame of the product's least picture, in bytes.
const FIRST_BYTES: u64 = 60_000;
/// How often the link is looked at.
const LOOKED_AT_EVERY: Duration = Duration::from_millis(100);
/// Below this there is hardly a picture to find out by that the link bears more again, whatever the verdict is:
const THIN_BPS: f64 = CRITICAL_BPS * MARGIN;
/// so often a probe does.
const PROBED_EVERY: Duration = Duration::from_secs(10);

/// What is to leave now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Departure<T> {
    /// Its transport-wide number: what feedback will name. The wire has the lower 16 bits.
    pub number: u64,
    /// What it is.
    pub what: Outgoing<T>,
}

/// What leaves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outgoing<T> {
    /// A packet that was pushed.
    Packet(T),
    /// A packet that means nothing, as large as [`LinkSender::set_padding`] said: to find out what the link bears.
    Padding,
}

/// Paces, numbers, estimates and judges. `T` is a packet, whatever that is.
#[derive(Debug)]
pub struct LinkSender<T> {
    estimator: LinkEstimator,
    observer: LinkObserver,
    quality: LinkQuality,
    looked: Option<Timestamp>,
    look_due: Timestamp,
    usage: Usage,
    probe: Option<Train>,
    /// When the last one began.
    probed: Timestamp,
    pacer: Pacer<T>,
    next_number: u64,
    padding_bytes: Option<u32>,
    /// What left ahead of the target, in bits, and when that was so.
    ahead: (f64, Timestamp),
    /// Bytes that left before there was any feedback.
    first_bytes: u64,
}

impl<T> LinkSender<T> {
    /// Nothing sent yet.
    pub fn new(config: EstimatorConfig) -> Self {
        Self {
            estimator: LinkEstimator::new(config),
            observer: LinkObserver::default(),
            quality: LinkQuality::default(),
            looked: None,
            look_due: Timestamp::ZERO,
            usage: Usage::default(),
            probe: None,
            probed: Timestamp::ZERO,
            pacer: Pacer::default(),
            next_number: 0,
            padding_bytes: None,
            ahead: (0.0, Timestamp::ZERO),
            first_bytes: 0,
        }
    }

    /// How large a packet is that means nothing, in bytes on the wire; none: there is nothing to make one of.
    pub fn set_padding(&mut self, bytes: Option<u32>) {
        self.padding_bytes = bytes;
    }

    /// What is to be made per second, bits on the wire: the target, and less while pictures wait that were made before.
    pub fn media_bps(&self) -> f64 {
        let target_bps = self.estimator.target_bps();
        (target_bps - 8.0 * self.pacer.waiting_bytes() as f64 / CATCH_UP_S).max(target_bps / 2.0)
    }

    /// What is known of the link.
    pub fn estimator(&self) -> &LinkEstimator {
        &self.estimator
    }

    /// A packet that is to be sent, of so many bytes on the wire.
    pub fn push(&mut self, class: PacketClass, bytes: u32, packet: T) {
        self.pacer.push(class, bytes, packet);
    }

    /// Something without a number was sent beside, of so many bytes: messages, RTCP.
    pub fn charge(&mut self, bytes: u32) {
        self.pacer.charge(bytes);
    }

    /// The next packet that is to leave now.
    pub fn poll_departure(&mut self, now: Timestamp) -> Option<Departure<T>> {
        let rate_bps = self.rate_bps();
        let (ahead_bits, since) = self.ahead;
        let caught_up_bits = self.estimator.pacing_bps() * now.since(since).as_secs_f64();
        self.ahead = ((ahead_bits - caught_up_bits).max(0.0), now.max(since));
        let paced = self.pacer.poll(rate_bps, now);
        let is_probe = paced.is_none();
        let (bytes, what) = match paced {
            Some((bytes, packet)) => (bytes, Outgoing::Packet(packet)),
            None => self.poll_probe(now)?,
        };
        let number = self.next_number;
        self.next_number += 1;
        self.estimator.sent(number, bytes, now);
        self.observer.sent(number, bytes, is_probe, now);
        self.first_bytes += u64::from(bytes);
        self.ahead.0 += 8.0 * f64::from(bytes);
        if matches!(what, Outgoing::Packet(_)) {
            self.usage.sent(bytes);
        }
        Some(Departure { number, what })
    }

    /// The next packet of a probe: one that waits anyway, or else one that means nothing.
    fn poll_probe(&mut self, now: Timestamp) -> Option<(u32, Outgoing<T>)> {
        let train = self.probe.take_if(|train| train.due() <= now)?;
        let (bytes, what) = match self.pacer.take() {
            Some((bytes, packet)) => (bytes, Outgoing::Packet(packet)),
            None => {
                let bytes = self.padding_bytes?;
                self.pacer.charge(bytes);
                (bytes, Outgoing::Padding)
            }
        };
        self.probe = train.without(bytes);
        Some((bytes, what))
    }

    /// When to ask again, for departures and to [look at the link](Self::handle_timeout).
    pub fn poll_timeout(&self) -> Timestamp {
        let paced = self.pacer.poll_timeout(self.rate_bps());
        let probe = self.probe.as_ref().map(Train::due);
        paced.into_iter().chain(probe).fold(self.look_due, Timestamp::min)
    }

    /// Looks at the link, if it is time to; the verdict on it, if that has changed.
    pub fn handle_timeout(&mut self, now: Timestamp) -> Option<Verdict> {
        if now < self.look_due {
            return None;
        }
        self.look_due = now + LOOKED_AT_EVERY;
        let elapsed = self
            .looked
            .replace(now)
            .map_or(Duration::ZERO, |looked| now.since(looked));
        let borne_bps = self.media_bps().min(self.estimator.pacing_bps());
        self.usage.borne(borne_bps, elapsed);
        let observation = self.observer.observe(&self.estimator, now);
        let changed = self.quality.observe(&observation);
        if let Some((_, arrived_bps)) = observation.probed {
            self.estimator.probed(arrived_bps, self.usage.is_partial());
        }
        if self.probe.is_none() && self.padding_bytes.is_some() {
            self.probe = self.wanted_probe(now).map(|wanted| Train::new(wanted, now));
        }
        changed
    }

    fn wanted_probe(&mut self, now: Timestamp) -> Option<WantedProbe> {
        let is_partial = self.usage.is_partial();
        // Who waits for a poor link to be good again sees that by what fills it anyway, if something does.
        if self.verdict() != Verdict::Good && !is_partial {
            return None;
        }
        let target_bps = self.estimator.target_bps();
        let is_thin = is_partial && target_bps < THIN_BPS && now.since(self.probed) > PROBED_EVERY;
        let own = || is_thin.then(|| WantedProbe::of(target_bps));
        let wanted = self.quality.poll_probe(now).or_else(own)?;
        self.probed = now;
        Some(if is_partial { wanted } else { wanted.short() })
    }

    /// Whether the link is good.
    pub fn verdict(&self) -> Verdict {
        self.quality.verdict()
    }

    /// Feedback has come.
    pub fn feedback(&mut self, packets: &[Received], now: Timestamp) {
        self.estimator.feedback(packets, now);
        self.observer.feedback(packets, now);
    }

    /// The number of the packet that the wire's 16 bits name: the newest one sent that has them.
    pub fn number(&self, on_wire: u16) -> Option<u64> {
        let newest = self.next_number.checked_sub(1)?;
        newest.checked_sub(u64::from((newest as u16).wrapping_sub(on_wire)))
    }

    /// How long what waits takes to leave.
    pub fn waiting(&self) -> Duration {
        let seconds = 8.0 * self.pacer.waiting_bytes() as f64 / self.rate_bps().max(1.0);
        Duration::from_secs_f64(seconds.min(3_600.0))
    }

    fn rate_bps(&self) -> f64 {
        if self.first_bytes < FIRST_BYTES && !self.estimator.has_feedback() {
            return self.estimator.target_bps() * FIRST_HASTE;
        }
        let pacing_bps = self.estimator.pacing_bps();
        let is_ahead = self.ahead.0 > (AHEAD_S * pacing_bps).max(AHEAD_BITS);
        if is_ahead || self.estimator.is_strict() {
            pacing_bps
        } else {
            PICTURE_HASTE * pacing_bps
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn departures_are_numbered_and_found_again_by_what_the_wire_has_of_the_number() {
        let mut sender = LinkSender::new(EstimatorConfig::default());
        assert_eq!(sender.number(0), None);
        let mut now = Timestamp::ZERO;
        for index in 0..70_000_u32 {
            sender.push(PacketClass::Video, 100, index);
            let departure = loop {
                now = sender.poll_timeout().max(now);
                sender.handle_timeout(now);
                if let Some(departure) = sender.poll_departure(now) {
                    break departure;
                }
            };
            assert_eq!(departure.number, u64::from(index));
            assert_eq!(departure.what, Outgoing::Packet(index));
        }
        assert_eq!(sender.number(69_999_u64 as u16), Some(69_999));
        assert_eq!(sender.number(69_000_u64 as u16), Some(69_000));
        // 65,536 before the newest would be 4,463; one later is still told.
        assert_eq!(sender.number(4_464), Some(4_464));
        assert_eq!(sender.waiting(), Duration::ZERO);
    }
}
