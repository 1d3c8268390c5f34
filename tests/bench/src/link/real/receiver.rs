//! The expert's page behind relays: whoever sends to it has the link that is measured.

use std::net::{IpAddr, SocketAddr};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use assist_browser::{Browser, BrowserConfig};
use assist_link::relay::{Passage, RelayConfig, UdpRelay};
use serde::Deserialize;
use serde_json::json;

use crate::call::ExpertPage;
use crate::error::BenchError;
use crate::technician::HubAccess;

/// How often the page is asked whether it wants to reach somebody.
const ASKED_EVERY: Duration = Duration::from_millis(20);

/// The page, and the relays of the present call.
pub(super) struct Receiver {
    page: ExpertPage,
    relays: Mutex<Vec<UdpRelay>>,
}

/// An address that the page was told.
#[derive(Deserialize)]
struct Wanted {
    index: usize,
    address: IpAddr,
    port: u16,
}

impl Receiver {
    /// Starts a browser with the page, signed in.
    ///
    /// # Errors
    /// See [`BenchError`].
    pub(super) async fn open(hub: &HubAccess) -> Result<Self, BenchError> {
        let browser = Browser::start(BrowserConfig::default()).await?;
        let script = json!({ "source": include_str!("receiver.js") });
        browser
            .dev_tools("Page.addScriptToEvaluateOnNewDocument", script)
            .await?;
        Ok(Self {
            page: ExpertPage::open_in(browser, hub).await?,
            relays: Mutex::default(),
        })
    }

    /// The page itself.
    pub(super) fn page(&self) -> &ExpertPage {
        &self.page
    }

    /// Puts a relay before every address that the page learns, until the future is dropped.
    ///
    /// # Errors
    /// See [`BenchError`].
    pub(super) async fn relay(&self, config: &RelayConfig, seed: u64) -> Result<(), BenchError> {
        loop {
            let wanted = self
                .page
                .browser()
                .evaluate(
                    "return bench.wanted.map(({ address, port, taken }, index) => ({ index, address, port, taken })) \
                     .filter(({ taken }) => !taken);",
                )
                .await?;
            let wanted: Vec<Wanted> =
                serde_json::from_value(wanted).map_err(|_| BenchError::Figure("of addresses that are wanted"))?;
            for Wanted { index, address, port } in wanted {
                let inner = SocketAddr::new(address, port);
                let relay = UdpRelay::before(inner, config.clone(), seed)
                    .await
                    .map_err(BenchError::io("opening a relay"))?;
                let port = relay.address().port();
                self.relays.lock().unwrap_or_else(PoisonError::into_inner).push(relay);
                let told = format!("bench.wanted[{index}].taken = true; bench.wanted[{index}].resolve({port});");
                self.page.browser().evaluate(&told).await?;
            }
            tokio::time::sleep(ASKED_EVERY).await;
        }
    }

    /// What went over the path that carried most, so far.
    pub(super) fn passages(&self) -> Vec<Passage> {
        let relays = self.relays.lock().unwrap_or_else(PoisonError::into_inner);
        let bytes = |path: &Vec<Passage>| path.iter().map(|passage| u64::from(passage.wire_bytes)).sum::<u64>();
        let paths = relays.iter().flat_map(UdpRelay::passages);
        paths.max_by_key(bytes).unwrap_or_default()
    }

    /// The payload types of packets that are sent again.
    ///
    /// # Errors
    /// See [`BenchError`].
    pub(super) async fn repairs(&self) -> Result<Vec<u8>, BenchError> {
        let repairs = self.page.browser().evaluate("return bench.repairs();").await?;
        serde_json::from_value(repairs).map_err(|_| BenchError::Figure("of payload types"))
    }

    /// Hangs up, and takes the relays away.
    ///
    /// # Errors
    /// See [`BenchError`].
    pub(super) async fn hang_up(&self) -> Result<(), BenchError> {
        self.page.hang_up().await?;
        self.relays.lock().unwrap_or_else(PoisonError::into_inner).clear();
        Ok(())
    }
}
