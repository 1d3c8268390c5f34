//! Between the units of the wire and those of space.

use assist_protocol::messages::annotation::{Anchor, AnchorState, Lens, Tool};
use assist_scene::anchor::{AnchorId, AnchorTracking};
use assist_scene::{Intrinsics, Pose, ShapeKind};
use glam::{Quat, Vec3};

use super::ar_frame::ArAnchor;

const UM_PER_M: f32 = 1e6;
const PPM: f32 = 1e6;

/// In µm. What is further than 2 km is at 2 km.
pub(super) fn to_um(point_m: Vec3) -> [i32; 3] {
    // A cast of a float saturates.
    (point_m.as_dvec3() * f64::from(UM_PER_M))
        .to_array()
        .map(|part| part.round() as i32)
}

/// In metres.
pub(super) fn to_m(point_um: [i32; 3]) -> Vec3 {
    let [x, y, z] = point_um.map(|part| (f64::from(part) / f64::from(UM_PER_M)) as f32);
    Vec3::new(x, y, z)
}

pub(super) fn to_wire_anchor(anchor: &ArAnchor) -> Anchor {
    Anchor {
        id: anchor.id.0,
        position_um: to_um(anchor.pose.position_m),
        orientation_ppm: anchor
            .pose
            .orientation
            .normalize()
            .to_array()
            .map(|part| (part * PPM).round() as i32),
        state: match anchor.tracking {
            AnchorTracking::Tracked => AnchorState::Tracked,
            AnchorTracking::Limited => AnchorState::Limited,
            AnchorTracking::Lost => AnchorState::Lost,
        },
    }
}

pub(super) fn from_wire_anchor(anchor: &Anchor) -> ArAnchor {
    ArAnchor {
        id: AnchorId(anchor.id),
        pose: Pose {
            position_m: to_m(anchor.position_um),
            orientation: Quat::from_array(anchor.orientation_ppm.map(|part| part as f32 / PPM)).normalize(),
        },
        tracking: match anchor.state {
            AnchorState::Tracked => AnchorTracking::Tracked,
            AnchorState::Limited => AnchorTracking::Limited,
            AnchorState::Lost => AnchorTracking::Lost,
        },
    }
}

/// The lens for a picture of a million by a million pixels; nothing if it is none.
pub(super) fn from_wire_lens(lens: &Lens) -> Option<Intrinsics> {
    let intrinsics = Intrinsics {
        focal_x_px: lens.focal_ppm[0] as f32,
        focal_y_px: lens.focal_ppm[1] as f32,
        principal_x_px: lens.principal_ppm[0] as f32,
        principal_y_px: lens.principal_ppm[1] as f32,
        width_px: PPM as u32,
        height_px: PPM as u32,
    };
    intrinsics.validated().ok()
}

pub(super) fn to_wire_lens(intrinsics: &Intrinsics, epoch: u32) -> Lens {
    let (width, height) = (intrinsics.width_px as f32, intrinsics.height_px as f32);
    let share = |part: f32, whole: f32| (part / whole * PPM).round();
    Lens {
        epoch,
        focal_ppm: [
            share(intrinsics.focal_x_px, width) as u32,
            share(intrinsics.focal_y_px, height) as u32,
        ],
        principal_ppm: [
            share(intrinsics.principal_x_px, width) as i32,
            share(intrinsics.principal_y_px, height) as i32,
        ],
    }
}

pub(super) const fn to_shape_kind(tool: Tool) -> ShapeKind {
    match tool {
        Tool::Ink => ShapeKind::Ink,
        Tool::Arrow => ShapeKind::Arrow,
    }
}

pub(super) const fn to_tool(kind: ShapeKind) -> Tool {
    match kind {
        ShapeKind::Ink => Tool::Ink,
        ShapeKind::Arrow => Tool::Arrow,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_goes_over_the_wire_comes_back_within_a_micrometre() {
        let anchor = ArAnchor {
            id: AnchorId(7),
            pose: Pose {
                position_m: Vec3::new(-1.234_567, 0.0, 12.000_001),
                orientation: Quat::from_rotation_y(1.0),
            },
            tracking: AnchorTracking::Limited,
        };
        let again = from_wire_anchor(&to_wire_anchor(&anchor));
        assert!(again.pose.position_m.distance(anchor.pose.position_m) < 2e-6);
        assert!(again.pose.orientation.angle_between(anchor.pose.orientation) < 1e-3);
        assert_eq!((again.id, again.tracking), (anchor.id, anchor.tracking));
    }

    #[test]
    fn what_is_out_of_reach_stays_finite() {
        assert_eq!(to_um(Vec3::new(1e9, f32::NAN, -1e9)), [i32::MAX, 0, i32::MIN]);
    }
}
