//! Which data-channel message goes next. The stack's SCTP has no priorities and one window for all channels, so the
//! order is decided before it: control first, then live, then bulk, and bulk only at the rate that the link state gives
//! it.

use std::collections::VecDeque;
use std::time::Duration;

use assist_protocol::Timestamp;
use assist_protocol::messages::channel::Channel;
use bytes::Bytes;

use super::{MAX_BUFFERED_BYTES, TransportError};

/// Most a reliable channel may queue here, in bytes.
const MAX_QUEUED_BYTES: usize = 1024 * 1024;
/// Most live messages worth keeping: an older pointer or pose says nothing new.
const MAX_LIVE_MESSAGES: usize = 8;
/// Bulk leaves half of the stack's buffer to control.
const MAX_BULK_BUFFERED_BYTES: usize = MAX_BUFFERED_BYTES / 2;

/// A bulk sender that was idle may send this much of its rate at once.
const BULK_BURST: Duration = Duration::from_millis(100);

/// The queues before the stack.
#[derive(Debug, Default)]
pub(super) struct ChannelQueues {
    queues: [VecDeque<Bytes>; 3],
    bytes: [usize; 3],
    bulk: TokenBucket,
}

impl ChannelQueues {
    /// Queues a message.
    pub(super) fn push(&mut self, channel: Channel, message: Bytes) -> Result<(), TransportError> {
        let index = usize::from(channel.stream());
        if channel == Channel::Live {
            while self.queues[index].len() >= MAX_LIVE_MESSAGES {
                if let Some(oldest) = self.queues[index].pop_front() {
                    self.bytes[index] -= oldest.len();
                }
            }
        } else if self.bytes[index] + message.len() > MAX_QUEUED_BYTES {
            return Err(TransportError::QueueFull {
                channel: channel.label(),
            });
        }
        self.bytes[index] += message.len();
        self.queues[index].push_back(message);
        Ok(())
    }

    /// What bulk may spend from now on, in bits a second; 0 holds it.
    pub(super) fn set_bulk_rate(&mut self, bitrate_bps: u32, now: Timestamp) {
        self.bulk.set_rate(bitrate_bps, now);
    }

    /// The next message to hand to the stack, which holds `buffered` bytes now; `None` if it holds enough, or if only
    /// bulk waits and has spent its rate.
    pub(super) fn pop(&mut self, buffered: usize, now: Timestamp) -> Option<(Channel, Bytes)> {
        for channel in Channel::ALL {
            let index = usize::from(channel.stream());
            let room = if channel == Channel::Bulk {
                MAX_BULK_BUFFERED_BYTES
            } else {
                MAX_BUFFERED_BYTES
            };
            let Some(next) = self.queues[index].front() else {
                continue;
            };
            // A message larger than the room still goes, alone.
            if buffered > 0 && buffered + next.len() > room {
                return None;
            }
            if channel == Channel::Bulk && !self.bulk.take(next.len(), now) {
                return None;
            }
            if let Some(message) = self.queues[index].pop_front() {
                self.bytes[index] -= message.len();
                return Some((channel, message));
            }
        }
        None
    }

    /// Whether nothing waits.
    pub(super) fn is_empty(&self) -> bool {
        self.queues.iter().all(VecDeque::is_empty)
    }
}

/// Bytes that may be spent, filled at a rate. A message may overdraw it, whatever its size; the next one then waits until
/// the debt is paid.
#[derive(Debug, Default)]
struct TokenBucket {
    bytes_per_second: u64,
    /// Micro-bytes, so that a short time at a low rate is not rounded away.
    tokens: i128,
    filled: Option<Timestamp>,
}

impl TokenBucket {
    const UNIT: i128 = 1_000_000;

    fn set_rate(&mut self, bitrate_bps: u32, now: Timestamp) {
        self.fill(now);
        self.bytes_per_second = u64::from(bitrate_bps / 8);
    }

    fn fill(&mut self, now: Timestamp) {
        let since = self
            .filled
            .replace(now)
            .map_or(Duration::ZERO, |filled| now.since(filled));
        let rate = i128::from(self.bytes_per_second);
        let gained = rate * since.as_micros() as i128;
        let most = rate * BULK_BURST.as_micros() as i128;
        self.tokens = (self.tokens + gained).min(most);
    }

