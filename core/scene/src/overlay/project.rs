//! One pass over all marks for one frame.

use glam::Vec2;

use super::arrow::{draw_arrow, head_length_px};
use super::bounds::{Frustum, Placement};
use super::chunk::LANES;
use super::clip::{Limits, LineBuffer, clip_line};
use super::frame::{Doubt, OverlayFrame, Pen};
use super::levels::level_within;
use super::mark::Mark;
use super::occlusion::OcclusionMap;
use super::piece::{LineDrawer, Screen};
use super::pyramid::Thresholds;
use super::scene::OverlayScene;
use super::viewport::{InvalidViewport, Viewport, is_bearable};
use crate::anchor::is_place;
use crate::drift::ShapeState;
use crate::{Camera, InvalidIntrinsics, ShapeKind};

/// What becomes of what is behind something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum OccludedParts {
    /// It is drawn weakly.
    #[default]
    Dim,
    /// It is not drawn.
    Hide,
}

/// How marks are projected.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ProjectorConfig {
    /// How far a drawn line may be from the true one, in pixels, for the sake of fewer points; 0 to 10.
    pub tolerance_px: f32,
    /// What is nearer to the camera than this is cut off, in metres; 0.02 to 1.
    pub near_m: f32,
    /// What becomes of what is behind something.
    pub occluded: OccludedParts,
}

impl Default for ProjectorConfig {
    fn default() -> Self {
        Self {
            tolerance_px: 0.3,
            near_m: 0.05,
            occluded: OccludedParts::Dim,
        }
    }
}

