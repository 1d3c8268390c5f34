//! What travels on `live`: as precise as promised, small, and safe to read whatever it is.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test states what it expects by panicking"
)]

use assist_protocol::messages::live::{
    LiveError, LiveMessage, MAX_LIVE_BYTES, MAX_MARK_MOTIONS, MAX_POSE_SAMPLES, MarkMotion, MotionBatch, PoseBatch,
    PoseSample, PoseTracking, Transform,
};
use proptest::prelude::*;
use serde_json::{Value, json};

const TRACKING: [PoseTracking; 3] = [PoseTracking::Tracked, PoseTracking::Limited, PoseTracking::Lost];

fn bytes(message: &LiveMessage) -> Vec<u8> {
    let mut bytes = Vec::new();
    message.encode(&mut bytes).unwrap();
    bytes
}

fn pose(capture_us: u64, position_m: [f32; 3], orientation: [f32; 4]) -> PoseSample {
    PoseSample {
        capture_us,
        position_m,
        orientation,
        tracking: PoseTracking::Tracked,
    }
}

fn poses(samples: Vec<PoseSample>) -> LiveMessage {
    LiveMessage::Poses(PoseBatch { share: 3, samples })
}

/// A turn by any four numbers that are not all nearly zero.
fn unit_quaternion() -> impl Strategy<Value = [f32; 4]> {
    let parts = [-1.0_f32..1.0, -1.0_f32..1.0, -1.0_f32..1.0, -1.0_f32..1.0];
    let length = |parts: &[f32; 4]| parts.iter().map(|part| part * part).sum::<f32>().sqrt();
    parts
        .prop_filter("no direction", move |parts| length(parts) > 0.01)
        .prop_map(move |parts| parts.map(|part| part / length(&parts)))
}

/// The angle between two turns.
fn degrees_between(from: [f32; 4], to: [f32; 4]) -> f64 {
    let [from, to] = [from, to].map(|turn| {
        let turn = turn.map(f64::from);
        let length = turn.iter().map(|part| part * part).sum::<f64>().sqrt();
        turn.map(|part| part / length)
    });
    // By the chord, which is exact for small angles, where an arc cosine is not.
    let chord = |sign: f64| {
        let squared: f64 = from.iter().zip(to).map(|(from, to)| (from - sign * to).powi(2)).sum();
        squared.sqrt()
    };
    (4.0 * (chord(1.0).min(chord(-1.0)) / 2.0).asin()).to_degrees()
}

fn finite() -> impl Strategy<Value = f32> {
    any::<f32>().prop_filter("a number", |value| value.is_finite())
}

