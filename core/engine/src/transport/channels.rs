//! Which data-channel message goes next. The stack's SCTP has no priorities and one window for all channels, so the
//! order is decided before it: control first, then live, then bulk.

use std::collections::VecDeque;

use assist_protocol::messages::channel::Channel;
use bytes::Bytes;

use super::{MAX_BUFFERED_BYTES, TransportError};

/// Most a reliable channel may queue here, in bytes.
const MAX_QUEUED_BYTES: usize = 1024 * 1024;
/// Most live messages worth keeping: an older pointer or pose says nothing new.
const MAX_LIVE_MESSAGES: usize = 8;
/// Bulk leaves half of the stack's buffer to control.
const MAX_BULK_BUFFERED_BYTES: usize = MAX_BUFFERED_BYTES / 2;

/// The queues before the stack.
#[derive(Debug, Default)]
pub(super) struct ChannelQueues {
    queues: [VecDeque<Bytes>; 3],
    bytes: [usize; 3],
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

    /// The next message to hand to the stack, which holds `buffered` bytes now; `None` if it holds enough.
    pub(super) fn pop(&mut self, buffered: usize) -> Option<(Channel, Bytes)> {
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
            if let Some(message) = self.queues[index].pop_front() {
                self.bytes[index] -= message.len();
                return Some((channel, message));
            }
        }
        None
    }

    /// Forgets live messages: they would be old when the channel opens again.
    pub(super) fn is_empty(&self) -> bool {
        self.queues.iter().all(VecDeque::is_empty)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(bytes: usize) -> Bytes {
        Bytes::from(vec![0; bytes])
    }

    #[test]
    fn control_goes_before_bulk_that_came_earlier() {
        let mut queues = ChannelQueues::default();
        queues.push(Channel::Bulk, message(10)).unwrap();
        queues.push(Channel::Live, message(10)).unwrap();
        queues.push(Channel::Control, message(10)).unwrap();
        let order: Vec<Channel> = std::iter::from_fn(|| queues.pop(0))
            .map(|(channel, _)| channel)
            .collect();
        assert_eq!(order, [Channel::Control, Channel::Live, Channel::Bulk]);
        assert!(queues.is_empty());
    }

    #[test]
    fn the_stack_never_holds_more_than_its_share() {
        let mut queues = ChannelQueues::default();
        for _ in 0..10 {
            queues.push(Channel::Bulk, message(4_000)).unwrap();
        }
        assert!(queues.pop(4_000).is_some());
        assert!(queues.pop(8_000).is_none(), "bulk leaves room for control");
        queues.push(Channel::Control, message(4_000)).unwrap();
        assert_eq!(queues.pop(8_000).unwrap().0, Channel::Control);
        queues.push(Channel::Control, message(4_000)).unwrap();
        assert!(queues.pop(MAX_BUFFERED_BYTES - 100).is_none());
    }

    #[test]
    fn live_keeps_the_newest_and_reliable_channels_refuse() {
        let mut queues = ChannelQueues::default();
        for index in 0..20_u8 {
            queues.push(Channel::Live, Bytes::from(vec![index])).unwrap();
        }
        assert_eq!(queues.pop(0).unwrap().1[0], 12);
        queues.push(Channel::Bulk, message(MAX_QUEUED_BYTES)).unwrap();
        let refusal = queues.push(Channel::Bulk, message(1));
        assert_eq!(refusal, Err(TransportError::QueueFull { channel: "bulk" }));
    }
}
