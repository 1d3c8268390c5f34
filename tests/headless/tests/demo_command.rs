//! The demo as a person runs it: a process, its output, its exit.

#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test states what it expects"
)]

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use assist_engine::sign_in::{SandboxAccount, sign_in_as};
use assist_engine::transport::webrtc::WebRtcFactory;
use assist_protocol::DeviceId;
use serde_json::Value;

const DEADLINE: Duration = Duration::from_secs(60);

fn demo(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_assist-headless"));
    command
        .arg("demo")
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

/// Runs a demo that must not start; what it said.
fn refused(arguments: &[&str]) -> String {
    let started = Instant::now();
    let Output { status, stdout, stderr } = demo(arguments).output().unwrap();
    assert!(!status.success(), "{arguments:?} started");
    assert!(started.elapsed() < DEADLINE);
    assert!(
        stdout.is_empty(),
        "nothing had started: {}",
        String::from_utf8_lossy(&stdout)
    );
    String::from_utf8_lossy(&stderr).into_owned()
}

/// Reads the first line: where the demo is to be found.
fn ready(child: &mut Child) -> (Value, impl Iterator<Item = Value> + use<>) {
    let output = BufReader::new(child.stdout.take().unwrap());
    let mut lines = output
        .lines()
        .map(|line| serde_json::from_str::<Value>(&line.unwrap()).unwrap());
    let first = lines.next().expect("it says where it is");
    assert_eq!(first["event"], "ready");
    (first, lines)
}

fn is_there(path: &str) -> bool {
    Path::new(path).exists()
}

#[test]
fn ends_by_itself_and_leaves_nothing_behind() {
    let mut child = demo(&["--json", "--for", "1"]).spawn().unwrap();
    let (first, rest) = ready(&mut child);
    let data = first["data"].as_str().unwrap();
    assert!(is_there(data), "{data}");
    assert!(first["address"].as_str().unwrap().starts_with("http://127.0.0.1:"));
    assert_eq!(rest.last().unwrap()["event"], "note");
    assert!(child.wait().unwrap().success());
    assert!(!is_there(data), "{data} is still there");
}

#[test]
fn being_asked_to_end_is_no_failure_and_keeps_a_given_folder() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("hub");
    let mut child = demo(&["--json", "--data", data.to_str().unwrap()]).spawn().unwrap();
    let (first, rest) = ready(&mut child);
    assert_eq!(first["data"], data.to_str().unwrap());
    let ended = Command::new("kill")
        .args(["-INT", &child.id().to_string()])
        .status()
        .unwrap();
    assert!(ended.success());
    assert!(rest.count() > 0, "it says goodbye");
    assert!(child.wait().unwrap().success());
    assert!(data.is_dir());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_technician_draws_by_typing() {
    let mut child = demo(&["--json", "--for", "60"]).stdin(Stdio::piped()).spawn().unwrap();
    let mut typed = child.stdin.take().unwrap();
    let (first, _rest) = ready(&mut child);
    let (hub_url, rest) = first["address"].as_str().unwrap().split_once("/#key=").unwrap();
    let account = SandboxAccount {
        hub_url: hub_url.to_owned(),
        account: "expert".to_owned(),
        key: rest.split('&').next().unwrap().to_owned(),
        certificate_pem: None,
    };
    let transport = Arc::new(WebRtcFactory::new(vec![([127, 0, 0, 1], 0).into()]));
    let expert = sign_in_as(DeviceId::new("desk").unwrap(), account, "test", transport)
        .await
        .unwrap();
    let people = expert.wait_connected().await.people;
    let call = expert.call(people[0].id.clone()).await.unwrap();
    let drawn = async |typed: &mut std::process::ChildStdin, line: &str, marks: u32| {
        typed.write_all(line.as_bytes()).unwrap();
        let wanted = call.wait_for(|snapshot| snapshot.annotations.marks == marks);
        tokio::time::timeout(DEADLINE, wanted).await.unwrap();
    };
    tokio::time::timeout(DEADLINE, call.wait_connected())
        .await
        .unwrap()
        .unwrap();
    // Of its first picture at the latest, there is something to draw on; until then it says so, and nothing is drawn.
    drawn(&mut typed, "/circle 0.5 0.5\n", 1).await;
    drawn(&mut typed, "/nonsense\n/arrow 2 2\n/arrow 0.5 0.5\n", 2).await;
    drawn(&mut typed, "/undo\n", 1).await;
    drawn(&mut typed, "/delete\n", 0).await;
    call.hang_up().unwrap();
    child.kill().unwrap();
    child.wait().unwrap();
}

#[test]
fn a_taken_port_is_named() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let said = refused(&["--port", &port]);
    assert!(said.contains(&port), "{said}");
}

#[test]
fn a_folder_that_cannot_be_written_is_named() {
    let file = tempfile::NamedTempFile::new().unwrap();
    let path = file.path().join("below-a-file");
    let said = refused(&["--data", path.to_str().unwrap()]);
    assert!(said.contains("below-a-file"), "{said}");
}

#[test]
fn a_file_that_cannot_be_played_is_named_with_the_reason() {
    let missing = refused(&["--camera", "/nowhere/clip.mp4"]);
    assert!(missing.contains("/nowhere/clip.mp4"), "{missing}");
    let missing = refused(&["--microphone", "/nowhere/voice.wav"]);
    assert!(missing.contains("/nowhere/voice.wav"), "{missing}");
    let text = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(text.path(), "not a clip").unwrap();
    let said = refused(&["--camera", text.path().to_str().unwrap()]);
    assert!(said.to_lowercase().contains("mp4"), "{said}");
    let said = refused(&["--microphone", text.path().to_str().unwrap()]);
    assert!(said.to_lowercase().contains("wav"), "{said}");
}
