//! From the click on *Join* to the first picture: ours, browser to browser, and the yardstick, in turns.

use std::sync::Arc;

use assist_engine::transport::TransportFactory;
use assist_engine::transport::webrtc::WebRtcFactory;

use super::LOOPBACK;
use super::expert::ExpertPage;
use super::sender_page::SenderPage;
use crate::error::BenchError;
use crate::progress;
use crate::recording::Recording;
use crate::str0m_transport::Str0mFactory;
use crate::technician::{HubAccess, Technician};

/// In ms, in the order they were measured.
#[derive(Debug, Clone, Default)]
pub(super) struct FirstFrames {
    pub(super) ours: Vec<f64>,
    pub(super) chromium: Vec<f64>,
    pub(super) str0m: Vec<f64>,
}

/// Makes `calls` calls with each subject, one after the other, so that what else the machine does hits all alike.
pub(super) async fn measure(
    expert: &ExpertPage,
    hub: &HubAccess,
    recording: &Recording,
    calls: usize,
) -> Result<FirstFrames, BenchError> {
    progress("starting the browser that stands in for a technician");
    let sender = SenderPage::start().await?;
    let ours: Arc<dyn TransportFactory> = Arc::new(WebRtcFactory::new(vec![LOOPBACK]));
    let str0m: Arc<dyn TransportFactory> = Arc::new(Str0mFactory::new(LOOPBACK));
    let mut times = FirstFrames::default();
    for call in 1..=calls {
        times.ours.push(from_engine(expert, hub, recording, &ours).await?);
        times.chromium.push(from_browser(expert, hub, &sender).await?);
        times.str0m.push(from_engine(expert, hub, recording, &str0m).await?);
        let last = |times: &[f64]| times.last().copied().unwrap_or_default();
        progress(&format!(
            "call {call} of {calls}: first frame after {:.0} ms, Chromium's {:.0} ms, str0m's {:.0} ms",
            last(&times.ours),
            last(&times.chromium),
            last(&times.str0m),
        ));
    }
    Ok(times)
}

async fn from_engine(
    expert: &ExpertPage,
    hub: &HubAccess,
    recording: &Recording,
    transport: &Arc<dyn TransportFactory>,
) -> Result<f64, BenchError> {
    let technician = Technician::sign_in(hub, Arc::clone(transport)).await?;
    let result = tokio::select! {
        time = warm_then_measured(expert) => time,
        ended = technician.answer_all(recording) => ended.map(|never| match never {}),
    };
    technician.sign_out().await;
    expert.technician_is(false).await?;
    result
}

async fn from_browser(expert: &ExpertPage, hub: &HubAccess, sender: &SenderPage) -> Result<f64, BenchError> {
    sender.sign_in(hub).await?;
    let result = warm_then_measured(expert).await;
    sender.sign_out().await?;
    expert.technician_is(false).await?;
    result
}

/// The second of two calls: the first warms up what its subject loads or compiles when first used.
async fn warm_then_measured(expert: &ExpertPage) -> Result<f64, BenchError> {
    expert.join().await?;
    expert.connected().await?;
    expert.hang_up().await?;
    let millis = expert.join().await?;
    expert.connected().await?;
    expert.hang_up().await?;
    Ok(millis)
}
