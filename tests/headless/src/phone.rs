//! The shell of a phone, as an app has one: camera, encoder, microphone and speaker on one call.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use assist_engine::call::{Call, PushError};
use assist_engine::media::{AccessUnit, EncoderControl, EncoderTarget};
use assist_protocol::call::CallState;
use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::camera::CameraSource;
use crate::encoder::{EncoderError, VideoEncoder};
use crate::microphone::{FRAME_US, Microphone};
use crate::speaker::Speaker;

/// A phone that can attend to one call after the other.
#[derive(Clone)]
pub struct SimulatedPhone {
    eyes: Arc<Mutex<Eyes>>,
    microphone: Arc<Microphone>,
    speaker: watch::Sender<Speaker>,
    /// The origin of capture times.
    switched_on: Instant,
}

struct Eyes {
    camera: CameraSource,
    encoder: VideoEncoder,
}

/// The phone's work on one call; dropping it ends the work.
pub struct Attendance {
    _tasks: JoinSet<()>,
}

impl SimulatedPhone {
    /// A phone with its encoder warmed up, as a camera preview before a call does.
    ///
    /// # Errors
    /// When the encoder cannot be made.
    pub fn new(mut camera: CameraSource, microphone: Microphone) -> Result<Self, EncoderError> {
        let target = EncoderTarget::default();
        let mut encoder = VideoEncoder::new(EncoderControl {
            bitrate_bps: target.bitrate_bps,
            width_px: target.width_px,
            height_px: target.height_px,
            frame_rate: target.frame_rate,
            key_frames_requested: 0,
        })?;
        let preview = camera.frame(0, target.width_px, target.height_px);
        encoder.encode(&preview.picture, 0)?;
        Ok(Self {
            eyes: Arc::new(Mutex::new(Eyes { camera, encoder })),
            microphone: Arc::new(microphone),
            speaker: watch::Sender::new(Speaker::new()),
            switched_on: Instant::now(),
        })
    }

    /// Films, speaks and listens until the call ends or the attendance is dropped. To be called inside a tokio runtime.
    pub fn attend(&self, call: &Call) -> Attendance {
        let mut tasks = JoinSet::new();
        tasks.spawn(self.clone().film(call.clone()));
        tasks.spawn(self.clone().talk(call.clone()));
        Attendance { _tasks: tasks }
    }

    /// What was played, and every change: 20 ms at a time.
    pub fn speaker(&self) -> watch::Receiver<Speaker> {
        self.speaker.subscribe()
    }

    fn now_us(&self) -> u64 {
        u64::try_from(self.switched_on.elapsed().as_micros()).unwrap_or(u64::MAX)
    }

    async fn film(self, call: Call) {
        let mut control = call.encoder_control();
        let mut key_frames = None;
        let mut due = tokio::time::Instant::now();
        loop {
            let wanted = *control.borrow_and_update();
            let Some(wanted) = wanted else {
                if control.changed().await.is_err() {
                    return;
                }
                continue;
            };
            // A key frame is wanted now, not with the next tick of the camera.
            let asked = key_frames != Some(wanted.key_frames_requested);
            if !asked && tokio::time::Instant::now() < due {
                tokio::select! {
                    changed = control.changed() => if changed.is_err() { return },
                    () = tokio::time::sleep_until(due) => {}
                }
                continue;
            }
            key_frames = Some(wanted.key_frames_requested);
            let interval = Duration::from_secs(1) / wanted.frame_rate.max(1);
            let now = tokio::time::Instant::now();
            due = if asked || now > due + interval {
                now + interval
            } else {
                due + interval
            };
            match self.take_picture(wanted).await {
                Ok(Some(unit)) => match call.push_video(unit) {
                    Ok(()) | Err(PushError::Busy) => {}
                    Err(error) => log::error!("{error}"),
                },
                Ok(None) => {}
                Err(error) => log::error!("a picture could not be encoded: {error}"),
            }
        }
    }

    async fn take_picture(&self, wanted: EncoderControl) -> Result<Option<AccessUnit>, EncoderError> {
        let (eyes, capture_time_us) = (Arc::clone(&self.eyes), self.now_us());
        let work = move || {
            let mut eyes = eyes.lock().unwrap_or_else(PoisonError::into_inner);
            let Eyes { camera, encoder } = &mut *eyes;
            encoder.apply(wanted)?;
            let frame = camera.frame(capture_time_us, wanted.width_px, wanted.height_px);
            let encoded = encoder.encode(&frame.picture, capture_time_us)?;
            Ok(encoded.map(|frame| AccessUnit {
                annex_b: frame.annex_b,
                capture_time_us: frame.capture_time_us,
                is_key_frame: frame.is_key_frame,
            }))
        };
        match tokio::task::spawn_blocking(work).await {
            Ok(result) => result,
            // Only at shutdown.
            Err(_) => Ok(None),
        }
    }

    async fn talk(self, call: Call) {
        let mut clock = tokio::time::interval(Duration::from_micros(FRAME_US));
        let snapshots = call.snapshots();
        while snapshots.borrow().state != CallState::Ended {
            clock.tick().await;
            call.push_audio(&self.microphone.frame(self.now_us()));
            let heard = call.pull_audio();
            self.speaker.send_modify(|speaker| speaker.play(&heard));
        }
    }
}
