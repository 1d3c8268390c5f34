//! Clips of one flat painted surface: the sequences that the tests of `core/scene` follow.

#[path = "../../../../core/scene/tests/planar/mod.rs"]
mod sequences;

use assist_scene::PicturePoint;
use sequences::{MOTIONS, Sequence, circle};

use super::{Clip, Truth};

pub(super) const KINDS: usize = MOTIONS.len();
const WIDTH: usize = 640;
const HEIGHT: usize = 480;

/// Two circles and a short line on the surface that moves in the `kind`th way.
pub(super) fn clip(kind: usize, pictures: usize) -> Clip {
    let motion = MOTIONS[kind % KINDS];
    let sequence = Sequence::new(motion, kind as u64 + 1, WIDTH, HEIGHT);
    let marks = vec![
        circle((0.32, 0.38), 0.11, WIDTH, HEIGHT),
        circle((0.66, 0.4), 0.07, WIDTH, HEIGHT),
        vec![PicturePoint::new(0.4, 0.75), PicturePoint::new(0.52, 0.62)],
    ];
    let truth = |picture: usize, mark: &Vec<PicturePoint>| {
        let points: Vec<PicturePoint> = mark.iter().map(|point| sequence.truth(0, picture, *point)).collect();
        let seen = points.iter().filter(|point| sequence.is_visible(picture, **point));
        Truth {
            visible: seen.count() as f64 / points.len() as f64,
            points,
        }
    };
    Clip {
        name: format!("{motion:?}").to_lowercase(),
        width: WIDTH,
        height: HEIGHT,
        pictures: (0..pictures).map(|picture| sequence.picture(picture)).collect(),
        truth: (0..pictures)
            .map(|picture| marks.iter().map(|mark| truth(picture, mark)).collect())
            .collect(),
        marks,
    }
}
