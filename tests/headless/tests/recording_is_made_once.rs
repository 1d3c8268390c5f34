//! Recorded access units for benchmarks, and their cache.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test states what it expects")]

use assist_headless::recorded::{RecordingError, recorded};
use assist_headless::video_sink::VideoSink;

#[test]
fn a_recording_is_kept_read_back_and_made_again_when_it_is_damaged() {
    let folder = tempfile::tempdir().unwrap();
    let cache = folder.path().join("recordings");
    let made = recorded(1, Some(&cache)).unwrap();
    assert_eq!(made, recorded(1, Some(&cache)).unwrap());
    let files: Vec<_> = std::fs::read_dir(&cache)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    assert_eq!(files.len(), 2);
    for file in files {
        std::fs::write(file, b"rubbish").unwrap();
        assert_eq!(made, recorded(1, Some(&cache)).unwrap());
    }
}

#[test]
fn a_recording_decodes_from_its_first_frame() {
    let frames = recorded(1, None).unwrap();
    assert!(frames[0].is_key_frame && frames[0].capture_time_us == 0);
    let mut sink = VideoSink::new().unwrap();
    frames.iter().for_each(|frame| sink.show(&frame.annex_b));
    assert_eq!((sink.frames_shown(), sink.undecodable()), (frames.len() as u64, 0));
    let picture = sink.last_picture().unwrap();
    assert_eq!((picture.width_px(), picture.height_px()), (1280, 720));
}

#[test]
fn a_cache_that_cannot_be_used_is_named() {
    let file = tempfile::NamedTempFile::new().unwrap();
    let error = recorded(1, Some(&file.path().join("below"))).unwrap_err();
    assert!(matches!(error, RecordingError::Cache { .. }), "{error:?}");
}

#[test]
fn rubbish_is_counted_and_does_not_stop_the_picture() {
    let frames = recorded(1, None).unwrap();
    let mut sink = VideoSink::new().unwrap();
    sink.show(&frames[0].annex_b);
    sink.show(&[]);
    sink.show(&[0, 0, 0, 1, 0x65, 0xff, 0xff, 0xff, 0x12, 0x34]);
    assert_eq!((sink.frames_shown(), sink.undecodable()), (1, 1));
    sink.show(&frames[0].annex_b);
    assert_eq!(sink.frames_shown(), 2);
}
