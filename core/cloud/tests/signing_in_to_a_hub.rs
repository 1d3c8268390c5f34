//! Against a real hub.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test states what it expects"
)]

use std::{
    fs,
    net::SocketAddr,
    time::{Duration, SystemTime},
};

use assist_cloud::{
    Secret,
    http::{HttpClient, HttpConfig, HttpError, HttpSetupError},
    sandbox::{SignInError, sign_in},
};
use assist_hub::{Hub, HubConfig, RunningHub, Tls};

async fn hub(change: impl FnOnce(&mut HubConfig)) -> (tempfile::TempDir, RunningHub) {
    let folder = tempfile::tempdir().unwrap();
    let mut config = HubConfig::new(SocketAddr::from(([127, 0, 0, 1], 0)), folder.path());
    change(&mut config);
    let hub = Hub::start(config).await.unwrap();
    (folder, hub)
}

fn client() -> HttpClient {
    HttpClient::new(HttpConfig {
        first_retry_delay: Duration::from_millis(10),
        ..HttpConfig::default()
    })
    .unwrap()
}

#[tokio::test]
async fn an_account_and_the_key_give_a_token_that_shows_itself_nowhere() {
    let (_folder, hub) = hub(|_| ()).await;
    let key = Secret::new(hub.sandbox_key());
    for base in [hub.base_url(), format!("{}/#key=whatever", hub.base_url())] {
        let token = sign_in(&client(), &base, "technician", &key).await.unwrap();
        assert_eq!(
            (token.person().as_str(), token.name()),
            ("technician", "Tina Technician")
        );
        let left = token.expires_at().duration_since(SystemTime::now()).unwrap();
        assert!(
            left > Duration::from_secs(840) && left <= Duration::from_secs(900),
            "{left:?}"
        );
        assert!(!token.is_stale(SystemTime::now()));
        assert!(token.is_stale(SystemTime::now() + Duration::from_secs(880)));
        assert!(token.token().expose().len() > 100);
        assert!(!format!("{token:?} {key:?}").contains(token.token().expose()));
        assert!(!format!("{token:?} {key:?}").contains(key.expose()));
    }
}

#[tokio::test]
async fn a_wrong_key_needs_another_sign_in_and_is_not_tried_again() {
    let (_folder, hub) = hub(|config| config.limits.sign_in_burst = 6).await;
    let error = sign_in(&client(), &hub.base_url(), "technician", &Secret::new("wrong"))
        .await
        .unwrap_err();
    assert_eq!(error, SignInError::Rejected);
    assert!(error.needs_sign_in() && !error.is_retryable());
    assert_eq!(error.retry_after(), None);
}

#[tokio::test]
async fn a_hub_that_asks_for_patience_is_given_it() {
    let (_folder, hub) = hub(|config| config.limits.sign_in_burst = 1).await;
    let key = Secret::new(hub.sandbox_key());
    for _ in 0..2 {
        sign_in(&client(), &hub.base_url(), "technician", &key)
            .await
            .expect("by waiting as long as it was told to");
    }
    let hasty = HttpClient::new(HttpConfig {
        attempts: 1,
        ..HttpConfig::default()
    })
    .unwrap();
    let mut errors = Vec::new();
    for _ in 0..5 {
        errors.extend(sign_in(&hasty, &hub.base_url(), "technician", &key).await.err());
    }
    let error = errors.first().expect("more than one at once is refused");
    assert_eq!(error.retry_after(), Some(Duration::from_secs(1)));
    assert!(error.is_retryable() && !error.needs_sign_in());
}

#[tokio::test]
async fn a_hub_that_is_not_there_may_be_there_later() {
    let (_folder, hub) = hub(|_| ()).await;
    let base = hub.base_url();
    hub.shutdown().await;
    let error = sign_in(&client(), &base, "technician", &Secret::new("key"))
        .await
        .unwrap_err();
    assert_eq!(error, SignInError::Http(HttpError::Unreachable));
    assert!(error.is_retryable() && !error.needs_sign_in());
}

#[tokio::test]
async fn a_certificate_of_its_own_is_trusted_only_when_told_to() {
    let (folder, hub) = hub(|config| config.tls = Tls::SelfSigned).await;
    let key = Secret::new(hub.sandbox_key());
    let error = sign_in(&client(), &hub.base_url(), "expert", &key).await.unwrap_err();
    assert_eq!(error, SignInError::Http(HttpError::NotTrusted));
    assert!(!error.is_retryable());

    let pem = fs::read(folder.path().join("tls/certificate.pem")).unwrap();
    let trusting = HttpClient::new(HttpConfig {
        extra_roots_pem: Some(pem),
        ..HttpConfig::default()
    })
    .unwrap();
    assert_eq!(
        sign_in(&trusting, &hub.base_url(), "expert", &key)
            .await
            .unwrap()
            .name(),
        "Ed Expert"
    );

    for rubbish in [
        "",
        "rubbish",
        "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
    ] {
        let config = HttpConfig {
            extra_roots_pem: Some(rubbish.into()),
            ..HttpConfig::default()
        };
        assert!(
            matches!(
                HttpClient::new(config),
                Err(HttpSetupError::Certificate | HttpSetupError::Tls)
            ),
            "{rubbish}"
        );
    }
}
