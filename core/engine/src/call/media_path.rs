//! The hot path of a call: pictures and sound go from the shell's thread to the transport without passing the call's
//! owner task.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use assist_protocol::Timestamp;
use assist_protocol::messages::channel::Channel;
use bytes::Bytes;
use tokio::sync::watch;

use crate::audio::{AudioEncoder, AudioEncoderConfig, AudioReceiver, FRAME_SAMPLES};
use crate::media::{AccessUnit, AudioPacket, EncoderControl, GroupOfPictures, LinkReport, RateAdaptation, VideoMost};
use crate::transport::Transport;

/// Why a picture was not sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PushError {
    /// Not Annex B H.264.
    #[error("the picture is not H.264 in Annex B form; it was dropped")]
    NotAnnexB,
    /// The network takes pictures more slowly than they come.
    #[error("the network does not keep up; the picture was dropped and a key frame will be asked for")]
    Busy,
}

/// Below this the encoder repeats nothing, and the first lost packet after a quiet while is lost for good.
const LEAST_EXPECTED_LOSS_PERCENT: u8 = 10;

/// Shared between the owner task and the shell.
pub(crate) struct MediaPath {
    state: Mutex<State>,
    receiver: Mutex<AudioReceiver>,
    encoder: Mutex<AudioOut>,
    control: watch::Sender<Option<EncoderControl>>,
}

struct State {
    transport: Option<Arc<dyn Transport>>,
    connected: bool,
    camera_on: bool,
    microphone_on: bool,
    adaptation: RateAdaptation,
    before_connect: GroupOfPictures,
    flow: Flow,
    sent: Sent,
}

/// What becomes of pictures when more come than leave: the peer cannot decode what follows a gap, so they are left out until there is room,
/// and then until one comes that decodes on its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Flow {
    Open,
    Full,
    KeyFrameAsked,
}

/// Pictures that would leave later than this are left out: an encoder that far beyond its target does not follow it, or the link is
/// broken.
const MOST_WAITING: Duration = Duration::from_millis(1_500);
/// A key frame that is asked for with more than this before it would only wait.
const FEW_WAITING: Duration = Duration::from_millis(100);

/// Counted since the call began.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Sent {
    pub(crate) frames: u64,
    pub(crate) bytes: u64,
}

struct AudioOut {
    encoder: AudioEncoder,
    rtp_time: u32,
}

