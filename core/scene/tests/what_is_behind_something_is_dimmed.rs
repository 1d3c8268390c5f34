//! Depth splits lines where they go behind something.
#![allow(clippy::unwrap_used, reason = "a test states what it expects")]

mod overlay_support;

use assist_scene::overlay::{
    InvalidDepth, OccludedParts, OcclusionConfig, OcclusionMap, OverlayScene, Part, Projector, ProjectorConfig,
};
use assist_scene::{Camera, PicturePoint, Pose, ShapeKind};
use glam::Vec3;
use overlay_support::*;
use proptest::prelude::*;

const COLUMNS: u32 = 160;
const ROWS: u32 = 90;

/// A wall three metres away, and a box of which the camera sees columns 64 to 95 and rows 36 to 53 a metre and a half
/// away: pixels 512 to 768 and 288 to 432.
fn wall_and_box() -> Vec<f32> {
    let is_box = |x, y| (64..96).contains(&x) && (36..54).contains(&y);
    (0..ROWS)
        .flat_map(|y| (0..COLUMNS).map(move |x| if is_box(x, y) { 1.5 } else { 3.0 }))
        .collect()
}

fn map_of(depth_m: &[f32]) -> OcclusionMap {
    let mut map = OcclusionMap::new(OcclusionConfig::default());
    map.update(&camera_at_origin(), COLUMNS, ROWS, depth_m).unwrap();
    map
}

fn look(scene: &OverlayScene, camera: &Camera, depth: &OcclusionMap, occluded: OccludedParts) -> Vec<Drawn> {
    let mut projector = Projector::new(ProjectorConfig {
        occluded,
        ..ProjectorConfig::default()
    });
    read(
        projector
            .project(scene, camera, &viewport(), Some(depth))
            .unwrap()
            .as_bytes(),
    )
}

fn across(distance_m: f32, points: usize) -> Vec<Vec3> {
    let x = |number: usize| number as f32 / (points - 1) as f32 - 0.5;
    (0..points)
        .map(|number| Vec3::new(x(number) * distance_m * 0.8, 0.0, -distance_m))
        .collect()
}

#[test]
fn a_line_behind_the_box_is_split_at_its_edges() {
    for points in [2, 64, 500] {
        let scene = scene_of(&[(ShapeKind::Ink, across(2.9, points))]);
        let drawn = look(
            &scene,
            &camera_at_origin(),
            &map_of(&wall_and_box()),
            OccludedParts::Dim,
        );
        let behind: Vec<_> = drawn.iter().map(|line| (line.is_behind, line.is_dimmed)).collect();
        assert_eq!(
            behind,
            [(false, false), (true, true), (false, false)],
            "{points} points"
        );
        let (start, end) = (drawn[1].points_px[0], drawn[1].points_px[drawn[1].points_px.len() - 1]);
        assert!(
            (start.x - 512.0).abs() < 1.0 && (end.x - 768.0).abs() < 1.0,
            "{start} to {end}"
        );
        assert_eq!(drawn[0].points_px.last(), drawn[1].points_px.first());
        assert_eq!(drawn[1].points_px.last(), drawn[2].points_px.first());

        let hidden = look(
            &scene,
            &camera_at_origin(),
            &map_of(&wall_and_box()),
            OccludedParts::Hide,
        );
        assert_eq!(hidden, [drawn[0].clone(), drawn[2].clone()]);
    }
}

#[test]
fn also_a_line_that_runs_away_from_the_camera_is_split_at_the_edges() {
    let at = |x_px: f32, distance_m: f32| Vec3::new((x_px - 636.0) / 950.0 * distance_m, 0.0, -distance_m);
    let scene = scene_of(&[(ShapeKind::Ink, vec![at(300.0, 1.6), at(1000.0, 3.0)])]);
    let depth = map_of(&wall_and_box());
    let drawn = look(&scene, &camera_at_origin(), &depth, OccludedParts::Dim);
    assert_eq!(
        drawn.iter().map(|line| line.is_behind).collect::<Vec<_>>(),
        [false, true, false]
    );
    let (start, end) = (drawn[1].points_px[0], drawn[2].points_px[0]);
    assert!(
        (start.x - 512.0).abs() < 1.0 && (end.x - 768.0).abs() < 1.0,
        "{start} to {end}"
    );
}

