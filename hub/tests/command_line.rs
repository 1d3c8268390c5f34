//! The binary: prints where to go, stops when told, and says plainly why it does not start.
#![cfg(unix)]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test states what it expects"
)]

mod common;

use std::{process::Stdio, time::Duration};

use common::DEADLINE;
use tokio::{
    io::{AsyncBufReadExt as _, BufReader},
    process::Command,
    time::timeout,
};

fn hub(data: &std::path::Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_assist-hub"));
    command
        .arg("--data")
        .arg(data)
        .kill_on_drop(true)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

#[tokio::test]
async fn it_prints_the_address_with_the_key_and_stops_at_each_signal() {
    for signal in ["TERM", "INT"] {
        let folder = tempfile::tempdir().unwrap();
        let mut child = hub(folder.path()).args(["--listen", "127.0.0.1:0"]).spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let line = timeout(DEADLINE, lines.next_line()).await.unwrap().unwrap().unwrap();
        let (url, key) = line.strip_prefix("Open ").unwrap().split_once("/#key=").unwrap();
        assert!(url.starts_with("http://127.0.0.1:"), "{url}");
        assert!(key.len() >= 32);
        let health = common::http().get(format!("{url}/healthz")).send().await.unwrap();
        assert_eq!(health.status(), 200);
        let pid = child.id().unwrap().to_string();
        assert!(
            Command::new("kill")
                .args(["-s", signal, &pid])
                .status()
                .await
                .unwrap()
                .success()
        );
        let output = timeout(DEADLINE, child.wait_with_output()).await.unwrap().unwrap();
        assert!(output.status.success(), "{signal}: {output:?}");
        assert!(
            !String::from_utf8_lossy(&output.stderr).contains(key),
            "the key is in no log"
        );
    }
}

#[tokio::test]
async fn what_is_wrong_is_said_in_one_line_with_a_non_zero_exit() {
    let folder = tempfile::tempdir().unwrap();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let missing = folder.path().join("missing").display().to_string();
    for arguments in [
        vec!["--listen", &address],
        vec!["--tls-cert", &missing, "--tls-key", &missing],
        vec!["--turn", "turn:t:1", "--turn-secret-file", &missing],
        vec!["--stun", "http://s"],
    ] {
        let child = hub(&folder.path().join("data"))
            .args(
                ["--listen", "127.0.0.1:0"][..]
                    .iter()
                    .filter(|_| arguments[0] != "--listen"),
            )
            .args(&arguments)
            .output();
        let output = timeout(DEADLINE + Duration::from_secs(1), child)
            .await
            .unwrap()
            .unwrap();
        assert_eq!(output.status.code(), Some(1), "{arguments:?}: {output:?}");
        let error = String::from_utf8(output.stderr).unwrap();
        assert!(
            error.starts_with("assist-hub: ") && error.lines().count() == 1,
            "{error}"
        );
        assert!(output.stdout.is_empty());
    }
}
