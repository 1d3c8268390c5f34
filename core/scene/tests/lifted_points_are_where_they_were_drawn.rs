//! A lifted point appears where it was drawn, and lies where the surface truly is.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test states what it expects"
)]

mod world;

use std::sync::Arc;

use assist_scene::{
    Camera, DepthMap, DepthView, Footing, Interpretation, Lifted, Mesh, PicturePoint, Plane, Pose, ShapeKind, Source,
    Surroundings, lift,
};
use glam::{Quat, Vec2, Vec3, vec3};
use proptest::prelude::*;
use world::{BAR, Solid, World, drawn, looking, pixels_between, places, visitors, workshop};

const SIZES: [(usize, usize); 2] = [(160, 90), (320, 240)];

fn ink(camera: &Camera, points: &[PicturePoint], how: Interpretation, surroundings: &Surroundings) -> Lifted {
    let points = drawn(camera, points.iter().copied());
    lift(ShapeKind::Ink, how, &points, surroundings).expect("something is known")
}

/// The wall of the workshop as a detected plane, smaller than it is.
fn detected_wall() -> Plane {
    Plane {
        pose: Pose {
            position_m: vec3(0.0, 0.0, -3.0),
            orientation: Quat::from_rotation_x(std::f32::consts::FRAC_PI_2),
        },
        polygon_m: vec![
            Vec2::new(-1.0, -1.0),
            Vec2::new(1.0, -1.0),
            Vec2::new(1.0, 1.0),
            Vec2::new(-1.0, 1.0),
        ],
    }
}

/// The wall of the workshop as two triangles.
fn wall_of_triangles() -> Mesh {
    let corners = [
        vec3(-4.0, -4.0, -3.0),
        vec3(4.0, -4.0, -3.0),
        vec3(4.0, 4.0, -3.0),
        vec3(-4.0, 4.0, -3.0),
    ];
    Mesh::new(&corners, &[[0, 1, 2], [0, 2, 3]]).unwrap()
}

fn points_of_the_wall() -> Vec<Vec3> {
    (0..60 * 60)
        .map(|index| vec3((index % 60) as f32 * 0.1 - 3.0, (index / 60) as f32 * 0.1 - 3.0, -3.0))
        .collect()
}

/// Surroundings that know one thing only.
fn knowing(source: Source, camera: &Camera) -> Surroundings {
    let mut surroundings = Surroundings::new();
    match source {
        Source::Depth => surroundings = workshop().seen_by(camera, 160, 90),
        Source::Plane | Source::ExtendedPlane => surroundings.set_planes(&[detected_wall()]).unwrap(),
        Source::Mesh => surroundings.set_mesh(Arc::new(wall_of_triangles())),
        Source::FeaturePoints => surroundings.set_feature_points(&points_of_the_wall()).unwrap(),
        Source::MedianDepth => surroundings.set_feature_points(&[vec3(0.0, 0.0, -3.0)]).unwrap(),
    }
    surroundings
}

const SOURCES: [Source; 6] = [
    Source::Depth,
    Source::Plane,
    Source::ExtendedPlane,
    Source::Mesh,
    Source::FeaturePoints,
    Source::MedianDepth,
];

