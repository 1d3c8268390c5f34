//! All marks as they are shown: kept ready for any picture.

use std::collections::{BTreeMap, BTreeSet};

use assist_protocol::PersonId;
use assist_protocol::annotations::{Document, MarkView, Placement};
use assist_scene::anchor::{AnchorId, AnchorSet};
use assist_scene::overlay::{
    self, InvalidDepth, MarkStyle, OcclusionMap, OverlayFrame, OverlayScene, ProjectionError, Projector, Viewport,
};
use assist_scene::{Camera, Intrinsics, Pose};
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
}

impl Shown {
    /// What is behind this is dimmed.
    pub(super) fn hide_behind(&mut self, camera: &Camera, depth: &ArDepth) -> Result<(), InvalidDepth> {
        self.occlusion
            .update(camera, depth.width, depth.height, &depth.depths_m)
    }

    pub(super) fn clear(&mut self) {
        self.scene.clear();
    }

    /// The lines of all marks, as a camera sees them; none without one.
    pub(super) fn project(
        &mut self,
        camera: Option<&Camera>,
        anchors: &AnchorSet,
        viewport: &Viewport,
        hides: bool,
    ) -> Result<&OverlayFrame, ProjectionError> {
        self.scene.follow(anchors);
        let (scene, camera) = match camera {
            Some(camera) => (&self.scene, camera),
            None => (&self.nothing, &NOWHERE),
        };
        let depth = hides.then_some(&self.occlusion);
        self.projector.project(scene, camera, viewport, depth)
    }

    pub(super) fn show(&mut self, mark: &MarkView<'_>) {
        let id = self.number(mark.author, mark.number);
        let Placement::Shape {
            anchor,
            kind,
            points_um,
            ..
        } = mark.placement
        else {
            self.scene.remove(id);
            return;
        };
        let [red, green, blue] = mark.stroke.colour.rgb();
        let style = MarkStyle {
            colour: overlay::Colour::opaque(red, green, blue),
            width: f32::from(mark.stroke.width.per_mille()) / 1_000.0,
        };
        let points_m: Vec<Vec3> = points_um.iter().map(|point_um| to_m(*point_um)).collect();
        if let Err(error) = self
            .scene
            .set(id, AnchorId(anchor), to_shape_kind(kind), style, &points_m)
        {
            log::debug!("a drawing is not shown: {error}");
            self.scene.remove(id);
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
    }

    /// By whoever drew first, then by number.
    fn number(&mut self, author: &PersonId, mark: u32) -> u64 {
        let next = u32::try_from(self.authors.len()).unwrap_or(u32::MAX);
        let author = *self.authors.entry(author.clone()).or_insert(next);
        u64::from(author) << 32 | u64::from(mark)
    }
}
