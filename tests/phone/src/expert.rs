//! Somebody at the other end: a real engine that does what a test says and tells what it saw.

use std::sync::{Arc, Mutex, PoisonError};

use assist_engine::annotations::{Colour, DrawnPoint, Interpretation, StrokeStyle, Tool};
use assist_engine::call::{Call, CallEvent, CallSnapshot};
use assist_engine::session::Session;
use assist_engine::sign_in::{SandboxAccount, sign_in_as};
use assist_engine::transport::TransportFactory;
use assist_engine::transport::webrtc::WebRtcFactory;
use assist_headless::bad_link::{LinkChoice, RelayedFactory};
use assist_headless::video_sink::VideoSink;
use assist_protocol::DeviceId;
use assist_protocol::call::CallState;
use assist_protocol::messages::channel::{CameraState, MicrophoneState};
use assist_protocol::messages::signalling::Presence;
use assist_scene::PicturePoint;

use crate::PhoneFailure;
use crate::runtime::within;

/// The sandbox's expert account on a device without a camera.
#[derive(uniffi::Object)]
pub struct HeadlessExpert {
    session: Arc<Session>,
    call: Arc<Mutex<Option<Call>>>,
    /// What is between the two, if it is worse than this machine.
    network: Option<Arc<RelayedFactory>>,
}

impl HeadlessExpert {
    async fn signed_in(
        hub_url: String,
        key: String,
        network: Option<Arc<RelayedFactory>>,
    ) -> Result<Self, PhoneFailure> {
        let work = async move {
            let account = SandboxAccount {
                hub_url,
                account: "expert".to_owned(),
                key,
                certificate_pem: None,
            };
            let device = DeviceId::new("headless-expert").map_err(PhoneFailure::of)?;
            let transport: Arc<dyn TransportFactory> = match &network {
                Some(network) => Arc::clone(network) as _,
                None => Arc::new(WebRtcFactory::new(vec![([127, 0, 0, 1], 0).into()])),
            };
            let session = sign_in_as(device, account, "assist-phone", transport)
                .await
                .map_err(PhoneFailure::of)?;
            session.wait_connected().await;
            Ok(Self {
                session: Arc::new(session),
                call: Arc::default(),
                network,
            })
        };
        within("the expert's sign-in", work).await?
    }

    fn current(&self) -> Result<Call, PhoneFailure> {
        let call = self.call.lock().unwrap_or_else(PoisonError::into_inner).clone();
        call.ok_or_else(|| PhoneFailure::of("the expert is in no call"))
    }

    async fn until(
        &self,
        what: &str,
        wanted: impl FnMut(&CallSnapshot) -> bool + Send + 'static,
    ) -> Result<CallSnapshot, PhoneFailure> {
        let call = self.current()?;
        within(what, async move { call.wait_for(wanted).await }).await
    }
}

#[uniffi::export]
impl HeadlessExpert {
    /// Signs in and waits until the hub has welcomed it.
    #[uniffi::constructor]
    pub async fn sign_in(hub_url: String, key: String) -> Result<Self, PhoneFailure> {
        Self::signed_in(hub_url, key, None).await
    }

    /// The same over a bad link: so many kbit/s each way, ms one way, % lost, as `150,400,10`.
    #[uniffi::constructor]
    pub async fn sign_in_over(hub_url: String, key: String, link: String) -> Result<Self, PhoneFailure> {
        let link: LinkChoice = link.parse().map_err(PhoneFailure::of)?;
        let network = Arc::new(RelayedFactory::new(link.into(), 1));
        Self::signed_in(hub_url, key, Some(network)).await
    }

    /// Makes the link another one.
    pub fn set_link(&self, link: String) -> Result<(), PhoneFailure> {
        let link: LinkChoice = link.parse().map_err(PhoneFailure::of)?;
        let network = self
            .network
            .as_ref()
            .ok_or_else(|| PhoneFailure::of("it signed in over no link"))?;
        network.set(link.into());
        Ok(())
    }

    /// Waits until something is offered because of the link, and says yes; the link in words, as it was then.
    pub async fn accept_link_offer(&self) -> Result<String, PhoneFailure> {
        let call = self.current()?;
        let work = async move {
            let mut link = call.link();
            let offered = link.wait_for(|link| link.offer.is_some()).await;
            let words = offered.map_err(PhoneFailure::of)?.words.clone();
            call.accept_link_offer().map_err(PhoneFailure::of)?;
            Ok(words)
        };
        within("an offer because of the link", work).await?
    }

    /// Waits until a call rings; it goes on ringing.
    pub async fn wait_ringing(&self) -> Result<(), PhoneFailure> {
        let (session, slot) = (Arc::clone(&self.session), Arc::clone(&self.call));
        let work = async move {
            let call = session.next_incoming().await;
            *slot.lock().unwrap_or_else(PoisonError::into_inner) = call;
        };
        within("a call for the expert", work).await
    }

    /// Answers the call that rings.
    pub fn answer(&self) -> Result<(), PhoneFailure> {
        self.current()?.accept().map_err(PhoneFailure::of)
    }

    /// Calls the technician.
    pub async fn call_technician(&self) -> Result<(), PhoneFailure> {
        let (session, slot) = (Arc::clone(&self.session), Arc::clone(&self.call));
        let work = async move {
            let technician = session
                .snapshots()
                .borrow()
                .people
                .first()
                .map(|person| person.id.clone());
            let technician = technician.ok_or_else(|| PhoneFailure::of("nobody to call"))?;
            let call = session.call(technician).await.map_err(PhoneFailure::of)?;
            *slot.lock().unwrap_or_else(PoisonError::into_inner) = Some(call);
            Ok(())
        };
        within("the expert's call", work).await?
    }

