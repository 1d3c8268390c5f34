//! Reading the files a user names.

use std::fs::File;
use std::io::{self, ErrorKind, Read};
use std::path::Path;

/// Why a named file gave no bytes.
#[derive(Debug, thiserror::Error)]
pub enum FileError {
    /// Nothing has this name.
    #[error("there is no file {path}; check the name")]
    Missing {
        /// The name as given.
        path: String,
    },
    /// The name is a folder's.
    #[error("{path} is a folder; name one file in it")]
    Folder {
        /// The name as given.
        path: String,
    },
    /// The name is a device's or a pipe's.
    #[error("{path} is not an ordinary file")]
    NotAFile {
        /// The name as given.
        path: String,
    },
    /// The file is there but may not or cannot be read.
    #[error("{path} cannot be read: {source}")]
    Unreadable {
        /// The name as given.
        path: String,
        /// What the system said.
        source: io::Error,
    },
    /// More than is held in memory.
    #[error("{path} has more than the {limit_megabytes} MB that are held in memory; cut it shorter")]
    TooLarge {
        /// The name as given.
        path: String,
        /// The most that is accepted.
        limit_megabytes: u64,
    },
}

/// All bytes of an ordinary file of at most `limit_megabytes`.
pub(crate) fn read_file(path: &Path, limit_megabytes: u64) -> Result<Vec<u8>, FileError> {
    let name = path.display().to_string();
    let unreadable = |source: io::Error| {
        let path = name.clone();
        if source.kind() == ErrorKind::NotFound {
            FileError::Missing { path }
        } else {
            FileError::Unreadable { path, source }
        }
    };
    let metadata = std::fs::metadata(path).map_err(unreadable)?;
    if metadata.is_dir() {
        return Err(FileError::Folder { path: name });
    }
    if !metadata.is_file() {
        return Err(FileError::NotAFile { path: name });
    }
    let limit = limit_megabytes << 20;
    let mut bytes = Vec::new();
    File::open(path)
        .map_err(unreadable)?
        .take(limit + 1)
        .read_to_end(&mut bytes)
        .map_err(unreadable)?;
    if bytes.len() as u64 > limit {
        return Err(FileError::TooLarge {
            path: name,
            limit_megabytes,
        });
    }
    Ok(bytes)
}
