//! A clip's marks against the truth.

use assist_scene::PicturePoint;
use serde::Serialize;

use super::{Clip, Told};
use crate::figures::median;

/// Of a mark at least this much must be seen for its place to be asked for.
const LEAST_VISIBLE: f64 = 0.5;
const NEAR_PX: f64 = 5.0;
const RIGHT_PX: f64 = 15.0;
/// The first pictures are not timed: memory is taken, and nothing is followed in the first.
const UNTIMED: usize = 2;

/// What became of the marks of a clip: counts of marks in pictures, and medians of the time for a picture in which
/// both had something to follow. A mark is as wrong as its points on average; one that is not shown is wrong.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Judged {
    pub(crate) name: String,
    /// Marks in pictures, where at least half of the mark can be seen.
    pub(crate) pairs: usize,
    /// Of these, ours within 5 and 15 pixels, and OpenCV's.
    pub(crate) ours_5: usize,
    pub(crate) ours_15: usize,
    pub(crate) opencv_5: usize,
    pub(crate) opencv_15: usize,
    /// Marks in pictures where ours was shown as trusted, seen or not, and those within 15 pixels.
    pub(crate) shown: usize,
    pub(crate) shown_15: usize,
    /// Ours was shown where OpenCV was within 15 pixels.
    pub(crate) shown_where_opencv_15: usize,
    /// Of the shown, the most that one was off.
    pub(crate) worst_shown_px: f64,
    pub(crate) ours_ms: f64,
    pub(crate) opencv_ms: Option<f64>,
}

impl Judged {
    pub(super) fn of(clip: &Clip, ours: &[Told], theirs: Option<&[Told]>) -> Self {
        // A picture in which OpenCV has nothing left to follow says nothing of how fast it is.
        let both = |picture: &usize| theirs.is_none_or(|theirs| ms(theirs, picture).is_some());
        let timed: Vec<usize> = (UNTIMED..ours.len()).filter(both).collect();
        let median_ms = |told| median(&timed.iter().filter_map(|picture| ms(told, picture)).collect::<Vec<_>>());
        let mut judged = Self {
            ours_ms: median_ms(ours).unwrap_or_default(),
            opencv_ms: theirs.and_then(median_ms),
            ..Self::none(&clip.name)
        };
        for (picture, truth) in clip.truth.iter().enumerate().skip(1) {
            for (mark, truth) in truth.iter().enumerate() {
                let of = |told: &[Told]| {
                    let points = told.get(picture)?.marks.get(mark)?.as_deref()?;
                    Some(off_px(clip, points, &truth.points))
                };
                judged.count(of(ours), theirs.and_then(of), truth.visible);
            }
        }
        judged
    }

    /// All clips as one; times are medians of theirs.
    pub(crate) fn total(name: &str, clips: &[Self]) -> Self {
        let mut total = clips.iter().fold(Self::none(name), |total, clip| Self {
            pairs: total.pairs + clip.pairs,
            ours_5: total.ours_5 + clip.ours_5,
            ours_15: total.ours_15 + clip.ours_15,
            opencv_5: total.opencv_5 + clip.opencv_5,
            opencv_15: total.opencv_15 + clip.opencv_15,
            shown: total.shown + clip.shown,
            shown_15: total.shown_15 + clip.shown_15,
            shown_where_opencv_15: total.shown_where_opencv_15 + clip.shown_where_opencv_15,
            worst_shown_px: total.worst_shown_px.max(clip.worst_shown_px),
            ..total
        });
        total.ours_ms = median(&clips.iter().map(|clip| clip.ours_ms).collect::<Vec<_>>()).unwrap_or_default();
        total.opencv_ms = median(&clips.iter().filter_map(|clip| clip.opencv_ms).collect::<Vec<_>>());
        total
    }

    fn none(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            pairs: 0,
            ours_5: 0,
            ours_15: 0,
            opencv_5: 0,
            opencv_15: 0,
            shown: 0,
            shown_15: 0,
            shown_where_opencv_15: 0,
            worst_shown_px: 0.0,
            ours_ms: 0.0,
            opencv_ms: None,
        }
    }

    fn count(&mut self, ours_px: Option<f64>, theirs_px: Option<f64>, visible: f64) {
        let within = |off_px: Option<f64>, most_px: f64| off_px.is_some_and(|off_px| off_px <= most_px);
        let one = |counts: bool| usize::from(counts);
        self.shown += one(ours_px.is_some());
        self.shown_15 += one(within(ours_px, RIGHT_PX));
        self.worst_shown_px = self.worst_shown_px.max(ours_px.unwrap_or_default());
        if visible < LEAST_VISIBLE {
            return;
        }
        self.pairs += 1;
        self.ours_5 += one(within(ours_px, NEAR_PX));
        self.ours_15 += one(within(ours_px, RIGHT_PX));
        self.opencv_5 += one(within(theirs_px, NEAR_PX));
        self.opencv_15 += one(within(theirs_px, RIGHT_PX));
        self.shown_where_opencv_15 += one(within(theirs_px, RIGHT_PX) && ours_px.is_some());
    }
}

fn ms(told: &[Told], picture: &usize) -> Option<f64> {
    told.get(*picture)?.ms
}

fn off_px(clip: &Clip, points: &[PicturePoint], truth: &[PicturePoint]) -> f64 {
    let (width, height) = (clip.width as f64, clip.height as f64);
    let off = |(one, other): (&PicturePoint, &PicturePoint)| {
        (f64::from(one.x - other.x) * width).hypot(f64::from(one.y - other.y) * height)
    };
    let sum: f64 = points.iter().zip(truth).map(off).sum();
    sum / truth.len().max(1) as f64
}