fn transform() -> impl Strategy<Value = Transform> {
    prop_oneof![
        prop::array::uniform6(finite()).prop_map(Transform::Affine),
        prop::array::uniform8(finite()).prop_map(Transform::Homography),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn poses_are_as_precise_as_promised(
        base in 0..u64::MAX / 2,
        steps in prop::collection::vec((0_u64..2_000_000, 0_usize..3), 1..=MAX_POSE_SAMPLES),
        position_m in prop::array::uniform3(-100.0_f32..100.0),
        orientation in unit_quaternion(),
    ) {
        let mut capture_us = base;
        let samples: Vec<_> = steps.iter().enumerate().map(|(index, (step, tracking))| {
            capture_us += if index == 0 { 0 } else { *step };
            PoseSample { tracking: TRACKING[*tracking], ..pose(capture_us, position_m, orientation) }
        }).collect();
        let sent = poses(samples.clone());
        let wire = bytes(&sent);
        prop_assert_eq!(wire.len(), 11 + 22 * samples.len());
        let LiveMessage::Poses(batch) = LiveMessage::decode(&wire).unwrap() else { panic!("another kind") };
        prop_assert_eq!(batch.share, 3);
        prop_assert_eq!(batch.samples.len(), samples.len());
        for (sent, read) in samples.iter().zip(&batch.samples) {
            prop_assert_eq!((sent.capture_us, sent.tracking), (read.capture_us, read.tracking));
            for (sent, read) in sent.position_m.iter().zip(read.position_m) {
                // Half a unit, and half a step of an f32 at 100 m.
                prop_assert!((f64::from(*sent) - f64::from(read)).abs() <= 0.000_05 + 0.000_004);
            }
            let error = degrees_between(sent.orientation, read.orientation);
            prop_assert!(error <= 0.005, "{error} degrees");
        }
    }

    #[test]
    fn motions_come_as_they_went(
        capture_us: u64,
        share: u8,
        marks in prop::collection::vec((any::<u32>(), transform(), any::<u8>()), 1..=MAX_MARK_MOTIONS),
    ) {
        let marks = marks.into_iter().map(|(revision, transform, confidence)| MarkMotion { revision, transform, confidence });
        let sent = LiveMessage::Motions(MotionBatch { share, capture_us, marks: marks.collect() });
        let wire = bytes(&sent);
        prop_assert!(wire.len() <= MAX_LIVE_BYTES);
        prop_assert_eq!(LiveMessage::decode(&wire), Ok(sent));
    }

    #[test]
    fn no_bytes_panic(version in prop::sample::select(vec![0x10_u8, 0x11, 0x12, 0x20]), rest in prop::collection::vec(any::<u8>(), 0..300)) {
        let bytes = [&[version], rest.as_slice()].concat();
        if let Ok(message) = LiveMessage::decode(&bytes) {
            let mut again = Vec::new();
            prop_assert_eq!(message.encode(&mut again), Ok(()));
            prop_assert_eq!(again.len(), bytes.len());
        }
    }

    #[test]
    fn no_values_panic(
        position_m in prop::array::uniform3(any::<f32>()),
        orientation in prop::array::uniform4(any::<f32>()),
        values in prop::array::uniform8(any::<f32>()),
        point in prop::array::uniform2(any::<f32>()),
    ) {
        let mut bytes = vec![7];
        let result = poses(vec![pose(0, position_m, orientation)]).encode(&mut bytes);
        let is_readable = LiveMessage::decode(&bytes[1..]).is_ok();
        prop_assert_eq!(result.is_ok(), is_readable);
        prop_assert!(is_readable || bytes == [7]);
        if let Some(point) = Transform::Homography(values).apply(point) {
            prop_assert!(point.iter().all(|value| value.is_finite()));
        }
    }
}

#[test]
fn the_worst_turns_are_precise_too() {
    // All parts alike: what is left out is found least precisely.
    for signs in 0..16_u8 {
        let part = |index: u8| if signs >> index & 1 == 0 { 0.5_f32 } else { -0.5 };
        for nudge in 0..200 {
            let mut turn = [0, 1, 2, 3].map(part);
            turn[usize::from(signs % 3)] += nudge as f32 * 1e-6;
            let wire = bytes(&poses(vec![pose(1, [0.0; 3], turn)]));
            let LiveMessage::Poses(batch) = LiveMessage::decode(&wire).unwrap() else {
                panic!("another kind")
            };
            let error = degrees_between(turn, batch.samples[0].orientation);
            assert!(error <= 0.005, "{turn:?}: {error} degrees");
        }
    }
}

#[test]
fn a_full_pose_message_has_187_bytes() {
    let samples = (0..8).map(|index| pose(index * 33_333, [0.0; 3], [0.0, 0.0, 0.0, 1.0]));
    assert_eq!(bytes(&poses(samples.collect())).len(), 187);
}

#[test]
fn what_cannot_be_said_is_refused_and_nothing_is_written() {
    let good = pose(5, [1.0; 3], [0.0, 0.0, 0.0, 1.0]);
    let bad = [
        poses(vec![]),
        poses(vec![good; MAX_POSE_SAMPLES + 1]),
        poses(vec![good, PoseSample { capture_us: 4, ..good }]),
        poses(vec![
            good,
            PoseSample {
                capture_us: 5 + (1 << 24),
                ..good
            },
        ]),
        poses(vec![PoseSample {
            position_m: [0.0, f32::NAN, 0.0],
            ..good
        }]),
        poses(vec![PoseSample {
            position_m: [0.0, 300_000.0, 0.0],
            ..good
        }]),
        poses(vec![PoseSample {
            orientation: [0.0; 4],
            ..good
        }]),
        poses(vec![PoseSample {
            orientation: [f32::INFINITY; 4],
            ..good
        }]),
        LiveMessage::Motions(MotionBatch {
            share: 0,
            capture_us: 0,
            marks: vec![],
        }),
    ];
    for message in bad {
        let mut bytes = vec![1, 2, 3];
        assert_eq!(message.encode(&mut bytes), Err(LiveError::Unsayable), "{message:?}");
        assert_eq!(bytes, [1, 2, 3]);
    }
}

#[test]
fn other_versions_and_kinds_are_told_from_nonsense() {
    let wire = bytes(&poses(vec![pose(5, [1.0; 3], [0.0, 0.0, 0.0, 1.0])]));
    let read = |change: &dyn Fn(&mut Vec<u8>)| {
        let mut changed = wire.clone();
        change(&mut changed);
        LiveMessage::decode(&changed)
    };
    assert!(read(&|_| {}).is_ok());
    assert_eq!(
        read(&|wire| wire[0] = 0x25),
        Err(LiveError::Unknown { version: 2, kind: 5 })
    );
    assert_eq!(
        read(&|wire| wire[0] = 0x12),
        Err(LiveError::Unknown { version: 1, kind: 2 })
    );
    assert_eq!(read(&Vec::clear), Err(LiveError::Malformed));
    assert_eq!(read(&|wire| wire.truncate(32)), Err(LiveError::Malformed));
    assert_eq!(read(&|wire| wire.push(0)), Err(LiveError::Malformed));
    assert_eq!(read(&|wire| wire[2] = 0), Err(LiveError::Malformed));
    assert_eq!(read(&|wire| wire[2] = 2), Err(LiveError::Malformed));
    assert_eq!(
        read(&|wire| wire[11] = 1),
        Err(LiveError::Malformed),
        "the first is later than the first"
    );
    assert_eq!(
        read(&|wire| *wire.last_mut().unwrap() |= 3 << 2),
        Err(LiveError::Malformed)
    );
    let full_turn = |wire: &mut Vec<u8>| wire[26..32].copy_from_slice(&[0xff, 0x7f, 0xff, 0x7f, 0, 0]);
    assert_eq!(
        read(&full_turn),
        Err(LiveError::Malformed),
        "parts that make more than a unit"
    );
}

#[test]
fn a_transform_does_what_it_says() {
    let affine = Transform::Affine([2.0, 0.0, 0.25, 0.0, 4.0, -0.5]);
    assert_eq!(affine.apply([0.25, 0.5]), Some([0.75, 1.5]));
    let homography = Transform::Homography([1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 1.0, 0.0]);
    assert_eq!(homography.apply([1.0, 0.5]), Some([0.5, 0.25]));
    assert_eq!(homography.apply([-1.0, 0.5]), None, "beyond the horizon");
}

/// A message as the page reads it.
fn read_by_the_page(message: &Result<LiveMessage, LiveError>) -> Value {
    match message {
        Ok(LiveMessage::Poses(PoseBatch { share, samples })) => {
            let sample = |sample: &PoseSample| {
                json!({
                    "captureUs": sample.capture_us,
                    "positionM": sample.position_m,
                    "orientation": sample.orientation,
                    "tracking": format!("{:?}", sample.tracking).to_lowercase(),
                })
            };
            json!({"kind": "poses", "share": share, "samples": samples.iter().map(sample).collect::<Vec<_>>()})
        }
        Ok(LiveMessage::Motions(MotionBatch {
            share,
            capture_us,
            marks,
        })) => {
            let mark = |mark: &MarkMotion| {
                let transform = match mark.transform {
                    Transform::Affine(values) => json!(values),
                    Transform::Homography(values) => json!(values),
                };
                json!({"revision": mark.revision, "transform": transform, "confidence": mark.confidence})
            };
            let marks: Vec<_> = marks.iter().map(mark).collect();
            json!({"kind": "motions", "share": share, "captureUs": capture_us, "marks": marks})
        }
        Err(LiveError::Unknown { .. }) => json!("unknown"),
        Err(LiveError::Malformed | LiveError::Unsayable) => json!("malformed"),
    }
}

/// The files under `tests/golden/live`, which the browser page's tests read too; `UPDATE_GOLDEN=1` writes them anew.
#[test]
fn the_page_reads_what_is_written_here() {
    let samples = (0..3_u64).map(|index| PoseSample {
        capture_us: 9_000_000_123 + index * 33_367,
        position_m: [0.1, -1.5 + index as f32, 12.345_6],
        orientation: [
            [0.0, 0.0, 0.0, 1.0],
            [0.5, -0.5, 0.5, -0.5],
            [0.1, -0.979_796, 0.1, 0.141_421],
        ][index as usize],
        tracking: TRACKING[index as usize],
    });
    let poses = poses(samples.collect());
    let affine = Transform::Affine([1.0, 0.25, -0.5, 0.125, 1.5, 0.062_5]);
    let homography = Transform::Homography([1.1, 0.2, -0.3, 0.4, 0.9, 0.6, -0.07, 0.08]);
    let marks = [(7, affine, 255), (u32::MAX, homography, 0)];
    let marks = marks.map(|(revision, transform, confidence)| MarkMotion {
        revision,
        transform,
        confidence,
    });
    let motions = LiveMessage::Motions(MotionBatch {
        share: 255,
        capture_us: 1 << 40,
        marks: marks.to_vec(),
    });
    let mut newer = bytes(&poses);
    newer[0] = 0x20;
    let mut wrong = bytes(&motions);
    wrong[15] = 2;
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/golden/live");
    let files = [
        ("poses", bytes(&poses)),
        ("motions", bytes(&motions)),
        ("newer_version", newer),
        ("wrong_kind", wrong),
    ];
    for (name, bytes) in files {
        let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        let message = read_by_the_page(&LiveMessage::decode(&bytes));
        let file = json!({"name": name, "bytes": hex, "message": message});
        let path = folder.join(format!("{name}.json"));
        if std::env::var_os("UPDATE_GOLDEN").is_some() {
            std::fs::write(&path, serde_json::to_string_pretty(&file).unwrap() + "\n").unwrap();
        }
        let expected: Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
        assert_eq!(expected["bytes"], file["bytes"], "{name}");
        // By their texts: a number that was read again need not be the same one in memory.
        assert_eq!(
            expected["message"].to_string(),
            serde_json::from_str::<Value>(&message.to_string()).unwrap().to_string()
        );
    }
}
