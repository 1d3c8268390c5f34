//! What the phones' surface costs: calls from the JVM, and the bytes that a phone ships.

use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use serde::{Deserialize, Serialize};
use tokio::process::Command;

use crate::error::BenchError;
use crate::machine::Machine;

/// Goals of the desktop build, as long as it has neither a database nor all eight parts.
const PUSH_US: f64 = 12.0;
const LIBRARY_MB: f64 = 8.0;
const LIBRARY_GZIP_MB: f64 = 3.5;
/// The least that a Java object takes: heap bytes divided by it are at least as many as there were allocations.
const LEAST_OBJECT_BYTES: f64 = 16.0;
/// Desktop bindings of libwebrtc, as their authors build them.
const LIBWEBRTC: &str = "@roamhq/wrtc-linux-x64@0.10.0";

/// What the JVM measured.
#[derive(Debug, Clone, Copy, Deserialize)]
struct FromTheJvm {
    noop_us: f64,
    push_us: f64,
    next_us: f64,
    rust_allocations_per_frame: f64,
    wrapper_heap_bytes_per_frame: f64,
    generated_heap_bytes_per_frame: f64,
}

/// All that is quoted. Times are medians.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Report {
    noop_us: f64,
    push_us: f64,
    next_us: f64,
    /// Of the wrapper and of Rust, on the calling thread.
    allocations_per_frame: f64,
    /// Java heap, by generated code.
    generated_heap_bytes_per_frame: f64,
    library_mb: f64,
    library_gzip_mb: f64,
    libwebrtc_mb: f64,
    smoke: bool,
    machine: Machine,
}

/// Builds what is measured, and measures it. A smoke run takes the libraries that the tests were built with.
///
/// # Errors
/// [`BenchError::Tool`] when something that is needed is missing or fails.
pub(crate) async fn run(smoke: bool) -> Result<Report, BenchError> {
    let machine = Machine::look();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let folder = target_folder(&root).join(if smoke { "debug/deps" } else { "dist" });
    let library = folder.join("libassist_ffi.so");
    if !smoke {
        build(&root, &AS_IT_SHIPS).await?;
    }
    let (library_mb, library_gzip_mb) = megabytes_stripped(&library).await?;
    let libwebrtc_mb = libwebrtc_megabytes().await?;
    if !smoke {
        // Over it, the same with counters.
        build(&root, &[&AS_IT_SHIPS[..], &["--features", "test-exports"]].concat()).await?;
        build(&root, &["build", "-p", "assist-phone"]).await?;
    }
    let from_the_jvm = measure_on_the_jvm(&root, &folder, smoke).await?;
    Ok(Report {
        noop_us: from_the_jvm.noop_us,
        push_us: from_the_jvm.push_us,
        next_us: from_the_jvm.next_us,
        allocations_per_frame: from_the_jvm.rust_allocations_per_frame
            + from_the_jvm.wrapper_heap_bytes_per_frame.max(0.0) / LEAST_OBJECT_BYTES,
        generated_heap_bytes_per_frame: from_the_jvm.generated_heap_bytes_per_frame,
        library_mb,
        library_gzip_mb,
        libwebrtc_mb,
        smoke,
        machine,
    })
}

fn target_folder(root: &Path) -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), PathBuf::from)
}

/// With its other crate types beside it, cargo leaves link-time optimisation out.
const AS_IT_SHIPS: [&str; 6] = ["rustc", "-p", "assist-ffi", "--lib", "--crate-type", "cdylib"];

/// Unstripped, because the generator reads its symbols.
async fn build(root: &Path, what: &[&str]) -> Result<(), BenchError> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    command
        .args(what)
        .args(["--locked", "--quiet", "--profile", "dist"])
        .args(["--config", "profile.dist.strip=false"]);
    output(command.current_dir(root), "building the library")
        .await
        .map(drop)
}

/// Of the library, and of its gzip.
async fn megabytes_stripped(library: &Path) -> Result<(f64, f64), BenchError> {
    let stripped = library.with_extension("stripped");
    let mut strip = Command::new("strip");
    output(strip.arg("-o").arg(&stripped).arg(library), "strip").await?;
    let packed = output(Command::new("gzip").args(["-9", "-c"]).arg(&stripped), "gzip").await;
    let sizes = megabytes(&stripped).and_then(|whole| Ok((whole, packed?.len() as f64 / 1e6)));
    std::fs::remove_file(&stripped).map_err(BenchError::io("removing the stripped library"))?;
    sizes
}

