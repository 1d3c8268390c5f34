//! Packets waiting for their turn.

/// Packets held at most: 1.3 s of 20 ms each. More delay than that is never wanted.
pub(super) const CAPACITY: usize = 64;

/// A packet with its numbers unwrapped: they count on where the wire's start over.
#[derive(Debug, Default)]
pub(super) struct StoredPacket {
    pub(super) sequence: i64,
    /// RTP time in samples.
    pub(super) time: i64,
    pub(super) samples: usize,
    pub(super) payload: Vec<u8>,
}

/// What became of a packet given to the buffer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Inserted {
    /// It waits.
    Stored,
    /// It was there already.
    Duplicate,
    /// It waits, and the oldest one had to go.
    Overflowed,
}

/// Packets in the order of their time. Payload buffers are reused.
#[derive(Debug)]
pub(super) struct PacketBuffer {
    packets: Vec<StoredPacket>,
    spare: Vec<Vec<u8>>,
}

impl PacketBuffer {
    pub(super) fn new() -> Self {
        Self {
            packets: Vec::with_capacity(CAPACITY + 1),
            spare: Vec::with_capacity(CAPACITY + 1),
        }
    }

    pub(super) fn insert(&mut self, sequence: i64, time: i64, samples: usize, bytes: &[u8]) -> Inserted {
        let place = self.packets.partition_point(|packet| packet.time < time);
        if self.packets.get(place).is_some_and(|packet| packet.time == time) {
            return Inserted::Duplicate;
        }
        let mut payload = self.spare.pop().unwrap_or_default();
        payload.clear();
        payload.extend_from_slice(bytes);
        self.packets.insert(
            place,
            StoredPacket {
                sequence,
                time,
                samples,
                payload,
            },
        );
        if self.packets.len() > CAPACITY {
            self.drop_first();
            return Inserted::Overflowed;
        }
        Inserted::Stored
    }

    pub(super) fn first(&self) -> Option<&StoredPacket> {
        self.packets.first()
    }

    pub(super) fn last(&self) -> Option<&StoredPacket> {
        self.packets.last()
    }

    /// Takes the first packet out; give it back with [`Self::recycle`].
    pub(super) fn take_first(&mut self) -> Option<StoredPacket> {
        (!self.packets.is_empty()).then(|| self.packets.remove(0))
    }

    pub(super) fn recycle(&mut self, packet: StoredPacket) {
        if self.spare.len() < CAPACITY {
            self.spare.push(packet.payload);
        }
    }

    pub(super) fn drop_first(&mut self) {
        if let Some(packet) = self.take_first() {
            self.recycle(packet);
        }
    }

    pub(super) fn clear(&mut self) {
        while !self.packets.is_empty() {
            self.drop_first();
        }
    }
}

/// Continues a wrapping 32 bit number.
pub(super) fn unwrap_time(wire: u32, newest: Option<i64>) -> i64 {
    match newest {
        Some(newest) => newest.saturating_add(i64::from(wire.wrapping_sub(newest as u32) as i32)),
        None => i64::from(wire),
    }
}

/// Continues a wrapping 16 bit number.
pub(super) fn unwrap_sequence(wire: u16, newest: Option<i64>) -> i64 {
    match newest {
        Some(newest) => newest.saturating_add(i64::from(wire.wrapping_sub(newest as u16) as i16)),
        None => i64::from(wire),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packets_come_out_in_order_and_once() {
        let mut buffer = PacketBuffer::new();
        for index in [3_i64, 1, 2, 2, 0, 3] {
            buffer.insert(index, index * 960, 960, &[index as u8]);
        }
        let order: Vec<i64> = std::iter::from_fn(|| buffer.take_first())
            .map(|packet| packet.sequence)
            .collect();
        assert_eq!(order, [0, 1, 2, 3]);
    }

    #[test]
    fn a_full_buffer_drops_the_oldest() {
        let mut buffer = PacketBuffer::new();
        for index in 0..CAPACITY as i64 {
            assert_eq!(buffer.insert(index, index * 960, 960, &[0]), Inserted::Stored);
        }
        assert_eq!(
            buffer.insert(CAPACITY as i64, CAPACITY as i64 * 960, 960, &[0]),
            Inserted::Overflowed
        );
        assert_eq!(buffer.first().unwrap().sequence, 1);
    }

    #[test]
    fn numbers_count_on_over_their_wrap_in_both_directions() {
        assert_eq!(unwrap_sequence(2, Some(65_534)), 65_538);
        assert_eq!(unwrap_sequence(65_535, Some(65_538)), 65_535);
        assert_eq!(unwrap_time(500, Some(i64::from(u32::MAX))), i64::from(u32::MAX) + 501);
        assert_eq!(unwrap_time(u32::MAX, Some(1 << 32)), i64::from(u32::MAX));
    }
}
