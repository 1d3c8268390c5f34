//! Ink that is read as flat lies on one plane, however noisy the depth; and what is read as flat.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test states what it expects"
)]

mod world;

use std::sync::Arc;

use assist_scene::{
    Camera, DepthMap, DepthView, Interpretation, Lifted, PicturePoint, ShapeKind, Source, Surroundings, lift,
};
use glam::{Vec3, vec3};
use world::{Random, Solid, World, circle, drawn, line, looking};

/// With even noise of up to `part` of the depth to either side.
fn noisy(world: &World, camera: &Camera, part: f32) -> Surroundings {
    let mut random = Random::new(1);
    let depths_m = world.depths_m(camera, 160, 90, || random.between(-part, part));
    let map = DepthMap::new(160, 90, &depths_m, None).unwrap();
    let mut surroundings = Surroundings::new();
    surroundings.add_depth(Arc::new(DepthView::new(map, camera, 0).unwrap()));
    surroundings
}

fn ink(camera: &Camera, how: Interpretation, points: Vec<PicturePoint>, surroundings: &Surroundings) -> Lifted {
    lift(ShapeKind::Ink, how, &drawn(camera, points), surroundings).unwrap()
}

/// Greatest error in cm for each metre of distance.
fn worst_cm_per_m(world: &World, camera: &Camera, points: &[PicturePoint], lifted: &Lifted) -> f32 {
    let truths = points.iter().map(|point| world.cast(&camera.ray(*point)).unwrap());
    let errors = truths
        .zip(&lifted.shape.points_m)
        .map(|(truth, point)| point.distance(truth.point_m) / truth.distance_m);
    errors.fold(0.0, f32::max) * 100.0
}

/// How far the points are from the plane through three of them, in metres.
fn out_of_plane_m(points_m: &[Vec3]) -> f32 {
    let third = points_m.len() / 3;
    let (first, second, third) = (points_m[0], points_m[third], points_m[2 * third]);
    let normal = (second - first).cross(third - first).normalize();
    points_m
        .iter()
        .map(|point| (*point - first).dot(normal).abs())
        .fold(0.0, f32::max)
}

fn slanted_wall() -> (World, Camera) {
    let world = World(vec![Solid::Wall {
        point_m: vec3(0.0, 0.0, -2.5),
        normal: vec3(0.7, 0.3, 0.65).normalize(),
    }]);
    (world, looking(Vec3::ZERO, vec3(0.0, 0.0, -2.5)))
}

#[test]
fn noise_is_fitted_away() {
    let (world, camera) = slanted_wall();
    let surroundings = noisy(&world, &camera, 0.015);
    for stroke in [
        circle((0.5, 0.5), 0.2, 64),
        line((0.35, 0.4), (0.6, 0.6), 64),
        line((0.3, 0.5), (0.6, 0.5), 20),
    ] {
        let flat = ink(&camera, Interpretation::Plane, stroke.clone(), &surroundings);
        let loose = ink(&camera, Interpretation::Surface, stroke.clone(), &surroundings);
        assert_eq!(
            (flat.interpretation, loose.interpretation),
            (Interpretation::Plane, Interpretation::Surface)
        );
        let (flat_error, loose_error) = (
            worst_cm_per_m(&world, &camera, &stroke, &flat),
            worst_cm_per_m(&world, &camera, &stroke, &loose),
        );
        assert!(flat_error < 0.5, "plane: {flat_error} cm per metre");
        assert!(
            loose_error > 0.8,
            "surface: {loose_error} cm per metre, there was nothing to fit away"
        );
    }
    let stroke = circle((0.5, 0.5), 0.2, 64);
    let flat = ink(&camera, Interpretation::Plane, stroke, &surroundings);
    assert!(out_of_plane_m(&flat.shape.points_m) < 1e-4);
}

#[test]
fn things_on_the_plane_do_not_tilt_it() {
    // A round thing lies on a wall; the circle around it runs over it for a quarter of its way.
    let (World(mut solids), camera) = slanted_wall();
    solids.push(Solid::Cuboid {
        low_m: vec3(0.1, -2.0, -2.0),
        high_m: vec3(0.5, 2.0, -1.5),
    });
    let world = World(solids);
    let surroundings = noisy(&world, &camera, 0.01);
    let stroke = circle((0.5, 0.5), 0.25, 64);
    let lifted = ink(&camera, Interpretation::Plane, stroke.clone(), &surroundings);
    let (wall, _) = slanted_wall();
    let aside = stroke
        .iter()
        .filter(|point| world.cast(&camera.ray(**point)).unwrap().solid != 0)
        .count();
    assert!((10..30).contains(&aside), "{aside} points on the box");
    let error = worst_cm_per_m(&wall, &camera, &stroke, &lifted);
    assert!(error < 0.6, "{error} cm per metre");
    let bridged = lifted
        .footings
        .iter()
        .filter(|footing| **footing == assist_scene::Footing::Bridged)
        .count();
    assert!(
        bridged >= aside - 2,
        "{bridged} of {aside} are said to be off the plane"
    );
}