/// A case computes a whole depth picture, so it tries many places.
fn some_places() -> impl Strategy<Value = Vec<PicturePoint>> {
    prop::collection::vec(places(), 30)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn seen_again_by_the_same_camera_ink_is_where_it_was_drawn(
        camera in visitors(),
        stroke in prop::collection::vec(places(), 1..40),
        source in prop::sample::select(&SOURCES[..]),
        how in prop::sample::select(&[Interpretation::Surface, Interpretation::Plane, Interpretation::Automatic][..]),
    ) {
        let surroundings = knowing(source, &camera);
        let stroke = drawn(&camera, stroke);
        let Ok(lifted) = lift(ShapeKind::Ink, how, &stroke, &surroundings) else {
            // A camera that turned its back on the one plane or point there is.
            prop_assert!(source != Source::Depth);
            return Ok(());
        };
        prop_assert_eq!(lifted.shape.points_m.len(), stroke.len());
        for (drawn, lifted) in stroke.iter().zip(&lifted.shape.points_m) {
            let again = camera.project(*lifted).expect("in front of the camera");
            prop_assert!(pixels_between(again, drawn.point) < 0.1, "{:?} for {:?}", again, drawn.point);
        }
    }

    #[test]
    fn seen_from_elsewhere_ink_lies_on_the_true_surface(
        camera in visitors(),
        viewer in visitors(),
        places in some_places(),
        size in prop::sample::select(&SIZES[..]),
    ) {
        let world = workshop();
        let surroundings = world.seen_by(&camera, size.0, size.1);
        for place in places {
            let truth = world.cast(&camera.ray(place)).expect("the room is closed");
            let from_edge = world.samples_from_edge(&camera, place, size.0, size.1);
            if truth.incidence_deg > 70.0 || from_edge < 3.0 {
                continue;
            }
            let lifted = ink(&camera, &[place], Interpretation::Surface, &surroundings).shape.points_m[0];
            let error_m = lifted.distance(truth.point_m);
            let is_round = truth.solid == BAR;
            let most_m = if is_round { 0.01 } else { 1e-4 } * truth.distance_m;
            prop_assert!(error_m < most_m, "{} m at {} m on {}", error_m, truth.distance_m, truth.solid);
            let (seen, due) = (viewer.project(lifted), viewer.project(truth.point_m));
            let (Some(seen), Some(due)) = (seen, due) else { continue };
            prop_assert!(is_round || pixels_between(seen, due) < 0.3);
        }
    }

    #[test]
    fn a_picture_of_depth_serves_other_cameras_too(
        depth_camera in visitors(),
        camera in visitors(),
        places in some_places(),
        size in prop::sample::select(&SIZES[..]),
    ) {
        let world = workshop();
        let view = world.depth_view(&depth_camera, size.0, size.1);
        for place in places {
            let ray = camera.ray(place);
            let truth = world.cast(&ray).expect("the room is closed");
            let Some(again) = depth_camera.project(truth.point_m).filter(|point| point.is_inside()) else { continue };
            let seen = world.cast(&depth_camera.ray(again)).unwrap();
            let is_seen = seen.point_m.distance(truth.point_m) < 1e-3;
            let is_slanted = truth.incidence_deg > 70.0 || seen.incidence_deg > 70.0;
            let from_edge = world.samples_from_edge(&depth_camera, again, size.0, size.1)
                .min(world.samples_from_edge(&camera, place, size.0, size.1));
            // A ray may pass close behind an edge on its way; then no answer is right, and a wrong one is not.
            let Some(hit) = view.cast(&ray).filter(|_| is_seen && !is_slanted && from_edge >= 3.0) else { continue };
            let error_m = hit.point_m.distance(truth.point_m);
            let most_m = if truth.solid == BAR { 0.01 } else { 5e-4 } * truth.distance_m;
            prop_assert!(error_m < most_m, "{} m at {} m on {}", error_m, truth.distance_m, truth.solid);
        }
    }

    #[test]
    fn the_tip_of_an_arrow_is_exact_and_its_direction_kept(camera in visitors(), tail in places(), tip in places()) {
        let world = workshop();
        prop_assume!(pixels_between(tail, tip) > 20.0);
        prop_assume!(world.samples_from_edge(&camera, tip, 160, 90) >= 3.0);
        let surroundings = world.seen_by(&camera, 160, 90);
        let lifted = lift(ShapeKind::Arrow, Interpretation::Automatic, &drawn(&camera, [tail, tip]), &surroundings).unwrap();
        let truth = world.cast(&camera.ray(tip)).unwrap();
        let [tail_m, tip_m] = lifted.shape.points_m[..] else { panic!("an arrow has two points") };
        prop_assert!(pixels_between(camera.project(tip_m).unwrap(), tip) < 0.1);
        if truth.incidence_deg <= 70.0 {
            prop_assert!(tip_m.distance(truth.point_m) < 0.01 * truth.distance_m);
        }
        let length_m = tail_m.distance(tip_m);
        let per_metre = length_m / tip_m.distance(camera.pose.position_m);
        prop_assert!((0.079..0.301).contains(&per_metre), "{} m for each metre", per_metre);
        let drawn = (tail.to_pixels(1280, 720) - tip.to_pixels(1280, 720)).normalize();
        let seen = camera.project(tail_m).unwrap().to_pixels(1280, 720) - tip.to_pixels(1280, 720);
        prop_assert!(seen.normalize().dot(drawn) > 0.9999, "{} for {}", seen, drawn);
    }
}

