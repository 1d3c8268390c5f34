//! Whatever numbers come in, what comes out is finite, within the picture's surroundings, or a refusal.
#![allow(clippy::unwrap_used, reason = "a test states what it expects")]

mod overlay_support;

use assist_scene::overlay::{
    InvalidMark, InvalidViewport, MAX_POINTS_PER_MARK, MarkStyle, OcclusionConfig, OcclusionMap, OverlayScene,
    ProjectionError, Projector, ProjectorConfig, Viewport,
};
use assist_scene::{AnchorId, Camera, Intrinsics, Pose, ShapeKind};
use glam::{Affine2, Quat, Vec2, Vec3};
use overlay_support::*;
use proptest::prelude::*;

/// Any float, and more often those that are trouble.
fn number() -> impl Strategy<Value = f32> {
    let trouble = [
        0.0,
        -0.0,
        1.0,
        -1.0,
        0.05,
        1e-30,
        1e30,
        9_999.0,
        -10_000.0,
        10_001.0,
        f32::MAX,
        f32::MIN_POSITIVE,
        f32::INFINITY,
        f32::NEG_INFINITY,
        f32::NAN,
    ];
    prop_oneof![
        any::<f32>(),
        -10.0..10.0f32,
        -1e4..1e4f32,
        prop::sample::select(trouble.to_vec())
    ]
}

fn any_camera() -> impl Strategy<Value = Camera> {
    let any =
        (prop::array::uniform11(number()), any::<u32>(), any::<u32>()).prop_map(|(n, width_px, height_px)| Camera {
            pose: Pose {
                position_m: Vec3::new(n[0], n[1], n[2]),
                orientation: Quat::from_xyzw(n[3], n[4], n[5], n[6]),
            },
            intrinsics: Intrinsics {
                focal_x_px: n[7],
                focal_y_px: n[8],
                principal_x_px: n[9],
                principal_y_px: n[10],
                width_px,
                height_px,
            },
        });
    let far = (camera(), prop::array::uniform3(-1e4..1e4f32)).prop_map(|(camera, position)| Camera {
        pose: Pose {
            position_m: position.into(),
            ..camera.pose
        },
        ..camera
    });
    prop_oneof![any, far, camera()]
}

fn any_viewport() -> impl Strategy<Value = Viewport> {
    let any = prop::array::uniform8(number()).prop_map(|n| Viewport {
        width_px: n[0],
        height_px: n[1],
        from_picture: Affine2::from_cols(Vec2::new(n[2], n[3]), Vec2::new(n[4], n[5]), Vec2::new(n[6], n[7])),
    });
    prop_oneof![any, Just(viewport())]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    #[test]
    fn what_comes_out_is_finite_and_near_the_picture(
        camera in any_camera(),
        viewport in any_viewport(),
        depth_camera in any_camera(),
        depth_m in prop::collection::vec(number(), 12),
        marks in prop::collection::vec(
            (prop::collection::vec([number(), number(), number()], 0..20), number(), any::<bool>()),
            0..10,
        ),
        settings in [number(), number(), number(), number(), number()],
    ) {
        let mut scene = OverlayScene::new();
        for (id, (points_m, width, is_arrow)) in marks.into_iter().enumerate() {
            let kind = if is_arrow { ShapeKind::Arrow } else { ShapeKind::Ink };
            let points_m: Vec<_> = points_m.into_iter().map(Vec3::from).collect();
            let taken = scene.set(id as u64, AnchorId::WORLD, kind, MarkStyle { width, ..RED }, &points_m);
            prop_assert!(taken.is_err() || points_m.iter().all(|point_m| point_m.is_finite()) && width.is_finite());
            let _ = scene.extend(id as u64, &points_m);
        }
        let [tolerance_px, near_m, relative, absolute_m, moved_at_most_m] = settings;
        let mut depth = OcclusionMap::new(OcclusionConfig { relative, absolute_m, moved_at_most_m });
        let _ = depth.update(&depth_camera, 4, 3, &depth_m);
        let mut projector = Projector::new(ProjectorConfig { tolerance_px, near_m, ..ProjectorConfig::default() });
        if let Ok(frame) = projector.project(&scene, &camera, &viewport, Some(&depth)) {
            let longer_px = viewport.width_px.max(viewport.height_px);
            // The broadest line, and twice the greatest head.
            let reach_px = longer_px * 0.03 * 10.0 + 16.0;
            for line in read(frame.as_bytes()) {
                for point_px in line.points_px {
                    prop_assert!(point_px.is_finite());
                    prop_assert!(point_px.x >= -reach_px && point_px.x <= viewport.width_px + reach_px, "{point_px}");
                    prop_assert!(point_px.y >= -reach_px && point_px.y <= viewport.height_px + reach_px, "{point_px}");
                }
            }
        }
    }
}

