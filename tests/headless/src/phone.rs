//! The shell of a phone, as an app has one: camera, encoder, microphone and speaker on one call.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use assist_engine::annotations::{ArFrame, GreyPicture, Viewport};
use assist_engine::call::{Call, PushError};
use assist_engine::media::{AccessUnit, EncoderControl, VIDEO_FLOOR};
use assist_protocol::call::CallState;
use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::camera::CameraSource;
use crate::encoder::{EncoderError, VideoEncoder};
use crate::microphone::{FRAME_US, Microphone};
use crate::picture::{I420, Luma};
use crate::preview::{self, Preview};
use crate::speaker::Speaker;
use crate::tracking::Tracker;

/// A phone that can attend to one call after the other.
#[derive(Clone)]
pub struct SimulatedPhone {
    eyes: Arc<Mutex<Eyes>>,
    microphone: Arc<Microphone>,
    speaker: watch::Sender<Speaker>,
    preview: Option<Arc<Mutex<Preview>>>,
    /// The origin of capture times.
    switched_on: Instant,
}

struct Eyes {
    camera: CameraSource,
    tracker: Option<Tracker>,
    encoder: VideoEncoder,
    /// When the next picture is to be previewed, if any is. Not the preview's to say: it may be writing the last one.
    preview_due_us: Option<u64>,
}

/// What the phone makes of one moment.
struct Taken {
    sight: Sight,
    /// What the camera saw, if a preview of it is due.
    seen: Option<I420>,
    /// None: the encoder left the picture out.
    unit: Option<AccessUnit>,
}

/// What the phone knows of what it sees.
enum Sight {
    /// What its AR platform says.
    Space(Box<ArFrame>),
    /// Without one, what the picture shows.
    Grey(u64, Luma),
    /// Only at shutdown.
    Nothing,
}

/// The width of the pictures in which motion is followed, in pixels.
const GREY_WIDTH_PX: usize = 640;

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
        let target = VIDEO_FLOOR;
        let mut encoder = VideoEncoder::new(EncoderControl {
            bitrate_bps: target.bitrate_bps,
            width_px: target.width_px,
            height_px: target.height_px,
            frame_rate: target.frame_rate,
            key_frames_requested: 0,
        })?;
        let preview = camera.frame(0, target.width_px, target.height_px);
        encoder.encode(&preview.picture, 0)?;
        let tracker = camera.exact_tracker();
        Ok(Self {
            eyes: Arc::new(Mutex::new(Eyes {
                camera,
                tracker,
                encoder,
                preview_due_us: None,
            })),
            microphone: Arc::new(microphone),
            speaker: watch::Sender::new(Speaker::new()),
            preview: None,
            switched_on: Instant::now(),
        })
    }

    /// A phone without AR: marks go with what the picture shows.
    #[must_use]
    pub fn without_ar(self) -> Self {
        lock(&self.eyes).tracker = None;
        self
    }

    /// Also writes what its screen shows, a picture a second.
    #[must_use]
    pub fn with_preview(self, preview: Preview) -> Self {
        lock(&self.eyes).preview_due_us = Some(0);
        Self {
            preview: Some(Arc::new(Mutex::new(preview))),
            ..self
        }
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
                Ok(taken) => self.hand_over(&call, taken),
                Err(error) => log::error!("a picture could not be encoded: {error}"),
            }
        }
    }

    /// What it knows of the picture first: whoever draws on it draws on something known.
    fn hand_over(&self, call: &Call, taken: Taken) {
        match taken.sight {
            Sight::Space(frame) => {
                if let Err(error) = call.push_ar_frame(*frame) {
                    log::error!("{error}");
                }
            }
            Sight::Grey(capture_time_us, luma) => {
                let grey = GreyPicture::new(&luma.pixels, luma.width_px, luma.height_px, luma.width_px);
                if let Err(error) = grey.and_then(|grey| call.push_grey_picture(capture_time_us, &grey)) {
                    log::error!("{error}");
                }
            }
            Sight::Nothing => {}
        }
        match taken.unit.map(|unit| call.push_video(unit)) {
            None | Some(Ok(()) | Err(PushError::Busy)) => {}
            Some(Err(error)) => log::error!("{error}"),
        }
        if let (Some(preview), Some(seen)) = (&self.preview, taken.seen) {
            let screen = Viewport::whole(seen.width_px() as f32, seen.height_px() as f32);
            match call.overlay(&screen, |overlay| overlay.as_bytes().to_vec()) {
                Ok(overlay) => write_preview(Arc::clone(preview), seen, overlay),
                Err(error) => log::error!("{error}"),
            }
        }
    }

    async fn take_picture(&self, wanted: EncoderControl) -> Result<Taken, EncoderError> {
        let (eyes, capture_time_us) = (Arc::clone(&self.eyes), self.now_us());
        let work = move || {
            let mut eyes = lock(&eyes);
            let Eyes {
                camera,
                tracker,
                encoder,
                preview_due_us,
            } = &mut *eyes;
            encoder.apply(wanted)?;
            let frame = camera.frame(capture_time_us, wanted.width_px, wanted.height_px);
            let (width_px, height_px) = (wanted.width_px, wanted.height_px);
            let ar_frame = tracker
                .as_mut()
                .and_then(|tracker| camera.ar_frame(tracker, capture_time_us, width_px, height_px));
            let sight = ar_frame.map_or_else(
                || Sight::Grey(capture_time_us, frame.picture.luma_of_width(GREY_WIDTH_PX)),
                |frame| Sight::Space(Box::new(frame)),
            );
            let encoded = encoder.encode(&frame.picture, capture_time_us)?;
            let unit = encoded.map(|frame| AccessUnit {
                annex_b: frame.annex_b,
                capture_time_us: frame.capture_time_us,
                is_key_frame: frame.is_key_frame,
            });
            let is_due = preview_due_us.is_some_and(|due_us| capture_time_us >= due_us);
            let seen = is_due.then_some(frame.picture);
            if is_due {
                *preview_due_us = Some(capture_time_us + preview::EVERY_US);
            }
            Ok(Taken { sight, seen, unit })
        };
        match tokio::task::spawn_blocking(work).await {
            Ok(result) => result,
            // Only at shutdown.
            Err(_) => Ok(Taken {
                sight: Sight::Nothing,
                seen: None,
                unit: None,
            }),
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

fn lock<T>(shared: &Mutex<T>) -> MutexGuard<'_, T> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Not in the camera's time.
fn write_preview(preview: Arc<Mutex<Preview>>, seen: I420, overlay: Vec<u8>) {
    tokio::task::spawn_blocking(move || {
        if let Err(error) = lock(&preview).write(&seen, &overlay) {
            log::error!("{error}");
        }
    });
}
