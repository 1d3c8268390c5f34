//! The buffer is what its description says, to the byte, and nothing else is taken for one.
#![allow(clippy::unwrap_used, reason = "a test states what it expects")]

mod overlay_support;

use assist_scene::overlay::{Colour, InvalidFrame, MarkStyle, OverlayScene, Part, Polylines, Projector};
use assist_scene::{AnchorId, ShapeKind};
use glam::{Vec2, Vec3};
use overlay_support::*;
use proptest::prelude::*;

fn frame_of(scene: &OverlayScene) -> Vec<u8> {
    let mut projector = Projector::default();
    projector
        .project(scene, &camera_at_origin(), &viewport(), None)
        .unwrap()
        .as_bytes()
        .to_vec()
}

fn word(bytes: &[u8], at: usize) -> u32 {
    u32::from_le_bytes(bytes[at..at + 4].try_into().unwrap())
}

fn real(bytes: &[u8], at: usize) -> f32 {
    f32::from_bits(word(bytes, at))
}

#[test]
fn every_field_is_where_it_is_described() {
    let mut scene = OverlayScene::new();
    let style = MarkStyle {
        colour: Colour {
            red: 1,
            green: 2,
            blue: 200,
            alpha: 250,
        },
        width: 0.01,
    };
    let points_m = [Vec3::new(0.0, 0.0, -1.0), Vec3::new(0.2, 0.1, -1.0)];
    scene
        .set(0x1122_3344_5566_7788, AnchorId::WORLD, ShapeKind::Ink, style, &points_m)
        .unwrap();
    let bytes = frame_of(&scene);
    assert_eq!(&bytes[0..4], b"OVL2");
    assert_eq!(word(&bytes, 4) as usize, bytes.len());
    assert_eq!(bytes.len(), 64 + 32 + 16);
    assert_eq!(word(&bytes, 8), 1);
    assert_eq!((real(&bytes, 12), real(&bytes, 16)), (1280.0, 720.0));
    assert_eq!((word(&bytes, 20), word(&bytes, 24), word(&bytes, 28)), (0, 0, 0));
    assert_eq!((word(&bytes, 32), word(&bytes, 36)), (0, 0));
    let placed: Vec<f32> = (0..6).map(|part| real(&bytes, 40 + 4 * part)).collect();
    assert_eq!(placed, [1280.0, 0.0, 0.0, 720.0, 0.0, 0.0]);
    assert_eq!(&bytes[64..72], &0x1122_3344_5566_7788u64.to_le_bytes());
    assert_eq!(&bytes[72..76], &[1, 2, 200, 250]);
    assert_eq!(
        &bytes[76..80],
        &[255, 255, 255, 200],
        "a dark colour has a white outline"
    );
    assert!((real(&bytes, 80) - 12.8).abs() < 1e-4);
    assert!((real(&bytes, 84) - 3.84).abs() < 1e-4);
    assert_eq!(&bytes[88..92], &[0, 0, 0, 0]);
    assert_eq!(word(&bytes, 92), 2);
    let points = [
        real(&bytes, 96),
        real(&bytes, 100),
        real(&bytes, 104),
        real(&bytes, 108),
    ];
    let expected = [636.0, 363.0, 636.0 + 190.0, 363.0 - 95.0];
    assert!(
        points
            .iter()
            .zip(expected)
            .all(|(point, expected)| (point - expected).abs() < 1e-3),
        "{points:?}"
    );
}

#[test]
fn an_arrow_is_a_shaft_and_a_triangle_with_its_tip_first() {
    let tip_m = Vec3::new(0.2, 0.1, -1.0);
    let drawn = project(
        &scene_of(&[(ShapeKind::Arrow, vec![Vec3::new(-0.2, 0.1, -1.0), tip_m])]),
        &camera_at_origin(),
    );
    assert_eq!(
        drawn.iter().map(|line| line.part).collect::<Vec<_>>(),
        [Part::Line, Part::ArrowHead]
    );
    let head = &drawn[1].points_px;
    let tip_px = Vec2::new(826.0, 268.0);
    assert!((head[0] - tip_px).length() < 0.01);
    let base_px = (head[1] + head[2]) / 2.0;
    assert!(
        (base_px - (tip_px - Vec2::X * 28.8)).length() < 0.01,
        "it points to the right: {base_px}"
    );
    assert!((head[1].distance(head[2]) - 0.9 * 28.8).abs() < 0.01);
    let end_px = drawn[0].points_px[1];
    assert!(
        end_px.x < tip_px.x - drawn[0].width_px && end_px.x > base_px.x,
        "the shaft ends within the head: {end_px}"
    );
}