/// Why there is nothing to show. The frame before is as it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ProjectionError {
    /// The camera's lens is none.
    #[error("nothing can be projected: {0}")]
    Lens(#[from] InvalidIntrinsics),
    /// The lens is finite but beyond what numbers can bear.
    #[error("nothing can be projected: the focal length or principal point is far beyond the picture's size")]
    ExtremeLens,
    /// The camera is nowhere.
    #[error("nothing can be projected: the camera has no place in space")]
    Pose,
    /// The viewport is none.
    #[error("nothing can be projected: {0}")]
    Viewport(#[from] InvalidViewport),
}

/// Projects documents into frames, with everything that is kept from one frame to the next.
#[derive(Debug, Clone, Default)]
pub struct Projector {
    config: ProjectorConfig,
    pub(super) capture_time_us: u64,
    pub(super) frame: OverlayFrame,
    pub(super) drawer: LineDrawer,
    pub(super) piece: LineBuffer,
    /// A line of the picture, in the form that lines of the world have.
    pub(super) line: LineBuffer,
}

impl Projector {
    /// With nothing projected yet. Values of `config` beyond their bounds are held at them.
    pub fn new(config: ProjectorConfig) -> Self {
        let default = ProjectorConfig::default();
        let held = |value: f32, default: f32, low: f32, high: f32| {
            if value.is_nan() {
                default
            } else {
                value.clamp(low, high)
            }
        };
        Self {
            config: ProjectorConfig {
                tolerance_px: held(config.tolerance_px, default.tolerance_px, 0.0, 10.0),
                near_m: held(config.near_m, default.near_m, 0.02, 1.0),
                occluded: config.occluded,
            },
            ..Self::default()
        }
    }

    /// What is projected from now on belongs to the picture of a capture time, in µs: it is told with the lines.
    pub fn set_capture_time_us(&mut self, capture_time_us: u64) {
        self.capture_time_us = capture_time_us;
    }

    /// Projects all marks as `camera` sees them into `viewport`, and says what is hidden where `depth` is given.
    pub fn project(
        &mut self,
        scene: &OverlayScene,
        camera: &Camera,
        viewport: &Viewport,
        depth: Option<&OcclusionMap>,
    ) -> Result<&OverlayFrame, ProjectionError> {
        check(camera, viewport)?;
        let longer_side_px = viewport.longer_side_px();
        // What is outside of the viewport may reach into it with half its width, and an arrow with its head.
        let widest_px = scene.widest() * longer_side_px;
        let margin_px = head_length_px(widest_px) + widest_px;
        let rows = viewport.rows(camera);
        let Viewport {
            width_px, height_px, ..
        } = *viewport;
        let limits = Limits::new(rows, width_px, height_px, margin_px, self.config.near_m);
        let greatest_secant = viewport.greatest_secant(&camera.intrinsics, margin_px);
        let frustum = Frustum::new(&limits.rows, rows[2], camera.pose.position_m, 1.0 / greatest_secant);
        let screen = Screen {
            rows,
            least_px: Vec2::splat(-margin_px),
            greatest_px: Vec2::new(width_px, height_px) + margin_px,
            near_m: self.config.near_m,
            depth: depth.and_then(|depth| depth.view(camera)),
            drops_hidden: self.config.occluded == OccludedParts::Hide,
        };
        let tolerance = self.config.tolerance_px / viewport.focal_px(&camera.intrinsics);

        self.frame.begin(viewport, self.capture_time_us);
        for (block_number, marks) in scene.marks().chunks(LANES).enumerate() {
            let Some(block) = scene.bounds().classify(block_number * LANES, &frustum) else {
                continue;
            };
            for (lane, mark) in marks.iter().enumerate() {
                let placement = block.placement(lane);
                let state = scene.state_of(mark);
                if placement == Placement::Outside || state == ShapeState::Lost {
                    continue;
                }
                let pen = pen(mark, state, longer_side_px);
                let (centre_m, radius_m) = block.sphere(lane);
                let thresholds = screen
                    .depth
                    .map_or(Thresholds::ANY, |depth| depth.thresholds(centre_m, radius_m));
                let level = level_within(tolerance * block.metres_per_tangent(lane));
                self.draw(mark, level, (placement, thresholds), &limits, &screen, &pen);
            }
        }
        self.frame.finish(scene.doubtful());
        Ok(&self.frame)
    }

    /// The frame projected last.
    pub fn frame(&self) -> &OverlayFrame {
        &self.frame
    }

    fn draw(
        &mut self,
        mark: &Mark,
        level: usize,
        (placement, thresholds): (Placement, Thresholds),
        limits: &Limits,
        screen: &Screen<'_>,
        pen: &Pen,
    ) {
        let Self {
            frame, drawer, piece, ..
        } = self;
        let line = mark.line(level);
        match (mark.kind, placement) {
            (_, Placement::Outside) => {}
            (ShapeKind::Arrow, _) => draw_arrow(line.0, limits, screen, pen, (drawer, piece), frame),
            (ShapeKind::Ink, Placement::Inside) => drawer.draw(line, thresholds, screen, pen, frame),
            (ShapeKind::Ink, Placement::Crossing) => clip_line(line, limits, piece, |piece| {
                drawer.draw(piece.line(), thresholds, screen, pen, frame);
            }),
        }
    }
}

fn pen(mark: &Mark, state: ShapeState, longer_side_px: f32) -> Pen {
    Pen {
        id: mark.id,
        colour: mark.style.colour,
        width_px: mark.style.bounded_width() * longer_side_px,
        doubt: match state {
            // A cast of a float saturates.
            ShapeState::Stale { age_us, drift_m } => Some(Doubt {
                drift_mm: (drift_m * 1_000.0).ceil() as u8,
                age_ds: (age_us / 100_000).min(255) as u8,
            }),
            ShapeState::Tracked | ShapeState::Lost => None,
        },
    }
}

fn check(camera: &Camera, viewport: &Viewport) -> Result<(), ProjectionError> {
    if !is_bearable(&camera.intrinsics.validated()?) {
        return Err(ProjectionError::ExtremeLens);
    }
    if !is_place(&camera.pose) {
        return Err(ProjectionError::Pose);
    }
    viewport.validated()?;
    Ok(())
}
