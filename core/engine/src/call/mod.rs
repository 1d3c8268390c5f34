//! Calls: the handle an app holds, and behind it one owner task a session that drives the call machine.

mod connection;
mod desk;
mod drawing;
mod link;
mod live;
mod media_path;
mod negotiation;
mod snapshot;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use assist_protocol::call::CallState;
use assist_protocol::ids::TextId;
use assist_protocol::messages::channel::MAX_TEXT_BYTES;
use assist_protocol::{CallId, PersonId};
use tokio::sync::{Mutex, mpsc, oneshot, watch};

pub(crate) use self::desk::{Command, Desk, DeskConfig};
use self::media_path::MediaPath;
pub use self::media_path::PushError;
pub use self::snapshot::{CallEvent, CallSnapshot, LinkDirection, LinkSnapshot, ReceivedVideo};
use crate::annotations::{Annotations, Board};
use crate::audio::FRAME_SAMPLES;
use crate::clock::Clock;
use crate::media::{AccessUnit, EncoderControl, FrameArena};

/// Why a command was not carried out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CallError {
    /// The call, or the session, has ended.
    #[error("the call has ended")]
    Ended,
    /// Another call is live.
    #[error("you are in another call; end it first")]
    Busy,
    /// No text, or too much of it.
    #[error("a line of text has 1 to {MAX_TEXT_BYTES} bytes")]
    TextLength,
    /// Too many lines wait for the peer.
    #[error("too many lines wait to be delivered; they are kept, try again when the connection is back")]
    TooManyWaiting,
    /// The session has not been welcomed yet.
    #[error("not connected to the call service yet; try again in a moment")]
    NotReady,
}

impl CallError {
    /// Whether the same command may succeed later.
    pub const fn is_retryable(self) -> bool {
        match self {
            Self::Busy | Self::TooManyWaiting | Self::NotReady => true,
            Self::Ended | Self::TextLength => false,
        }
    }
}

/// One call. Clones are the same call; dropping the last one leaves the call to the session.
#[derive(Clone)]
pub struct Call {
    shared: Arc<Shared>,
}

/// What the handle and the owner task share.
pub(crate) struct Shared {
    pub(crate) id: CallId,
    pub(crate) peer: PersonId,
    pub(crate) snapshot: watch::Sender<CallSnapshot>,
    pub(crate) link: watch::Sender<LinkSnapshot>,
    pub(crate) media: MediaPath,
    pub(crate) frames: FrameArena,
    pub(crate) annotations: Annotations,
    pub(crate) commands: mpsc::Sender<Command>,
    pub(crate) events: Mutex<mpsc::Receiver<CallEvent>>,
    pub(crate) video: Mutex<mpsc::Receiver<ReceivedVideo>>,
    pub(crate) clock: Clock,
}

impl Shared {
    /// Looks at what is drawn, or draws; the app sees that something changed.
    pub(crate) fn draw<R>(&self, act: impl FnOnce(&mut Board) -> R) -> R {
        let (result, news) = self.annotations.with(act);
        if let Some(annotations) = news {
            self.show(|snapshot| snapshot.annotations = annotations);
        }
        result
    }

    /// Changes what the app sees, if it is a change.
    pub(crate) fn show(&self, change: impl FnOnce(&mut CallSnapshot)) {
        self.snapshot.send_if_modified(|snapshot| {
            let before = snapshot.clone();
            change(snapshot);
            let changed = *snapshot != before;
            if changed {
                snapshot.revision = before.revision + 1;
            }
            changed
        });
    }
}

/// Hangs up when dropped, unless told to forget it.
struct HangUpOnDrop<'a>(Option<&'a Call>);

impl HangUpOnDrop<'_> {
    fn forget(mut self) {
        self.0 = None;
    }
}

impl Drop for HangUpOnDrop<'_> {
    fn drop(&mut self) {
        if let Some(call) = self.0 {
            let _ = call.hang_up();
        }
    }
}

impl fmt::Debug for Call {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Call")
            .field("id", &self.shared.id)
            .finish_non_exhaustive()
    }
}

impl Call {
    pub(crate) fn new(shared: Arc<Shared>) -> Self {
        Self { shared }
    }

    /// Its id, the same on every device.
    pub fn id(&self) -> &CallId {
        &self.shared.id
    }

