//! Every mark of a call, projected into a picture in one pass.
//!
//! An [`OverlayScene`] keeps the marks in a form that costs nothing to look at again: it is told of changes, not of
//! frames. For each frame a [`Projector`] goes over it with the camera, the [`Viewport`] that shows the picture and,
//! where depth is known, an [`OcclusionMap`]; what comes out is an [`OverlayFrame`]: one flat buffer of polylines that
//! Kotlin, Swift, a browser page and [`burn_in`](crate::burn_in) read alike. Nothing is allocated once the buffers have
//! grown to what the marks need.

mod arrow;
mod bounds;
mod chunk;
mod clip;
mod depth_view;
pub mod frame;
mod levels;
mod mark;
mod occlusion;
mod picture_marks;
mod piece;
mod project;
mod pyramid;
mod reader;
mod scene;
mod style;
mod viewport;

pub use frame::{OverlayFrame, Part};
pub use mark::InvalidMark;
pub use occlusion::{InvalidDepth, OcclusionConfig, OcclusionMap};
pub use picture_marks::PictureMark;
pub use project::{OccludedParts, ProjectionError, Projector, ProjectorConfig};
pub use reader::{InvalidFrame, Polyline, Polylines};
pub use scene::{MAX_MARKS, MAX_POINTS, MAX_POINTS_PER_MARK, OverlayScene};
pub use style::{Colour, MarkStyle};
pub use viewport::{InvalidViewport, Viewport};
