//! What was drawn, once it has a place in space.

use glam::Vec3;
use serde::{Deserialize, Serialize};

/// What a shape looks like.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ShapeKind {
    /// A line through all points.
    Ink,
    /// Two points: where the arrow begins, and its tip on what it points at.
    Arrow,
}

/// A mark in space. Points are in metres, in the frame of whoever keeps the shape: an anchor, or the world.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Shape {
    /// What it looks like.
    pub kind: ShapeKind,
    /// Where it goes through, in order. An arrow has two, a dot of ink one.
    pub points_m: Vec<Vec3>,
}
