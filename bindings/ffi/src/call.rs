//! One call.

use std::sync::Arc;

use assist_engine::audio::FRAME_SAMPLES;
use assist_engine::call::{Call as EngineCall, CallSnapshot, LinkSnapshot};

use crate::runtime::Threads;
use crate::streams::{CallEventStream, CallStream, EncoderControlStream, LinkStream, VideoStream};
use crate::{CallFailure, MediaFailure};

/// Bytes of 20 ms of sound: 48 kHz, mono, 16 bits little-endian.
const SOUND_BYTES: usize = 2 * FRAME_SAMPLES;

/// One call. Dropping it leaves the call to the session.
#[derive(uniffi::Object)]
pub struct Call {
    pub(crate) call: EngineCall,
    /// Keeps the threads while the call is held.
    _threads: Arc<Threads>,
}

impl Call {
    pub(crate) fn new(call: EngineCall, threads: Arc<Threads>) -> Self {
        Self {
            call,
            _threads: threads,
        }
    }
}

#[uniffi::export]
impl Call {
    /// Its id, the same on every device.
    pub fn id(&self) -> String {
        self.call.id().to_string()
    }

    /// The call as it stands.
    pub fn snapshot(&self) -> CallSnapshot {
        self.call.snapshot()
    }

    /// The call, each time it changed.
    pub fn snapshots(&self) -> CallStream {
        CallStream::new(self.call.snapshots())
    }

    /// What is known of the way to the peer.
    pub fn link_snapshot(&self) -> LinkSnapshot {
        self.call.link_snapshot()
    }

    /// The same, each time it changed: once a second, and at once when the verdict or the offer does.
    pub fn link(&self) -> LinkStream {
        LinkStream::new(self.call.clone())
    }

    /// Says yes to what is offered because of the link; without an offer nothing happens.
    pub fn accept_link_offer(&self) -> Result<(), CallFailure> {
        Ok(self.call.accept_link_offer()?)
    }

    /// Says no to it, or closes it.
    pub fn dismiss_link_offer(&self) -> Result<(), CallFailure> {
        Ok(self.call.dismiss_link_offer()?)
    }

    /// The user's own ceiling for all that is sent, bits a second on the wire; none: what the link bears. Sound goes on anyway.
    pub fn set_sending_ceiling(&self, ceiling_bps: Option<u32>) -> Result<(), CallFailure> {
        Ok(self.call.set_sending_ceiling(ceiling_bps)?)
    }

    /// What happens in the call. Two streams share the events.
    pub fn events(&self) -> CallEventStream {
        CallEventStream::new(self.call.clone())
    }

    /// What the encoder is to do.
    pub fn encoder_control(&self) -> EncoderControlStream {
        EncoderControlStream::new(self.call.clone())
    }

    /// The peer's pictures. Two streams share them.
    pub fn video(&self) -> VideoStream {
        VideoStream::new(self.call.clone())
    }

    /// Waits until media flows. Cancelled, the call is hung up.
    pub async fn wait_connected(&self) -> Result<CallSnapshot, CallFailure> {
        Ok(self.call.wait_connected().await?)
    }

    /// Accepts a call that rings.
    pub fn accept(&self) -> Result<(), CallFailure> {
        Ok(self.call.accept()?)
    }

    /// Declines a call that rings.
    pub fn decline(&self) -> Result<(), CallFailure> {
        Ok(self.call.decline()?)
    }

    /// Ends the call, whatever its state. One that has ended stays as it is.
    pub fn hang_up(&self) {
        let _ = self.call.hang_up();
    }

    /// Sends a line of text; its id, which comes again when it has arrived.
    pub fn send_text(&self, text: String) -> Result<String, CallFailure> {
        Ok(self.call.send_text(&text)?.to_string())
    }

    /// Mutes or unmutes this device's microphone for the peer.
    pub fn set_microphone_muted(&self, muted: bool) -> Result<(), CallFailure> {
        Ok(self.call.set_microphone_muted(muted)?)
    }

    /// Pauses or resumes this device's camera for the peer.
    pub fn set_camera_paused(&self, paused: bool) -> Result<(), CallFailure> {
        Ok(self.call.set_camera_paused(paused)?)
    }

    /// Asks the peer for a picture that decodes on its own.
    pub fn request_key_frame(&self) -> Result<(), CallFailure> {
        Ok(self.call.request_key_frame()?)
    }

    /// Hands over one encoded picture: H.264 in Annex B form, with the time of its capture by the device's steady clock.
    /// The bytes are copied before it returns. From any thread; never waits.
    pub fn push_video(&self, annex_b: &[u8], capture_time_us: u64, is_key_frame: bool) -> Result<(), MediaFailure> {
        Ok(self.call.push_video_bytes(annex_b, capture_time_us, is_key_frame)?)
    }

    /// Hands over 20 ms of the microphone: 1,920 bytes, 48 kHz, mono, 16 bits little-endian. From any thread.
    pub fn push_audio(&self, pcm: &[u8]) -> Result<(), MediaFailure> {
        let mut samples = [0; FRAME_SAMPLES];
        if pcm.len() != SOUND_BYTES {
            return Err(MediaFailure::wrong_length(pcm.len(), SOUND_BYTES));
        }
        for (sample, bytes) in samples.iter_mut().zip(pcm.chunks_exact(2)) {
            *sample = i16::from_le_bytes([bytes[0], bytes[1]]);
        }
        self.call.push_audio(&samples);
        Ok(())
    }

    /// The next 20 ms to play, in the same form: always a frame, concealed or silent if need be.
    pub fn pull_audio(&self) -> Vec<u8> {
        let samples = self.call.pull_audio();
        samples.iter().flat_map(|sample| sample.to_le_bytes()).collect()
    }
}
