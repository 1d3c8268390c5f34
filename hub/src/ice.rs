//! The STUN and TURN servers of a welcome.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use assist_protocol::{PersonId, messages::signalling::IceServer};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use ring::hmac;

use crate::{HubError, IceConfig, TurnSecret};

/// Refuses addresses that a client would choke on: browsers throw on the first bad one and make no connection at all.
pub(crate) fn check(config: &IceConfig) -> Result<(), HubError> {
    for (urls, expected, schemes) in [
        (&config.stun, "stun", ["stun:", "stuns:"]),
        (&config.turn, "turn", ["turn:", "turns:"]),
    ] {
        let host = |url: &str| {
            schemes
                .iter()
                .find_map(|scheme| url.strip_prefix(scheme))
                .map(str::to_owned)
        };
        for url in urls {
            let good = host(url).is_some_and(|host| !host.is_empty() && !host.starts_with('/'));
            if !good || url.contains(char::is_whitespace) {
                return Err(HubError::IceUrl {
                    url: url.clone(),
                    expected,
                });
            }
        }
    }
    if !config.turn.is_empty() && config.turn_secret.is_none() {
        return Err(HubError::TurnSecretMissing);
    }
    Ok(())
}

/// The servers for one session, with TURN credentials that are this person's for a while.
pub(crate) fn servers(config: &IceConfig, person: &PersonId, now: SystemTime) -> Vec<IceServer> {
    let mut servers = Vec::new();
    if !config.stun.is_empty() {
        servers.push(IceServer {
            urls: config.stun.clone(),
            username: None,
            credential: None,
        });
    }
    if let (false, Some(secret)) = (config.turn.is_empty(), &config.turn_secret) {
        let (username, credential) = turn_credential(secret, person, now, config.credential_lifetime);
        servers.push(IceServer {
            urls: config.turn.clone(),
            username: Some(username),
            credential: Some(credential),
        });
    }
    servers
}

/// User name and password as "A REST API For Access To TURN Services" (draft-uberti-behave-turn-rest) has them, and
/// coturn's `use-auth-secret` checks them: the password is an HMAC-SHA-1 of the user name, which starts with its expiry.
fn turn_credential(secret: &TurnSecret, person: &PersonId, now: SystemTime, lifetime: Duration) -> (String, String) {
    let expiry = now.duration_since(UNIX_EPOCH).unwrap_or_default() + lifetime;
    let username = format!("{}:{person}", expiry.as_secs());
    let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, secret.as_bytes());
    let credential = STANDARD.encode(hmac::sign(&key, username.as_bytes()));
    (username, credential)
}
