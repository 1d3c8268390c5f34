//! Against services that fail in every way a network and a server can.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test states what it expects"
)]

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use assist_cloud::{
    Secret,
    http::{Answer, HttpClient, HttpConfig, HttpError},
    sandbox::{SignInError, sign_in},
};
use serde_json::json;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpListener,
};

/// Answers each connection with the next of these, and keeps to the last; counts them.
async fn service(answers: Vec<&'static str>) -> (String, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    let requests = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&requests);
    tokio::spawn(async move {
        let mut open = Vec::new();
        loop {
            let (mut stream, _) = listener.accept().await.unwrap();
            let number = counter.fetch_add(1, Ordering::SeqCst);
            let mut request = [0; 4096];
            let _ = stream.read(&mut request).await.unwrap();
            let answer = answers[number.min(answers.len() - 1)];
            stream.write_all(answer.as_bytes()).await.unwrap();
            if answer.is_empty() {
                open.push(stream);
            }
        }
    });
    (base, requests)
}

fn client() -> HttpClient {
    HttpClient::new(HttpConfig {
        request_timeout: Duration::from_millis(500),
        first_retry_delay: Duration::from_millis(5),
        max_answer_bytes: 100,
        ..HttpConfig::default()
    })
    .unwrap()
}

async fn post(base: &str) -> Result<Answer, HttpError> {
    client().post_json_repeatable(base, "/path", &json!({ "a": 1 })).await
}

const GOOD: &str = "HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 2\r\n\r\n{}";
const UNAVAILABLE: &str = "HTTP/1.1 503 Service Unavailable\r\nconnection: close\r\ncontent-length: 0\r\n\r\n";

#[tokio::test]
async fn what_passes_is_tried_again() {
    let throttled =
        "HTTP/1.1 429 Too Many Requests\r\nretry-after: 0\r\nconnection: close\r\ncontent-length: 0\r\n\r\n";
    let cut_short = "HTTP/1.1 200 OK\r\ncontent-length: 50\r\n\r\n{";
    for first in [UNAVAILABLE, throttled, cut_short, "rubbish\r\n\r\n", ""] {
        let (base, requests) = service(vec![first, GOOD]).await;
        assert_eq!(
            post(&base).await,
            Ok(Answer {
                status: 200,
                body: b"{}".to_vec()
            }),
            "{first}"
        );
        assert_eq!(requests.load(Ordering::SeqCst), 2, "{first}");
    }
}

#[tokio::test]
async fn it_gives_up_after_as_many_tries_as_configured() {
    let (base, requests) = service(vec![UNAVAILABLE]).await;
    assert_eq!(
        post(&base).await,
        Err(HttpError::Failed {
            status: 503,
            retry_after: None
        })
    );
    assert_eq!(requests.load(Ordering::SeqCst), 3);
}

#[tokio::test]
async fn a_service_that_wants_a_long_rest_is_left_alone() {
    let rest =
        "HTTP/1.1 503 Service Unavailable\r\nretry-after: 3600\r\nconnection: close\r\ncontent-length: 0\r\n\r\n";
    let (base, requests) = service(vec![rest]).await;
    let started = Instant::now();
    let error = post(&base).await.unwrap_err();
    assert_eq!(error.retry_after(), Some(Duration::from_secs(3_600)));
    assert_eq!(requests.load(Ordering::SeqCst), 1);
    assert!(started.elapsed() < Duration::from_secs(60));
}

#[tokio::test]
async fn what_does_not_pass_is_not_tried_again() {
    let large = "HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 200\r\n\r\n\
                 0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789\
                 0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789";
    let (base, requests) = service(vec![large]).await;
    assert_eq!(post(&base).await, Err(HttpError::TooLarge));
    assert_eq!(requests.load(Ordering::SeqCst), 1);
    let broken = "HTTP/1.1 501 Not Implemented\r\nconnection: close\r\ncontent-length: 0\r\n\r\n";
    let (base, requests) = service(vec![broken]).await;
    assert_eq!(
        post(&base).await,
        Err(HttpError::Failed {
            status: 501,
            retry_after: None
        })
    );
    assert_eq!(requests.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn a_redirect_is_not_followed_with_the_key() {
    let elsewhere = "HTTP/1.1 307 Temporary Redirect\r\nlocation: http://127.0.0.1:1/\r\nconnection: close\r\ncontent-length: 0\r\n\r\n";
    let (base, _) = service(vec![elsewhere]).await;
    assert_eq!(
        sign_in(&client(), &base, "expert", &Secret::new("key")).await,
        Err(SignInError::NotAHub)
    );
}

#[tokio::test]
async fn what_is_no_hub_is_told_apart_from_a_wrong_key() {
    for answer in [
        GOOD,
        "HTTP/1.1 404 Not Found\r\nconnection: close\r\ncontent-length: 0\r\n\r\n",
    ] {
        let (base, _) = service(vec![answer]).await;
        assert_eq!(
            sign_in(&client(), &base, "expert", &Secret::new("key")).await,
            Err(SignInError::NotAHub)
        );
    }
    for address in ["", "hub", "ftp://hub", "http://", "mailto:a@b"] {
        let error = sign_in(&client(), address, "expert", &Secret::new("key"))
            .await
            .unwrap_err();
        assert_eq!(error, SignInError::Http(HttpError::InvalidAddress), "{address}");
    }
}
