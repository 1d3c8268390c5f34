//! The command line of the demo.

use std::path::PathBuf;
use std::str::FromStr;

use crate::bad_link::LinkChoice;

/// A hub, a technician on a simulated phone, and an address to open in a browser.
#[derive(Debug, clap::Args)]
pub struct DemoOptions {
    /// What the technician's camera sees: `scene`, or an H.264 clip (.mp4) played in a loop.
    #[arg(long, default_value = "scene", value_name = "scene|FILE.mp4")]
    pub camera: CameraChoice,
    /// What the technician's microphone hears: `tone` (440 Hz), or a recording (.wav) played in a loop.
    #[arg(long, default_value = "tone", value_name = "tone|FILE.wav")]
    pub microphone: MicrophoneChoice,
    /// Writes what the technician's screen shows into this folder, a PNG picture a second, marks drawn in.
    #[arg(long, value_name = "DIR")]
    pub preview: Option<PathBuf>,
    /// The technician's phone knows nothing of space: marks go with what the picture shows.
    #[arg(long)]
    pub no_ar: bool,
    /// The network between the two: so many kbit/s each way, ms one way, % lost; `/link` changes it. As good as this machine's if not
    /// given. The worst case that calls have to bear is 150,400,10.
    #[arg(long, value_name = "KBIT/S[,MS[,%]]")]
    pub link: Option<LinkChoice>,
    /// Port of the hub on this machine; any free one if not given.
    #[arg(long, default_value_t = 0, hide_default_value = true)]
    pub port: u16,
    /// Folder of the hub's data; a temporary one, removed at the end, if not given.
    #[arg(long, value_name = "DIR")]
    pub data: Option<PathBuf>,
    /// End by itself after this many seconds.
    #[arg(long = "for", value_name = "SECONDS")]
    pub seconds: Option<u64>,
    /// Print one JSON object a line instead of the status line.
    #[arg(long)]
    pub json: bool,
}

/// What the camera sees.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CameraChoice {
    /// The rendered scene.
    Scene,
    /// A clip.
    Clip(PathBuf),
}

impl FromStr for CameraChoice {
    type Err = std::convert::Infallible;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Ok(if text == "scene" {
            Self::Scene
        } else {
            Self::Clip(text.into())
        })
    }
}

/// What the microphone hears.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MicrophoneChoice {
    /// A 440 Hz tone.
    Tone,
    /// A recording.
    Recording(PathBuf),
}

impl FromStr for MicrophoneChoice {
    type Err = std::convert::Infallible;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Ok(if text == "tone" {
            Self::Tone
        } else {
            Self::Recording(text.into())
        })
    }
}