    /// Waits until media flows.
    pub async fn wait_connected(&self) -> Result<(), PhoneFailure> {
        let snapshot = self.until("media", |call| call.state == CallState::Connected).await?;
        if snapshot.state == CallState::Connected {
            return Ok(());
        }
        Err(PhoneFailure::of(format!("the call ended: {:?}", snapshot.end_reason)))
    }

    /// Waits until so many pictures were decoded; their size in px, as `WIDTHxHEIGHT`.
    pub async fn wait_pictures(&self, count: u32) -> Result<String, PhoneFailure> {
        let call = self.current()?;
        let work = async move {
            let mut sink = VideoSink::new().map_err(PhoneFailure::of)?;
            let _ = call.request_key_frame();
            while sink.frames_shown() < u64::from(count) {
                let picture = call
                    .next_video()
                    .await
                    .ok_or_else(|| PhoneFailure::of("the call ended"))?;
                sink.show(&picture.annex_b);
            }
            let last = sink.last_picture().ok_or_else(|| PhoneFailure::of("no picture"))?;
            Ok(format!("{}x{}", last.width_px(), last.height_px()))
        };
        within("pictures", work).await?
    }

    /// Waits for the next line of text.
    pub async fn wait_text(&self) -> Result<String, PhoneFailure> {
        let call = self.current()?;
        let work = async move {
            loop {
                match call.next_event().await {
                    Some(CallEvent::TextReceived { text, .. }) => return Ok(text),
                    Some(
                        CallEvent::TextDelivered { .. }
                        | CallEvent::StrokeRefused { .. }
                        | CallEvent::FreezeRefused { .. }
                        | CallEvent::Epoch { .. },
                    ) => {}
                    None => return Err(PhoneFailure::of("the call ended")),
                }
            }
        };
        within("a line of text", work).await?
    }

    /// Writes a line.
    pub fn send_text(&self, text: String) -> Result<(), PhoneFailure> {
        self.current()?.send_text(&text).map(drop).map_err(PhoneFailure::of)
    }

    /// Waits until the technician's microphone is muted, or not.
    pub async fn wait_microphone(&self, muted: bool) -> Result<(), PhoneFailure> {
        let wanted = if muted {
            MicrophoneState::Muted
        } else {
            MicrophoneState::On
        };
        self.until("the technician's microphone", move |call| {
            call.remote.is_some_and(|remote| remote.microphone == wanted)
        })
        .await
        .map(drop)
    }

    /// Waits until the technician's camera is paused, or not.
    pub async fn wait_camera(&self, paused: bool) -> Result<(), PhoneFailure> {
        let wanted = if paused { CameraState::Paused } else { CameraState::On };
        self.until("the technician's camera", move |call| {
            call.remote.is_some_and(|remote| remote.camera == wanted)
        })
        .await
        .map(drop)
    }

    /// Draws an arrow to a point (in picture widths and heights) of the technician's picture of a capture time.
    pub fn draw_arrow(&self, capture_time_us: u64, x: f32, y: f32) -> Result<(), PhoneFailure> {
        let style = StrokeStyle {
            tool: Tool::Arrow,
            colour: Colour::Yellow,
            width_per_mille: 6,
            interpretation: Interpretation::Automatic,
        };
        let point = |x, y| DrawnPoint {
            capture_time_us,
            point: PicturePoint::new(x, y),
        };
        let call = self.current()?;
        let points = [point(x - 0.1, y + 0.1), point(x, y)];
        let stroke = call.begin_stroke(style, &points).map_err(PhoneFailure::of)?;
        call.finish_stroke(stroke).map_err(PhoneFailure::of)
    }

    /// Takes back the last of the expert's own drawings.
    pub fn undo_drawing(&self) -> Result<(), PhoneFailure> {
        self.current()?.undo_stroke().map(drop).map_err(PhoneFailure::of)
    }

    /// Waits until so many drawings of everybody's are there.
    pub async fn wait_drawings(&self, count: u32) -> Result<(), PhoneFailure> {
        let drawn = move |call: &CallSnapshot| call.annotations.marks == count;
        let snapshot = self.until("drawings", drawn).await?;
        if drawn(&snapshot) {
            return Ok(());
        }
        Err(PhoneFailure::of("the call ended"))
    }

    /// Ends the call.
    pub fn hang_up(&self) -> Result<(), PhoneFailure> {
        self.current()?.hang_up().map_err(PhoneFailure::of)
    }

    /// Waits until the call is over; how it ended, as on the wire.
    pub async fn wait_ended(&self) -> Result<String, PhoneFailure> {
        let snapshot = self.until("the end of the call", |_| false).await?;
        let reason = snapshot
            .end_reason
            .ok_or_else(|| PhoneFailure::of("it ended for no reason"))?;
        serde_json::to_value(reason)
            .ok()
            .and_then(|reason| reason.as_str().map(str::to_owned))
            .ok_or_else(|| PhoneFailure::of("it ended for no known reason"))
    }

    /// Waits until the hub says that the technician is in no call, or gone.
    pub async fn wait_technician_free(&self) -> Result<(), PhoneFailure> {
        let mut snapshots = self.session.snapshots();
        let work = async move {
            let free = |presence| presence != Presence::Busy;
            snapshots
                .wait_for(|session| session.people.iter().all(|person| free(person.presence)))
                .await
                .map(drop)
                .map_err(PhoneFailure::of)
        };
        within("the technician's presence", work).await?
    }

    /// Ends its session.
    pub async fn close(&self) -> Result<(), PhoneFailure> {
        let session = Arc::clone(&self.session);
        within("the expert's goodbye", async move { session.close().await }).await
    }
}
