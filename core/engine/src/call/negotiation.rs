//! Descriptions and candidates of one connection, in order, beside the owner task: making and applying them takes
//! milliseconds that the owner does not wait.

use std::sync::Arc;

use assist_protocol::CallId;
use assist_protocol::messages::{call::Candidate, signalling::IceServer};
use tokio::sync::mpsc;

use crate::transport::{Transport, TransportError, TransportEvent, TransportFactory};

/// What the machine asked of the transport.
#[derive(Debug)]
pub(super) enum Step {
    Offer { round: u32, restart: bool },
    Answer { round: u32, offer: String },
    ApplyAnswer { round: u32, answer: String },
    Candidates { round: u32, candidates: Vec<Candidate> },
}

/// What came of it.
pub(super) enum Progress {
    Opened(Arc<dyn Transport>),
    Offered {
        round: u32,
        sdp: String,
    },
    Answered {
        round: u32,
        sdp: String,
    },
    /// No description came of it.
    NotDescribed(TransportError),
    Failed(TransportError),
}

/// Which connection of which call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Source {
    pub(super) call: CallId,
    /// The round that the connection was made for.
    pub(super) connection: u32,
}

/// Progress, and whose.
pub(super) type Report = (Source, Progress);

/// What happened on a connection, and on which.
pub(super) type Told = (Source, TransportEvent);

/// The handle; dropping it ends the task, which closes the transport.
pub(super) struct Negotiation {
    steps: mpsc::Sender<Step>,
}

/// Steps waiting at most: a peer that makes more rounds than this at once is not one of ours.
const QUEUE: usize = 256;

impl Negotiation {
    /// Opens a transport for `source` and takes steps from then on.
    pub(super) fn start(
        source: Source,
        factory: Arc<dyn TransportFactory>,
        ice_servers: Vec<IceServer>,
        events: mpsc::Sender<Told>,
        reports: mpsc::Sender<Report>,
    ) -> Self {
        let (steps, queue) = mpsc::channel(QUEUE);
        tokio::spawn(async move {
            let (sender, receiver) = mpsc::channel(QUEUE);
            let transport = match factory.open(ice_servers, sender).await {
                Ok(transport) => transport,
                Err(error) => {
                    let _ = reports.send((source, Progress::Failed(error))).await;
                    return;
                }
            };
            let forward = tokio::spawn(forward(source.clone(), receiver, events));
            if reports
                .send((source.clone(), Progress::Opened(Arc::clone(&transport))))
                .await
                .is_ok()
            {
                take_steps(&source, queue, transport.as_ref(), &reports).await;
            }
            transport.close().await;
            forward.abort();
        });
        Self { steps }
    }

    pub(super) fn take(&self, step: Step) {
        if let Err(error) = self.steps.try_send(step) {
            log::warn!("a description or candidate was dropped: {error}");
        }
    }
}

async fn forward(source: Source, mut from: mpsc::Receiver<TransportEvent>, to: mpsc::Sender<Told>) {
    while let Some(event) = from.recv().await {
        if to.send((source.clone(), event)).await.is_err() {
            return;
        }
    }
}

async fn take_steps(
    source: &Source,
    mut queue: mpsc::Receiver<Step>,
    transport: &dyn Transport,
    reports: &mpsc::Sender<Report>,
) {
    while let Some(step) = queue.recv().await {
        let progress = match step {
            Step::Offer { round, restart } => Some(match transport.create_offer(restart).await {
                Ok(sdp) => Progress::Offered { round, sdp },
                Err(error) => Progress::NotDescribed(error),
            }),
            Step::Answer { round, offer } => Some(match transport.create_answer(offer).await {
                Ok(sdp) => Progress::Answered { round, sdp },
                Err(error) => Progress::NotDescribed(error),
            }),
            Step::ApplyAnswer { round, answer } => {
                log::debug!("applying the answer of round {round}");
                transport.apply_answer(answer).await.err().map(Progress::Failed)
            }
            Step::Candidates { round, candidates } => {
                log::debug!("{} candidates of round {round}", candidates.len());
                transport.add_candidates(candidates).await;
                None
            }
        };
        if let Some(progress) = progress
            && reports.send((source.clone(), progress)).await.is_err()
        {
            return;
        }
    }
}
