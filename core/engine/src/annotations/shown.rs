//! All marks as they are shown: kept ready for any picture.

use std::collections::{BTreeMap, BTreeSet};

use assist_protocol::PersonId;
use assist_protocol::annotations::{Document, MarkView, Placement};
use assist_protocol::messages::annotation::PICTURE_UNITS;
use assist_protocol::messages::live::Transform;
use assist_scene::anchor::{AnchorId, AnchorSet};
use assist_scene::overlay::{
    self, InvalidDepth, InvalidViewport, MarkStyle, OcclusionMap, OverlayFrame, OverlayScene, PictureMark,
    ProjectionError, Projector, Viewport,
};
use assist_scene::{Camera, Intrinsics, PicturePoint, Pose, ShapeKind};
use glam::Vec3;

use super::ar_frame::ArDepth;
use super::units::{to_m, to_shape_kind};

/// A camera to show nothing with.
pub(super) const NOWHERE: Camera = Camera {
    pose: Pose::IDENTITY,
    intrinsics: Intrinsics {
        focal_x_px: 1.0,
        focal_y_px: 1.0,
        principal_x_px: 0.5,
        principal_y_px: 0.5,
        width_px: 1,
        height_px: 1,
    },
};

/// What is needed to draw all marks over a picture.
#[derive(Debug, Default)]
pub(super) struct Shown {
    scene: OverlayScene,
    projector: Projector,
    occlusion: OcclusionMap,
    /// Marks are named by a number there.
    authors: BTreeMap<PersonId, u32>,
    /// Shown while the camera's place is not known: a mark at a wrong place is worse than none.
    nothing: OverlayScene,
    /// Marks that are in the picture, by the same numbers.
    lines: BTreeMap<u64, Line>,
    /// The points of all lines where they are now.
    points: Vec<PicturePoint>,
}

/// A mark that is in the picture.
#[derive(Debug)]
struct Line {
    revision: u32,
    kind: ShapeKind,
    style: MarkStyle,
    /// In the picture in which it began.
    points: Vec<PicturePoint>,
}

impl Shown {
    /// What is behind this is dimmed.
    pub(super) fn hide_behind(&mut self, camera: &Camera, depth: &ArDepth) -> Result<(), InvalidDepth> {
        self.occlusion
            .update(camera, depth.width, depth.height, &depth.depths_m)
    }

    pub(super) fn clear(&mut self) {
        self.scene.clear();
        self.lines.clear();
    }

    /// The lines of all marks: as a camera sees them, without one none; and those of the picture where `motion` says that the
    /// mark of a revision is.
    pub(super) fn project(
        &mut self,
        camera: Option<&Camera>,
        anchors: &AnchorSet,
        capture_time_us: u64,
        viewport: &Viewport,
        hides: bool,
        motion: impl FnMut(u32) -> Option<Transform>,
    ) -> Result<&OverlayFrame, ProjectionError> {
        self.scene.follow(anchors);
        let (scene, camera) = match camera {
            Some(camera) => (&self.scene, camera),
            None => (&self.nothing, &NOWHERE),
        };
        let depth = hides.then_some(&self.occlusion);
        self.projector.set_capture_time_us(capture_time_us);
        self.projector.project(scene, camera, viewport, depth)?;
        Ok(self.add_lines(viewport, motion)?)
    }

    /// A mark whose place is not known counts as lost.
    fn add_lines(
        &mut self,
        viewport: &Viewport,
        mut motion: impl FnMut(u32) -> Option<Transform>,
    ) -> Result<&OverlayFrame, InvalidViewport> {
        self.points.clear();
        for line in self.lines.values() {
            let transform = motion(line.revision);
            self.points.extend(line.points.iter().map(|point| {
                let moved = transform.and_then(|transform| transform.apply([point.x, point.y]));
                moved.map_or(PicturePoint::new(f32::NAN, f32::NAN), |[x, y]| PicturePoint::new(x, y))
            }));
        }
        let mut rest = self.points.as_slice();
        let marks = self.lines.iter().map(|(id, line)| {
            let (points, after) = rest.split_at_checked(line.points.len()).unwrap_or_default();
            rest = after;
            PictureMark {
                id: *id,
                kind: line.kind,
                style: line.style,
                points,
                is_stale: false,
            }
        });
        self.projector.add_picture(marks, viewport)
    }

    pub(super) fn show(&mut self, mark: &MarkView<'_>) {
        let id = self.number(mark.author, mark.number);
        let [red, green, blue] = mark.stroke.colour.rgb();
        let style = MarkStyle {
            colour: overlay::Colour::opaque(red, green, blue),
            width: f32::from(mark.stroke.width.per_mille()) / 1_000.0,
        };
        self.lines.remove(&id);
        match mark.placement {
            Placement::Shape {
                anchor,
                kind,
                points_um,
                ..
            } => {
                let points_m: Vec<Vec3> = points_um.iter().map(|point_um| to_m(*point_um)).collect();
                let kind = to_shape_kind(kind);
                if let Err(error) = self.scene.set(id, AnchorId(anchor), kind, style, &points_m) {
                    log::debug!("a drawing is not shown: {error}");
                    self.scene.remove(id);
                }
            }
            Placement::Picture { revision, points, .. } => {
                self.scene.remove(id);
                let kind = to_shape_kind(mark.stroke.tool);
                self.lines.extend(line(points, kind).map(|points| {
                    let line = Line {
                        revision,
                        kind,
                        style,
                        points,
                    };
                    (id, line)
                }));
            }
            Placement::Waiting | Placement::Refused(_) => {
                self.scene.remove(id);
            }
        }
    }

    pub(super) fn retain(&mut self, document: &Document) {
        let kept: BTreeSet<u64> = document
            .marks()
            .map(|mark| self.number(mark.author, mark.number))
            .collect();
        let gone: Vec<u64> = self.scene.ids().filter(|id| !kept.contains(id)).collect();
        for id in gone {
            self.scene.remove(id);
        }
        self.lines.retain(|id, _| kept.contains(id));
    }

    /// By whoever drew first, then by number.
    fn number(&mut self, author: &PersonId, mark: u32) -> u64 {
        let next = u32::try_from(self.authors.len()).unwrap_or(u32::MAX);
        let author = *self.authors.entry(author.clone()).or_insert(next);
        u64::from(author) << 32 | u64::from(mark)
    }
}

/// What is drawn of the points of a mark in the picture: of an arrow its ends. None: there is too little of it yet.
fn line(points: &[[i32; 2]], kind: ShapeKind) -> Option<Vec<PicturePoint>> {
    let place =
        |[x, y]: &[i32; 2]| PicturePoint::new(*x as f32 / PICTURE_UNITS as f32, *y as f32 / PICTURE_UNITS as f32);
    let (first, last) = (points.first()?, points.last()?);
    match kind {
        ShapeKind::Ink => Some(points.iter().map(place).collect()),
        ShapeKind::Arrow if first != last => Some(vec![place(first), place(last)]),
        ShapeKind::Arrow => None,
    }
}
