//! Ink stays on the thing it was drawn on, and does not jump to the wall behind.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test states what it expects"
)]

mod world;

use std::sync::Arc;

use assist_scene::{
    Camera, DepthMap, DepthView, Footing, Interpretation, PicturePoint, ShapeKind, Source, Surroundings, lift,
};
use glam::{Vec2, Vec3, vec3};
use proptest::prelude::*;
use world::{Random, Solid, World, drawn, line, looking};

const WALL: usize = 0;

/// A wall 4 m away and two boards 2 m away, with a gap between them.
fn boards(gap_m: f32) -> World {
    let board = |low_x: f32, high_x: f32| Solid::Cuboid {
        low_m: vec3(low_x, -0.4, -2.2),
        high_m: vec3(high_x, 0.4, -2.0),
    };
    World(vec![
        Solid::Wall {
            point_m: vec3(0.0, 0.0, -4.0),
            normal: Vec3::Z,
        },
        board(-0.7, -gap_m / 2.0),
        board(gap_m / 2.0, 0.7),
    ])
}

fn camera() -> Camera {
    looking(Vec3::ZERO, vec3(0.0, 0.0, -2.0))
}

/// The picture's x of a place on the front of the boards.
fn across(x_m: f32) -> f32 {
    camera().project(vec3(x_m, 0.0, -2.0)).unwrap().x
}

fn surface(surroundings: &Surroundings, points: &[PicturePoint]) -> assist_scene::Lifted {
    let points = drawn(&camera(), points.iter().copied());
    lift(ShapeKind::Ink, Interpretation::Surface, &points, surroundings).unwrap()
}

fn bridged(lifted: &assist_scene::Lifted) -> usize {
    lifted
        .footings
        .iter()
        .filter(|footing| **footing == Footing::Bridged)
        .count()
}

#[test]
fn a_narrow_gap_is_bridged() {
    let surroundings = boards(0.06).seen_by(&camera(), 160, 90);
    let stroke = line((across(-0.4), 0.45), (across(0.4), 0.55), 64);
    let lifted = surface(&surroundings, &stroke);
    assert!(
        lifted.shape.points_m.iter().all(|point| (point.z + 2.0).abs() < 0.01),
        "{:?}",
        lifted.shape.points_m
    );
    assert!((3..10).contains(&bridged(&lifted)), "{} bridged", bridged(&lifted));
    // The same points one by one fall through the gap, so that there was something to bridge.
    let alone = |point: &PicturePoint| surface(&surroundings, &[*point]).shape.points_m[0].z;
    assert!(stroke.iter().any(|point| alone(point) < -3.9));
}

#[test]
fn depths_that_a_sensor_makes_up_at_edges_are_bridged_too() {
    // Every sample is the mean of what it covers, so that between board and wall there are depths where nothing is.
    let fine = boards(0.05).depths_m(&camera(), 640, 360, || 0.0);
    let mean = |x: usize, y: usize| {
        let covered = (0..16).map(|index| fine[(y * 4 + index / 4) * 640 + x * 4 + index % 4]);
        covered.sum::<f32>() / 16.0
    };
    let depths_m: Vec<f32> = (0..160 * 90).map(|index| mean(index % 160, index / 160)).collect();
    assert!(depths_m.iter().any(|depth_m| (2.2..3.8).contains(depth_m)));
    let mut surroundings = Surroundings::new();
    let map = DepthMap::new(160, 90, &depths_m, None).unwrap();
    surroundings.add_depth(Arc::new(DepthView::new(map, &camera(), 0).unwrap()));
    for ends in [(-0.4, 0.4), (-0.72, 0.4), (-0.4, 0.72)] {
        for height in [0.42, 0.5, 0.55] {
            let lifted = surface(
                &surroundings,
                &line((across(ends.0), height), (across(ends.1), height), 64),
            );
            assert!(bridged(&lifted) > 2);
            assert!(
                lifted.shape.points_m.iter().all(|point| (point.z + 2.0).abs() < 0.03),
                "{ends:?}: {:?}",
                lifted.shape.points_m
            );
        }
    }
}