fn megabytes(path: &Path) -> Result<f64, BenchError> {
    let file = std::fs::metadata(path).map_err(BenchError::io("looking at the library"))?;
    Ok(file.len() as f64 / 1e6)
}

/// The size of libwebrtc's desktop bindings, fetched once into the cache.
async fn libwebrtc_megabytes() -> Result<f64, BenchError> {
    let folder = crate::cache().join("libwebrtc");
    let module = folder.join("node_modules/@roamhq/wrtc-linux-x64/wrtc.node");
    if !module.exists() {
        std::fs::create_dir_all(&folder).map_err(BenchError::io("making the cache folder"))?;
        let mut command = Command::new("npm");
        command
            .args(["install", "--no-save", "--no-audit", "--no-fund", "--prefix"])
            .arg(&folder)
            .arg(LIBWEBRTC);
        output(&mut command, "fetching libwebrtc's bindings").await?;
    }
    megabytes(&module)
}

async fn measure_on_the_jvm(root: &Path, libraries: &Path, smoke: bool) -> Result<FromTheJvm, BenchError> {
    let mut command = Command::new(root.join("tests/kotlin"));
    command
        .arg("bench")
        .args(smoke.then_some("--smoke"))
        .env("ASSIST_LIBRARIES", libraries);
    let printed = output(&mut command, "measuring on the JVM").await?;
    serde_json::from_slice(&printed).map_err(|error| BenchError::Tool {
        doing: "measuring on the JVM",
        said: error.to_string(),
    })
}

/// What a command printed, or why it failed.
async fn output(command: &mut Command, doing: &'static str) -> Result<Vec<u8>, BenchError> {
    let command = command.stdin(Stdio::null()).kill_on_drop(true);
    let output = command.output().await.map_err(BenchError::io(doing))?;
    if output.status.success() {
        return Ok(output.stdout);
    }
    Err(BenchError::Tool {
        doing,
        said: String::from_utf8_lossy(&output.stderr).trim().to_owned(),
    })
}

impl Report {
    /// One JSON object.
    ///
    /// # Errors
    /// [`BenchError::Figure`] when a figure is no number.
    pub(crate) fn json(&self) -> Result<String, BenchError> {
        let text = serde_json::to_string(self).map_err(|_| BenchError::Figure("ffi"))?;
        Ok(text + "\n")
    }

    /// For people.
    pub(crate) fn table(&self) -> String {
        let lines = [
            ("call without effect, from the JVM", self.noop_us, "µs", None),
            ("push of a 12 KB picture", self.push_us, "µs", Some(PUSH_US)),
            ("next of a stream", self.next_us, "µs", None),
            (
                "allocations a picture, wrapper and Rust",
                self.allocations_per_frame,
                "",
                Some(0.0),
            ),
            (
                "Java heap a picture, generated code",
                self.generated_heap_bytes_per_frame,
                "bytes",
                None,
            ),
            ("library, x86-64, stripped", self.library_mb, "MB", Some(LIBRARY_MB)),
            ("the same, gzip -9", self.library_gzip_mb, "MB", Some(LIBRARY_GZIP_MB)),
            ("libwebrtc's desktop bindings", self.libwebrtc_mb, "MB", None),
        ];
        let mut table = String::new();
        if self.smoke {
            table.push_str("Smoke run: an unoptimised library; no figure means anything.\n");
        }
        for (what, measured, unit, at_most) in lines {
            let _ = write!(table, "{what:<42} {measured:>10.2} {unit:<6}");
            // Rounding to what is printed: a hundredth is no allocation a picture.
            let verdict = at_most.map(|goal| (goal, (measured * 100.0).round() / 100.0 <= goal));
            if let Some((goal, reached)) = verdict.filter(|_| !self.smoke) {
                let _ = write!(table, " at most {goal}: {}", if reached { "reached" } else { "MISSED" });
            }
            table.push('\n');
        }
        let _ = writeln!(table, "{} cores, load {:.2}.", self.machine.cores, self.machine.load);
        table
    }
}
