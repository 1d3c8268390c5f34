//! A hub in a folder of its own, and clients with real sockets.
#![allow(dead_code, unreachable_pub, reason = "each test file uses some of it")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test states what it expects"
)]

use std::{net::SocketAddr, time::Duration};

use assist_hub::{Hub, HubConfig, RunningHub};
use assist_protocol::{
    Address, CallId, DeviceId, PersonId,
    messages::{
        CallMessage, ClientMessage, HubMessage,
        call::{EndReason, ErrorCode},
        decode, encode,
        signalling::{Presence, Recipient},
    },
};
use futures_util::{SinkExt as _, StreamExt as _};
use serde_json::{Value, json};
use tokio::{net::TcpStream, time::timeout};
use tokio_tungstenite::{
    MaybeTlsStream, WebSocketStream, connect_async,
    tungstenite::{Error, Message, protocol::CloseFrame},
};

/// Generous: a test waits for events, and fails when one does not come.
pub const DEADLINE: Duration = Duration::from_secs(20);

pub struct TestHub {
    pub running: RunningHub,
    pub config: HubConfig,
    pub folder: tempfile::TempDir,
}

impl TestHub {
    pub async fn start() -> Self {
        Self::start_with(|_| ()).await
    }

    pub async fn start_with(change: impl FnOnce(&mut HubConfig)) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut config = HubConfig::new(SocketAddr::from(([127, 0, 0, 1], 0)), folder.path().join("hub"));
        change(&mut config);
        let running = Hub::start(config.clone()).await.unwrap();
        config.listen = running.address();
        Self {
            running,
            config,
            folder,
        }
    }

    /// Politely, and again on the same port and folder.
    pub async fn restart(self) -> Self {
        self.running.shutdown().await;
        Self {
            running: Hub::start(self.config.clone()).await.unwrap(),
            ..self
        }
    }

    /// As after a crash.
    pub async fn crash_and_start(self) -> Self {
        self.running.abort().await;
        Self {
            running: Hub::start(self.config.clone()).await.unwrap(),
            ..self
        }
    }

    pub async fn token(&self, account: &str) -> String {
        let answer = self.sign_in(account, self.running.sandbox_key()).await;
        assert_eq!(answer.status(), 200);
        let body: Value = answer.json().await.unwrap();
        body["token"].as_str().unwrap().to_owned()
    }

    pub async fn sign_in(&self, account: &str, key: &str) -> reqwest::Response {
        let url = format!("{}/sandbox/sign-in", self.running.base_url());
        http()
            .post(url)
            .json(&json!({ "account": account, "key": key }))
            .send()
            .await
            .unwrap()
    }

    pub fn signal_url(&self) -> String {
        format!("ws://{}/signal", self.running.address())
    }

    pub async fn raw(&self) -> Client {
        let (socket, _) = connect_async(self.signal_url()).await.unwrap();
        Client {
            socket,
            me: address("nobody", "nothing"),
        }
    }

    pub async fn connect(&self, person: &str, device: &str) -> Client {
        let token = self.token(person).await;
        self.connect_with(&token, person, device).await
    }

    pub async fn connect_with(&self, token: &str, person: &str, device: &str) -> Client {
        let mut client = self.raw().await;
        client.me = address(person, device);
        client.hello(token, device).await;
        let welcome = client.next().await;
        let HubMessage::Welcome { me, .. } = welcome else {
            panic!("not a welcome: {welcome:?}")
        };
        assert_eq!(me, client.me);
        client
    }
}

pub fn http() -> reqwest::Client {
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder().no_proxy().build().unwrap()
}

pub struct Client {
    pub socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
    pub me: Address,
}

impl Client {
    pub async fn hello(&mut self, token: &str, device: &str) {
        let (token, device) = (token.to_owned(), DeviceId::new(device).unwrap());
        self.send(&ClientMessage::Hello {
            token,
            device,
            client: "test/1".to_owned(),
        })
        .await;
    }

    pub async fn send(&mut self, message: &ClientMessage) {
        self.send_text(encode(message)).await;
    }

    pub async fn send_text(&mut self, text: impl Into<String>) {
        self.socket.send(Message::Text(text.into().into())).await.unwrap();
    }

    /// To a person (`expert`) or one device (`expert/page`).
    pub async fn relay(&mut self, call: &CallId, to: &str, id: u64, body: &CallMessage) {
        self.relay_value(call, to, id, serde_json::to_value(body).unwrap())
            .await;
    }

    pub async fn relay_value(&mut self, call: &CallId, to: &str, id: u64, body: Value) {
        let message = ClientMessage::Relay {
            call: call.clone(),
            to: recipient(to),
            id,
            body,
        };
        self.send(&message).await;
    }

    /// The next message of the hub.
    pub async fn next(&mut self) -> HubMessage {
        let message = async {
            loop {
                match self
                    .socket
                    .next()
                    .await
                    .expect("an open connection")
                    .expect("a sound connection")
                {
                    Message::Text(text) => return decode(text.as_bytes()).unwrap(),
                    Message::Close(frame) => panic!("closed: {frame:?}"),
                    Message::Binary(_) | Message::Ping(_) | Message::Pong(_) | Message::Frame(_) => {}
                }
            }
        };
        timeout(DEADLINE, message).await.expect("a message in time")
    }

