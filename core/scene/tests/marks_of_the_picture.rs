//! A mark that is only in the picture looks like one in the world that appears at the same place.
#![allow(clippy::unwrap_used, reason = "a test states what it expects")]

mod overlay_support;

use assist_scene::overlay::{InvalidViewport, PictureMark, Polylines, Projector, Viewport};
use assist_scene::{PicturePoint, ShapeKind};
use glam::Vec3;
use overlay_support::*;
use proptest::prelude::*;

fn mark(kind: ShapeKind, points: &[PicturePoint]) -> PictureMark<'_> {
    PictureMark {
        id: 0,
        kind,
        style: RED,
        points,
        is_stale: false,
    }
}

fn draw(marks: &[PictureMark<'_>]) -> Vec<Drawn> {
    let mut projector = Projector::default();
    let frame = projector.project_picture(marks.iter().copied(), &viewport()).unwrap();
    read(frame.as_bytes())
}

proptest! {
    #[test]
    fn it_is_drawn_as_its_twin_in_the_world(
        points in prop::collection::vec((-1.0..2.0f32, -1.0..2.0f32), 1..20),
        is_arrow in any::<bool>(),
    ) {
        let is_arrow = is_arrow && points.len() > 1;
        let (kind, count) = if is_arrow { (ShapeKind::Arrow, 2) } else { (ShapeKind::Ink, points.len()) };
        let points: Vec<_> = points[..count].iter().map(|(x, y)| PicturePoint::new(*x, *y)).collect();
        let camera = camera_at_origin();
        let twin: Vec<Vec3> = points.iter().map(|point| camera.unproject(*point, 1.0)).collect();
        let in_picture = draw(&[mark(kind, &points)]);
        let in_world = project(&scene_of(&[(kind, twin)]), &camera);
        let (picture, world) = (drawn_segments(&in_picture, 0), drawn_segments(&in_world, 0));
        for (segments, others) in [(&picture, &world), (&world, &picture)] {
            for sample in segments.iter().flat_map(|segment| samples_in_picture(*segment)) {
                prop_assert!(distance_px(sample, others) < 0.4, "{sample}");
            }
        }
        let others = |drawn: &[Drawn]| drawn.iter().filter(|line| line.points_px.len() != 2).count();
        // How far outside a head is still drawn depends on the broadest line there may be.
        if is_arrow && points[1].is_inside() {
            prop_assert_eq!(others(&in_picture), others(&in_world));
        }
    }
}

#[test]
fn a_stale_one_is_dimmed_and_what_is_no_mark_is_lost() {
    let good = [PicturePoint::CENTRE, PicturePoint::new(0.7, 0.5)];
    let bad = [PicturePoint::new(f32::NAN, 0.0), PicturePoint::CENTRE];
    let far = [PicturePoint::new(0.0, 1e9)];
    let stale = PictureMark {
        is_stale: true,
        ..mark(ShapeKind::Ink, &good)
    };
    let marks = [
        stale,
        mark(ShapeKind::Ink, &bad),
        mark(ShapeKind::Ink, &far),
        mark(ShapeKind::Ink, &[]),
        mark(ShapeKind::Arrow, &good[..1]),
    ];
    let mut projector = Projector::default();
    let frame = projector.project_picture(marks, &viewport()).unwrap();
    let polylines = Polylines::read(frame.as_bytes()).unwrap();
    assert_eq!((polylines.stale, polylines.lost), (1, 4));
    let drawn: Vec<_> = polylines.map(Drawn::from).collect();
    assert!(drawn.len() == 1 && drawn[0].is_dimmed && drawn[0].is_stale);
    let nothing = projector.project_picture([], &Viewport::whole(0.0, 1.0)).err();
    assert_eq!(nothing, Some(InvalidViewport::Size));
}
