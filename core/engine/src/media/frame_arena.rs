//! Memory for encoded pictures that is used again.

use std::sync::{Mutex, PoisonError};

use bytes::{Bytes, BytesMut};

/// Half a second of video at 4 Mbit/s, or a large key frame.
const CHUNK_BYTES: usize = 256 * 1024;
/// Pictures leave within a few frame times; more than this waits only when the network stands still.
const MAX_CHUNKS: usize = 4;

/// Copies pictures into a few chunks of memory in turn. A chunk is used again when all its pictures are gone.
#[derive(Debug, Default)]
pub struct FrameArena {
    chunks: Mutex<Vec<BytesMut>>,
}

impl FrameArena {
    /// A copy of `frame`. Allocates only while the arena grows, for a picture larger than a chunk, and when no chunk is
    /// free.
    pub fn copy(&self, frame: &[u8]) -> Bytes {
        if frame.len() > CHUNK_BYTES {
            return Bytes::copy_from_slice(frame);
        }
        let mut chunks = self.chunks.lock().unwrap_or_else(PoisonError::into_inner);
        // The one that was written last is tried first.
        let free = chunks.iter_mut().rposition(|chunk| chunk.try_reclaim(frame.len()));
        let index = match free {
            Some(index) => index,
            None if chunks.len() < MAX_CHUNKS => {
                chunks.push(BytesMut::with_capacity(CHUNK_BYTES));
                chunks.len() - 1
            }
            None => return Bytes::copy_from_slice(frame),
        };
        let mut chunk = chunks.swap_remove(index);
        chunk.extend_from_slice(frame);
        let copy = chunk.split().freeze();
        chunks.push(chunk);
        copy
    }
}

#[cfg(test)]
mod tests {
    use std::collections::VecDeque;

    use super::*;

    #[test]
    fn copies_are_exact_and_memory_comes_round_again() {
        let arena = FrameArena::default();
        let mut kept = VecDeque::new();
        let mut places = std::collections::BTreeSet::new();
        for number in 0..2_000_usize {
            let frame = vec![number as u8; 3_000 + number % 9_000];
            kept.push_back((arena.copy(&frame), frame));
            if kept.len() > 8 {
                let (copy, frame) = kept.pop_front().unwrap();
                assert_eq!(copy, frame);
                places.insert(copy.as_ptr() as usize / CHUNK_BYTES);
            }
        }
        // A chunk is not aligned to its size: it touches at most two places.
        assert!(places.len() <= 2 * MAX_CHUNKS, "{} places", places.len());
        assert!(arena.chunks.lock().unwrap().len() <= 2);
    }

    #[test]
    fn whoever_keeps_everything_still_gets_copies() {
        let arena = FrameArena::default();
        let kept: Vec<Bytes> = (0..100_u8).map(|number| arena.copy(&vec![number; 60_000])).collect();
        assert!(
            kept.iter()
                .enumerate()
                .all(|(number, copy)| copy.iter().all(|byte| *byte == number as u8))
        );
        assert_eq!(arena.copy(&vec![7; CHUNK_BYTES + 1]).len(), CHUNK_BYTES + 1);
        assert!(arena.copy(&[]).is_empty());
    }
}
