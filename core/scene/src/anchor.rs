//! Places the platform keeps true for us, and the shapes that hang on them.
//!
//! While the device moves, its platform learns more about the room and shifts what it believed earlier. It tells so by
//! correcting anchors. A shape is therefore kept relative to the nearest anchor and goes where that goes.

use glam::Vec3;
use serde::{Deserialize, Serialize};

use crate::drift::{Doubt, DriftConfig, Odometer, ShapeState};
use crate::{Pose, Shape};

/// As many anchors as a set keeps; platforms slow down long before.
pub const MAX_ANCHORS: usize = 64;

/// Nothing is farther from the origin of its frame of reference than this, in metres: single precision still resolves
/// a millimetre there.
pub const MAX_COORDINATE_M: f32 = 10_000.0;

/// Which anchor; the owner of the space gives the numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct AnchorId(pub u32);

impl AnchorId {
    /// The world's own frame of reference: always there, never corrected, as sure as the camera's tracking.
    pub const WORLD: Self = Self(0);
}

/// What the platform says about an anchor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AnchorTracking {
    /// Its pose is kept true.
    Tracked,
    /// Its pose is the last one known, and may become true again.
    Limited,
    /// The platform has given it up.
    Lost,
}

/// Why the set did not take what it was told. It is as it was before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AnchorError {
    /// A coordinate is not a number or lies beyond [`MAX_COORDINATE_M`], or an orientation is not of unit length.
    #[error("a place in space must be finite, within ten kilometres, and its orientation of unit length")]
    NotAPlace,
    /// There are [`MAX_ANCHORS`] already.
    #[error("there are too many anchors; remove one that nothing hangs on first")]
    TooMany,
    /// The world's frame of reference is nobody's to move.
    #[error("anchor 0 stands for the world itself; give anchors other numbers")]
    IsTheWorld,
    /// A shape without points is nowhere.
    #[error("a shape without points has no place")]
    NoPoints,
}

/// A shape that hangs on an anchor; its points are in the anchor's frame of reference.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AnchoredShape {
    /// What it hangs on.
    pub anchor: AnchorId,
    /// The shape, in metres from the anchor.
    pub shape: Shape,
}

#[derive(Debug, Clone)]
struct Anchor {
    id: AnchorId,
    pose: Pose,
    tracking: AnchorTracking,
    doubt: Option<Doubt>,
}

/// All anchors as they are believed to be now.
///
/// Time is the camera's capture time in microseconds; what is told late counts as told now.
#[derive(Debug, Clone, Default)]
pub struct AnchorSet {
    /// By id.
    anchors: Vec<Anchor>,
    config: DriftConfig,
    odometer: Odometer,
    camera_doubt: Option<Doubt>,
}

impl AnchorSet {
    /// An empty set that judges drift by `config`.
    pub fn new(config: DriftConfig) -> Self {
        Self {
            config,
            ..Self::default()
        }
    }

    /// Adds an anchor, or takes over where it is now and how sure that is.
    pub fn update(&mut self, id: AnchorId, pose: Pose, tracking: AnchorTracking) -> Result<(), AnchorError> {
        if id == AnchorId::WORLD {
            return Err(AnchorError::IsTheWorld);
        }
        if !is_place(&pose) {
            return Err(AnchorError::NotAPlace);
        }
        let index = match self.find(id) {
            Ok(index) => index,
            Err(_) if self.anchors.len() == MAX_ANCHORS => return Err(AnchorError::TooMany),
            Err(index) => {
                let doubt = None;
                self.anchors.insert(
                    index,
                    Anchor {
                        id,
                        pose,
                        tracking,
                        doubt,
                    },
                );
                index
            }
        };
        if let Some(anchor) = self.anchors.get_mut(index) {
            let doubted = tracking != AnchorTracking::Tracked;
            let since = anchor.doubt.unwrap_or_else(|| self.odometer.doubt());
            *anchor = Anchor {
                id,
                pose,
                tracking,
                doubt: doubted.then_some(since),
            };
        }
        Ok(())
    }

    /// Forgets an anchor; what hangs on it is lost. Whether there was one.
    pub fn remove(&mut self, id: AnchorId) -> bool {
        let found = self.find(id).map(|index| self.anchors.remove(index));
        found.is_ok()
    }