    fn take(&mut self, bytes: usize, now: Timestamp) -> bool {
        self.fill(now);
        if self.tokens <= 0 {
            return false;
        }
        self.tokens -= bytes as i128 * Self::UNIT;
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Queues whose bulk may go at once, and the time.
    fn open() -> (ChannelQueues, Timestamp) {
        let mut queues = ChannelQueues::default();
        queues.set_bulk_rate(1_000_000_000, Timestamp::ZERO);
        (queues, Timestamp::from_millis(1_000))
    }

    fn message(bytes: usize) -> Bytes {
        Bytes::from(vec![0; bytes])
    }

    #[test]
    fn control_goes_before_bulk_that_came_earlier() {
        let (mut queues, now) = open();
        queues.push(Channel::Bulk, message(10)).unwrap();
        queues.push(Channel::Live, message(10)).unwrap();
        queues.push(Channel::Control, message(10)).unwrap();
        let order: Vec<Channel> = std::iter::from_fn(|| queues.pop(0, now))
            .map(|(channel, _)| channel)
            .collect();
        assert_eq!(order, [Channel::Control, Channel::Live, Channel::Bulk]);
        assert!(queues.is_empty());
    }

    #[test]
    fn the_stack_never_holds_more_than_its_share() {
        let (mut queues, now) = open();
        for _ in 0..10 {
            queues.push(Channel::Bulk, message(4_000)).unwrap();
        }
        assert!(queues.pop(4_000, now).is_some());
        assert!(queues.pop(8_000, now).is_none(), "bulk leaves room for control");
        queues.push(Channel::Control, message(4_000)).unwrap();
        assert_eq!(queues.pop(8_000, now).unwrap().0, Channel::Control);
        queues.push(Channel::Control, message(4_000)).unwrap();
        assert!(queues.pop(MAX_BUFFERED_BYTES - 100, now).is_none());
    }

    #[test]
    fn live_keeps_the_newest_and_reliable_channels_refuse() {
        let mut queues = ChannelQueues::default();
        for index in 0..20_u8 {
            queues.push(Channel::Live, Bytes::from(vec![index])).unwrap();
        }
        assert_eq!(queues.pop(0, Timestamp::ZERO).unwrap().1[0], 12);
        queues.push(Channel::Bulk, message(MAX_QUEUED_BYTES)).unwrap();
        let refusal = queues.push(Channel::Bulk, message(1));
        assert_eq!(refusal, Err(TransportError::QueueFull { channel: "bulk" }));
    }

    /// Bytes of bulk that leave in so many milliseconds, looked at every 5 ms.
    fn sent_in(queues: &mut ChannelQueues, from_ms: u64, for_ms: u64) -> usize {
        (from_ms..from_ms + for_ms)
            .step_by(5)
            .map(|at| {
                let now = Timestamp::from_millis(at);
                std::iter::from_fn(|| queues.pop(0, now))
                    .map(|(_, message)| message.len())
                    .sum::<usize>()
            })
            .sum()
    }

    #[test]
    fn bulk_keeps_to_its_rate_whatever_the_size_of_its_messages() {
        for (bitrate_bps, size) in [(80_000, 1_000), (80_000, 16_000), (400_000, 1_200), (1_000_000, 60_000)] {
            let mut queues = ChannelQueues::default();
            queues.set_bulk_rate(bitrate_bps, Timestamp::ZERO);
            let expected = bitrate_bps as usize / 8 * 10;
            while queues.push(Channel::Bulk, message(size)).is_ok() {}
            let sent = sent_in(&mut queues, 0, 10_000).min(MAX_QUEUED_BYTES);
            // A burst at the start and one message of debt at the end are the most it may be over.
            let most = expected + expected / 100 + size;
            let least = (expected - expected / 50).min(MAX_QUEUED_BYTES - size);
            assert!(
                (least..=most).contains(&sent),
                "{bitrate_bps} {size}: {sent} of {expected}"
            );
        }
    }

    #[test]
    fn an_idle_hour_is_not_saved_up_and_a_rate_of_nothing_holds_bulk_alone() {
        let mut queues = ChannelQueues::default();
        queues.set_bulk_rate(800_000, Timestamp::ZERO);
        for _ in 0..100 {
            queues.push(Channel::Bulk, message(1_000)).unwrap();
        }
        let an_hour_later = 3_600_000;
        assert_eq!(sent_in(&mut queues, an_hour_later, 5), 10_000, "100 ms of 100 kB/s");
        queues.set_bulk_rate(0, Timestamp::from_millis(an_hour_later));
        queues.push(Channel::Control, message(7)).unwrap();
        assert_eq!(sent_in(&mut queues, an_hour_later + 5, 60_000), 7, "control still goes");
        queues.set_bulk_rate(800_000, Timestamp::from_millis(an_hour_later + 61_000));
        assert!(sent_in(&mut queues, an_hour_later + 61_000, 1_000) > 80_000);
    }
}