#[test]
fn a_wide_gap_was_meant() {
    let world = boards(0.5);
    let surroundings = world.seen_by(&camera(), 160, 90);
    let stroke = line((across(-0.6), 0.45), (across(0.6), 0.55), 64);
    let lifted = surface(&surroundings, &stroke);
    assert_eq!(bridged(&lifted), 0);
    let on_wall = lifted.shape.points_m.iter().filter(|point| point.z < -3.9).count();
    assert!((15..30).contains(&on_wall), "{on_wall} on the wall");
}

#[test]
fn an_overshoot_at_either_end_stays_on_the_thing() {
    let surroundings = boards(0.0).seen_by(&camera(), 160, 90);
    for ends in [(-0.73, 0.5), (-0.5, 0.73), (-0.73, 0.73)] {
        let lifted = surface(&surroundings, &line((across(ends.0), 0.5), (across(ends.1), 0.5), 64));
        assert!(bridged(&lifted) >= 1, "{ends:?}: nothing overshot");
        assert!(
            lifted.shape.points_m.iter().all(|point| (point.z + 2.0).abs() < 0.05),
            "{ends:?}"
        );
    }
    // Ink that goes on well beyond the edge was meant for the wall.
    let lifted = surface(&surroundings, &line((across(0.2), 0.5), (across(1.0), 0.5), 64));
    assert_eq!(bridged(&lifted), 0);
    assert!(lifted.shape.points_m.last().unwrap().z < -3.9);
}

#[test]
fn a_speck_before_the_wall_is_not_climbed() {
    // A wire of 1 cm, 2 m before a wall that the ink is on.
    let world = World(vec![
        Solid::Wall {
            point_m: vec3(0.0, 0.0, -4.0),
            normal: Vec3::Z,
        },
        Solid::Bar {
            point_m: vec3(0.0, 0.0, -2.0),
            along: Vec3::Y,
            radius_m: 0.012,
        },
    ]);
    let surroundings = world.seen_by(&camera(), 160, 90);
    let lifted = surface(&surroundings, &line((0.3, 0.5), (0.7, 0.5), 128));
    assert!(bridged(&lifted) >= 1, "the wire was not met");
    assert!(lifted.shape.points_m.iter().all(|point| (point.z + 4.0).abs() < 0.02));
}

#[test]
fn holes_in_the_depth_are_bridged_and_not_guessed() {
    let world = boards(0.0);
    let mut depths_m = world.depths_m(&camera(), 160, 90, || 0.0);
    for (index, depth_m) in depths_m.iter_mut().enumerate() {
        if (70..90).contains(&(index % 160)) {
            *depth_m = f32::NAN;
        }
    }
    let mut surroundings = Surroundings::new();
    let map = DepthMap::new(160, 90, &depths_m, None).unwrap();
    surroundings.add_depth(Arc::new(DepthView::new(map, &camera(), 0).unwrap()));
    let lifted = surface(&surroundings, &line((across(-0.6), 0.5), (across(0.6), 0.5), 64));
    assert!(bridged(&lifted) > 10);
    assert!(lifted.shape.points_m.iter().all(|point| (point.z + 2.0).abs() < 0.01));
    assert_eq!(lifted.weakest_source(), Some(Source::Depth));
}

#[test]
fn a_steep_surface_is_no_edge() {
    // A floor that is seen at up to 84°, and a few points far apart on it.
    let world = World(vec![Solid::Wall {
        point_m: vec3(0.0, -0.3, 0.0),
        normal: Vec3::Y,
    }]);
    let surroundings = world.seen_by(&camera(), 160, 90);
    for count in [4, 10, 64] {
        let stroke = line((0.4, 0.95), (0.55, 0.64), count);
        let lifted = surface(&surroundings, &stroke);
        assert_eq!(bridged(&lifted), 0, "{count} points");
        for (point, lifted) in stroke.iter().zip(&lifted.shape.points_m) {
            let truth = world.cast(&camera().ray(*point)).unwrap();
            assert!(
                lifted.distance(truth.point_m) < 0.01 * truth.distance_m,
                "{lifted:?} for {truth:?}"
            );
        }
    }
}

