//! What can be wrong with a hub's configuration is said before anything starts.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test states what it expects"
)]

mod common;

use std::{fs, net::TcpListener, path::Path};

use assist_hub::{Hub, HubConfig, HubError, Tls};
use common::*;

fn config(data: &Path) -> HubConfig {
    HubConfig::new(([127, 0, 0, 1], 0).into(), data)
}

async fn refusal(config: HubConfig) -> (HubError, String) {
    let Err(error) = Hub::start(config).await else {
        panic!("it started")
    };
    let text = error.to_string();
    assert!(text.ends_with('.'), "a sentence: {text}");
    (error, text)
}

#[tokio::test]
async fn a_taken_port() {
    let folder = tempfile::tempdir().unwrap();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let mut config = config(folder.path());
    config.listen = taken.local_addr().unwrap();
    let (error, text) = refusal(config.clone()).await;
    assert!(matches!(error, HubError::AddressTaken { .. }), "{error:?}");
    assert!(text.starts_with(&config.listen.to_string()), "{text}");
    drop(taken);
    Hub::start(config)
        .await
        .expect("the refused start left nothing behind")
        .shutdown()
        .await;
}

#[tokio::test]
async fn an_address_of_another_machine() {
    let folder = tempfile::tempdir().unwrap();
    let mut config = config(folder.path());
    config.listen = ([192, 0, 2, 1], 8080).into();
    assert!(matches!(refusal(config).await.0, HubError::AddressUnavailable { .. }));
}

#[tokio::test]
async fn a_data_folder_that_cannot_be_one() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    fs::write(&file, "not a folder").unwrap();
    assert!(matches!(
        refusal(config(&file.join("data"))).await.0,
        HubError::DataFolder { .. }
    ));
}

#[tokio::test]
async fn a_database_that_is_none_is_left_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("hub.sqlite");
    let text = "precious notes, by mistake in this place ".repeat(100);
    fs::write(&file, &text).unwrap();
    assert!(matches!(
        refusal(config(folder.path())).await.0,
        HubError::Database { .. }
    ));
    assert_eq!(fs::read_to_string(&file).unwrap(), text);
}

#[tokio::test]
async fn a_certificate_that_cannot_be_read_or_used() {
    let folder = tempfile::tempdir().unwrap();
    let hub = TestHub::start_with(|config| config.tls = Tls::SelfSigned).await;
    let [good, key] = ["certificate.pem", "key.pem"].map(|name| hub.config.data.join("tls").join(name));
    let empty = folder.path().join("empty.pem");
    fs::write(&empty, "").unwrap();
    let missing = folder.path().join("missing.pem");
    for (certificate, key) in [
        (&missing, &key),
        (&empty, &key),
        (&good, &missing),
        (&good, &empty),
        (&key, &key),
    ] {
        let mut config = config(&folder.path().join("data"));
        config.tls = Tls::Files {
            certificate: certificate.clone(),
            key: key.clone(),
        };
        let (error, text) = refusal(config).await;
        assert!(matches!(error, HubError::Certificate { .. }), "{text}");
    }
}

#[cfg(unix)]
#[tokio::test]
async fn what_is_in_the_data_folder_is_for_its_owner_alone() {
    use std::os::unix::fs::PermissionsExt as _;
    let hub = TestHub::start_with(|config| config.tls = Tls::SelfSigned).await;
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&hub.config.data), 0o700);
    for file in ["sandbox.key", "token.key", "hub.sqlite", "tls/key.pem"] {
        assert_eq!(mode(&hub.config.data.join(file)), 0o600, "{file}");
    }
}