#[test]
fn ink_on_a_surface_is_not_behind_it() {
    // On the wall beside the box, on the front of the box, and on a floor that the camera looks along.
    let wall = vec![Vec3::new(-1.5, 0.0, -3.0), Vec3::new(-0.8, 0.5, -3.0)];
    let front = vec![Vec3::new(-0.1, 0.0, -1.5), Vec3::new(0.1, 0.05, -1.5)];
    let drawn = look(
        &scene_of(&[(ShapeKind::Ink, wall), (ShapeKind::Ink, front)]),
        &camera_at_origin(),
        &map_of(&wall_and_box()),
        OccludedParts::Dim,
    );
    assert!(
        drawn.iter().all(|line| !line.is_behind) && drawn.len() == 2,
        "{drawn:?}"
    );

    let intrinsics = phone().scaled_to(COLUMNS, ROWS);
    let floor = |y: f32| {
        let down = (y + 0.5 - intrinsics.principal_y_px) / intrinsics.focal_y_px;
        if down > 0.05 { 1.2 / down } else { f32::NAN }
    };
    let depth_m: Vec<_> = (0..ROWS)
        .flat_map(|y| (0..COLUMNS).map(move |_| floor(y as f32)))
        .collect();
    let away: Vec<_> = (0..60)
        .map(|n| Vec3::new(0.3 * (n as f32 * 0.2).sin(), -1.2, -4.0 - n as f32 * 0.2))
        .collect();
    let drawn = look(
        &scene_of(&[(ShapeKind::Ink, away)]),
        &camera_at_origin(),
        &map_of(&depth_m),
        OccludedParts::Dim,
    );
    assert!(drawn.iter().all(|line| !line.is_behind), "{drawn:?}");
}

#[test]
fn what_is_beside_the_map_or_where_nothing_is_known_counts_as_visible() {
    let unknown: Vec<_> = [0.0, f32::NAN, -1.0, f32::INFINITY]
        .into_iter()
        .cycle()
        .take((COLUMNS * ROWS) as usize)
        .collect();
    let scene = scene_of(&[(ShapeKind::Ink, across(3.5, 64))]);
    let drawn = look(&scene, &camera_at_origin(), &map_of(&unknown), OccludedParts::Hide);
    assert_eq!(drawn, project(&scene, &camera_at_origin()));

    // The map's camera looked straight ahead; this one has turned, and its right half was never looked at.
    let camera = Camera {
        pose: Pose {
            orientation: glam::Quat::from_rotation_y(-0.6),
            ..Pose::IDENTITY
        },
        ..camera_at_origin()
    };
    let ring: Vec<_> = (0..200)
        .map(|n| glam::Quat::from_rotation_y(n as f32 * -0.008) * Vec3::new(0.0, 0.0, -5.0))
        .collect();
    let near = vec![0.5; (COLUMNS * ROWS) as usize];
    let drawn = look(
        &scene_of(&[(ShapeKind::Ink, ring)]),
        &camera,
        &map_of(&near),
        OccludedParts::Dim,
    );
    assert_eq!(
        drawn.iter().map(|line| line.is_behind).collect::<Vec<_>>(),
        [true, false]
    );
    let edge_px = camera
        .project(glam::Quat::from_rotation_y(-(644.0f32 / 950.0).atan()) * Vec3::NEG_Z)
        .unwrap();
    assert!((drawn[1].points_px[0].x - edge_px.x * WIDTH_PX).abs() < 2.0);
}

#[test]
fn depth_taken_elsewhere_hides_nothing() {
    let camera = Camera {
        pose: Pose {
            position_m: Vec3::new(0.5, 0.0, 0.0),
            ..Pose::IDENTITY
        },
        ..camera_at_origin()
    };
    let scene = scene_of(&[(ShapeKind::Ink, across(2.9, 64))]);
    let drawn = look(&scene, &camera, &map_of(&wall_and_box()), OccludedParts::Dim);
    assert_eq!(drawn, project(&scene, &camera));
}

#[test]
fn a_dot_and_an_arrow_head_behind_the_box_are_dimmed_as_a_whole() {
    let tip = Vec3::new(0.0, 0.0, -2.9);
    let scene = scene_of(&[
        (ShapeKind::Ink, vec![tip]),
        (ShapeKind::Arrow, vec![Vec3::new(1.0, 0.0, -2.9), tip]),
    ]);
    let drawn = look(
        &scene,
        &camera_at_origin(),
        &map_of(&wall_and_box()),
        OccludedParts::Dim,
    );
    let parts: Vec<_> = drawn.iter().map(|line| (line.part, line.is_behind)).collect();
    assert_eq!(
        parts,
        [
            (Part::Dot, true),
            (Part::Line, false),
            (Part::Line, true),
            (Part::ArrowHead, true)
        ]
    );
    let hidden = look(
        &scene,
        &camera_at_origin(),
        &map_of(&wall_and_box()),
        OccludedParts::Hide,
    );
    assert_eq!(hidden.len(), 1);
}

