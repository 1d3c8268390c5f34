//! What our tracker says of a clip.

use std::time::Instant;

use assist_scene::{GreyPicture, MotionTracker, PicturePoint};

use super::{Clip, Told};
use crate::error::BenchError;

/// Ours, and what OpenCV starts from.
pub(super) struct Ours {
    pub(super) told: Vec<Told>,
    /// By mark, in the first picture.
    pub(super) features: Vec<Vec<PicturePoint>>,
}

/// Follows the marks of a clip at 30 pictures/s. One that is refused is never shown.
pub(super) fn follow(clip: &Clip) -> Result<Ours, BenchError> {
    let mut tracker = MotionTracker::new();
    let mut told = Vec::with_capacity(clip.pictures.len());
    for (index, pixels) in clip.pictures.iter().enumerate() {
        let picture = GreyPicture::new(pixels, clip.width, clip.height, clip.width);
        let picture = picture.map_err(|_| BenchError::Figure("motion_ms"))?;
        let time_us = index as u64 * 100_000 / 3;
        let started = Instant::now();
        let pushed = tracker.push_frame(time_us, &picture).map(drop);
        let ms = started.elapsed().as_secs_f64() * 1e3;
        pushed.map_err(|_| BenchError::Figure("motion_ms"))?;
        if index == 0 {
            for (id, points) in clip.marks.iter().enumerate() {
                if let Err(refused) = tracker.add_mark(id as u64, time_us, points) {
                    log::warn!("{}, mark {id}: {refused}", clip.name);
                }
            }
        }
        let place = |(id, drawn): (usize, &Vec<PicturePoint>)| {
            let motion = tracker.motions().iter().find(|motion| motion.id == id as u64)?;
            let points = drawn.iter().map(|point| motion.now_from_drawn.apply(*point));
            motion.is_shown().then(|| points.collect())?
        };
        told.push(Told {
            ms: Some(ms),
            marks: clip.marks.iter().enumerate().map(place).collect(),
        });
    }
    let features = (0..clip.marks.len() as u64).map(|id| tracker.features(id));
    Ok(Ours {
        told,
        features: features.collect(),
    })
}
