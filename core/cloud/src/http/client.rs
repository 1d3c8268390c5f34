//! The client that applies the policy.

use std::{
    error::Error,
    time::{Duration, SystemTime},
};

use reqwest::{Client, Response, StatusCode, Url, header::RETRY_AFTER, redirect};
use serde::Serialize;
use tokio::time::{sleep, timeout};

use super::{
    HttpError, HttpSetupError,
    retry::{Retry, retry_after},
};
use crate::tls;

/// The policy's numbers.
#[derive(Debug, Clone)]
pub struct HttpConfig {
    /// Time for making a connection.
    pub connect_timeout: Duration,
    /// Time for one try, from its start to the end of its answer.
    pub request_timeout: Duration,
    /// Largest answer accepted, in bytes.
    pub max_answer_bytes: usize,
    /// Tries in all, the first included.
    pub attempts: u32,
    /// Wait before the second try; doubled for each further one.
    pub first_retry_delay: Duration,
    /// Longest wait between two tries.
    pub longest_retry_delay: Duration,
    /// Root certificates (PEM) trusted besides the public ones: for a hub that made its own, or a company's.
    pub extra_roots_pem: Option<Vec<u8>>,
}

impl Default for HttpConfig {
    fn default() -> Self {
        Self {
            connect_timeout: Duration::from_secs(5),
            request_timeout: Duration::from_secs(15),
            max_answer_bytes: 1024 * 1024,
            attempts: 3,
            first_retry_delay: Duration::from_millis(500),
            longest_retry_delay: Duration::from_secs(10),
            extra_roots_pem: None,
        }
    }
}

/// An answer whose status is below 500 and not 429, read to its end.
#[derive(Clone, PartialEq, Eq)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// What came with it; may be private.
    pub body: Vec<u8>,
}

impl std::fmt::Debug for Answer {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("Answer")
            .field("status", &self.status)
            .field("bytes", &self.body.len())
            .finish()
    }
}

/// Sends requests. Cheap to clone; clones share connections.
#[derive(Debug, Clone)]
pub struct HttpClient {
    client: Client,
    /// For this machine itself, which no proxy can reach.
    direct: Client,
    config: HttpConfig,
}

impl HttpClient {
    /// A client with this policy.
    ///
    /// # Errors
    /// When certificates cannot be used; see [`HttpSetupError`].
    pub fn new(config: HttpConfig) -> Result<Self, HttpSetupError> {
        let extra_roots = match &config.extra_roots_pem {
            Some(pem) => tls::certificates(pem)?,
            None => Vec::new(),
        };
        let mut trust = tls::client_config(&extra_roots)?;
        trust.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        let builder = || {
            Client::builder()
                .connect_timeout(config.connect_timeout)
                .redirect(redirect::Policy::none())
                .referer(false)
                .tls_backend_preconfigured(trust.clone())
        };
        let client = builder().build().map_err(|_| HttpSetupError::Tls)?;
        let direct = builder().no_proxy().build().map_err(|_| HttpSetupError::Tls)?;
        Ok(Self { client, direct, config })
    }

    /// Posts `body` as JSON to `base` + `path`. The request must do no harm when it arrives twice: it is repeated
    /// when it fails for reasons that pass.
    ///
    /// # Errors
    /// See [`HttpError`]; a status below 500 other than 429 is an [`Answer`].
    pub async fn post_json_repeatable(
        &self,
        base: &str,
        path: &str,
        body: &impl Serialize,
    ) -> Result<Answer, HttpError> {
        let url = url(base, path)?;
        // Only what has string keys and no failing serialiser is posted.
        let body = serde_json::to_vec(body).map_err(|_| HttpError::InvalidAddress)?;
        let retry = Retry {
            attempts: self.config.attempts,
            first_delay: self.config.first_retry_delay,
            longest_delay: self.config.longest_retry_delay,
        };
        let mut attempt = 0;
        loop {
            attempt += 1;
            let error = match self.post_once(url.clone(), body.clone()).await {
                Ok(answer) => return Ok(answer),
                Err(error) => error,
            };
            let delay = retry.delay(attempt, error.retry_after(), rand::random_range(0.0..=1.0));
            match delay.filter(|_| error.is_retryable()) {
                Some(delay) => {
                    log::debug!("try {attempt} failed ({error}), again in {delay:?}");
                    sleep(delay).await;
                }
                None => return Err(error),
            }
        }
    }

    async fn post_once(&self, url: Url, body: Vec<u8>) -> Result<Answer, HttpError> {
        let client = if is_this_machine(&url) {
            &self.direct
        } else {
            &self.client
        };
        let request = client.post(url).header("content-type", "application/json").body(body);
        let exchange = async {
            let response = request.send().await.map_err(|error| sort(&error))?;
            read(response, self.config.max_answer_bytes).await
        };
        timeout(self.config.request_timeout, exchange)
            .await
            .map_err(|_| HttpError::TimedOut)?
    }
}

/// The address of a service, with a path below it; queries and fragments of the base (a key, say) are dropped.
fn url(base: &str, path: &str) -> Result<Url, HttpError> {
    let mut url = Url::parse(base).map_err(|_| HttpError::InvalidAddress)?;
    if !matches!(url.scheme(), "http" | "https") || !url.has_host() {
        return Err(HttpError::InvalidAddress);
    }
    url.set_query(None);
    url.set_fragment(None);
    let full = format!("{}/{}", url.path().trim_end_matches('/'), path.trim_start_matches('/'));
    url.set_path(&full);
    Ok(url)
}

fn is_this_machine(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']);
    host == "localhost"
        || host
            .parse::<std::net::IpAddr>()
            .is_ok_and(|address| address.is_loopback())
}

async fn read(mut response: Response, max_bytes: usize) -> Result<Answer, HttpError> {
    let status = response.status();
    let asked = response
        .headers()
        .get(RETRY_AFTER)
        .and_then(|value| value.to_str().ok());
    let asked = asked.and_then(|value| retry_after(value, SystemTime::now()));
    if status == StatusCode::TOO_MANY_REQUESTS {
        return Err(HttpError::Throttled { retry_after: asked });
    }
    if status.is_server_error() {
        return Err(HttpError::Failed {
            status: status.as_u16(),
            retry_after: asked,
        });
    }
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|error| sort(&error))? {
        if body.len() + chunk.len() > max_bytes {
            return Err(HttpError::TooLarge);
        }
        body.extend_from_slice(&chunk);
    }
    Ok(Answer {
        status: status.as_u16(),
        body,
    })
}

/// What happened, without the library's words, which name addresses.
fn sort(error: &reqwest::Error) -> HttpError {
    let mut source = error.source();
    while let Some(inner) = source {
        if let Some(rustls::Error::InvalidCertificate(_)) = tls_error(inner) {
            return HttpError::NotTrusted;
        }
        source = inner.source();
    }
    if error.is_timeout() {
        HttpError::TimedOut
    } else if error.is_connect() {
        HttpError::Unreachable
    } else {
        HttpError::Interrupted
    }
}

/// The TLS error in an error, also when it travels inside one of I/O, which does not name it as its source.
fn tls_error<'a>(error: &'a (dyn Error + 'static)) -> Option<&'a rustls::Error> {
    if let Some(error) = error.downcast_ref::<rustls::Error>() {
        return Some(error);
    }
    tls_error(error.downcast_ref::<std::io::Error>()?.get_ref()?)
}
