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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credentials_are_what_a_turn_server_computes_from_the_same_secret() {
        let lifetime = Duration::from_secs(3_600);
        let now = UNIX_EPOCH + Duration::from_secs(1_790_000_000) - lifetime;
        let (secret, expert) = (TurnSecret::new("north-wind\n"), PersonId::new("expert").unwrap());
        let (username, credential) = turn_credential(&secret, &expert, now, lifetime);
        assert_eq!(username, "1790000000:expert");
        // printf '1790000000:expert' | openssl dgst -sha1 -hmac 'north-wind' -binary | base64
        assert_eq!(credential, "w6pk0+HDYitspKHeIrK0ngbPt74=");
    }

    #[test]
    fn only_addresses_that_browsers_take_are_accepted() {
        let config = |stun: &str, turn: &str, secret: Option<&str>| IceConfig {
            stun: vec![stun.to_owned()],
            turn: vec![turn.to_owned()],
            turn_secret: secret.map(TurnSecret::new),
            ..IceConfig::default()
        };
        assert!(check(&config("stun:a:3478", "turns:b:443?transport=tcp", Some("s"))).is_ok());
        for (stun, turn) in [
            ("a:3478", "turn:b"),
            ("stun:", "turn:b"),
            ("stun:a", "stun:b"),
            ("stun://a", "turn:b"),
        ] {
            assert!(
                matches!(check(&config(stun, turn, Some("s"))), Err(HubError::IceUrl { .. })),
                "{stun} {turn}"
            );
        }
        assert!(matches!(
            check(&config("stun:a", "turn:b", None)),
            Err(HubError::TurnSecretMissing)
        ));
    }
}
