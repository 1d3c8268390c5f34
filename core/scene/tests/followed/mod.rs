//! Marks drawn on the first picture of a planar sequence and followed, held against the truth.
#![allow(dead_code, unreachable_pub, reason = "each test uses its own part")]
#![allow(clippy::expect_used, reason = "a test states what it expects by panicking")]

use assist_scene::{GreyPicture, MotionState, MotionTracker, PicturePoint};

use crate::planar::{Sequence, distances_px, time_us};

/// What became of a mark in one picture.
#[derive(Debug)]
pub struct Seen {
    /// As the tracker says.
    pub state: MotionState,
    /// As the tracker says.
    pub confidence: f32,
    /// Whether it would be shown.
    pub is_shown: bool,
    /// Mean distance of its points from where they are in truth.
    pub mean_px: f32,
    /// Share of its points that can be seen.
    pub visible: f32,
}

/// Marks drawn on the first picture of a sequence and followed.
pub struct Run<'a> {
    /// What follows them.
    pub tracker: MotionTracker,
    sequence: &'a Sequence,
    marks: &'a [Vec<PicturePoint>],
}

impl<'a> Run<'a> {
    /// Shows the first picture and draws the marks.
    pub fn new(sequence: &'a Sequence, marks: &'a [Vec<PicturePoint>]) -> Self {
        let mut run = Self {
            tracker: MotionTracker::new(),
            sequence,
            marks,
        };
        run.step(0);
        for (id, points) in marks.iter().enumerate() {
            run.tracker.add_mark(id as u64, 0, points).expect("enough texture");
        }
        run
    }

    /// Shows a picture and says what became of each mark.
    pub fn step(&mut self, frame: usize) -> Vec<Seen> {
        let Sequence { width, height, .. } = *self.sequence;
        let pixels = self.sequence.picture(frame);
        let picture = GreyPicture::new(&pixels, width, height, width).expect("a picture");
        let motions = self.tracker.push_frame(time_us(frame), &picture).expect("in order");
        let seen = motions.iter().zip(self.marks).map(|(motion, points)| {
            let pairs: Vec<_> = points
                .iter()
                .map(|point| {
                    let at = motion.now_from_drawn.apply(*point);
                    (
                        at.unwrap_or(PicturePoint::new(-9.0, -9.0)),
                        self.sequence.truth(0, frame, *point),
                    )
                })
                .collect();
            let visible = pairs
                .iter()
                .filter(|(_, truth)| self.sequence.is_visible(frame, *truth))
                .count();
            Seen {
                state: motion.state,
                confidence: motion.confidence,
                is_shown: motion.is_shown(),
                mean_px: distances_px(&pairs, width, height).0,
                visible: visible as f32 / points.len() as f32,
            }
        });
        seen.collect()
    }
}