#[test]
fn an_arrow_seen_along_itself_is_a_head_that_points_down_and_a_cut_one_has_none() {
    let along = vec![Vec3::new(0.0, 0.0, -1.0), Vec3::new(0.0, 0.0, -2.0)];
    // On the optical axis.
    let mut camera = camera_at_origin();
    camera.intrinsics.principal_x_px = 640.0;
    let drawn = project(&scene_of(&[(ShapeKind::Arrow, along)]), &camera);
    assert_eq!(drawn.len(), 1);
    let head = &drawn[0].points_px;
    assert!(head[1].y < head[0].y && head[2].y < head[0].y && head[0].x == 640.0);

    let past_me = vec![Vec3::new(0.1, 0.0, -1.0), Vec3::new(0.1, 0.0, 1.0)];
    let drawn = project(&scene_of(&[(ShapeKind::Arrow, past_me)]), &camera);
    assert_eq!(drawn.iter().map(|line| line.part).collect::<Vec<_>>(), [Part::Line]);
}

#[test]
fn what_is_cut_off_of_another_version_or_cannot_be_drawn_is_refused() {
    let good = frame_of(&scene_of(&[
        (ShapeKind::Ink, vec![Vec3::NEG_Z]),
        (ShapeKind::Ink, vec![Vec3::NEG_Z; 3]),
    ]));
    let refused = |change: &dyn Fn(&mut Vec<u8>)| {
        let mut bytes = good.clone();
        change(&mut bytes);
        Polylines::read(&bytes).err()
    };
    assert_eq!(refused(&|_| ()), None);
    assert_eq!(refused(&|bytes| bytes.clear()), Some(InvalidFrame::Format));
    assert_eq!(refused(&|bytes| bytes[3] = b'3'), Some(InvalidFrame::Format));
    assert_eq!(
        refused(&|bytes| bytes.truncate(bytes.len() - 1)),
        Some(InvalidFrame::Length)
    );
    assert_eq!(refused(&|bytes| bytes[8] = 3), Some(InvalidFrame::Length));
    assert_eq!(refused(&|bytes| bytes[8] = 1), Some(InvalidFrame::Length));
    assert_eq!(refused(&|bytes| bytes[92..96].fill(0xFF)), Some(InvalidFrame::Length));
    assert_eq!(refused(&|bytes| bytes[88] = 9), Some(InvalidFrame::Values));
    assert_eq!(
        refused(&|bytes| bytes[96..100].copy_from_slice(&f32::NAN.to_le_bytes())),
        Some(InvalidFrame::Values)
    );
    assert_eq!(refused(&|bytes| bytes[12..16].fill(0)), Some(InvalidFrame::Values));
    assert_eq!(refused(&|bytes| bytes[40..64].fill(0)), Some(InvalidFrame::Values));
}

proptest! {
    #[test]
    fn what_is_written_is_read_and_changed_bytes_never_panic(
        camera in camera(),
        strokes in prop::collection::vec(stroke(), 0..8),
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..8),
    ) {
        let marks: Vec<_> = strokes.into_iter().map(|points_m| (ShapeKind::Ink, points_m)).collect();
        let mut projector = Projector::default();
        let mut bytes = projector.project(&scene_of(&marks), &camera, &viewport(), None).unwrap().as_bytes().to_vec();
        let lines = read(&bytes);
        prop_assert_eq!(lines.len(), word(&bytes, 8) as usize);
        let size: usize = lines.iter().map(|line| 32 + 8 * line.points_px.len()).sum();
        prop_assert_eq!(bytes.len(), 64 + size);
        for (index, value) in changes {
            let index = index.index(bytes.len());
            bytes[index] = value;
            if let Ok(polylines) = Polylines::read(&bytes) {
                let mut points = polylines.flat_map(|line| line.points().collect::<Vec<_>>());
                prop_assert!(points.all(|point_px| point_px.is_finite()));
            }
        }
    }
}
