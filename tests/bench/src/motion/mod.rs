//! Motion in the picture, ours against OpenCV's, on clips of which is known where everything is.

mod judge;
mod opencv;
mod ours;
mod planar;
mod rendered;

use assist_scene::PicturePoint;

use crate::error::BenchError;
use crate::progress;

pub(crate) use self::judge::Judged;
pub(crate) use self::opencv::OpenCv;

/// Pictures and marks of which the truth is known.
struct Clip {
    name: String,
    width: usize,
    height: usize,
    /// Grey, row by row without padding; the first is the one drawn on.
    pictures: Vec<Vec<u8>>,
    marks: Vec<Vec<PicturePoint>>,
    /// By picture, then by mark.
    truth: Vec<Vec<Truth>>,
}

/// Where a mark is.
struct Truth {
    points: Vec<PicturePoint>,
    /// How much of it can be seen, 0 to 1.
    visible: f64,
}

/// What somebody says of a picture.
struct Told {
    /// Nothing where it did not even try.
    ms: Option<f64>,
    /// By mark; nothing where it is not shown.
    marks: Vec<Option<Vec<PicturePoint>>>,
}

/// How much is measured.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Plan {
    pub(crate) pictures: usize,
    /// Kinds of planar motion.
    pub(crate) planar: usize,
    /// Clips of the rendered scene, of each kind of mark.
    pub(crate) rendered: usize,
}

impl Plan {
    pub(crate) const FULL: Self = Self {
        pictures: 150,
        planar: planar::KINDS,
        rendered: 8,
    };
    pub(crate) const SMOKE: Self = Self {
        pictures: 25,
        planar: 1,
        rendered: 1,
    };
}

/// What was found, clip by clip.
#[derive(Debug, Clone, serde::Serialize)]
pub(crate) struct Compared {
    /// `null`: OpenCV could not be had.
    pub(crate) opencv: Option<String>,
    pub(crate) planar: Vec<Judged>,
    /// Marks on one flat face of the rendered scene, and marks across steps in depth.
    pub(crate) one_face: Vec<Judged>,
    pub(crate) across_edges: Vec<Judged>,
}

/// Follows the marks of planar clips only: what speed is judged by.
///
/// # Errors
/// See [`OpenCv::follow`].
pub(crate) fn compare_planar(plan: Plan) -> Result<Compared, BenchError> {
    let opencv = OpenCv::install();
    let planar = (0..plan.planar).map(|kind| planar::clip(kind, plan.pictures));
    Ok(Compared {
        planar: compare(planar, opencv.as_ref(), false)?,
        opencv: opencv.map(|opencv| opencv.version()),
        one_face: Vec::new(),
        across_edges: Vec::new(),
    })
}

/// Follows the marks of all clips.
///
/// # Errors
/// See [`OpenCv::follow`].
pub(crate) fn compare_all(plan: Plan) -> Result<Compared, BenchError> {
    let opencv = OpenCv::install();
    let rendered = |marks| (0..plan.rendered).map(move |index| rendered::clip(index, plan.pictures, marks));
    Ok(Compared {
        one_face: compare(rendered(rendered::Marks::OneFace), opencv.as_ref(), true)?,
        across_edges: compare(rendered(rendered::Marks::AcrossEdges), opencv.as_ref(), true)?,
        ..compare_planar(plan)?
    })
}

/// `per_mark`: OpenCV looks for the motion of each mark alone; otherwise for that of the whole picture.
fn compare(
    clips: impl Iterator<Item = Clip>,
    opencv: Option<&OpenCv>,
    per_mark: bool,
) -> Result<Vec<Judged>, BenchError> {
    clips
        .map(|clip| {
            progress(&format!("following marks: {}", clip.name));
            let ours = ours::follow(&clip)?;
            let theirs = opencv
                .map(|opencv| opencv.follow(&clip, &ours.features, per_mark))
                .transpose()?;
            Ok(Judged::of(&clip, &ours.told, theirs.as_deref()))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_that_are_shown_in_the_scene_are_where_they_belong() {
        for marks in [rendered::Marks::OneFace, rendered::Marks::AcrossEdges] {
            let clips = (0..2).map(|index| rendered::clip(index, 60, marks));
            let judged = compare(clips, None, true).expect("pictures that can be followed");
            let all = Judged::total("all", &judged);
            assert!(all.shown_15 * 100 >= all.shown * 95, "{all:?}");
            assert!(all.shown * 100 >= all.pairs * 80, "{all:?}");
        }
    }
}
