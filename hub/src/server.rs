//! Routes, the headers every answer carries, and errors as JSON.

use std::{sync::Arc, time::Duration};

use assist_protocol::messages::call::ErrorCode;
use axum::{
    Json, Router,
    extract::{DefaultBodyLimit, Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header, uri::Authority},
    middleware::{self, Next},
    response::{IntoResponse, Response},
    routing::{any, get, post},
};
use serde::Serialize;
use tokio::sync::{Semaphore, watch};
use tokio_util::task::TaskTracker;

use crate::{
    config::Limits,
    limits::SignInLimit,
    page,
    relay::Relay,
    sandbox::{self, Keys, Tokens},
    sessions::Ending,
    socket,
};

/// Largest body of a request: a sign-in is a tenth of it.
const MAX_BODY_BYTES: usize = 4 * 1024;

/// What every request may need.
pub(crate) struct Shared {
    pub(crate) relay: Relay,
    pub(crate) keys: Keys,
    pub(crate) tokens: Tokens,
    pub(crate) sign_in_limit: SignInLimit,
    pub(crate) limits: Limits,
    /// One permit for each WebSocket.
    pub(crate) sockets: Arc<Semaphore>,
    /// Every WebSocket's task.
    pub(crate) tasks: TaskTracker,
    /// Set once, when the hub stops.
    pub(crate) stop: watch::Receiver<Option<Ending>>,
}

/// Everything the hub answers.
pub(crate) fn router(shared: Arc<Shared>) -> Router {
    Router::new()
        .route("/healthz", get(async || Json(serde_json::json!({ "status": "ok" }))))
        .route("/sandbox/sign-in", post(sandbox::sign_in))
        .route("/signal", any(socket::upgrade))
        .fallback(page::serve)
        .layer(DefaultBodyLimit::max(MAX_BODY_BYTES))
        .layer(middleware::from_fn_with_state(shared.limits.request_timeout, in_time))
        .layer(middleware::from_fn(with_headers))
        .with_state(shared)
}

/// A request that is not finished in time, one whose body trickles in, say, is given up.
async fn in_time(State(timeout): State<Duration>, request: Request, next: Next) -> Response {
    match tokio::time::timeout(timeout, next.run(request)).await {
        Ok(response) => response,
        Err(_) => {
            let message = "The request was not complete in time. Nothing was done; try again.";
            ApiError::new(StatusCode::REQUEST_TIMEOUT, ErrorCode::TooFast, message).into_response()
        }
    }
}

async fn with_headers(request: Request, next: Next) -> Response {
    let policy = content_security_policy(request.headers());
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    for (name, value) in FIXED_HEADERS {
        headers.insert(HeaderName::from_static(name), HeaderValue::from_static(value));
    }
    headers
        .entry(header::CACHE_CONTROL)
        .or_insert(HeaderValue::from_static("no-store"));
    response
}

const FIXED_HEADERS: [(&str, &str); 5] = [
    ("x-content-type-options", "nosniff"),
    ("referrer-policy", "no-referrer"),
    (
        "permissions-policy",
        "camera=(self), microphone=(self), display-capture=(self), autoplay=(self), fullscreen=(self), geolocation=(), payment=(), usb=()",
    ),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
];

/// Nothing but what the hub serves itself. Not every browser counts a WebSocket of the same host as `'self'`, so that
/// it is named as well, when the host the client asked for is a plain host name and port.
fn content_security_policy(request: &HeaderMap) -> HeaderValue {
    let socket = host(request)
        .map(|host| format!(" ws://{host} wss://{host}"))
        .unwrap_or_default();
    let policy = format!(
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; \
         media-src 'self' blob: mediastream:; connect-src 'self'{socket}; font-src 'self'; manifest-src 'self'; \
         base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    );
    HeaderValue::try_from(policy).unwrap_or_else(|_| HeaderValue::from_static("default-src 'none'"))
}

/// The host and port a request was made to, if they are nothing more than that.
pub(crate) fn host(headers: &HeaderMap) -> Option<String> {
    let host = headers.get(header::HOST)?.to_str().ok()?;
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._:[]".contains(&byte);
    host.parse::<Authority>()
        .ok()
        .filter(|_| host.bytes().all(plain))
        .map(|host| host.to_string().to_ascii_lowercase())
}

/// A request that was not carried out, as JSON: `{"code","message"}`, and `retry_after_ms` where trying again helps.
#[derive(Debug)]
pub(crate) struct ApiError {
    status: StatusCode,
    retry_after: Option<Duration>,
    code: ErrorCode,
    message: &'static str,
}

#[derive(Serialize)]
struct ErrorBody {
    code: ErrorCode,
    message: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    retry_after_ms: Option<u64>,
}

impl ApiError {
    pub(crate) fn new(status: StatusCode, code: ErrorCode, message: &'static str) -> Self {
        Self {
            status,
            retry_after: None,
            code,
            message,
        }
    }

    pub(crate) fn retry_after(self, after: Duration) -> Self {
        Self {
            retry_after: Some(after),
            ..self
        }
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let retry_after_ms = self
            .retry_after
            .map(|after| u64::try_from(after.as_millis()).unwrap_or(u64::MAX).max(1));
        let body = Json(ErrorBody {
            code: self.code,
            message: self.message,
            retry_after_ms,
        });
        let mut response = (self.status, body).into_response();
        if let Some(after) = self.retry_after {
            // Whole seconds (RFC 9110, 10.2.3), rounded up: earlier would be refused again.
            let seconds = after.as_secs() + u64::from(after.subsec_nanos() > 0);
            response
                .headers_mut()
                .insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}
