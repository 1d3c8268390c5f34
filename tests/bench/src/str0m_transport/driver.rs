//! The task that owns str0m's state and its socket.

use std::net::SocketAddr;
use std::time::Instant;

use assist_engine::media::{AccessUnit, RtpClock};
use assist_engine::transport::TransportEvent;
use assist_protocol::messages::channel::Channel;
use bytes::Bytes;
use str0m::change::SdpOffer;
use str0m::channel::{ChannelConfig, ChannelId, Reliability};
use str0m::format::Codec;
use str0m::media::{MediaKind, MediaTime, Mid, Pt};
use str0m::net::{Protocol, Receive};
use str0m::{Event, IceConnectionState, Input, Output, Rtc, RtcError};
use tokio::net::UdpSocket;
use tokio::sync::{mpsc, oneshot};

/// Larger than any datagram of a call.
const DATAGRAM_BYTES: usize = 2_000;

/// What the transport's handle asks for.
pub(super) enum Command {
    Answer {
        offer: Box<SdpOffer>,
        reply: oneshot::Sender<Result<String, RtcError>>,
    },
    Candidate(str0m::Candidate),
    Video(AccessUnit),
    Message {
        channel: Channel,
        message: Bytes,
    },
    Close,
}

pub(super) struct Driver {
    rtc: Rtc,
    socket: UdpSocket,
    address: SocketAddr,
    events: mpsc::Sender<TransportEvent>,
    clock: RtpClock,
    /// The video section and its payload type, once negotiated.
    video: Option<(Mid, Option<Pt>)>,
    channels: Vec<(Channel, ChannelId)>,
}

impl Driver {
    pub(super) fn new(rtc: Rtc, socket: UdpSocket, address: SocketAddr, events: mpsc::Sender<TransportEvent>) -> Self {
        Self {
            rtc,
            socket,
            address,
            events,
            clock: RtpClock::new(0),
            video: None,
            channels: Vec::new(),
        }
    }

    /// Runs until closed, until the handle is gone, or until str0m gives up.
    pub(super) async fn run(mut self, mut commands: mpsc::Receiver<Command>) {
        self.tell(TransportEvent::Epoch {
            epoch: 1,
            rtp_time: self.clock.rtp_time(0),
            capture_time_us: 0,
        });
        if let Err(error) = self.drive(&mut commands).await {
            log::debug!("str0m: the connection ended: {error}");
            self.tell(TransportEvent::Failed);
        }
    }

    async fn drive(&mut self, commands: &mut mpsc::Receiver<Command>) -> Result<(), RtcError> {
        let mut buffer = [0; DATAGRAM_BYTES];
        loop {
            // One change, then everything that follows from it: str0m's own rule.
            let due = self.drain().await?;
            tokio::select! {
                command = commands.recv() => match command {
                    Some(Command::Close) | None => return Ok(()),
                    Some(command) => self.command(command)?,
                },
                received = self.socket.recv_from(&mut buffer) => {
                    let Ok((length, source)) = received else { continue };
                    // What str0m cannot parse is none of its business: stray datagrams are dropped.
                    if let Ok(datagram) = Receive::new(Protocol::Udp, source, self.address, &buffer[..length]) {
                        self.rtc.handle_input(Input::Receive(Instant::now(), datagram))?;
                    }
                }
                () = tokio::time::sleep_until(due.into()) => self.rtc.handle_input(Input::Timeout(Instant::now()))?,
            }
            if !self.rtc.is_alive() {
                return Ok(());
            }
        }
    }

    /// Sends and tells what is due; when to come back.
    async fn drain(&mut self) -> Result<Instant, RtcError> {
        loop {
            match self.rtc.poll_output()? {
                Output::Timeout(due) => return Ok(due),
                Output::Transmit(datagram) => {
                    if let Err(error) = self.socket.send_to(&datagram.contents, datagram.destination).await {
                        log::debug!("str0m: a datagram was not sent: {error}");
                    }
                }
                Output::Event(event) => self.event(event),
            }
        }
    }

