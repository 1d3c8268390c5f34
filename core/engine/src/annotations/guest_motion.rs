//! How somebody else's picture moved around the marks on it, as far as they tell: the twin of the page's `motion-track.js`.

use std::collections::BTreeMap;
use std::ops::Bound::{Excluded, Unbounded};

use assist_protocol::messages::live::{MotionBatch, Transform};

/// Four seconds of what a picture's owner tells at most.
const KEPT: usize = 128;
/// Between two messages further apart the picture may have moved anyhow.
const BRIDGED_US: u64 = 200_000;
/// A mark keeps its place for this long after the last message: a frame or two.
const HELD_US: u64 = 100_000;

/// What was told of the marks, by capture time and by the revisions of their places.
#[derive(Debug, Default)]
pub(super) struct GuestMotion {
    batches: BTreeMap<u64, BTreeMap<u32, Transform>>,
}

impl GuestMotion {
    /// Takes messages as they come: in any order, and more than once. Those of one picture are one.
    pub(super) fn receive(&mut self, batch: &MotionBatch) {
        let marks = self.batches.entry(batch.capture_us).or_default();
        for mark in &batch.marks {
            if mark.confidence > 0 {
                marks.insert(mark.revision, mark.transform);
            }
        }
        if self.batches.len() > KEPT {
            self.batches.pop_first();
        }
    }

    /// How a mark moved until a picture; nothing when that is not known well enough.
    pub(super) fn at(&self, revision: u32, capture_us: u64) -> Option<Transform> {
        let (last_us, last) = self.batches.range(..=capture_us).next_back()?;
        let known = last.get(&revision)?;
        let next = self.batches.range((Excluded(capture_us), Unbounded)).next();
        let then = next.and_then(|(next_us, next)| Some((next_us - last_us, next.get(&revision)?)));
        match then.filter(|(span_us, _)| *span_us <= BRIDGED_US) {
            Some((span_us, then)) => {
                let share = (capture_us - last_us) as f32 / span_us as f32;
                let (from, to) = (eight(known), eight(then));
                Some(Transform::Homography(std::array::from_fn(|part| {
                    from[part] + (to[part] - from[part]) * share
                })))
            }
            None => (capture_us - last_us <= HELD_US).then_some(*known),
        }
    }
}

fn eight(transform: &Transform) -> [f32; 8] {
    match *transform {
        Transform::Affine([a, b, c, d, e, f]) => [a, b, c, d, e, f, 0.0, 0.0],
        Transform::Homography(values) => values,
    }
}

#[cfg(test)]
mod tests {
    use assist_protocol::messages::live::MarkMotion;

    use super::*;

    fn batch(capture_us: u64, marks: &[(u32, f32, u8)]) -> MotionBatch {
        let marks = marks.iter().map(|(revision, x, confidence)| MarkMotion {
            revision: *revision,
            transform: Transform::Affine([1.0, 0.0, *x, 0.0, 1.0, 0.0]),
            confidence: *confidence,
        });
        MotionBatch {
            share: 0,
            capture_us,
            marks: marks.collect(),
        }
    }

    fn x_at(motion: &GuestMotion, revision: u32, capture_us: u64) -> Option<f32> {
        Some(motion.at(revision, capture_us)?.apply([0.0, 0.0])?[0])
    }

    #[test]
    fn between_two_messages_a_mark_is_between_them_and_further_on_nowhere() {
        let mut motion = GuestMotion::default();
        motion.receive(&batch(1_100_000, &[(7, 0.2, 200)]));
        motion.receive(&batch(1_000_000, &[(7, 0.1, 200)]));
        motion.receive(&batch(1_500_000, &[(7, 0.9, 200)]));
        assert_eq!(x_at(&motion, 7, 999_999), None);
        assert_eq!(x_at(&motion, 7, 1_000_000), Some(0.1));
        assert!((x_at(&motion, 7, 1_050_000).unwrap() - 0.15).abs() < 1e-6);
        assert_eq!(x_at(&motion, 7, 1_150_000), Some(0.2), "the next is too far away");
        assert_eq!(x_at(&motion, 7, 1_300_000), None);
        assert_eq!(x_at(&motion, 7, 1_600_000), Some(0.9));
        assert_eq!(x_at(&motion, 7, 1_600_001), None);
        assert_eq!(x_at(&motion, 8, 1_000_000), None);
        assert_eq!(x_at(&motion, 7, u64::MAX), None);
    }

    #[test]
    fn a_mark_that_is_lost_or_left_out_is_not_shown() {
        let mut motion = GuestMotion::default();
        motion.receive(&batch(1_000_000, &[(7, 0.1, 200), (8, 0.1, 0)]));
        motion.receive(&batch(1_000_000, &[(9, 0.3, 1)]));
        assert_eq!(x_at(&motion, 8, 1_000_000), None);
        assert_eq!(x_at(&motion, 9, 1_000_000), Some(0.3));
        motion.receive(&batch(1_050_000, &[(8, 0.0, 255)]));
        assert_eq!(x_at(&motion, 7, 1_060_000), None);
    }

    #[test]
    fn no_more_is_kept_than_is_needed() {
        let mut motion = GuestMotion::default();
        for number in 0..1_000 {
            motion.receive(&batch(number * 60_000, &[(7, 0.0, 9)]));
        }
        assert_eq!(motion.batches.len(), KEPT);
        assert_eq!(x_at(&motion, 7, 999 * 60_000), Some(0.0));
    }
}