#[test]
fn what_is_no_mark_is_refused_and_the_one_before_stays() {
    let mut scene = OverlayScene::new();
    let world = AnchorId::WORLD;
    let ahead = Vec3::new(0.0, 0.0, -1.0);
    scene.set(1, world, ShapeKind::Ink, RED, &[ahead]).unwrap();
    let mut set = |kind, style, points_m: &[Vec3]| scene.set(1, world, kind, style, points_m);
    assert_eq!(set(ShapeKind::Ink, RED, &[]), Err(InvalidMark::PointCount));
    assert_eq!(set(ShapeKind::Arrow, RED, &[ahead]), Err(InvalidMark::PointCount));
    assert_eq!(
        set(ShapeKind::Ink, RED, &[ahead, Vec3::NAN]),
        Err(InvalidMark::NotFinite)
    );
    assert_eq!(
        set(ShapeKind::Ink, RED, &[ahead, Vec3::splat(20_000.0)]),
        Err(InvalidMark::NotFinite)
    );
    let unheard_of = MarkStyle {
        width: f32::INFINITY,
        ..RED
    };
    assert_eq!(set(ShapeKind::Ink, unheard_of, &[ahead]), Err(InvalidMark::NotFinite));
    assert_eq!(
        set(ShapeKind::Ink, RED, &vec![ahead; MAX_POINTS_PER_MARK + 1]),
        Err(InvalidMark::TooLong)
    );
    assert_eq!(
        scene.extend(1, &vec![ahead; MAX_POINTS_PER_MARK]),
        Err(InvalidMark::TooLong)
    );
    assert_eq!(scene.extend(2, &[ahead]), Err(InvalidMark::Unknown));
    assert_eq!(project(&scene, &camera_at_origin()).len(), 1);
    assert_eq!(scene.ids().collect::<Vec<_>>(), [1]);
}

#[test]
fn there_is_an_end_to_how_much_fits() {
    let mut scene = OverlayScene::new();
    let line = vec![Vec3::NEG_Z; MAX_POINTS_PER_MARK];
    let mut taken = 0u64;
    while scene.set(taken, AnchorId::WORLD, ShapeKind::Ink, RED, &line).is_ok() {
        taken += 1;
        assert!(taken < 1000);
    }
    assert_eq!(
        scene.set(taken, AnchorId::WORLD, ShapeKind::Ink, RED, &line),
        Err(InvalidMark::TooMany)
    );
    scene.set(0, AnchorId::WORLD, ShapeKind::Ink, RED, &line).unwrap();
    assert!(scene.remove(0));
    scene.set(taken, AnchorId::WORLD, ShapeKind::Ink, RED, &line).unwrap();
}

#[test]
fn a_refusal_says_what_is_wrong_and_leaves_the_frame() {
    let scene = scene_of(&[(ShapeKind::Ink, vec![Vec3::NEG_Z])]);
    let mut projector = Projector::default();
    let camera = camera_at_origin();
    projector.project(&scene, &camera, &viewport(), None).unwrap();
    let nowhere = Camera {
        pose: Pose {
            position_m: Vec3::NAN,
            ..Pose::IDENTITY
        },
        ..camera
    };
    let refused = projector.project(&scene, &nowhere, &viewport(), None).err();
    assert_eq!(refused, Some(ProjectionError::Pose));
    let telescope = Camera {
        intrinsics: Intrinsics {
            focal_x_px: 1e9,
            ..phone()
        },
        ..camera
    };
    let refused = projector.project(&scene, &telescope, &viewport(), None).err();
    assert_eq!(refused, Some(ProjectionError::ExtremeLens));
    let refused = projector
        .project(&scene, &camera, &Viewport::whole(0.0, 720.0), None)
        .err();
    assert_eq!(refused, Some(ProjectionError::Viewport(InvalidViewport::Size)));
    let flat = Viewport {
        from_picture: Affine2::ZERO,
        ..viewport()
    };
    let refused = projector.project(&scene, &camera, &flat, None).err();
    assert_eq!(refused, Some(ProjectionError::Viewport(InvalidViewport::Transform)));
    assert_eq!(read(projector.frame().as_bytes()).len(), 1);
}
