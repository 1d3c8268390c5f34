//! Every target over its examples, and over mutations of them. `ASSIST_SEED=n` takes other mutations.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test states what it expects by panicking"
)]
#![allow(clippy::print_stderr, reason = "what a target fails on is told")]

use std::path::Path;

use assist_fuzz::{Mutator, TARGETS, Target};

/// Shows the bytes that a target panics on.
struct Shown<'a>(&'a Target, &'a [u8]);

impl Drop for Shown<'_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("target {} failed on b\"{}\"", self.0.name, self.1.escape_ascii());
        }
    }
}

fn run(target: &Target, bytes: &[u8]) {
    let _shown = Shown(target, bytes);
    (target.run)(bytes);
}

fn examples(target: &Target) -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus").join(target.name);
    let mut paths: Vec<_> = std::fs::read_dir(&folder)
        .unwrap_or_else(|error| panic!("{} needs examples: {error}", target.name))
        .map(|entry| entry.unwrap().path())
        .collect();
    paths.sort();
    assert!(!paths.is_empty(), "{} needs examples", target.name);
    paths.iter().map(|path| std::fs::read(path).unwrap()).collect()
}

#[test]
fn every_example_passes() {
    for target in TARGETS {
        examples(target).iter().for_each(|bytes| run(target, bytes));
        run(target, b"");
    }
}

#[test]
fn every_mutation_passes() {
    let seed = std::env::var("ASSIST_SEED").map_or(1, |seed| seed.parse().unwrap());
    eprintln!("ASSIST_SEED={seed}");
    for target in TARGETS {
        let examples = examples(target);
        let mut mutator = Mutator::new(seed);
        for _ in 0..target.mutations {
            run(target, &mutator.mutate(&examples));
        }
    }
}

#[test]
fn every_folder_of_examples_has_its_target() {
    for entry in std::fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus")).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        assert!(
            TARGETS.iter().any(|target| target.name == name),
            "no target is called {name}"
        );
    }
}
