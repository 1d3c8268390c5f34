//! The technician's view as pictures on disk: what the camera sees, with all marks drawn over it.

use std::path::{Path, PathBuf};

use assist_scene::burn_in::{BurnInError, burn_in};

use crate::picture::I420;

/// A picture a second.
pub const EVERY_US: u64 = 1_000_000;

/// Why a picture was not written. The call goes on.
#[derive(Debug, thiserror::Error)]
pub enum PreviewError {
    /// The marks.
    #[error("the marks could not be drawn into a preview: {0}")]
    Marks(#[from] BurnInError),
    /// The file.
    #[error("a preview could not be written: {0}")]
    File(#[from] png::EncodingError),
    /// The folder.
    #[error("a preview could not be written: {0}")]
    Folder(#[from] std::io::Error),
}

/// Writes `0001.png`, `0002.png` and so on into a folder.
#[derive(Debug)]
pub struct Preview {
    folder: PathBuf,
    written: u32,
}

impl Preview {
    /// Makes the folder if need be.
    ///
    /// # Errors
    /// When it cannot be made.
    pub fn new(folder: &Path) -> std::io::Result<Self> {
        std::fs::create_dir_all(folder)?;
        Ok(Self {
            folder: folder.to_owned(),
            written: 0,
        })
    }

    /// Writes the next picture with an overlay's marks drawn in. Its file.
    ///
    /// # Errors
    /// See [`PreviewError`].
    pub fn write(&mut self, picture: &I420, overlay: &[u8]) -> Result<PathBuf, PreviewError> {
        let (width_px, height_px) = (picture.width_px() as u32, picture.height_px() as u32);
        let rgb = picture.to_rgb();
        let mut rgba: Vec<u8> = rgb
            .as_chunks::<3>()
            .0
            .iter()
            .flat_map(|[r, g, b]| [*r, *g, *b, 255])
            .collect();
        burn_in(&mut rgba, width_px, height_px, overlay)?;
        self.written += 1;
        let path = self.folder.join(format!("{:04}.png", self.written));
        let file = std::io::BufWriter::new(std::fs::File::create(&path)?);
        let mut encoder = png::Encoder::new(file, width_px, height_px);
        encoder.set_color(png::ColorType::Rgba);
        encoder.set_compression(png::Compression::Fast);
        encoder.write_header()?.write_image_data(&rgba)?;
        Ok(path)
    }
}