    /// Who is at the other end.
    pub fn peer(&self) -> &PersonId {
        &self.shared.peer
    }

    /// The call as it stands, and every change from now on.
    pub fn snapshots(&self) -> watch::Receiver<CallSnapshot> {
        self.shared.snapshot.subscribe()
    }

    /// The call as it stands.
    pub fn snapshot(&self) -> CallSnapshot {
        self.shared.snapshot.borrow().clone()
    }

    /// What is known of the way to the peer, and every change from now on.
    pub fn link(&self) -> watch::Receiver<LinkSnapshot> {
        self.shared.link.subscribe()
    }

    /// What is known of the way to the peer.
    pub fn link_snapshot(&self) -> LinkSnapshot {
        self.shared.link.borrow().clone()
    }

    /// Says yes to [`LinkSnapshot::offer`]: the video is paused, or starts again. Without an offer nothing happens.
    ///
    /// # Errors
    /// [`CallError::Ended`].
    pub fn accept_link_offer(&self) -> Result<(), CallError> {
        self.command(Command::LinkOfferAnswered {
            call: self.shared.id.clone(),
            is_yes: true,
        })
    }

    /// Says no to [`LinkSnapshot::offer`], or closes it: on this device it is not shown any more.
    ///
    /// # Errors
    /// [`CallError::Ended`].
    pub fn dismiss_link_offer(&self) -> Result<(), CallError> {
        self.command(Command::LinkOfferAnswered {
            call: self.shared.id.clone(),
            is_yes: false,
        })
    }

    /// Sets the user's own ceiling for all that is sent in this call ("save data"), in bits a second on the wire; none: what the
    /// link bears. Sound goes on in any case.
    ///
    /// # Errors
    /// [`CallError::Ended`].
    pub fn set_sending_ceiling(&self, ceiling_bps: Option<u32>) -> Result<(), CallError> {
        self.command(Command::SendingCeiling {
            call: self.shared.id.clone(),
            ceiling_bps,
        })
    }

    /// The next event, in order; `None` when the call is over and all were taken.
    /// Safe to cancel. Two that wait at once share the events.
    pub async fn next_event(&self) -> Option<CallEvent> {
        self.shared.events.lock().await.recv().await
    }

    /// Waits until the call has a state that `wanted` accepts, or has ended; the snapshot then.
    pub async fn wait_for(&self, mut wanted: impl FnMut(&CallSnapshot) -> bool) -> CallSnapshot {
        let mut snapshots = self.snapshots();
        let found = snapshots
            .wait_for(|snapshot| snapshot.state == CallState::Ended || wanted(snapshot))
            .await;
        match found {
            Ok(snapshot) => snapshot.clone(),
            Err(_) => self.snapshot(),
        }
    }

    /// Waits until media flows; the snapshot then. Dropped before that, the call is hung up: whoever gives up waiting gives
    /// up the call.
    ///
    /// # Errors
    /// [`CallError::Ended`]: it ended first; the snapshot says how.
    pub async fn wait_connected(&self) -> Result<CallSnapshot, CallError> {
        let given_up = HangUpOnDrop(Some(self));
        let snapshot = self.wait_for(|snapshot| snapshot.state == CallState::Connected).await;
        given_up.forget();
        if snapshot.state == CallState::Connected {
            Ok(snapshot)
        } else {
            Err(CallError::Ended)
        }
    }

    /// Accepts a call that rings.
    ///
    /// # Errors
    /// [`CallError::Ended`].
    pub fn accept(&self) -> Result<(), CallError> {
        self.command(Command::Accept(self.shared.id.clone()))
    }

    /// Declines a call that rings.
    ///
    /// # Errors
    /// [`CallError::Ended`].
    pub fn decline(&self) -> Result<(), CallError> {
        self.command(Command::Decline(self.shared.id.clone()))
    }

    /// Ends the call, whatever its state.
    ///
    /// # Errors
    /// [`CallError::Ended`], which needs no action.
    pub fn hang_up(&self) -> Result<(), CallError> {
        self.command(Command::HangUp(self.shared.id.clone()))
    }