#[test]
fn noise_makes_no_edges() {
    let mut random = Random::new(1);
    let world = World(vec![Solid::Wall {
        point_m: vec3(0.0, 0.0, -2.0),
        normal: vec3(1.0, 0.3, 1.0).normalize(),
    }]);
    let depths_m = world.depths_m(&camera(), 160, 90, || random.between(-0.007, 0.007));
    let mut surroundings = Surroundings::new();
    let map = DepthMap::new(160, 90, &depths_m, None).unwrap();
    surroundings.add_depth(Arc::new(DepthView::new(map, &camera(), 0).unwrap()));
    let stroke = line((0.2, 0.3), (0.7, 0.7), 64);
    let lifted = surface(&surroundings, &stroke);
    assert!(bridged(&lifted) <= 3, "{} bridged", bridged(&lifted));
    for (point, lifted) in stroke.iter().zip(&lifted.shape.points_m) {
        let truth = world.cast(&camera().ray(*point)).unwrap();
        assert!(
            lifted.distance(truth.point_m) < 0.015 * truth.distance_m,
            "{lifted:?} for {truth:?}"
        );
    }
}

#[test]
fn between_two_samples_of_an_edge_a_point_is_on_the_one_or_the_other() {
    let world = boards(0.0);
    let view = world.depth_view(&camera(), 160, 90);
    for step in 0..400 {
        let place = PicturePoint::new(across(0.7) - 0.01 + 0.02 * step as f32 / 400.0, 0.5);
        let depth_m = view.depth_m(place).unwrap();
        assert!(
            (depth_m - 2.0).abs() < 1e-3 || (depth_m - 4.0).abs() < 1e-3,
            "{depth_m} m at {place:?}"
        );
    }
    // And how far it is, is told.
    let edge_samples = world::line((across(0.7), 0.5), (across(0.7), 0.5), 1)[0].to_pixels(160, 90);
    let near = view.samples_from_edge(edge_samples);
    let away = view.samples_from_edge(edge_samples - Vec2::new(2.5, 0.0));
    let far = view.samples_from_edge(edge_samples - Vec2::new(20.0, 0.0));
    assert!(
        near <= 0.75 && (1.9..3.1).contains(&away) && far == DepthView::EDGE_REACH as f32,
        "{near} {away} {far}"
    );
}

#[test]
fn what_was_hidden_from_the_depth_camera_is_not_made_up() {
    // The board hides the wall from the depth camera; another camera looks behind it.
    let world = World(vec![
        Solid::Wall {
            point_m: vec3(0.0, 0.0, -4.0),
            normal: Vec3::Z,
        },
        Solid::Cuboid {
            low_m: vec3(-0.3, -2.0, -1.2),
            high_m: vec3(0.3, 2.0, -1.0),
        },
    ]);
    let view = world.depth_view(&camera(), 160, 90);
    let aside = looking(vec3(1.5, 0.0, -1.0), vec3(0.0, 0.0, -4.0));
    let ray = aside.ray(PicturePoint::CENTRE);
    assert_eq!(world.cast(&ray).unwrap().solid, WALL);
    assert_eq!(view.cast(&ray), None);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn no_point_of_ink_hangs_in_the_air(
        gap_m in 0.0..0.4f32,
        from in (0.1..0.9f32, 0.2..0.8f32),
        to in (0.1..0.9f32, 0.2..0.8f32),
        count in 2usize..100,
    ) {
        let surroundings = boards(gap_m).seen_by(&camera(), 160, 90);
        let lifted = surface(&surroundings, &line(from, to, count));
        for (index, point) in lifted.shape.points_m.iter().enumerate() {
            // On the boards or their sides, on the wall, or on the way between kept points of one of them.
            let is_placed = (point.z + 2.1).abs() < 0.15 || (point.z + 4.0).abs() < 0.05;
            prop_assert!(is_placed || lifted.footings[index] == Footing::Bridged, "{:?} {:?}", point, lifted.footings[index]);
        }
    }
}
