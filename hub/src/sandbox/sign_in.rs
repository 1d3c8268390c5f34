//! `POST /sandbox/sign-in`.

use std::{net::SocketAddr, sync::Arc, time::Instant};

use assist_protocol::{PersonId, messages::call::ErrorCode};
use axum::{
    Json,
    extract::{ConnectInfo, State, rejection::JsonRejection},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use serde::{Deserialize, Serialize};

use super::token::LIFETIME;
use crate::server::{ApiError, Shared};

/// What a client sends.
#[derive(Deserialize)]
pub(crate) struct Request {
    account: String,
    key: String,
}

#[derive(Serialize)]
struct Accepted<'a> {
    token: String,
    expires_in_s: u64,
    person: AcceptedPerson<'a>,
}

#[derive(Serialize)]
struct AcceptedPerson<'a> {
    id: &'a PersonId,
    name: &'a str,
}

/// Exchanges an account and the sandbox key for an access token.
pub(crate) async fn sign_in(
    State(shared): State<Arc<Shared>>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    request: Result<Json<Request>, JsonRejection>,
) -> Response {
    if let Err(retry_after) = shared.sign_in_limit.attempt(peer.ip(), Instant::now()) {
        let message = "Too many sign-ins from this address. Nothing was done; try again shortly.";
        return ApiError::new(StatusCode::TOO_MANY_REQUESTS, ErrorCode::TooFast, message)
            .retry_after(retry_after)
            .into_response();
    }
    let Ok(Json(request)) = request else {
        let message = "A sign-in is a JSON object with the texts \"account\" and \"key\", of at most 4 KB.";
        return ApiError::new(StatusCode::BAD_REQUEST, ErrorCode::Malformed, message).into_response();
    };
    // The key is looked at whether the account exists or not, so that neither time nor words tell which was wrong.
    let key_opens = shared.keys.opens_sandbox(&request.key);
    let person = PersonId::new(request.account).ok();
    let account = person.as_ref().and_then(|id| Some((id, shared.relay.name_of(id)?)));
    let (true, Some((id, name))) = (key_opens, account) else {
        shared.sign_in_limit.failed(peer.ip(), Instant::now());
        let message = "The account or the key is wrong. Open the whole address that the hub printed, with its key.";
        return ApiError::new(StatusCode::UNAUTHORIZED, ErrorCode::Unauthenticated, message).into_response();
    };
    let Some(token) = shared.tokens.issue(id) else {
        let message = "The hub could not sign a token. Nothing was done; try again.";
        return ApiError::new(StatusCode::INTERNAL_SERVER_ERROR, ErrorCode::Unauthenticated, message).into_response();
    };
    let person = AcceptedPerson { id, name };
    Json(Accepted {
        token,
        expires_in_s: LIFETIME.as_secs(),
        person,
    })
    .into_response()
}
