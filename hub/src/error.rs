//! Why a hub does not start.

use std::{error::Error, io, net::SocketAddr, path::PathBuf};

/// Why a hub does not start. Nothing listens and nothing runs when one of these is returned.
#[derive(Debug, thiserror::Error)]
pub enum HubError {
    /// The data folder cannot be made or written to.
    #[error("the data folder {} cannot be used: {source}. Choose a folder that this user may write to.", path.display())]
    DataFolder {
        /// The folder, or the file in it.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// Another hub uses this data folder.
    #[error("the data folder {} is in use by another hub. Stop that one, or choose another folder.", path.display())]
    DataFolderInUse {
        /// The folder.
        path: PathBuf,
    },
    /// The database in the data folder cannot be read.
    #[error("the database {} cannot be opened: {source}. It was left as it is.", path.display())]
    Database {
        /// Its file.
        path: PathBuf,
        /// What the database said.
        source: Box<dyn Error + Send + Sync>,
    },
    /// Another program listens there already.
    #[error("{address} is taken by another program. Stop that one, or choose another port.")]
    AddressTaken {
        /// Where it was to listen.
        address: SocketAddr,
    },
    /// Listening there is not possible.
    #[error(
        "listening on {address} is not possible: {source}. Choose an address of this machine and a port it allows."
    )]
    AddressUnavailable {
        /// Where it was to listen.
        address: SocketAddr,
        /// What the system said.
        source: io::Error,
    },
    /// The certificate or its key cannot be used.
    #[error("{} cannot be used: {reason}. It must be a PEM file this user may read.", path.display())]
    Certificate {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// A STUN or TURN address that no client would understand.
    #[error("\"{url}\" is not the address of a {expected} server. It looks like \"{expected}:host:3478\".")]
    IceUrl {
        /// As it was given.
        url: String,
        /// `stun` or `turn`.
        expected: &'static str,
    },
    /// TURN without a secret: no client could use it.
    #[error("a TURN address was given without a secret. Give the TURN server's shared secret as well.")]
    TurnSecretMissing,
    /// The system gave no random numbers for a key.
    #[error("this system gives no random numbers, so that no key can be made")]
    NoRandomness,
}
