//! Nothing that comes from outside makes the geometry panic, and no shape has a place that is no number.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test states what it expects"
)]

use std::sync::Arc;

use assist_scene::{
    Camera, CastError, DepthMap, DepthView, Interpretation, Intrinsics, InvalidDepth, InvalidMesh, InvalidSurroundings,
    LiftError, Lifting, Mesh, PicturePoint, Plane, Pose, Ray, ShapeKind, StrokePoint, Surroundings, lift,
};
use glam::{Quat, Vec2, Vec3, vec3};
use proptest::prelude::*;

/// Any float at all, often an ordinary one.
fn float() -> impl Strategy<Value = f32> {
    let special = prop::sample::select(
        &[
            0.0,
            -0.0,
            f32::NAN,
            f32::INFINITY,
            f32::NEG_INFINITY,
            f32::MAX,
            f32::MIN_POSITIVE,
        ][..],
    );
    prop_oneof![6 => -3.0..3.0f32, 1 => any::<f32>(), 1 => special]
}

fn vector() -> impl Strategy<Value = Vec3> {
    (float(), float(), float()).prop_map(Vec3::from)
}

fn usable_vector() -> impl Strategy<Value = Vec3> {
    (-3.0..3.0f32, -3.0..3.0f32, -3.0..3.0f32).prop_map(Vec3::from)
}

fn pose() -> impl Strategy<Value = Pose> {
    let usable = (usable_vector(), usable_vector()).prop_map(|(from_m, at_m)| Pose::looking_at(from_m, at_m));
    let any = (vector(), float(), float(), float(), float());
    let any = any.prop_map(|(position_m, x, y, z, w)| Pose {
        position_m,
        orientation: Quat::from_xyzw(x, y, z, w),
    });
    prop_oneof![4 => usable, 1 => any]
}

fn intrinsics() -> impl Strategy<Value = Intrinsics> {
    let size = || prop_oneof![8 => 1u32..2000, 1 => any::<u32>()];
    let focal = || prop_oneof![8 => 50.0..2000.0f32, 1 => float()];
    (focal(), focal(), float(), float(), size(), size()).prop_map(
        |(focal_x_px, focal_y_px, x, y, width_px, height_px)| Intrinsics {
            focal_x_px,
            focal_y_px,
            principal_x_px: x * 300.0,
            principal_y_px: y * 300.0,
            width_px,
            height_px,
        },
    )
}

fn camera() -> impl Strategy<Value = Camera> {
    (pose(), intrinsics()).prop_map(|(pose, intrinsics)| Camera { pose, intrinsics })
}

fn plane() -> impl Strategy<Value = Plane> {
    let corner = (float(), float()).prop_map(Vec2::from);
    (pose(), prop::collection::vec(corner, 0..6)).prop_map(|(pose, polygon_m)| Plane { pose, polygon_m })
}

