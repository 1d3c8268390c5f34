//! Drawing on a frame that stands still, with the phone elsewhere.

use super::*;

#[test]
fn what_an_expert_on_a_phone_freezes_is_drawn_on_with_the_camera_elsewhere() {
    let (mut technician, mut expert) = (technician(), expert());
    technician.observe(frame(0, yaw_at(0), Tracking::Tracked)).unwrap();
    talk(&mut technician, &mut expert);
    let film = |technician: &mut Board, expert: &mut Board, frames: std::ops::Range<u64>| {
        for number in frames {
            let capture_us = number * FRAME_US;
            technician
                .observe(frame(capture_us, yaw_at(capture_us), Tracking::Tracked))
                .unwrap();
            for poses in technician.take_live() {
                expert.receive_live(&person("technician"), &poses);
            }
        }
    };
    film(&mut technician, &mut expert, 1..20);
    let frozen_us = 15 * FRAME_US;
    let frozen = expert.freeze_frame(frozen_us, Timestamp::ZERO).unwrap();
    talk(&mut technician, &mut expert);
    let screen = Viewport::whole(1_280.0, 720.0);
    let seen = |expert: &mut Board| {
        let lines = expert
            .overlay_of_frozen(frozen, &screen)
            .unwrap()
            .expect("it is frozen");
        let lines = Polylines::read(lines.as_bytes()).unwrap();
        lines
            .flat_map(|line| line.points().collect::<Vec<_>>())
            .collect::<Vec<_>>()
    };
    assert!(seen(&mut expert).is_empty());
    // A minute later: the poses of then are forgotten, the frozen frame is not.
    film(&mut technician, &mut expert, 1_800..1_820);
    let drawn = points(7, &[(0.25, 0.5), (0.75, 0.5)]);
    let mark = expert.begin_on(frozen, INK, &drawn, Timestamp::ZERO).unwrap();
    expert.finish(mark).unwrap();
    talk(&mut technician, &mut expert);
    let shown = seen(&mut expert);
    let ends = [shown[0], shown[shown.len() - 1]];
    assert!(ends[0].distance(glam::Vec2::new(320.0, 360.0)) < 2.0, "{ends:?}");
    assert!(ends[1].distance(glam::Vec2::new(960.0, 360.0)) < 2.0, "{ends:?}");
    let placed = shape(&technician, "expert", mark).expect("it has a place")[0];
    let truth = on_wall(yaw_at(frozen_us), PicturePoint::new(0.25, 0.5));
    assert!(placed.distance(truth) < 0.01 * truth.length(), "{placed} for {truth}");
    expert.thaw_frame(frozen).unwrap();
    assert_eq!(expert.thaw_frame(frozen), Err(Refusal::NoSuchPin));
    assert_eq!(
        expert.begin_on(frozen, INK, &drawn, Timestamp::ZERO),
        Err(Refusal::NoSuchPin)
    );
    assert!(expert.overlay_of_frozen(frozen, &screen).unwrap().is_none());
    // Of a picture that is not looked at any more nothing is drawn on.
    let left = expert.freeze_frame(1_815 * FRAME_US, Timestamp::ZERO).unwrap();
    expert.look_at(&person("expert"));
    assert_eq!(
        expert.begin_on(left, INK, &drawn, Timestamp::ZERO),
        Err(Refusal::NoSuchPin)
    );
    assert!(expert.overlay_of_frozen(left, &screen).unwrap().is_none());
    expert.look_at(&person("technician"));
    assert!(expert.overlay_of_frozen(left, &screen).unwrap().is_some());
    talk(&mut technician, &mut expert);
    // A frame that never was, and then one of our own.
    let never = expert.freeze_frame(9_000_000_000, Timestamp::ZERO).unwrap();
    talk(&mut technician, &mut expert);
    let because = RefusedBecause::FrameNotKnown;
    assert_eq!(expert.next_notice(), Some(Notice::NotFrozen { frame: never, because }));
    let own = technician.freeze_frame(1_810 * FRAME_US, Timestamp::ZERO).unwrap();
    assert_eq!(technician.next_notice(), None);
    let mark = technician.begin_on(own, INK, &drawn, Timestamp::ZERO).unwrap();
    technician.finish(mark).unwrap();
    let lines = technician
        .overlay_of_frozen(own, &screen)
        .unwrap()
        .expect("it is frozen");
    assert!(Polylines::read(lines.as_bytes()).unwrap().count() >= 1);
}

#[test]
fn a_frozen_frame_is_drawn_on_minutes_later_with_the_phone_elsewhere() {
    let mut board = technician();
    film(&mut board, 5 * FRAME_US, |_| 0.3);
    assert_eq!(freeze(&mut board, 5 * FRAME_US, 1), Some(PinOutcome::Kept));
    let minute_us = 60_000_000;
    for second in 1..=180 {
        let elsewhere = frame(second * 1_000_000, -2.5, Tracking::Tracked);
        board.observe(elsewhere).unwrap();
    }
    ink_on_pin(&mut board, 1, 1);
    let truth = on_wall(0.3, PicturePoint::CENTRE);
    let placed = shape(&board, "expert", 1).expect("it has a place")[0];
    assert!(placed.distance(truth) < 0.01 * truth.length(), "{placed} for {truth}");

    // Kept for ten minutes; then whoever draws on it is told.
    board.observe(frame(11 * minute_us, -2.5, Tracking::Tracked)).unwrap();
    let outcome = board.document().pins().next().and_then(|pin| pin.outcome);
    assert_eq!(outcome, Some(PinOutcome::Refused(RefusedBecause::PinExpired)));
    ink_on_pin(&mut board, 2, 1);
    assert_eq!(shape(&board, "expert", 2), None);
}

#[test]
fn a_frame_that_cannot_be_kept_is_refused_with_the_reason() {
    let mut board = technician();
    film(&mut board, 5 * FRAME_US, |_| 0.0);
    board.observe(frame(6 * FRAME_US, 0.0, Tracking::Lost)).unwrap();
    let lost = freeze(&mut board, 6 * FRAME_US, 1);
    assert_eq!(lost, Some(PinOutcome::Refused(RefusedBecause::TrackingLost)));
    let future = freeze(&mut board, 60_000_000, 2);
    assert_eq!(future, Some(PinOutcome::Refused(RefusedBecause::FrameNotKnown)));
    for pin in 3..11 {
        assert_eq!(freeze(&mut board, 5 * FRAME_US, pin), Some(PinOutcome::Kept), "{pin}");
    }
    let ninth = freeze(&mut board, 5 * FRAME_US, 11);
    assert_eq!(ninth, Some(PinOutcome::Refused(RefusedBecause::TooMany)));
}