#[test]
fn what_is_seen_of_a_wall_by_another_camera_is_nearly_always_found() {
    let world = workshop();
    let view = world.depth_view(&looking(vec3(0.1, 0.1, 0.2), vec3(0.0, -0.2, -2.3)), 160, 90);
    let camera = looking(vec3(-0.1, 0.0, 0.0), vec3(0.1, -0.2, -2.3));
    let (mut seen, mut found) = (0, 0);
    for place in (0..2_000).map(|index| PicturePoint::new((index % 50) as f32 / 50.0, (index / 50) as f32 / 40.0)) {
        let truth = world.cast(&camera.ray(place)).unwrap();
        let again = view.camera().project(truth.point_m).filter(|again| again.is_inside());
        let Some(again) = again else { continue };
        if world
            .cast(&view.camera().ray(again))
            .unwrap()
            .point_m
            .distance(truth.point_m)
            > 0.01
        {
            continue;
        }
        seen += 1;
        found += usize::from(view.cast(&camera.ray(place)).is_some());
    }
    assert!(seen > 1_500 && found * 100 >= seen * 98, "{found} of {seen}");
}

#[test]
fn each_source_is_asked_in_its_turn_and_named() {
    let camera = looking(Vec3::ZERO, vec3(0.0, 0.0, -3.0));
    for source in SOURCES {
        let surroundings = knowing(source, &camera);
        // Beside the detected wall's outline for the extended plane, beside the only point for the median.
        let place = match source {
            Source::ExtendedPlane => PicturePoint::new(0.95, 0.5),
            Source::MedianDepth => PicturePoint::new(0.7, 0.5),
            Source::Depth | Source::Plane | Source::Mesh | Source::FeaturePoints => PicturePoint::CENTRE,
        };
        let hit = surroundings.cast(&camera.ray(place)).unwrap();
        assert_eq!(hit.source, source);
        assert!((hit.point_m.z + 3.0).abs() < 0.5, "{source:?}: {:?}", hit.point_m);
        let lifted = ink(&camera, &[place], Interpretation::Automatic, &surroundings);
        assert!(matches!(lifted.footings[..], [Footing::On { source: named, .. }] if named == source));
        assert_eq!(lifted.weakest_source(), Some(source));
    }
    // All of them at once: each takes the place of those after it.
    let mut all = Surroundings::new();
    all.set_feature_points(&points_of_the_wall()).unwrap();
    let ahead = camera.ray(PicturePoint::CENTRE);
    assert_eq!(all.cast(&ahead).unwrap().source, Source::FeaturePoints);
    all.set_mesh(Arc::new(wall_of_triangles()));
    assert_eq!(all.cast(&ahead).unwrap().source, Source::Mesh);
    all.set_planes(&[detected_wall()]).unwrap();
    assert_eq!(all.cast(&ahead).unwrap().source, Source::Plane);
    all.add_depth(Arc::new(workshop().depth_view(&camera, 160, 90)));
    assert_eq!(all.cast(&ahead).unwrap().source, Source::Depth);
}

#[test]
fn what_one_depth_picture_does_not_show_another_may() {
    let world = workshop();
    let (left, right) = (
        looking(vec3(-0.6, 0.3, 0.0), vec3(-0.6, 0.0, -2.3)),
        looking(Vec3::ZERO, vec3(0.9, 0.0, -2.3)),
    );
    let mut surroundings = world.seen_by(&left, 160, 90);
    let ray = right.ray(PicturePoint::new(0.7, 0.3));
    assert_eq!(surroundings.cast(&ray).unwrap().source, Source::MedianDepth);
    surroundings.add_depth(Arc::new(world.depth_view(&right, 160, 90)));
    let hit = surroundings.cast(&ray).unwrap();
    assert_eq!(hit.source, Source::Depth);
    assert!(hit.point_m.distance(world.cast(&ray).unwrap().point_m) < 1e-3);
}

#[test]
fn what_moved_is_met_where_it_was_when_it_was_drawn_on() {
    let camera = looking(Vec3::ZERO, vec3(0.0, 0.0, -2.0));
    let door_at = |z: f32| {
        World(vec![Solid::Wall {
            point_m: vec3(0.0, 0.0, z),
            normal: Vec3::Z,
        }])
    };
    let mut surroundings = Surroundings::new();
    let taken_at = |second: u64| {
        let depths_m = door_at(-1.0 - second as f32 / 10.0).depths_m(&camera, 16, 9, || 0.0);
        DepthView::new(
            DepthMap::new(16, 9, &depths_m, None).unwrap(),
            &camera,
            second * 1_000_000,
        )
        .unwrap()
    };
    for second in [3, 9, 5, 1, 7, 2, 8, 6, 4, 10] {
        surroundings.add_depth(Arc::new(taken_at(second)));
    }
    let ahead = camera.ray(PicturePoint::CENTRE);
    let distance_m = |surroundings: &Surroundings| surroundings.cast(&ahead).unwrap().distance_m;
    assert!(
        (distance_m(&surroundings) - 2.0).abs() < 1e-4,
        "the newest is asked first"
    );
    surroundings.prefer_moment(5_200_000);
    assert!((distance_m(&surroundings) - 1.5).abs() < 1e-4);
    surroundings.prefer_moment(0);
    assert!(
        (distance_m(&surroundings) - 1.3).abs() < 1e-4,
        "the two oldest made room"
    );
}

