//! Descriptions and candidates of one call, in order, beside the owner task: making and applying them takes
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
    Offered { round: u32, sdp: String },
    Answered { round: u32, sdp: String },
    Failed(TransportError),
}

/// Progress, and whose.
pub(super) type Report = (CallId, Progress);

/// The handle; dropping it ends the task, which closes the transport.
pub(super) struct Negotiation {
    steps: mpsc::Sender<Step>,
}

/// Steps waiting at most: a peer that makes more rounds than this at once is not one of ours.
const QUEUE: usize = 256;

impl Negotiation {
    /// Opens a transport for `call` and takes steps from then on.
    pub(super) fn start(
        call: CallId,
        factory: Arc<dyn TransportFactory>,
        ice_servers: Vec<IceServer>,
        events: mpsc::Sender<(CallId, TransportEvent)>,
        reports: mpsc::Sender<Report>,
    ) -> Self {
        let (steps, queue) = mpsc::channel(QUEUE);
        tokio::spawn(async move {
            let (sender, receiver) = mpsc::channel(QUEUE);
            let transport = match factory.open(ice_servers, sender).await {
                Ok(transport) => transport,
                Err(error) => {
                    let _ = reports.send((call, Progress::Failed(error))).await;
                    return;
                }
            };
            let forward = tokio::spawn(forward(call.clone(), receiver, events));
            if reports
                .send((call.clone(), Progress::Opened(Arc::clone(&transport))))
                .await
                .is_ok()
            {
                take_steps(&call, queue, transport.as_ref(), &reports).await;
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

async fn forward(call: CallId, mut from: mpsc::Receiver<TransportEvent>, to: mpsc::Sender<(CallId, TransportEvent)>) {
    while let Some(event) = from.recv().await {
        if to.send((call.clone(), event)).await.is_err() {
            return;
        }
    }
}

async fn take_steps(
    call: &CallId,
    mut queue: mpsc::Receiver<Step>,
    transport: &dyn Transport,
    reports: &mpsc::Sender<Report>,
) {
    while let Some(step) = queue.recv().await {
        let progress = match step {
            Step::Offer { round, restart } => transport
                .create_offer(restart)
                .await
                .map(|sdp| Some(Progress::Offered { round, sdp })),
            Step::Answer { round, offer } => transport
                .create_answer(offer)
                .await
                .map(|sdp| Some(Progress::Answered { round, sdp })),
            Step::ApplyAnswer { round, answer } => {
                log::debug!("applying the answer of round {round}");
                transport.apply_answer(answer).await.map(|()| None)
            }
            Step::Candidates { round, candidates } => {
                log::debug!("{} candidates of round {round}", candidates.len());
                transport.add_candidates(candidates).await;
                Ok(None)
            }
        };
        let progress = progress.unwrap_or_else(|error| Some(Progress::Failed(error)));
        if let Some(progress) = progress
            && reports.send((call.clone(), progress)).await.is_err()
        {
            return;
        }
    }
}
