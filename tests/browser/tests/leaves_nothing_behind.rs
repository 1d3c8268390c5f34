//! A browser that is gone is gone.
#![allow(clippy::unwrap_used, reason = "a test states what it expects")]

use std::fs;
use std::path::Path;
use std::time::Duration;

use assist_browser::{Browser, BrowserConfig, BrowserError};

fn processes_that_use(folder: &Path) -> usize {
    let folder = folder.to_str().unwrap();
    let command_line = |entry: fs::DirEntry| fs::read(entry.path().join("cmdline")).ok();
    let names = |line: &Vec<u8>| String::from_utf8_lossy(line).contains(folder);
    fs::read_dir("/proc")
        .unwrap()
        .flatten()
        .filter_map(command_line)
        .filter(names)
        .count()
}

#[tokio::test(flavor = "multi_thread")]
async fn dropped_or_killed() {
    for kill in [false, true] {
        let mut browser = Browser::start(BrowserConfig::default()).await.unwrap();
        let folder = browser.folder().unwrap().to_owned();
        browser
            .open("data:text/html,<title>here</title><script>console.error('told')</script>")
            .await
            .unwrap();
        assert_eq!(browser.evaluate("return document.title").await.unwrap(), "here");
        assert!(
            browser
                .page_errors()
                .await
                .unwrap()
                .iter()
                .any(|line| line.contains("told"))
        );
        assert!(processes_that_use(&folder) > 2);
        if kill {
            browser.kill();
            assert_eq!(processes_that_use(&folder), 0);
        }
        drop(browser);
        assert_eq!(processes_that_use(&folder), 0);
        assert!(!folder.exists());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn waiting_in_vain_says_for_what() {
    let browser = Browser::start(BrowserConfig::default()).await.unwrap();
    let error = browser
        .wait_for("window.never", Duration::from_millis(200))
        .await
        .unwrap_err();
    assert!(matches!(error, BrowserError::Deadline { .. }), "{error}");
    assert!(error.to_string().contains("window.never"));
}