#[test]
fn a_plane_does_not_go_on_for_ever() {
    let camera = looking(Vec3::ZERO, vec3(0.0, 0.0, -3.0));
    let mut surroundings = Surroundings::new();
    let mut table = detected_wall();
    table.polygon_m.iter_mut().for_each(|corner| *corner *= 0.1);
    surroundings.set_planes(&[table]).unwrap();
    let beside = surroundings.cast(&camera.ray(PicturePoint::new(0.55, 0.5))).unwrap();
    let far_beside = surroundings.cast(&camera.ray(PicturePoint::new(0.95, 0.5))).unwrap();
    assert_eq!(
        (beside.source, far_beside.source),
        (Source::ExtendedPlane, Source::MedianDepth)
    );
    // From behind and nearly along it, a plane is no answer either.
    let behind = looking(vec3(0.0, 0.0, -6.0), vec3(0.3, 0.0, -3.0));
    assert_eq!(
        surroundings.cast(&behind.ray(PicturePoint::CENTRE)).unwrap().source,
        Source::MedianDepth
    );
}

#[test]
fn a_large_mesh_is_met_where_its_triangles_are() {
    let height = |x: f32, y: f32| (x * 3.0).sin() * 0.2 + (y * 2.0).cos() * 0.1 - 3.0;
    let side = 100u32;
    let place = |index: u32| (index as f32 / side as f32 - 0.5) * 4.0;
    let corners: Vec<Vec3> = (0..=side)
        .flat_map(|y| (0..=side).map(move |x| vec3(place(x), place(y), height(place(x), place(y)))))
        .collect();
    let triangles: Vec<[u32; 3]> = (0..side)
        .flat_map(|y| (0..side).map(move |x| y * (side + 1) + x))
        .flat_map(|corner| {
            [
                [corner, corner + 1, corner + side + 1],
                [corner + 1, corner + side + 2, corner + side + 1],
            ]
        })
        .collect();
    let mesh = Mesh::new(&corners, &triangles).unwrap();
    assert_eq!(mesh.len(), 20_000);
    for place in world::circle((0.5, 0.5), 0.45, 50) {
        let camera = looking(vec3(0.2, 0.1, 0.0), vec3(0.0, 0.0, -3.0));
        let ray = camera.ray(place);
        let point = ray.at(mesh.cast(&ray).expect("it fills the picture"));
        assert!((point.z - height(point.x, point.y)).abs() < 2e-3, "{point:?}");
    }
    let away = looking(Vec3::ZERO, vec3(0.0, 0.0, 3.0)).ray(PicturePoint::CENTRE);
    assert_eq!(mesh.cast(&away), None);
    assert_eq!(Mesh::default().cast(&away), None);
}

#[test]
fn a_stroke_may_grow_piece_by_piece() {
    let camera = looking(Vec3::ZERO, vec3(0.0, 0.0, -3.0));
    let surroundings = workshop().seen_by(&camera, 160, 90);
    let stroke = drawn(&camera, world::line((0.1, 0.2), (0.9, 0.7), 64));
    for kind in [ShapeKind::Ink, ShapeKind::Arrow] {
        let mut lifting = assist_scene::Lifting::new(kind, Interpretation::Automatic);
        for piece in stroke.chunks(7) {
            lifting.extend(piece, &surroundings).unwrap();
            assert!(lifting.lifted().is_ok());
        }
        assert_eq!(
            lifting.lifted(),
            lift(kind, Interpretation::Automatic, &stroke, &surroundings)
        );
    }
}

#[test]
fn nothing_is_placed_where_nothing_is_known() {
    let camera = looking(Vec3::ZERO, vec3(0.0, 0.0, -3.0));
    let stroke = drawn(&camera, world::line((0.1, 0.2), (0.9, 0.7), 5));
    let nothing = World(Vec::new()).seen_by(&camera, 160, 90);
    for surroundings in [Surroundings::new(), nothing] {
        for kind in [ShapeKind::Ink, ShapeKind::Arrow] {
            let lifted = lift(kind, Interpretation::Automatic, &stroke, &surroundings);
            assert_eq!(lifted, Err(assist_scene::LiftError::NothingKnown));
        }
    }
}
