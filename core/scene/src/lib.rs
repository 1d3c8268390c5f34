//! Pure geometry and picture maths: camera models, poses, rays and surfaces.
//!
//! Space is right-handed and in metres; a camera looks along −Z with +Y up; poses are camera-to-world. Points of a
//! picture are normalised, with the origin at the top left, x to the right and y down.

pub mod anchor;
pub mod burn_in;
pub mod camera;
pub mod depth;
pub mod drift;
pub mod history;
pub mod intrinsics;
pub mod lift;
pub mod mesh;
pub mod motion;
pub mod overlay;
pub mod picture;
pub mod plane;
pub mod pose;
pub mod ray;
pub mod shape;
pub mod surroundings;
pub mod view;

pub use anchor::{AnchorError, AnchorId, AnchorSet, AnchorTracking, AnchoredShape};
pub use camera::Camera;
pub use depth::{DepthHit, DepthMap, DepthView, InvalidDepth};
pub use drift::{DriftConfig, ShapeState};
pub use history::{CameraSample, InvalidSample, PoseHistory, Tracking, UnknownMoment};
pub use intrinsics::{Intrinsics, InvalidIntrinsics};
pub use lift::{Footing, Interpretation, LiftError, Lifted, Lifting, StrokePoint, lift};
pub use mesh::{InvalidMesh, Mesh};
pub use motion::{GreyPicture, Homography, MarkMotion, MotionError, MotionState, MotionTracker};
pub use picture::PicturePoint;
pub use plane::{Plane, PlaneHit};
pub use pose::Pose;
pub use ray::Ray;
pub use shape::{Shape, ShapeKind};
pub use surroundings::{CastError, Hit, InvalidSurroundings, Source, Surroundings};
pub use view::{InvalidView, Rotation, View};
