//! The two secrets of a hub, kept in its data folder, readable by their owner alone.

use std::{fmt, fs, io, path::Path};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use ring::rand::{SecureRandom as _, SystemRandom};
use subtle::ConstantTimeEq as _;

use crate::{HubError, private_file};

/// What opens the sandbox accounts, and what signs tokens.
pub(crate) struct Keys {
    sandbox: String,
    pub(super) signing: Vec<u8>,
}

impl Keys {
    /// Reads the keys in this folder, and makes those that are not there.
    pub(crate) fn load(folder: &Path) -> Result<Self, HubError> {
        let sandbox = load_or_make(&folder.join("sandbox.key"), 24)?;
        let signing = load_or_make(&folder.join("token.key"), 32)?;
        Ok(Self {
            sandbox,
            signing: signing.into_bytes(),
        })
    }

    /// The key of the sandbox accounts, for the address that is handed to people.
    pub(crate) fn sandbox(&self) -> &str {
        &self.sandbox
    }

    /// Whether this is the sandbox key; takes the same time whatever is wrong with it.
    pub(crate) fn opens_sandbox(&self, key: &str) -> bool {
        self.sandbox.as_bytes().ct_eq(key.as_bytes()).into()
    }
}

impl fmt::Debug for Keys {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Keys(…)")
    }
}

fn load_or_make(file: &Path, bytes: usize) -> Result<String, HubError> {
    let failed = |source| HubError::DataFolder {
        path: file.to_owned(),
        source,
    };
    match fs::read_to_string(file) {
        Ok(text) if text.trim().len() >= 16 => return Ok(text.trim().to_owned()),
        Ok(_) => {
            let error = io::Error::new(
                io::ErrorKind::InvalidData,
                "it is shorter than a key; remove it to get a new one",
            );
            return Err(failed(error));
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(error) => return Err(failed(error)),
    }
    let mut random = vec![0; bytes];
    SystemRandom::new()
        .fill(&mut random)
        .map_err(|_| HubError::NoRandomness)?;
    let text = URL_SAFE_NO_PAD.encode(&random);
    private_file::write(file, &text).map_err(failed)?;
    Ok(text)
}
