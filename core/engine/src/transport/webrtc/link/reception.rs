//! What of the peer's packets arrives here.

use std::collections::BTreeMap;

/// Streams looked after: sound and picture, with room for a few that came before.
const MAX_STREAMS: usize = 8;

/// Counted since the last look.
#[derive(Debug, Default)]
pub(super) struct Reception {
    streams: BTreeMap<u32, Stream>,
    bytes: u64,
}

#[derive(Debug)]
struct Stream {
    /// The highest sequence number, without wrap.
    highest: u64,
    /// And at the last look.
    looked: u64,
    received: u64,
}

/// What was seen since the last look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Seen {
    pub(super) expected: u64,
    pub(super) received: u64,
    pub(super) bytes: u64,
}

impl Reception {
    /// Bytes came, of whatever stream.
    pub(super) fn arrived(&mut self, bytes: u64) {
        self.bytes += bytes;
    }

    /// A packet of a stream that is not repaired by another one.
    pub(super) fn numbered(&mut self, ssrc: u32, sequence: u16) {
        let Some(stream) = self.streams.get_mut(&ssrc) else {
            if self.streams.len() < MAX_STREAMS {
                let highest = u64::from(sequence) + (1 << 16);
                let stream = Stream {
                    highest,
                    looked: highest - 1,
                    received: 1,
                };
                self.streams.insert(ssrc, stream);
            }
            return;
        };
        stream.received += 1;
        // RFC 3550, appendix A.1: half the range ahead is ahead.
        let ahead = sequence.wrapping_sub(stream.highest as u16);
        if ahead < 1 << 15 {
            stream.highest += u64::from(ahead);
        }
    }

    /// Since the last look. A packet that comes late counts when it comes.
    pub(super) fn look(&mut self) -> Seen {
        let mut seen = Seen {
            expected: 0,
            received: 0,
            bytes: std::mem::take(&mut self.bytes),
        };
        for stream in self.streams.values_mut() {
            seen.expected += stream.highest - std::mem::replace(&mut stream.looked, stream.highest);
            seen.received += std::mem::take(&mut stream.received);
        }
        seen
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gaps_are_expected_and_not_received_across_the_wrap() {
        let mut reception = Reception::default();
        for sequence in [65_533_u16, 65_534, 0, 1, 3] {
            reception.numbered(7, sequence);
            reception.arrived(100);
        }
        let seen = reception.look();
        assert_eq!((seen.expected, seen.received, seen.bytes), (7, 5, 500));
        // A late one.
        reception.numbered(7, 2);
        let seen = reception.look();
        assert_eq!((seen.expected, seen.received), (0, 1));
    }

    #[test]
    fn a_peer_with_many_streams_fills_nothing() {
        let mut reception = Reception::default();
        (0..10_000).for_each(|ssrc| reception.numbered(ssrc, 1));
        assert_eq!(reception.look().expected, MAX_STREAMS as u64);
    }
}