impl MediaPath {
    pub(crate) fn new(camera: VideoMost, encoder: AudioEncoder, receiver: AudioReceiver) -> Self {
        Self {
            state: Mutex::new(State {
                transport: None,
                connected: false,
                camera_on: true,
                microphone_on: true,
                adaptation: RateAdaptation::new(camera, AudioEncoderConfig::default().bitrate_bps),
                before_connect: GroupOfPictures::default(),
                flow: Flow::Open,
                sent: Sent::default(),
            }),
            receiver: Mutex::new(receiver),
            encoder: Mutex::new(AudioOut { encoder, rtp_time: 0 }),
            control: watch::Sender::new(None),
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What the encoder is to do: `None` while no picture is wanted.
    pub(crate) fn encoder_control(&self) -> watch::Receiver<Option<EncoderControl>> {
        self.control.subscribe()
    }

    /// Begins to collect pictures: the call is about to connect over this transport.
    pub(crate) fn attach(&self, transport: Arc<dyn Transport>) {
        let mut state = self.state();
        state.transport = Some(transport);
        state.connected = false;
        state.flow = Flow::Open;
        state.adaptation.request_key_frame();
        self.publish(&state);
    }

    /// Media flows: what was collected goes first.
    pub(crate) fn connected(&self) {
        let mut state = self.state();
        state.connected = true;
        let waiting = state.before_connect.take();
        if waiting.is_empty() {
            state.adaptation.request_key_frame();
        }
        for unit in waiting {
            let _ = state.send(unit);
        }
        self.publish(&state);
    }

    /// Nothing flows any more; the encoder may rest.
    pub(crate) fn detach(&self) {
        let mut state = self.state();
        state.transport = None;
        state.connected = false;
        state.before_connect.clear();
        self.publish(&state);
    }

    pub(crate) fn set_camera_on(&self, on: bool) {
        let mut state = self.state();
        if state.camera_on == on {
            return;
        }
        state.camera_on = on;
        state.before_connect.clear();
        if on {
            state.adaptation.request_key_frame();
        }
        self.publish(&state);
    }

    pub(crate) fn set_microphone_on(&self, on: bool) {
        self.state().microphone_on = on;
    }

    pub(crate) fn request_key_frame(&self) {
        let mut state = self.state();
        state.adaptation.request_key_frame();
        self.publish(&state);
    }

    pub(crate) fn report(&self, report: &LinkReport, now: Timestamp) {
        let mut state = self.state();
        let sends_pictures = state.camera_on;
        state.adaptation.report(report, sends_pictures, now);
        self.publish(&state);
        drop(state);
        // Sound takes the same way: what is lost of the picture says how much of the sound to repeat.
        let percent = ((report.loss * 100.0) as u8).clamp(LEAST_EXPECTED_LOSS_PERCENT, 50);
        let mut out = self.encoder.lock().unwrap_or_else(PoisonError::into_inner);
        if let Err(error) = out.encoder.set_expected_loss(percent) {
            log::debug!("the expected loss was not taken: {error}");
        }
    }

    /// The user's own ceiling for all that is sent, in bits a second on the wire.
    pub(crate) fn set_ceiling(&self, ceiling_bps: Option<u32>) {
        self.state().adaptation.set_ceiling(ceiling_bps);
    }

    pub(crate) fn sent(&self) -> Sent {
        self.state().sent
    }

    /// Tells the encoder and the transport what the link allows now.
    fn publish(&self, state: &State) {
        if let Some(transport) = &state.transport {
            transport.set_bulk_rate(state.adaptation.bulk_bitrate_bps());
        }
        let wanted = state.transport.is_some() && state.camera_on;
        let control = wanted.then(|| state.adaptation.control());
        self.control.send_if_modified(|current| {
            let changed = *current != control;
            *current = control;
            changed
        });
    }

    /// From the shell: one encoded picture.
    pub(crate) fn push_video(&self, unit: AccessUnit) -> Result<(), PushError> {
        if !crate::media::annex_b::has_nal_unit(&unit.annex_b) {
            return Err(PushError::NotAnnexB);
        }
        let mut state = self.state();
        if !state.camera_on || state.transport.is_none() {
            return Ok(());
        }
        if !state.connected {
            state.before_connect.push(unit);
            return Ok(());
        }
        if !state.adaptation.bears_pictures() {
            // One is asked for when it does again.
            state.flow = Flow::KeyFrameAsked;
            return Ok(());
        }
        state.adaptation.encoded(unit.annex_b.len(), unit.is_key_frame);
        let sent = state.send(unit);
        if sent.is_err() {
            self.publish(&state);
        }
        sent
    }

    /// From the shell: 20 ms of the microphone, 48 kHz mono. While muted, silence is encoded in its place: its first
    /// packet tells the peer that nothing more is to be waited for, and the rest are not sent.
    pub(crate) fn push_audio(&self, pcm: &[i16; FRAME_SAMPLES]) {
        let (transport, on) = {
            let state = self.state();
            (state.transport.clone().filter(|_| state.connected), state.microphone_on)
        };
        let mut out = self.encoder.lock().unwrap_or_else(PoisonError::into_inner);
        out.rtp_time = out.rtp_time.wrapping_add(FRAME_SAMPLES as u32);
        let Some(transport) = transport else { return };
        let rtp_time = out.rtp_time;
        match out.encoder.encode(if on { pcm } else { &[0; FRAME_SAMPLES] }) {
            Ok(Some(encoded)) => {
                transport.send_audio(AudioPacket {
                    sequence: 0,
                    rtp_time,
                    payload: encoded.payload,
                });
            }
            Ok(None) => {}
            Err(error) => log::warn!("20 ms of sound could not be encoded: {error}"),
        }
    }

    /// Sends something that need not arrive; nothing while no path is open.
    pub(crate) fn send_live(&self, message: Bytes) {
        let state = self.state();
        if let Some(transport) = state.transport.as_ref().filter(|_| state.connected)
            && let Err(error) = transport.send_message(Channel::Live, message)
        {
            log::debug!("a live message was not sent: {error}");
        }
    }

    /// From the network: an audio packet.
    pub(crate) fn receive_audio(&self, packet: &AudioPacket, now: Timestamp) {
        let mut receiver = self.receiver.lock().unwrap_or_else(PoisonError::into_inner);
        receiver.push_packet(packet.sequence, packet.rtp_time, &packet.payload, now);
    }

    /// To the shell: the next 20 ms to play.
    pub(crate) fn pull_audio(&self, now: Timestamp) -> [i16; FRAME_SAMPLES] {
        self.receiver
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .pull_frame(now)
    }
}

impl State {
    fn send(&mut self, unit: AccessUnit) -> Result<(), PushError> {
        let Some(transport) = &self.transport else {
            return Ok(());
        };
        let waiting = transport.waiting();
        match self.flow {
            Flow::Open if waiting <= MOST_WAITING => {}
            Flow::Open => self.flow = Flow::Full,
            Flow::Full if waiting < FEW_WAITING => {
                self.flow = Flow::KeyFrameAsked;
                self.adaptation.request_key_frame();
            }
            Flow::KeyFrameAsked if unit.is_key_frame => self.flow = Flow::Open,
            Flow::Full | Flow::KeyFrameAsked => {}
        }
        if self.flow != Flow::Open {
            return Err(PushError::Busy);
        }
        let bytes = unit.annex_b.len() as u64;
        if !transport.send_video(unit) {
            self.flow = Flow::Full;
            return Err(PushError::Busy);
        }
        self.sent.frames += 1;
        self.sent.bytes += bytes;
        Ok(())
    }
}