    /// The next message that is not about presence.
    pub async fn next_but_presence(&mut self) -> HubMessage {
        loop {
            let message = self.next().await;
            if !matches!(message, HubMessage::Presence { .. }) {
                return message;
            }
        }
    }

    /// The next relayed message: its sender, id and body.
    pub async fn relayed(&mut self) -> (Address, u64, CallMessage) {
        let message = self.next_but_presence().await;
        let HubMessage::Relayed { from, id, body, .. } = message else {
            panic!("not relayed: {message:?}")
        };
        (from, id, serde_json::from_value(body).unwrap())
    }

    pub async fn refused(&mut self) -> (ErrorCode, Option<CallId>, Option<u64>) {
        let message = self.next_but_presence().await;
        let HubMessage::Refused {
            call,
            id,
            code,
            message: text,
            ..
        } = message
        else {
            panic!("not refused: {message:?}")
        };
        assert!(text.len() > 20, "in plain words: {text}");
        (code, call, id)
    }

    /// Waits until this person has this presence.
    pub async fn presence(&mut self, of: &str) -> Presence {
        loop {
            if let HubMessage::Presence { person, presence } = self.next().await
                && person.as_str() == of
            {
                return presence;
            }
        }
    }

    /// That everything sent so far was dealt with, and that nothing else came of it.
    pub async fn nothing_more(&mut self) {
        self.send(&ClientMessage::Ping { nonce: 4242 }).await;
        let next = self.next_but_presence().await;
        assert_eq!(next, HubMessage::Pong { nonce: 4242 });
    }

    /// Waits for the end of the connection, with what the hub said about it.
    pub async fn closed(&mut self) -> Option<CloseFrame> {
        let end = async {
            let mut frame = None;
            loop {
                match self.socket.next().await {
                    Some(Ok(Message::Close(said))) => frame = said,
                    Some(Ok(_)) => {}
                    Some(Err(Error::ConnectionClosed | Error::AlreadyClosed | Error::Protocol(_) | Error::Io(_)))
                    | None => return frame,
                    Some(Err(error)) => panic!("{error}"),
                }
            }
        };
        timeout(DEADLINE, end).await.expect("the end of the connection in time")
    }
}

pub fn address(person: &str, device: &str) -> Address {
    Address {
        person: PersonId::new(person).unwrap(),
        device: DeviceId::new(device).unwrap(),
    }
}

pub fn recipient(to: &str) -> Recipient {
    let (person, device) = to
        .split_once('/')
        .map_or((to, None), |(person, device)| (person, Some(device)));
    let device = device.map(|device| DeviceId::new(device).unwrap());
    Recipient {
        person: PersonId::new(person).unwrap(),
        device,
    }
}

pub fn call(id: &str) -> CallId {
    CallId::new(id).unwrap()
}

pub fn invite() -> CallMessage {
    CallMessage::Invite {
        lifetime_ms: 60_000,
        offer: "v=0\r\n".to_owned(),
    }
}

pub fn answer() -> CallMessage {
    CallMessage::Answer {
        answer: "v=0\r\n".to_owned(),
        renews: true,
    }
}

pub fn select(device: &str) -> CallMessage {
    CallMessage::Select {
        device: DeviceId::new(device).unwrap(),
    }
}

pub fn hang_up(reason: EndReason) -> CallMessage {
    CallMessage::HangUp { reason }
}

pub fn ack(id: u64) -> CallMessage {
    CallMessage::Ack {
        ids: vec![id],
        ended: None,
    }
}

pub fn candidates(complete: bool) -> CallMessage {
    CallMessage::Candidates {
        round: 0,
        candidates: Vec::new(),
        complete,
    }
}

/// An answered call between `technician/phone` and `expert/page`.
pub async fn answered_call(hub: &TestHub, id: &str) -> (Client, Client, CallId) {
    let mut technician = hub.connect("technician", "phone").await;
    let mut expert = hub.connect("expert", "page").await;
    let call = call(id);
    technician.relay(&call, "expert", 1, &invite()).await;
    assert_eq!(expert.relayed().await, (technician.me.clone(), 1, invite()));
    expert.relay(&call, "technician", 1, &answer()).await;
    assert_eq!(technician.relayed().await, (expert.me.clone(), 1, answer()));
    technician.relay(&call, "expert", 2, &select("page")).await;
    assert_eq!(expert.relayed().await, (technician.me.clone(), 2, select("page")));
    (technician, expert, call)
}

/// That the two can still talk, both ways.
pub async fn still_in_call(technician: &mut Client, expert: &mut Client, call: &CallId, id: u64) {
    technician.relay(call, "expert/page", id, &candidates(false)).await;
    assert_eq!(expert.relayed().await, (technician.me.clone(), id, candidates(false)));
    expert.relay(call, "technician/phone", id, &candidates(true)).await;
    assert_eq!(technician.relayed().await, (expert.me.clone(), id, candidates(true)));
}
