//! Depth pictures, and where a line of sight meets what they show.
//!
//! Depth is kept inverted, in 1/m: of a flat surface it is an affine function of the picture's coordinates, so that
//! what lies between samples is found exactly, at any slant.

mod edges;
mod map;
mod march;
mod view;

pub use map::{DepthMap, InvalidDepth};
pub use view::{DepthHit, DepthView};