#[test]
fn an_open_choice_reads_closed_strokes_as_flat_and_traces_what_is_round() {
    let (flat, camera) = slanted_wall();
    let round = World(vec![
        Solid::Bar {
            point_m: vec3(0.0, 0.0, -1.0),
            along: Vec3::Y,
            radius_m: 0.3,
        },
        Solid::Wall {
            point_m: vec3(0.0, 0.0, -3.0),
            normal: Vec3::Z,
        },
    ]);
    let closed = || circle((0.5, 0.5), 0.2, 64);
    let open = || line((0.25, 0.4), (0.75, 0.6), 64);
    let chosen = |world: &World, stroke: Vec<PicturePoint>| {
        let surroundings = world.seen_by(&camera, 160, 90);
        ink(&camera, Interpretation::Automatic, stroke, &surroundings).interpretation
    };
    assert_eq!(chosen(&flat, closed()), Interpretation::Plane);
    assert_eq!(chosen(&flat, open()), Interpretation::Plane);
    assert_eq!(chosen(&round, open()), Interpretation::Surface);
    assert_eq!(chosen(&flat, vec![PicturePoint::CENTRE]), Interpretation::Plane);
    // Noise that could as well be form is left as it is on an open stroke, and not on a closed one.
    let surroundings = noisy(&flat, &camera, 0.012);
    assert_eq!(
        ink(&camera, Interpretation::Automatic, open(), &surroundings).interpretation,
        Interpretation::Surface
    );
    assert_eq!(
        ink(&camera, Interpretation::Automatic, closed(), &surroundings).interpretation,
        Interpretation::Plane
    );
    // A circle so large that no plane holds half of it.
    let around = circle((0.5, 0.5), 0.4, 64);
    assert_eq!(chosen(&round, around), Interpretation::Surface);
}

#[test]
fn guesses_are_evened_out_and_still_named() {
    let (world, camera) = slanted_wall();
    let mut random = Random::new(3);
    let mut place = || PicturePoint::new(random.between(0.1, 0.9), random.between(0.1, 0.9));
    let places: Vec<PicturePoint> = (0..500).map(|_| place()).collect();
    let on_wall = |place: &PicturePoint| world.cast(&camera.ray(*place)).unwrap().point_m * random.between(0.98, 1.02);
    let points_m: Vec<Vec3> = places.iter().map(on_wall).collect();
    let mut surroundings = Surroundings::new();
    surroundings.set_feature_points(&points_m).unwrap();
    let stroke = line((0.3, 0.4), (0.7, 0.6), 64);
    let even = ink(&camera, Interpretation::Automatic, stroke.clone(), &surroundings);
    let each = ink(&camera, Interpretation::Surface, stroke.clone(), &surroundings);
    assert_eq!(even.interpretation, Interpretation::Plane);
    assert_eq!(even.weakest_source(), Some(Source::FeaturePoints));
    let error = |lifted: &Lifted| worst_cm_per_m(&world, &camera, &stroke, lifted);
    assert!(
        error(&even) < 1.5 && error(&even) < error(&each),
        "{} and {}",
        error(&even),
        error(&each)
    );
}

#[test]
fn a_plane_that_cannot_hold_the_stroke_is_not_forced_on_it() {
    // A floor up to a far wall; the stroke goes from the floor far up beyond the floor's horizon.
    let world = World(vec![
        Solid::Wall {
            point_m: vec3(0.0, -1.0, 0.0),
            normal: Vec3::Y,
        },
        Solid::Wall {
            point_m: vec3(0.0, 0.0, -9.0),
            normal: Vec3::Z,
        },
    ]);
    let camera = looking(Vec3::ZERO, vec3(0.0, -0.3, -2.0));
    let stroke = line((0.5, 0.95), (0.5, 0.05), 64);
    let lifted = ink(&camera, Interpretation::Plane, stroke, &world.seen_by(&camera, 160, 90));
    assert!(
        lifted
            .shape
            .points_m
            .iter()
            .all(|point| point.is_finite() && point.z > -9.1 && point.z < 0.0)
    );
}

#[test]
fn the_plane_is_the_same_every_time() {
    let (world, camera) = slanted_wall();
    let surroundings = noisy(&world, &camera, 0.05);
    let once = ink(
        &camera,
        Interpretation::Plane,
        circle((0.5, 0.5), 0.2, 64),
        &surroundings,
    );
    let again = ink(
        &camera,
        Interpretation::Plane,
        circle((0.5, 0.5), 0.2, 64),
        &surroundings,
    );
    assert_eq!(once, again);
}
