//! When packets leave: sound at once, what was lost before what is new, and no faster than the link is thought to bear.

use std::collections::VecDeque;
use std::time::Duration;

use crate::Timestamp;

/// What a packet carries. Earlier ones go first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum PacketClass {
    /// Sound: never waits, though what it takes is taken from the others.
    Audio,
    /// A picture's packet that was lost and is sent again.
    Retransmission,
    /// A picture's packet.
    Video,
}

const CLASSES: usize = 3;
/// After a while without packets so much of the rate may leave at once: fewer wake-ups, and less than a queue.
const BURST_S: f64 = 0.005;
/// What was spent beyond the rate is remembered for so long: sound and messages that did not wait make pictures wait, but not for ever.
const DEBT_S: f64 = 0.5;

/// Packets that wait to leave.
#[derive(Debug)]
pub struct Pacer<T> {
    queues: [VecDeque<(u32, T)>; CLASSES],
    waiting_bytes: u64,
    /// Bits that may leave now; less than nothing after more than that has left.
    budget_bits: f64,
    filled: Timestamp,
}

impl<T> Default for Pacer<T> {
    fn default() -> Self {
        Self {
            queues: Default::default(),
            waiting_bytes: 0,
            budget_bits: 0.0,
            filled: Timestamp::ZERO,
        }
    }
}

impl<T> Pacer<T> {
    /// Queues a packet of so many bytes on the wire.
    pub fn push(&mut self, class: PacketClass, bytes: u32, packet: T) {
        self.waiting_bytes += u64::from(bytes);
        self.queues[class as usize].push_back((bytes, packet));
    }

    /// Something else was sent, of so many bytes: it is taken from the same rate.
    pub fn charge(&mut self, bytes: u32) {
        self.budget_bits -= 8.0 * f64::from(bytes);
    }

    /// The next packet that may leave at this rate in bits a second, and its bytes.
    pub fn poll(&mut self, rate_bps: f64, now: Timestamp) -> Option<(u32, T)> {
        self.fill(rate_bps, now);
        let may_leave = if self.budget_bits >= 0.0 {
            CLASSES
        } else {
            PacketClass::Audio as usize + 1
        };
        self.take_of(may_leave)
    }

    /// The next packet that waits, and its bytes: somebody else says that it is to leave now. It is taken from the same rate.
    pub fn take(&mut self) -> Option<(u32, T)> {
        self.take_of(CLASSES)
    }

    fn take_of(&mut self, classes: usize) -> Option<(u32, T)> {
        let (bytes, packet) = self.queues[..classes].iter_mut().find_map(VecDeque::pop_front)?;
        self.waiting_bytes -= u64::from(bytes);
        self.charge(bytes);
        Some((bytes, packet))
    }

    /// When the next packet may leave, if one waits.
    pub fn poll_timeout(&self, rate_bps: f64) -> Option<Timestamp> {
        if self.waiting_bytes == 0 {
            return None;
        }
        let has_sound = !self.queues[PacketClass::Audio as usize].is_empty();
        let debt_bits = if has_sound { 0.0 } else { (-self.budget_bits).max(0.0) };
        // Rounded up, so that it has not to be asked again at the same time.
        let wait_us = (1e6 * debt_bits / rate_bps.max(1.0)).ceil();
        Some(self.filled + Duration::from_micros(wait_us as u64))
    }

    /// Whether nothing waits.
    pub fn is_empty(&self) -> bool {
        self.waiting_bytes == 0
    }

    /// What waits, in bytes.
    pub fn waiting_bytes(&self) -> u64 {
        self.waiting_bytes
    }

    fn fill(&mut self, rate_bps: f64, now: Timestamp) {
        let gained_bits = rate_bps * now.since(self.filled).as_secs_f64();
        self.filled = self.filled.max(now);
        self.budget_bits = (self.budget_bits + gained_bits).clamp(-DEBT_S * rate_bps, BURST_S * rate_bps);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RATE_BPS: f64 = 800_000.0;

    /// What leaves in a time, in order: when, in ms, and which.
    fn departures(pacer: &mut Pacer<u32>, until_ms: u64) -> Vec<(u64, u32)> {
        let mut left = Vec::new();
        let mut now = Timestamp::ZERO;
        while now <= Timestamp::from_millis(until_ms) {
            while let Some((_, packet)) = pacer.poll(RATE_BPS, now) {
                left.push((now.as_micros() / 1_000, packet));
            }
            let Some(next) = pacer.poll_timeout(RATE_BPS) else {
                break;
            };
            assert!(next > now, "asked again at the same time");
            now = next;
        }
        left
    }

    #[test]
    fn packets_leave_at_the_rate_and_what_was_lost_goes_first() {
        let mut pacer = Pacer::default();
        (0..5).for_each(|number| pacer.push(PacketClass::Video, 1_000, number));
        pacer.push(PacketClass::Retransmission, 1_000, 100);
        // 1,000 bytes take 10 ms.
        let left = departures(&mut pacer, 1_000);
        assert_eq!(left, [(0, 100), (10, 0), (20, 1), (30, 2), (40, 3), (50, 4)]);
        assert!(pacer.is_empty());
    }

    #[test]
    fn sound_does_not_wait_and_pictures_pay_for_it() {
        let mut pacer = Pacer::default();
        (0..2).for_each(|number| pacer.push(PacketClass::Video, 1_000, number));
        assert_eq!(pacer.poll(RATE_BPS, Timestamp::ZERO), Some((1_000, 0)));
        pacer.push(PacketClass::Audio, 500, 50);
        assert_eq!(pacer.poll(RATE_BPS, Timestamp::ZERO), Some((500, 50)));
        assert_eq!(departures(&mut pacer, 100), [(15, 1)]);
    }

    #[test]
    fn a_long_silence_is_not_saved_up_and_a_great_debt_is_forgiven() {
        let mut pacer = Pacer::default();
        let later = Timestamp::from_millis(60_000);
        (0..10).for_each(|number| pacer.push(PacketClass::Video, 1_000, number));
        let at_once = std::iter::from_fn(|| pacer.poll(RATE_BPS, later)).count();
        assert_eq!(at_once, 1);
        pacer.charge(1_000_000);
        assert_eq!(pacer.poll(RATE_BPS, later), None);
        let forgiven = later + Duration::from_millis(501);
        assert!(pacer.poll(RATE_BPS, forgiven).is_some());
    }
}
