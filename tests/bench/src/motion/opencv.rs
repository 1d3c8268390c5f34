//! OpenCV's pyramidal Lucas-Kanade and RANSAC, run by `tests/bench/opencv/klt_ransac.py`.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use assist_scene::PicturePoint;
use serde::Deserialize;
use serde_json::json;

use super::{Clip, Told};
use crate::error::BenchError;
use crate::{cache, progress};

const PACKAGES: [&str; 2] = ["opencv-python-headless==4.14.0.94", "numpy==2.3.5"];
const FOLDER: &str = "opencv-4.14.0.94";

/// A Python that finds OpenCV.
#[derive(Debug)]
pub(crate) struct OpenCv {
    packages: PathBuf,
}

/// What the script says of a picture; points that went to infinity are null.
#[derive(Deserialize)]
struct Line {
    ms: Option<f64>,
    marks: Vec<Option<Vec<[f32; 2]>>>,
}

impl OpenCv {
    /// Fetches it from PyPI, once, into the cache. `None`, and a word about it, where it cannot be had.
    pub(crate) fn install() -> Option<Self> {
        let opencv = Self {
            packages: cache().join(FOLDER),
        };
        match opencv.fetch().and_then(|()| opencv.import()) {
            Ok(()) => Some(opencv),
            Err(error) => {
                progress(&format!("without OpenCV there is nothing to compare with: {error}"));
                None
            }
        }
    }

    fn fetch(&self) -> Result<(), BenchError> {
        let complete = self.packages.join("complete");
        if complete.exists() {
            return Ok(());
        }
        progress("fetching OpenCV from PyPI");
        let mut pip = Command::new("pip3");
        pip.args(["install", "--quiet", "--only-binary", ":all:", "--upgrade", "--target"])
            .arg(&self.packages)
            .args(PACKAGES);
        output(&mut pip, "fetching OpenCV")?;
        std::fs::write(&complete, "").map_err(BenchError::io("keeping OpenCV"))
    }

    fn import(&self) -> Result<(), BenchError> {
        let mut python = self.python();
        output(python.args(["-c", "import cv2, numpy"]), "importing OpenCV").map(drop)
    }

    fn python(&self) -> Command {
        let mut python = Command::new("python3");
        python
            .env("PYTHONPATH", &self.packages)
            .env("PYTHONDONTWRITEBYTECODE", "1");
        python
    }

    pub(super) fn version(&self) -> String {
        PACKAGES.join(", ").replace("==", " ")
    }

    /// Follows the marks of a clip by our features, on one thread.
    ///
    /// # Errors
    /// [`BenchError::Tool`] with Python's words, [`BenchError::Io`] when the clip could not be handed over.
    pub(super) fn follow(
        &self,
        clip: &Clip,
        features: &[Vec<PicturePoint>],
        per_mark: bool,
    ) -> Result<Vec<Told>, BenchError> {
        let doing = "handing a clip to OpenCV";
        let folder = tempfile::Builder::new()
            .prefix("assist-bench-")
            .tempdir()
            .map_err(BenchError::io(doing))?;
        let pairs = |marks: &[Vec<PicturePoint>]| -> Vec<Vec<[f32; 2]>> {
            let pairs = |points: &Vec<PicturePoint>| points.iter().map(|point| [point.x, point.y]).collect();
            marks.iter().map(pairs).collect()
        };
        let header = json!({
            "width": clip.width,
            "height": clip.height,
            "marks": pairs(&clip.marks),
            "features": pairs(features),
        });
        let write = |name: &str, bytes: &[u8]| std::fs::write(folder.path().join(name), bytes);
        write("clip.json", header.to_string().as_bytes()).map_err(BenchError::io(doing))?;
        write("pictures.grey", &clip.pictures.concat()).map_err(BenchError::io(doing))?;
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("opencv/klt_ransac.py");
        let mut python = self.python();
        python
            .arg(script)
            .args(per_mark.then_some("--per-mark"))
            .arg(folder.path());
        let printed = output(&mut python, "running OpenCV")?;
        let lines: Vec<Line> = serde_json::from_slice(&printed).map_err(|error| BenchError::Tool {
            doing: "reading what OpenCV found",
            said: error.to_string(),
        })?;
        let points = |points: Vec<[f32; 2]>| points.into_iter().map(|[x, y]| PicturePoint::new(x, y)).collect();
        let told = lines.into_iter().map(|line| Told {
            ms: line.ms,
            marks: line.marks.into_iter().map(|mark| mark.map(points)).collect(),
        });
        Ok(told.collect())
    }
}

/// What a command printed, or why it failed.
fn output(command: &mut Command, doing: &'static str) -> Result<Vec<u8>, BenchError> {
    let output = command.stdin(Stdio::null()).output().map_err(BenchError::io(doing))?;
    if output.status.success() {
        return Ok(output.stdout);
    }
    Err(BenchError::Tool {
        doing,
        said: String::from_utf8_lossy(&output.stderr).trim().to_owned(),
    })
}