#[test]
fn a_map_of_the_wrong_size_is_refused_and_hides_nothing() {
    let mut map = map_of(&wall_and_box());
    let camera = camera_at_origin();
    assert_eq!(map.update(&camera, COLUMNS, ROWS, &[1.0; 7]), Err(InvalidDepth::Size));
    let scene = scene_of(&[(ShapeKind::Ink, across(2.9, 64))]);
    assert_eq!(
        look(&scene, &camera, &map, OccludedParts::Hide),
        project(&scene, &camera)
    );
    assert_eq!(map.update(&camera, 0, 0, &[]), Err(InvalidDepth::Size));
    assert_eq!(map.update(&camera, 2048, 1, &[1.0; 2048]), Err(InvalidDepth::Size));
    let mut telescope = camera;
    telescope.intrinsics.focal_x_px = 1e30;
    assert_eq!(map.update(&telescope, 1, 1, &[1.0]), Err(InvalidDepth::ExtremeLens));
    let nowhere = Camera {
        pose: Pose {
            position_m: Vec3::NAN,
            ..Pose::IDENTITY
        },
        ..camera
    };
    assert_eq!(map.update(&nowhere, 1, 1, &[1.0]), Err(InvalidDepth::Pose));
}

proptest! {
    /// Looking at whole marks first must not change what looking at every point says.
    #[test]
    fn every_point_is_dimmed_exactly_when_the_map_says_so(
        offsets in prop::collection::vec(vector(1.0), 2..30),
        middle in (0.1..0.9f32, 0.1..0.9f32, 1.0..4.0f32),
        size_m in prop::sample::select(vec![0.02f32, 0.1, 0.3, 0.9]),
        blocks in prop::collection::vec((0u32..20, 0u32..12, 0.5..5.0f32), 0..40),
    ) {
        let mut depth_m = vec![3.0; (COLUMNS * ROWS) as usize];
        for (column, row, distance_m) in blocks {
            for y in row * 8..(row * 8 + 8).min(ROWS) {
                for x in column * 8..(column * 8 + 8).min(COLUMNS) {
                    depth_m[(y * COLUMNS + x) as usize] = distance_m;
                }
            }
        }
        let camera = camera_at_origin();
        let middle_m = camera.unproject(PicturePoint::new(middle.0, middle.1), middle.2);
        let points_m: Vec<_> = offsets.into_iter().map(|offset| middle_m + offset * size_m).collect();
        let scene = scene_of(&[(ShapeKind::Ink, points_m.clone())]);
        // With every point of the line.
        let mut projector = Projector::new(ProjectorConfig { tolerance_px: 0.0, ..ProjectorConfig::default() });
        let frame = projector.project(&scene, &camera, &viewport(), Some(&map_of(&depth_m))).unwrap();
        let drawn = read(frame.as_bytes());
        for point_m in points_m {
            let Some(point) = camera.project(point_m).filter(|point| point.is_inside() && point_m.z < -0.06) else {
                continue;
            };
            let pixel = point.to_pixels(COLUMNS, ROWS);
            let sample = depth_m[(pixel.y as u32 * COLUMNS + pixel.x as u32) as usize];
            let limit_m = sample * 1.03 + 0.02;
            let pixel = point.to_pixels(1280, 720).as_dvec2();
            // At the seam of two samples and at the limit itself either answer is right.
            let at_seam = [pixel.x, pixel.y].into_iter().any(|p| (p / 8.0 - (p / 8.0).round()).abs() < 0.01);
            if at_seam || (-point_m.z > limit_m - 0.001 && -point_m.z < limit_m + 0.001) {
                continue;
            }
            let is_behind = -point_m.z > limit_m;
            let closest = |wanted: bool| {
                let lines: Vec<_> = drawn.iter().filter(|line| line.is_behind == wanted).cloned().collect();
                distance_px(pixel, &drawn_segments(&lines, 0))
            };
            prop_assert!(closest(is_behind) < 0.4, "{point_m}: {} and {}", closest(true), closest(false));
        }
    }
}
