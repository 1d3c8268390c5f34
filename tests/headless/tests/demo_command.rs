//! The demo as a person runs it: a process, its output, its exit.

#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test states what it expects"
)]

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

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
