//! HTTPS with the hub's own certificate.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test states what it expects"
)]

mod common;

use std::{fs, sync::Arc};

use assist_hub::Tls;
use assist_protocol::messages::HubMessage;
use common::*;
use rustls::{
    ClientConfig, RootCertStore,
    pki_types::{CertificateDer, pem::PemObject as _},
};
use serde_json::{Value, json};
use tokio_tungstenite::{Connector, connect_async_tls_with_config};

fn trusting(certificate: &[u8]) -> reqwest::Client {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let certificate = reqwest::Certificate::from_pem(certificate).unwrap();
    reqwest::Client::builder()
        .no_proxy()
        .tls_certs_only([certificate])
        .build()
        .unwrap()
}

#[tokio::test]
async fn a_certificate_the_hub_made_is_good_for_its_addresses_and_kept() {
    let hub = TestHub::start_with(|config| config.tls = Tls::SelfSigned).await;
    let file = hub.config.data.join("tls/certificate.pem");
    let certificate = fs::read(&file).unwrap();
    assert!(hub.running.base_url().starts_with("https://127.0.0.1:"));
    for host in ["127.0.0.1", "localhost"] {
        let url = format!("https://{host}:{}/healthz", hub.running.address().port());
        let answer = trusting(&certificate).get(url).send().await.unwrap();
        assert_eq!(answer.text().await.unwrap(), "{\"status\":\"ok\"}");
    }
    let hub = hub.restart().await;
    assert_eq!(fs::read(&file).unwrap(), certificate);

    let made_for = hub.config.data.join("tls/made_for.json");
    fs::write(
        &made_for,
        "{\"names\":[\"localhost\",\"10.9.8.7\"],\"expires_at_s\":9999999999}",
    )
    .unwrap();
    let hub = hub.restart().await;
    let renewed = fs::read(&file).unwrap();
    assert_ne!(renewed, certificate, "the machine's addresses have changed");
    let url = format!("{}/healthz", hub.running.base_url());
    assert_eq!(trusting(&renewed).get(&url).send().await.unwrap().status(), 200);
    assert!(trusting(&certificate).get(&url).send().await.is_err());
}

#[tokio::test]
async fn a_client_that_never_finishes_its_handshake_holds_nobody_up() {
    let hub = TestHub::start_with(|config| config.tls = Tls::SelfSigned).await;
    let certificate = fs::read(hub.config.data.join("tls/certificate.pem")).unwrap();
    let _idle = tokio::net::TcpStream::connect(hub.running.address()).await.unwrap();
    let url = format!("{}/healthz", hub.running.base_url());
    assert_eq!(trusting(&certificate).get(&url).send().await.unwrap().status(), 200);
}

#[tokio::test]
async fn a_session_runs_over_it() {
    let hub = TestHub::start_with(|config| config.tls = Tls::SelfSigned).await;
    let pem = fs::read(hub.config.data.join("tls/certificate.pem")).unwrap();
    let url = format!("{}/sandbox/sign-in", hub.running.base_url());
    let sign_in = json!({ "account": "expert", "key": hub.running.sandbox_key() });
    let answer = trusting(&pem).post(url).json(&sign_in).send().await.unwrap();
    let token = answer.json::<Value>().await.unwrap()["token"]
        .as_str()
        .unwrap()
        .to_owned();

    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_slice(&pem).unwrap()).unwrap();
    let tls = ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let url = format!("wss://{}/signal", hub.running.address());
    let connector = Some(Connector::Rustls(Arc::new(tls)));
    let (socket, _) = connect_async_tls_with_config(url, None, false, connector)
        .await
        .unwrap();
    let mut client = Client {
        socket,
        me: address("expert", "page"),
    };
    client.hello(&token, "page").await;
    assert!(matches!(client.next().await, HubMessage::Welcome { .. }));
    client.nothing_more().await;
}
