//! Files that only their owner may read.

use std::{
    fs::{File, OpenOptions},
    io::{self, Write as _},
    path::Path,
};

/// Writes a file, or writes it anew.
pub(crate) fn write(path: &Path, text: &str) -> io::Result<()> {
    let mut file = options().truncate(true).open(path)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()
}

/// Opens a file, made empty if it is not there.
pub(crate) fn open(path: &Path) -> io::Result<File> {
    options().truncate(false).open(path)
}

fn options() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.write(true).create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}
