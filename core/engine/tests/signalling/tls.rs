use std::sync::Arc;

use assist_engine::signalling::{LostReason, Signalling, SignallingConfig, StartError};
use assist_protocol::DeviceId;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio::runtime::Handle;
use tokio_rustls::TlsAcceptor;

use crate::hub::{Connection, Hub, Tokens, expect_connected, expect_lost, start, welcome_message};

/// A self-made certificate for `localhost`, and a server's half that uses it.
fn self_signed() -> (CertificateDer<'static>, TlsAcceptor) {
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let key = PrivateKeyDer::try_from(made.signing_key.serialize_der()).unwrap();
    let certificate = made.cert.der().clone();
    let config = rustls::ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate.clone()], key)
        .unwrap();
    (certificate, TlsAcceptor::from(Arc::new(config)))
}

fn tls_config(hub: &Hub) -> SignallingConfig {
    SignallingConfig {
        url: format!("wss://localhost:{}/signal", hub.port()),
        ..hub.config()
    }
}

#[tokio::test]
async fn a_hub_with_its_own_certificate_is_trusted_when_told_so() {
    let (certificate, acceptor) = self_signed();
    let hub = Hub::open().await;
    let (_signalling, mut events) = start(SignallingConfig {
        extra_root: Some(certificate),
        ..tls_config(&hub)
    });
    let stream = acceptor.accept(hub.accept_tcp().await).await.unwrap();
    let mut connection = Connection::over(stream).await;
    assert_eq!(connection.hello().await, "cached");
    connection.say(&welcome_message()).await;
    expect_connected(&mut events).await;
}

#[tokio::test]
async fn a_certificate_nobody_vouches_for_is_named_as_the_reason() {
    let (_, acceptor) = self_signed();
    let hub = Hub::open().await;
    let (_signalling, mut events) = start(tls_config(&hub));
    assert!(
        acceptor.accept(hub.accept_tcp().await).await.is_err(),
        "the client must not go on"
    );
    assert_eq!(expect_lost(&mut events).await.0, LostReason::Untrusted);
}

#[tokio::test]
async fn something_else_at_the_address_is_named_as_the_reason() {
    use tokio::io::AsyncWriteExt;
    let hub = Hub::open().await;
    let (_signalling, mut events) = start(hub.config());
    let mut stream = hub.accept_tcp().await;
    stream
        .write_all(b"HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n")
        .await
        .unwrap();
    assert_eq!(expect_lost(&mut events).await.0, LostReason::NotAHub);
}

#[tokio::test]
async fn a_configuration_that_cannot_work_is_refused_at_once() {
    let start = |url: &str, extra_root, allow_plain_text| {
        let config = SignallingConfig {
            extra_root,
            allow_plain_text,
            ..SignallingConfig::new(url, DeviceId::new("phone").unwrap(), "test")
        };
        Signalling::start(&Handle::current(), config, Arc::<Tokens>::default())
            .map(|_| ())
            .err()
    };
    for url in [
        "",
        "wss://",
        "https://hub.example/signal",
        "hub.example",
        "ws:///signal",
        "wss://a b",
    ] {
        assert_eq!(start(url, None, false), Some(StartError::InvalidUrl), "{url}");
    }
    assert_eq!(start("ws://192.0.2.1/signal", None, false), Some(StartError::PlainText));
    assert_eq!(start("ws://192.0.2.1/signal", None, true), None);
    assert_eq!(start("ws://[::1]:1/signal", None, false), None);
    let not_a_certificate = CertificateDer::from(vec![1, 2, 3]);
    assert_eq!(
        start("wss://hub.example/signal", Some(not_a_certificate), false),
        Some(StartError::InvalidRoot)
    );
}