    /// Tells once per frame where the camera is, or `None` while the platform does not track it. Time passes by this.
    /// A position that is no place counts as `None`.
    pub fn observe_camera(&mut self, capture_us: u64, position_m: Option<Vec3>) {
        let position_m = position_m.filter(|position_m| is_within_reach(*position_m));
        if position_m.is_some() {
            self.camera_doubt = None;
        } else if self.camera_doubt.is_none() {
            self.camera_doubt = Some(self.odometer.doubt());
        }
        self.odometer.observe(capture_us, position_m);
    }

    /// Where an anchor is believed to be; the world is where it always is.
    pub fn pose(&self, id: AnchorId) -> Option<Pose> {
        if id == AnchorId::WORLD {
            return Some(Pose::IDENTITY);
        }
        self.anchor(id).map(|anchor| anchor.pose)
    }

    /// How far to trust what hangs on this anchor; lost when there is no such anchor.
    pub fn state(&self, id: AnchorId) -> ShapeState {
        let own_doubt = match self.anchor(id) {
            _ if id == AnchorId::WORLD => None,
            None => return ShapeState::Lost,
            Some(anchor) if anchor.tracking == AnchorTracking::Lost => return ShapeState::Lost,
            Some(anchor) => anchor.doubt,
        };
        let doubts = [own_doubt, self.camera_doubt].into_iter().flatten();
        match doubts.min_by_key(|doubt| doubt.since_us) {
            None => ShapeState::Tracked,
            Some(doubt) => self.odometer.judge(doubt, &self.config),
        }
    }

    /// The nearest anchor that is tracked; [`AnchorId::WORLD`] when there is none.
    pub fn nearest(&self, point_m: Vec3) -> AnchorId {
        let tracked = self
            .anchors
            .iter()
            .filter(|anchor| anchor.tracking == AnchorTracking::Tracked);
        let distance = |anchor: &Anchor| anchor.pose.position_m.distance_squared(point_m);
        let nearest = tracked.min_by(|a, b| distance(a).total_cmp(&distance(b)));
        nearest.map_or(AnchorId::WORLD, |anchor| anchor.id)
    }

    /// Hangs a shape of the world on the anchor nearest to the middle of its points.
    pub fn attach(&self, shape: &Shape) -> Result<AnchoredShape, AnchorError> {
        if shape.points_m.is_empty() {
            return Err(AnchorError::NoPoints);
        }
        if !shape.points_m.iter().copied().all(is_within_reach) {
            return Err(AnchorError::NotAPlace);
        }
        let centroid_m = shape.points_m.iter().sum::<Vec3>() / shape.points_m.len() as f32;
        let anchor = self.nearest(centroid_m);
        let pose = self.pose(anchor).unwrap_or(Pose::IDENTITY);
        let points_m = shape.points_m.iter().map(|point_m| pose.to_local(*point_m)).collect();
        Ok(AnchoredShape {
            anchor,
            shape: Shape {
                kind: shape.kind,
                points_m,
            },
        })
    }

    /// Where an anchored shape is in the world now; `None` when it is lost and must not be shown anywhere.
    pub fn to_world(&self, anchored: &AnchoredShape) -> Option<Shape> {
        if self.state(anchored.anchor) == ShapeState::Lost {
            return None;
        }
        let pose = self.pose(anchored.anchor)?;
        let AnchoredShape { shape, .. } = anchored;
        Some(Shape {
            kind: shape.kind,
            points_m: shape.points_m.iter().map(|point_m| pose.to_world(*point_m)).collect(),
        })
    }

    fn find(&self, id: AnchorId) -> Result<usize, usize> {
        self.anchors.binary_search_by_key(&id, |anchor| anchor.id)
    }

    fn anchor(&self, id: AnchorId) -> Option<&Anchor> {
        self.anchors.get(self.find(id).ok()?)
    }
}

/// Whether a point is finite and within [`MAX_COORDINATE_M`] of the origin along each axis.
pub(crate) fn is_within_reach(point_m: Vec3) -> bool {
    point_m.abs().max_element() <= MAX_COORDINATE_M && point_m.is_finite()
}

/// Whether a pose is one: within reach, and its orientation a rotation.
pub(crate) fn is_place(pose: &Pose) -> bool {
    is_within_reach(pose.position_m) && (pose.orientation.length_squared() - 1.0).abs() < 1e-3
}
