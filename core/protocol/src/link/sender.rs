//! Everything between a packet that is to be sent and the wire: it waits for its turn, gets its number, and is remembered until there
//! is word of it.

use std::time::Duration;

use super::estimator::{EstimatorConfig, LinkEstimator, Received};
use super::pacer::{Pacer, PacketClass};
use crate::Timestamp;

/// Pictures leave so much faster than the target: one is soon complete, and a key frame is not held back for longer than it must.
const PICTURE_HASTE: f64 = 1.5;
/// What waits is caught up with in so many seconds.
const CATCH_UP_S: f64 = 0.5;
/// The first picture is waited for by somebody, and nobody knows yet what the link bears: until there is word of it, packets leave so
/// much faster than the target,
const FIRST_HASTE: f64 = 3.0;
/// as long as they are not more than a key frame of the product's least picture, in bytes.
const FIRST_BYTES: u64 = 60_000;

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

/// Paces, numbers and estimates. `T` is a packet, whatever that is.
#[derive(Debug)]
pub struct LinkSender<T> {
    estimator: LinkEstimator,
    pacer: Pacer<T>,
    next_number: u64,
    padding_bytes: Option<u32>,
    /// Bytes that left before there was any feedback.
    first_bytes: u64,
}

impl<T> LinkSender<T> {
    /// Nothing sent yet.
    pub fn new(config: EstimatorConfig) -> Self {
        Self {
            estimator: LinkEstimator::new(config),
            pacer: Pacer::default(),
            next_number: 0,
            padding_bytes: None,
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
        let (bytes, packet) = self.pacer.poll(self.rate_bps(), now)?;
        let number = self.next_number;
        self.next_number += 1;
        self.estimator.sent(number, bytes, now);
        self.first_bytes += u64::from(bytes);
        let what = Outgoing::Packet(packet);
        Some(Departure { number, what })
    }

    /// When to ask again.
    pub fn poll_timeout(&self) -> Option<Timestamp> {
        self.pacer.poll_timeout(self.rate_bps())
    }

    /// Feedback has come.
    pub fn feedback(&mut self, packets: &[Received], now: Timestamp) {
        self.estimator.feedback(packets, now);
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
        let haste = if self.estimator.is_strict() { 1.0 } else { PICTURE_HASTE };
        self.estimator.pacing_bps() * haste
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
            now = sender.poll_timeout().unwrap().max(now);
            let departure = sender.poll_departure(now).unwrap();
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
