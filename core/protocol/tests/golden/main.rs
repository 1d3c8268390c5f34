//! The files under `tests/golden`, which the browser page's tests read too. `UPDATE_GOLDEN=1` writes the outputs of the
//! call scenarios anew; their inputs are written by hand.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test states what it expects by panicking"
)]

mod messages;
mod scenarios;

use std::path::{Path, PathBuf};

/// Every JSON file of a folder under `tests/golden`, by name.
fn files(folder: &str) -> Vec<(String, PathBuf)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../tests/golden")
        .join(folder);
    let mut files: Vec<_> = std::fs::read_dir(&folder)
        .unwrap_or_else(|error| panic!("{}: {error}", folder.display()))
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "json"))
        .map(|path| (path.file_stem().unwrap().to_str().unwrap().to_owned(), path))
        .collect();
    files.sort();
    assert!(!files.is_empty(), "no golden files in {}", folder.display());
    files
}

fn read(path: &Path) -> serde_json::Value {
    serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}
