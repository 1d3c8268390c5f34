//! The pictures that are sent: encoded before anything is measured, then played at the pace of a camera.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use assist_engine::annotations::ArFrame;
use assist_engine::call::Call;
use assist_engine::media::AccessUnit;
use assist_headless::recorded::recorded;
use bytes::Bytes;
use tokio::time::Instant;

use crate::error::BenchError;

/// Time between two pictures: 15 a second.
const INTERVAL: Duration = Duration::from_micros(66_667);
/// How much is recorded; it is played in a loop.
const SECONDS: u32 = 10;

/// Access units of the rendered scene. Only the first decodes on its own.
#[derive(Debug, Clone)]
pub(crate) struct Recording {
    units: Arc<[Bytes]>,
    /// When the pictures were taken, in µs.
    capture_times_us: Arc<[u64]>,
    /// What an AR platform says of each picture; empty without one.
    ar_frames: Arc<[ArFrame]>,
}

impl Recording {
    /// Takes it from `folder`, where it is kept; draws and encodes it first if it is not there. Blocks for seconds.
    ///
    /// # Errors
    /// See [`BenchError::Recording`].
    pub(crate) fn load(folder: &Path) -> Result<Self, BenchError> {
        let frames = recorded(SECONDS, Some(folder))?;
        Ok(Self {
            capture_times_us: frames.iter().map(|frame| frame.capture_time_us).collect(),
            units: frames.into_iter().map(|frame| frame.annex_b).collect(),
            ar_frames: Arc::default(),
        })
    }

    /// The same with what an AR platform says of the pictures of some capture times; called once.
    pub(crate) fn with_ar_frames(self, told: impl FnOnce(&[u64]) -> Vec<ArFrame>) -> Self {
        let ar_frames = told(&self.capture_times_us).into();
        Self { ar_frames, ..self }
    }

    /// Where recordings are kept between runs: `ASSIST_CACHE`, or else `fallback`.
    pub(crate) fn folder(fallback: &Path) -> PathBuf {
        std::env::var_os("ASSIST_CACHE")
            .map_or_else(|| fallback.to_owned(), PathBuf::from)
            .join("recordings")
    }

    /// Plays into `call` until it has ended. Whenever a key frame is asked for, the recording starts over, at once.
    pub(crate) async fn play(&self, call: &Call) {
        tokio::select! {
            _ = call.wait_for(|_| false) => {}
            () = self.feed(call) => {}
        }
    }

    async fn feed(&self, call: &Call) {
        let mut control = call.encoder_control();
        let started = Instant::now();
        let mut key_frames_sent_for = None;
        let mut index = 0;
        let mut due = started;
        loop {
            let wanted = control.borrow_and_update().map(|control| control.key_frames_requested);
            if wanted.is_some() && wanted != key_frames_sent_for {
                index = 0;
                due = Instant::now();
            }
            key_frames_sent_for = wanted;
            if wanted.is_some() && Instant::now() >= due {
                self.push(call, index, started.elapsed());
                index = (index + 1) % self.units.len();
                due += INTERVAL;
            }
            tokio::select! {
                () = tokio::time::sleep_until(due), if wanted.is_some() => {}
                changed = control.changed() => if changed.is_err() { return },
            }
        }
    }

    fn push(&self, call: &Call, index: usize, captured: Duration) {
        let Some(annex_b) = self.units.get(index).cloned() else {
            return;
        };
        let capture_time_us = u64::try_from(captured.as_micros()).unwrap_or(u64::MAX);
        if let Some(frame) = self.ar_frames.get(index).cloned() {
            let frame = ArFrame {
                capture_time_us,
                ..frame
            };
            if let Err(error) = call.push_ar_frame(frame) {
                log::debug!("an AR frame was not used: {error}");
            }
        }
        let unit = AccessUnit {
            annex_b,
            capture_time_us,
            is_key_frame: index == 0,
        };
        if let Err(error) = call.push_video(unit) {
            log::debug!("a picture was not sent: {error}");
        }
    }
}