fn surroundings() -> impl Strategy<Value = Surroundings> {
    let depths = prop::collection::vec(
        (2usize..20, 2usize..20, prop::collection::vec(float(), 400), camera()),
        0..3,
    );
    let planes = prop::collection::vec(plane(), 0..3);
    let mesh = (
        prop::collection::vec(vector(), 0..8),
        prop::collection::vec((0u32..9, 0u32..9, 0u32..9), 0..12),
    );
    let points = prop::collection::vec(vector(), 0..12);
    (depths, planes, mesh, points).prop_map(|(depths, planes, (corners, triangles), points)| {
        let mut surroundings = Surroundings::new();
        for (width, height, values, camera) in depths {
            let map = DepthMap::new(width, height, &values[..width * height], None).unwrap();
            if let Ok(view) = DepthView::new(map, &camera, 0) {
                surroundings.add_depth(Arc::new(view));
            }
        }
        let triangles: Vec<[u32; 3]> = triangles.into_iter().map(<[u32; 3]>::from).collect();
        if let Ok(mesh) = Mesh::new(&corners, &triangles) {
            surroundings.set_mesh(Arc::new(mesh));
        }
        // Refused or not, what was known before still is.
        let _ = surroundings.set_planes(&planes);
        let _ = surroundings.set_feature_points(&points);
        surroundings
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn whatever_comes_a_shape_has_a_place(
        surroundings in surroundings(),
        points in prop::collection::vec((camera(), float(), float()), 0..12),
        kind in prop::sample::select(&[ShapeKind::Ink, ShapeKind::Arrow][..]),
        how in prop::sample::select(&[Interpretation::Surface, Interpretation::Plane, Interpretation::Automatic][..]),
        share_a_camera in any::<bool>(),
    ) {
        let first = points.first().map(|(camera, ..)| *camera);
        let camera = |own: Camera| first.filter(|_| share_a_camera).unwrap_or(own);
        let points: Vec<StrokePoint> = points
            .into_iter()
            .map(|(own, x, y)| StrokePoint { camera: camera(own), point: PicturePoint::new(x, y) })
            .collect();
        if let Ok(lifted) = lift(kind, how, &points, &surroundings) {
            prop_assert!(lifted.shape.points_m.iter().all(|point| point.is_finite()), "{:?}", lifted);
            prop_assert!(lifted.interpretation != Interpretation::Automatic);
        }
        // One bad point does not spoil the good ones.
        let mut lifting = Lifting::new(kind, how);
        for point in &points {
            let is_added = lifting.extend(std::slice::from_ref(point), &surroundings);
            prop_assert!(matches!(is_added, Ok(()) | Err(LiftError::NotAPoint)));
            let _ = lifting.lifted();
        }
    }

    #[test]
    fn whatever_ray_is_cast_an_answer_is_on_it(surroundings in surroundings(), origin_m in vector(), direction in vector()) {
        let direction = direction.try_normalize().unwrap_or(direction);
        if let Ok(hit) = surroundings.cast(&Ray { origin_m, direction }) {
            prop_assert!(hit.point_m.is_finite() && hit.distance_m >= 0.0);
            prop_assert!(hit.point_m.distance(origin_m + direction * hit.distance_m) < 1e-3 * (1.0 + hit.distance_m));
        }
    }
}

fn ordinary() -> Camera {
    Camera {
        pose: Pose::IDENTITY,
        intrinsics: Intrinsics {
            focal_x_px: 900.0,
            focal_y_px: 900.0,
            principal_x_px: 640.0,
            principal_y_px: 360.0,
            width_px: 1280,
            height_px: 720,
        },
    }
}

#[test]
fn a_depth_picture_of_the_wrong_size_is_refused() {
    let depths = vec![1.0; 100];
    assert!(DepthMap::new(10, 10, &depths, None).is_ok());
    assert_eq!(DepthMap::new(10, 9, &depths, None), Err(InvalidDepth::Count));
    assert_eq!(
        DepthMap::new(10, 10, &depths, Some(&[255; 99])),
        Err(InvalidDepth::Count)
    );
    assert_eq!(DepthMap::new(1, 100, &depths, None), Err(InvalidDepth::Size));
    assert_eq!(DepthMap::new(usize::MAX, 2, &depths, None), Err(InvalidDepth::Size));
    assert_eq!(DepthMap::new(0, 0, &[], None), Err(InvalidDepth::Size));
    let map = DepthMap::new(10, 10, &depths, None).unwrap();
    let mut nowhere = ordinary();
    nowhere.pose.position_m.x = f32::NAN;
    assert_eq!(DepthView::new(map, &nowhere, 0).err(), Some(InvalidDepth::Camera));
}

#[test]
fn depth_that_is_no_depth_or_not_trusted_is_unknown() {
    let depths = [
        f32::NAN,
        0.0,
        -1.0,
        f32::INFINITY,
        f32::NEG_INFINITY,
        1e-30,
        1e30,
        2.0,
        2.0,
    ];
    let confidence = [255, 255, 255, 255, 255, 255, 255, 63, 64];
    let map = DepthMap::new(3, 3, &depths, Some(&confidence)).unwrap();
    let known: Vec<_> = (0..9)
        .filter(|index| map.depth_m(index % 3, index / 3).is_some())
        .collect();
    assert_eq!(known, [8]);
    assert_eq!(map.depth_m(3, 0), None);
    let view = DepthView::new(map, &ordinary(), 0).unwrap();
    assert_eq!(view.depth_m(PicturePoint::new(0.1, 0.1)), None);
    assert_eq!(view.depth_m(PicturePoint::new(0.9, 0.9)), Some(2.0));
    assert_eq!(view.depth_m(PicturePoint::new(1.1, 0.9)), None);
}

#[test]
fn too_much_is_refused_and_what_was_known_stays() {
    let mut surroundings = Surroundings::new();
    surroundings.set_feature_points(&[vec3(0.0, 0.0, -2.0)]).unwrap();
    let many = vec![Vec3::ZERO; Surroundings::MAX_FEATURE_POINTS + 1];
    assert_eq!(
        surroundings.set_feature_points(&many),
        Err(InvalidSurroundings::TooManyFeaturePoints)
    );
    assert_eq!(
        surroundings.set_feature_points(&[Vec3::NAN]),
        Err(InvalidSurroundings::NotFinite)
    );
    let plane = Plane {
        pose: Pose::IDENTITY,
        polygon_m: vec![Vec2::ZERO; Surroundings::MAX_CORNERS + 1],
    };
    assert_eq!(
        surroundings.set_planes(&[plane]),
        Err(InvalidSurroundings::TooManyPlanes)
    );
    let ahead = ordinary().ray(PicturePoint::CENTRE);
    assert!(surroundings.cast(&ahead).is_ok());
    assert_eq!(
        surroundings.cast(&Ray {
            direction: Vec3::ZERO,
            ..ahead
        }),
        Err(CastError::NotALineOfSight)
    );
    assert_eq!(
        surroundings.cast(&Ray {
            direction: Vec3::Z,
            ..ahead
        }),
        Err(CastError::NothingKnown)
    );
    assert_eq!(
        Mesh::new(&[Vec3::ZERO], &[[0, 0, 1]]).err(),
        Some(InvalidMesh::NoSuchCorner)
    );
    assert_eq!(
        Mesh::new(&[Vec3::NAN], &[[0, 0, 0]]).err(),
        Some(InvalidMesh::NotFinite)
    );
    let triangles = vec![[0, 0, 0]; Mesh::MAX_TRIANGLES + 1];
    assert_eq!(Mesh::new(&[Vec3::ZERO], &triangles).err(), Some(InvalidMesh::TooMany));
}

#[test]
fn strokes_without_points_with_too_many_or_with_bad_ones_are_refused() {
    let mut surroundings = Surroundings::new();
    surroundings.set_feature_points(&[vec3(0.0, 0.0, -2.0)]).unwrap();
    let good = StrokePoint {
        camera: ordinary(),
        point: PicturePoint::CENTRE,
    };
    let bad = StrokePoint {
        point: PicturePoint::new(f32::NAN, 0.5),
        ..good
    };
    for kind in [ShapeKind::Ink, ShapeKind::Arrow] {
        let lift = |points: &[StrokePoint]| lift(kind, Interpretation::Automatic, points, &surroundings);
        assert_eq!(lift(&[]), Err(LiftError::Empty));
        assert_eq!(lift(&[good, bad]), Err(LiftError::NotAPoint));
        assert_eq!(lift(&vec![good; Lifting::MAX_POINTS + 1]), Err(LiftError::TooLong));
        assert!(lift(&[good]).is_ok());
        assert!(lift(&vec![good; Lifting::MAX_POINTS]).is_ok());
    }
}