    /// Sends a line of text; it arrives once and in order, however the connection fares. Its id.
    ///
    /// # Errors
    /// [`CallError::TextLength`] and [`CallError::Ended`].
    pub fn send_text(&self, text: &str) -> Result<TextId, CallError> {
        if text.is_empty() || text.len() > MAX_TEXT_BYTES {
            return Err(CallError::TextLength);
        }
        let id = TextId::new(uuid::Uuid::new_v4().to_string()).map_err(|_| CallError::TextLength)?;
        self.command(Command::SendText {
            call: self.shared.id.clone(),
            id: id.clone(),
            text: text.to_owned(),
        })?;
        Ok(id)
    }

    /// Mutes or unmutes this device's microphone for the peer.
    ///
    /// # Errors
    /// [`CallError::Ended`].
    pub fn set_microphone_muted(&self, muted: bool) -> Result<(), CallError> {
        self.shared.media.set_microphone_on(!muted);
        self.command(Command::MicrophoneMuted {
            call: self.shared.id.clone(),
            muted,
        })
    }

    /// Pauses or resumes this device's camera for the peer. While paused the encoder may rest.
    ///
    /// # Errors
    /// [`CallError::Ended`].
    pub fn set_camera_paused(&self, paused: bool) -> Result<(), CallError> {
        self.shared.media.set_camera_on(!paused);
        self.command(Command::CameraPaused {
            call: self.shared.id.clone(),
            paused,
        })
    }

    /// What the encoder is to do now and from now on; `None` while no picture is wanted.
    pub fn encoder_control(&self) -> watch::Receiver<Option<EncoderControl>> {
        self.shared.media.encoder_control()
    }

    /// Hands over one encoded picture. Never waits; from any thread.
    ///
    /// # Errors
    /// See [`PushError`]; the call goes on.
    pub fn push_video(&self, unit: AccessUnit) -> Result<(), PushError> {
        self.shared.media.push_video(unit)
    }

    /// The same from bytes that the caller keeps. Copies them into memory that is used again: nothing is allocated once the
    /// call runs.
    ///
    /// # Errors
    /// See [`PushError`]; the call goes on.
    pub fn push_video_bytes(&self, annex_b: &[u8], capture_time_us: u64, is_key_frame: bool) -> Result<(), PushError> {
        self.shared.media.push_video(AccessUnit {
            annex_b: self.shared.frames.copy(annex_b),
            capture_time_us,
            is_key_frame,
        })
    }

    /// Hands over 20 ms of the microphone: 48 kHz, mono. Encodes in the caller's thread, some tenths of a millisecond.
    pub fn push_audio(&self, pcm: &[i16; FRAME_SAMPLES]) {
        self.shared.media.push_audio(pcm);
    }

    /// The next 20 ms to play, 48 kHz, mono: always a frame, concealed or silent if need be.
    pub fn pull_audio(&self) -> [i16; FRAME_SAMPLES] {
        self.shared.media.pull_audio(self.shared.clock.now())
    }

    /// The peer's next picture; `None` when the call is over. Pictures nobody takes are dropped.
    pub async fn next_video(&self) -> Option<ReceivedVideo> {
        self.shared.video.lock().await.recv().await
    }

    /// Asks the peer for a picture that decodes on its own.
    ///
    /// # Errors
    /// [`CallError::Ended`].
    pub fn request_key_frame(&self) -> Result<(), CallError> {
        self.command(Command::RequestKeyFrame(self.shared.id.clone()))
    }

    /// Measures the round trip to the peer's app now, by the control channel; [`LinkSnapshot::round_trip_ms`] is what
    /// is known of it anyway. `None` when there is no answer: the channel is not open, or the call ends meanwhile. On a
    /// broken link this waits; dropping it is safe.
    pub async fn measure_round_trip(&self) -> Option<Duration> {
        let (reply, answer) = oneshot::channel();
        self.command(Command::MeasureRoundTrip {
            call: self.shared.id.clone(),
            reply,
        })
        .ok()?;
        answer.await.ok()
    }

    fn command(&self, command: Command) -> Result<(), CallError> {
        if self.shared.snapshot.borrow().state == CallState::Ended {
            return Err(CallError::Ended);
        }
        self.shared.commands.try_send(command).map_err(|error| match error {
            mpsc::error::TrySendError::Full(_) => CallError::TooManyWaiting,
            mpsc::error::TrySendError::Closed(_) => CallError::Ended,
        })
    }
}
