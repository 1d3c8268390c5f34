//! Moves messages between the queues and the stack's data channels.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use assist_protocol::messages::channel::Channel;
use bytes::{Bytes, BytesMut};
use rtc::data_channel::RTCDataChannelInit;
use tokio::sync::{Notify, mpsc, watch};
use webrtc::data_channel::{DataChannel, DataChannelEvent};
use webrtc::peer_connection::PeerConnection;

use super::link::Link;
use crate::clock::Clock;
use crate::transport::channels::ChannelQueues;
use crate::transport::{TransportError, TransportEvent};

/// How often a full stack is looked at again: it tells of a drained buffer by channel only.
const RECHECK: Duration = Duration::from_millis(5);

/// The queues, shared with whoever sends.
pub(super) struct Outbox {
    queues: Mutex<ChannelQueues>,
    clock: Clock,
    changed: Notify,
    /// Whether the peer has everything.
    idle: watch::Sender<bool>,
    /// Messages are paid from the same budget as pictures.
    link: Link,
}

impl Outbox {
    pub(super) fn new(link: Link) -> Self {
        Self {
            link,
            queues: Mutex::default(),
            clock: Clock::start(),
            changed: Notify::new(),
            idle: watch::Sender::new(true),
        }
    }

    pub(super) fn push(&self, channel: Channel, message: Bytes) -> Result<(), TransportError> {
        self.queues
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(channel, message)?;
        self.idle.send_replace(false);
        self.changed.notify_one();
        Ok(())
    }

    /// Waits until the peer has everything that was queued.
    pub(super) async fn drained(&self) {
        // Fails only when the sender is gone, which is this object.
        let _ = self.idle.subscribe().wait_for(|idle| *idle).await;
    }

    pub(super) fn set_bulk_rate(&self, bitrate_bps: u32) {
        self.queues
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .set_bulk_rate(bitrate_bps, self.clock.now());
    }

    fn pop(&self, buffered: usize) -> Option<(Channel, Bytes)> {
        self.queues
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .pop(buffered, self.clock.now())
    }

    fn is_empty(&self) -> bool {
        self.queues.lock().unwrap_or_else(PoisonError::into_inner).is_empty()
    }
}

/// Makes the agreed channels on a connection.
pub(super) async fn create(connection: &impl PeerConnection) -> Result<Vec<Arc<dyn DataChannel>>, TransportError> {
    let mut channels = Vec::with_capacity(Channel::ALL.len());
    for channel in Channel::ALL {
        let live = channel == Channel::Live;
        let init = RTCDataChannelInit {
            ordered: !live,
            max_retransmits: live.then_some(0),
            negotiated: Some(channel.stream()),
            ..Default::default()
        };
        let created = connection
            .create_data_channel(channel.label(), Some(init))
            .await
            .map_err(|error| TransportError::NoSocket {
                reason: error.to_string(),
            })?;
        channels.push(created);
    }
    Ok(channels)
}

/// Reads one channel until it closes.
pub(super) async fn read(
    channel: Channel,
    data_channel: Arc<dyn DataChannel>,
    outbox: Arc<Outbox>,
    opened: Arc<Notify>,
    events: mpsc::Sender<TransportEvent>,
) {
    while let Some(event) = data_channel.poll().await {
        let told = match event {
            DataChannelEvent::OnOpen if channel == Channel::Control => {
                opened.notify_one();
                events.send(TransportEvent::ChannelsOpened).await
            }
            DataChannelEvent::OnClose => {
                if channel == Channel::Control {
                    let _ = events.send(TransportEvent::ChannelsClosed).await;
                }
                return;
            }
            DataChannelEvent::OnMessage(message) => {
                events
                    .send(TransportEvent::Message {
                        channel,
                        bytes: message.data.freeze(),
                    })
                    .await
            }
            _ => {
                outbox.changed.notify_one();
                Ok(())
            }
        };
        if told.is_err() {
            return;
        }
    }
}

/// Writes what is queued, once the control channel is open, until dropped.
pub(super) async fn write(channels: Vec<Arc<dyn DataChannel>>, outbox: Arc<Outbox>, opened: Arc<Notify>) {
    opened.notified().await;
    loop {
        let mut buffered = 0;
        for channel in &channels {
            buffered += channel.outstanding_bytes().await.unwrap_or(0);
        }
        let Some((channel, message)) = outbox.pop(buffered) else {
            if outbox.is_empty() && buffered == 0 {
                outbox.idle.send_replace(true);
                outbox.changed.notified().await;
            } else {
                let _ = tokio::time::timeout(RECHECK, outbox.changed.notified()).await;
            }
            continue;
        };
        outbox.link.charge_message(message.len());
        let data_channel = &channels[usize::from(channel.stream())];
        let sent = match std::str::from_utf8(&message) {
            Ok(text) if channel == Channel::Control => data_channel.send_text(text).await,
            _ => data_channel.send(BytesMut::from(message)).await,
        };
        if let Err(error) = sent {
            // Whoever needs it to arrive keeps it until the peer's application has it.
            log::debug!("a message on \"{}\" was not taken: {error}", channel.label());
        }
    }
}