    fn command(&mut self, command: Command) -> Result<(), RtcError> {
        match command {
            Command::Answer { offer, reply } => {
                let answer = self.answer(*offer);
                // Whoever asked may have given up meanwhile.
                let _ = reply.send(answer);
                self.tell(TransportEvent::Candidates {
                    candidates: Vec::new(),
                    complete: true,
                });
            }
            Command::Candidate(candidate) => self.rtc.add_remote_candidate(candidate),
            Command::Video(unit) => self.write_video(&unit)?,
            Command::Message { channel, message } => {
                let known = self.channels.iter().find(|(known, _)| *known == channel);
                let open = known.and_then(|(_, id)| self.rtc.channel(*id));
                if let Some(mut open) = open {
                    open.write(channel != Channel::Control, &message)?;
                }
            }
            Command::Close => {}
        }
        Ok(())
    }

    fn answer(&mut self, offer: SdpOffer) -> Result<String, RtcError> {
        let answer = self.rtc.sdp_api().accept_offer(offer)?;
        for channel in Channel::ALL {
            let live = channel == Channel::Live;
            let config = ChannelConfig {
                label: channel.label().to_owned(),
                ordered: !live,
                reliability: if live {
                    Reliability::MaxRetransmits { retransmits: 0 }
                } else {
                    Reliability::Reliable
                },
                negotiated: Some(channel.stream()),
                protocol: String::new(),
            };
            self.channels
                .push((channel, self.rtc.direct_api().create_data_channel(config)));
        }
        Ok(answer.to_sdp_string())
    }

    fn write_video(&mut self, unit: &AccessUnit) -> Result<(), RtcError> {
        let Some((mid, known)) = self.video else { return Ok(()) };
        let Some(writer) = self.rtc.writer(mid) else {
            return Ok(());
        };
        let mut h264 = writer
            .payload_params()
            .filter(|parameters| parameters.spec().codec == Codec::H264);
        let Some(payload_type) = known.or_else(|| h264.next().map(|parameters| parameters.pt())) else {
            return Ok(());
        };
        drop(h264);
        self.video = Some((mid, Some(payload_type)));
        let rtp_time = MediaTime::from_90khz(u64::from(self.clock.rtp_time(unit.capture_time_us)));
        writer.write(payload_type, Instant::now(), rtp_time, unit.annex_b.to_vec())
    }

    fn event(&mut self, event: Event) {
        // An open-ended enum; what is not named here is of no use to a sender.
        #[allow(clippy::wildcard_enum_match_arm)]
        match event {
            Event::Connected => {
                log::debug!("str0m: connected");
                self.tell(TransportEvent::Connected);
            }
            Event::IceConnectionStateChange(state) => {
                log::debug!("str0m: ICE is {state:?}");
                if state == IceConnectionState::Disconnected {
                    self.tell(TransportEvent::Disconnected);
                }
            }
            Event::MediaAdded(media) if media.kind == MediaKind::Video => self.video = Some((media.mid, None)),
            Event::KeyframeRequest(_) => self.tell(TransportEvent::KeyFrameRequested),
            Event::ChannelOpen(id, _) if self.channel(id) == Some(Channel::Control) => {
                self.tell(TransportEvent::ChannelsOpened);
            }
            Event::ChannelClose(id) if self.channel(id) == Some(Channel::Control) => {
                self.tell(TransportEvent::ChannelsClosed);
            }
            Event::ChannelData(data) => {
                if let Some(channel) = self.channel(data.id) {
                    self.tell(TransportEvent::Message {
                        channel,
                        bytes: data.data.into(),
                    });
                }
            }
            _ => {}
        }
    }

    fn channel(&self, id: ChannelId) -> Option<Channel> {
        self.channels
            .iter()
            .find(|(_, known)| *known == id)
            .map(|(channel, _)| *channel)
    }

    fn tell(&self, event: TransportEvent) {
        if let Err(error) = self.events.try_send(event) {
            log::debug!("str0m: an event found no taker: {error}");
        }
    }
}
