//! How our picture moves around the marks on it, for everybody who looks at it.

use std::collections::BTreeSet;

use assist_protocol::messages::live::{LiveMessage, MAX_MARK_MOTIONS, MarkMotion as Told, MotionBatch};
use assist_scene::MarkMotion;

use super::following::to_wire;

/// Messages are this far apart at least: viewers see the motion between two of them.
const SPACING_US: u64 = 60_000;
/// With many marks further: no more than this many bytes a second.
const BYTES_PER_S: u64 = 8_000;

/// Makes messages of what is known of the marks. One mark costs 16 messages of 41 to 49 bytes a second, or nothing while it
/// is lost.
#[derive(Debug, Default)]
pub(super) struct MotionTrack {
    due_us: u64,
    /// By revision, as they were told last.
    shown: BTreeSet<u32>,
}

impl MotionTrack {
    /// Takes what is known at a picture; messages, if it is time for some. A mark that is lost is told as such once: then
    /// it is left out, which says the same.
    pub(super) fn tell<'a>(
        &mut self,
        capture_us: u64,
        marks: impl Iterator<Item = (u32, &'a MarkMotion)>,
    ) -> Vec<Vec<u8>> {
        if capture_us < self.due_us {
            return Vec::new();
        }
        let mut told = Vec::new();
        for (revision, motion) in marks {
            let was_shown = self.shown.contains(&revision);
            if motion.is_shown() {
                self.shown.insert(revision);
            } else {
                self.shown.remove(&revision);
            }
            if motion.is_shown() || was_shown {
                told.push(Told {
                    revision,
                    transform: to_wire(&motion.now_from_drawn),
                    confidence: confidence(motion),
                });
            }
        }
        let messages: Vec<_> = told
            .chunks(MAX_MARK_MOTIONS)
            .filter_map(|marks| encode(capture_us, marks))
            .collect();
        let bytes: usize = messages.iter().map(Vec::len).sum();
        if bytes > 0 {
            let spacing_us = SPACING_US.max(bytes as u64 * 1_000_000 / BYTES_PER_S);
            self.due_us = capture_us.saturating_add(spacing_us);
        }
        messages
    }
}

fn confidence(motion: &MarkMotion) -> u8 {
    if motion.is_shown() {
        (motion.confidence * 255.0).round().clamp(1.0, 255.0) as u8
    } else {
        0
    }
}

fn encode(capture_us: u64, marks: &[Told]) -> Option<Vec<u8>> {
    let message = LiveMessage::Motions(MotionBatch {
        share: 0,
        capture_us,
        marks: marks.to_vec(),
    });
    let mut bytes = Vec::new();
    match message.encode(&mut bytes) {
        Ok(()) => Some(bytes),
        Err(error) => {
            log::debug!("the picture's motion was not sent: {error}");
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use assist_scene::{Homography, MotionState};

    use super::*;

    fn motion(state: MotionState) -> MarkMotion {
        MarkMotion {
            id: 1,
            state,
            confidence: 0.5,
            now_from_drawn: Homography::IDENTITY,
        }
    }

    /// The bytes of two seconds of 30 pictures with so many marks in each.
    fn bytes(marks: u32, state: MotionState) -> usize {
        let (mut track, motion) = (MotionTrack::default(), motion(state));
        let pictures = (0..60).flat_map(|number| {
            let known = (0..marks).map(|revision| (revision, &motion));
            track.tell(number * 33_333, known)
        });
        pictures.map(|message| message.len()).sum()
    }

    #[test]
    fn a_few_marks_cost_little_and_many_no_more_than_is_allowed() {
        assert_eq!(bytes(0, MotionState::Trusted), 0);
        assert!(bytes(1, MotionState::Trusted) < 1_500);
        assert!(bytes(32, MotionState::Trusted) < 18_000);
    }

    #[test]
    fn a_mark_that_is_lost_is_told_once() {
        let mut track = MotionTrack::default();
        let (trusted, lost) = (motion(MotionState::Trusted), motion(MotionState::Lost));
        let mut said = |at_us, motion| {
            let messages = track.tell(at_us, std::iter::once((7, motion)));
            messages
                .iter()
                .map(|bytes| match LiveMessage::decode(bytes) {
                    Ok(LiveMessage::Motions(batch)) => batch.marks[0].confidence,
                    other => panic!("{other:?}"),
                })
                .collect::<Vec<_>>()
        };
        assert_eq!(said(0, &lost), Vec::<u8>::new(), "never shown");
        assert_eq!(said(100_000, &trusted), [128]);
        assert_eq!(said(133_000, &lost), Vec::<u8>::new(), "too soon");
        assert_eq!(said(200_000, &lost), [0]);
        assert_eq!(said(300_000, &lost), Vec::<u8>::new());
        assert_eq!(said(400_000, &trusted), [128]);
    }
}
