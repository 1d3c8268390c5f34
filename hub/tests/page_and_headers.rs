//! The page is served from the binary, under strict rules.

mod common;

use common::*;
use tokio_tungstenite::{
    connect_async,
    tungstenite::{Error, client::IntoClientRequest as _},
};

#[tokio::test]
async fn every_answer_carries_the_strict_headers() {
    let hub = TestHub::start().await;
    let address = hub.running.address();
    for path in ["/", "/healthz", "/nothing-here.js", "/signal"] {
        let answer = http()
            .get(format!("{}{path}", hub.running.base_url()))
            .send()
            .await
            .unwrap();
        let headers = answer.headers();
        let policy = headers["content-security-policy"].to_str().unwrap();
        assert!(
            policy.starts_with("default-src 'none'; script-src 'self'; style-src 'self';"),
            "{path}: {policy}"
        );
        assert!(
            policy.contains(&format!("connect-src 'self' ws://{address} wss://{address};")),
            "{path}: {policy}"
        );
        assert!(
            policy.contains("frame-ancestors 'none'") && !policy.contains("unsafe"),
            "{path}: {policy}"
        );
        assert_eq!(headers["x-content-type-options"], "nosniff");
        assert_eq!(headers["referrer-policy"], "no-referrer");
        assert_eq!(headers["cross-origin-opener-policy"], "same-origin");
        assert!(
            headers["permissions-policy"]
                .to_str()
                .unwrap()
                .contains("microphone=(self)")
        );
        assert!(headers.contains_key("cache-control"));
    }
}

#[tokio::test]
async fn a_host_header_cannot_loosen_the_policy() {
    let hub = TestHub::start().await;
    let url = format!("{}/", hub.running.base_url());
    for host in ["*", "a;script-src *", "user@evil.test", "evil.test/x"] {
        let answer = http().get(&url).header("host", host).send().await.unwrap();
        let policy = answer.headers()["content-security-policy"].to_str().unwrap().to_owned();
        assert!(policy.contains("connect-src 'self';"), "{host}: {policy}");
    }
}

#[tokio::test]
async fn the_page_is_there_and_is_asked_for_anew_but_sent_once() {
    let hub = TestHub::start().await;
    let url = format!("{}/", hub.running.base_url());
    let first = http().get(&url).send().await.unwrap();
    assert_eq!(first.status(), 200);
    assert_eq!(first.headers()["content-type"], "text/html; charset=utf-8");
    assert_eq!(first.headers()["cache-control"], "no-cache");
    let tag = first.headers()["etag"].clone();
    assert!(
        first
            .text()
            .await
            .unwrap()
            .to_lowercase()
            .starts_with("<!doctype html>")
    );
    let again = http().get(&url).header("if-none-match", &tag).send().await.unwrap();
    assert_eq!(
        (again.status().as_u16(), again.text().await.unwrap().as_str()),
        (304, "")
    );
    let head = http().head(&url).send().await.unwrap();
    assert_eq!((head.status().as_u16(), &head.headers()["etag"]), (200, &tag));
    for (method, path, status) in [
        ("GET", "nothing", 404),
        ("GET", "../Cargo.toml", 404),
        ("GET", "package.json", 404),
        ("POST", "", 405),
    ] {
        let method = reqwest::Method::from_bytes(method.as_bytes()).unwrap();
        let answer = http().request(method, format!("{url}{path}")).send().await.unwrap();
        assert_eq!(answer.status().as_u16(), status, "{path}");
    }
}

#[tokio::test]
async fn only_the_hubs_own_page_may_connect_from_a_browser() {
    let hub = TestHub::start().await;
    let own = format!("http://{}", hub.running.address());
    for (origin, allowed) in [
        (Some(own.as_str()), true),
        (None, true),
        (Some("http://evil.test"), false),
        (Some("null"), false),
    ] {
        let mut request = hub.signal_url().into_client_request().unwrap();
        if let Some(origin) = origin {
            request.headers_mut().insert("origin", origin.parse().unwrap());
        }
        match connect_async(request).await {
            Ok(_) => assert!(allowed, "{origin:?}"),
            Err(Error::Http(answer)) => assert_eq!((allowed, answer.status().as_u16()), (false, 403), "{origin:?}"),
            Err(error) => panic!("{error}"),
        }
    }
}
