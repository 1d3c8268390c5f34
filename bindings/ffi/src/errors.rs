//! One error enum an area. A variant is the stable kind; its advice says what happened and what now.

use assist_engine::advice::Advice;
use assist_engine::annotations::{ArFrameError, MotionError, NotAScreen, NotFlat, Refusal};
use assist_engine::call::{CallError, PushError};
use assist_engine::sign_in::SignInError;

/// Why the library could not be started.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, uniffi::Error)]
pub enum AssistError {
    /// The system gives no threads.
    #[error("{}", advice.message)]
    NoThreads {
        /// What now.
        advice: Advice,
    },
}

/// Why nobody was signed in.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, uniffi::Error)]
pub enum SignInFailure {
    /// The hub's address is none.
    #[error("{}", advice.message)]
    InvalidAddress {
        /// What now.
        advice: Advice,
    },
    /// The hub's address is not encrypted.
    #[error("{}", advice.message)]
    NotEncrypted {
        /// What now.
        advice: Advice,
    },
    /// The additional certificate is none.
    #[error("{}", advice.message)]
    InvalidCertificate {
        /// What now.
        advice: Advice,
    },
    /// The account or the key is wrong.
    #[error("{}", advice.message)]
    Rejected {
        /// What now.
        advice: Advice,
    },
    /// The hub does not answer as one should, or not at all.
    #[error("{}", advice.message)]
    Unavailable {
        /// What now.
        advice: Advice,
    },
    /// The device's secure store did not work.
    #[error("{}", advice.message)]
    SecureStore {
        /// What now.
        advice: Advice,
    },
    /// The app is closing.
    #[error("{}", advice.message)]
    Closed {
        /// What now.
        advice: Advice,
    },
}

impl From<SignInError> for SignInFailure {
    fn from(error: SignInError) -> Self {
        let advice = Advice::from(&error);
        match error {
            SignInError::InvalidAddress => Self::InvalidAddress { advice },
            SignInError::NotEncrypted => Self::NotEncrypted { advice },
            SignInError::InvalidCertificate => Self::InvalidCertificate { advice },
            SignInError::Hub(error) if error.needs_sign_in() => Self::Rejected { advice },
            SignInError::Hub(_) => Self::Unavailable { advice },
            SignInError::SecureStore(_) => Self::SecureStore { advice },
            SignInError::Closed => Self::Closed { advice },
        }
    }
}

/// Why a command of a call was not carried out.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, uniffi::Error)]
pub enum CallFailure {
    /// The call, or the session, has ended.
    #[error("{}", advice.message)]
    Ended {
        /// What now.
        advice: Advice,
    },
    /// Another call is live.
    #[error("{}", advice.message)]
    Busy {
        /// What now.
        advice: Advice,
    },
    /// A person that cannot be called: the id is none.
    #[error("{}", advice.message)]
    UnknownPerson {
        /// What now.
        advice: Advice,
    },
    /// No text, or too much of it.
    #[error("{}", advice.message)]
    TextLength {
        /// What now.
        advice: Advice,
    },
    /// Too many lines wait for the peer.
    #[error("{}", advice.message)]
    TooManyWaiting {
        /// What now.
        advice: Advice,
    },
    /// The session has not been welcomed yet.
    #[error("{}", advice.message)]
    NotReady {
        /// What now.
        advice: Advice,
    },
}

impl CallFailure {
    pub(crate) fn unknown_person() -> Self {
        Self::UnknownPerson {
            advice: plain("nobody can be called by this id; take one from the session's people"),
        }
    }
}

impl From<CallError> for CallFailure {
    fn from(error: CallError) -> Self {
        let advice = Advice::from(error);
        match error {
            CallError::Ended => Self::Ended { advice },
            CallError::Busy => Self::Busy { advice },
            CallError::TextLength => Self::TextLength { advice },
            CallError::TooManyWaiting => Self::TooManyWaiting { advice },
            CallError::NotReady => Self::NotReady { advice },
        }
    }
}

/// Why a picture or a sound was not taken. The call goes on.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, uniffi::Error)]
pub enum MediaFailure {
    /// Not Annex B H.264.
    #[error("{}", advice.message)]
    NotAnnexB {
        /// What now.
        advice: Advice,
    },
    /// The network takes pictures more slowly than they come.
    #[error("{}", advice.message)]
    Busy {
        /// What now.
        advice: Advice,
    },
    /// Not 20 ms of sound.
    #[error("{}", advice.message)]
    WrongLength {
        /// What now.
        advice: Advice,
    },
}

impl MediaFailure {
    pub(crate) fn wrong_length(bytes: usize, wanted: usize) -> Self {
        Self::WrongLength {
            advice: plain(&format!(
                "20 ms of sound are {wanted} bytes (48 kHz, mono, 16 bits little-endian), not {bytes}; it was dropped"
            )),
        }
    }
}

impl From<PushError> for MediaFailure {
    fn from(error: PushError) -> Self {
        let advice = Advice::from(error);
        match error {
            PushError::NotAnnexB => Self::NotAnnexB { advice },
            PushError::Busy => Self::Busy { advice },
        }
    }
}

/// Why nothing was drawn, or a frame was not taken. The call goes on, and what was drawn before stays.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, uniffi::Error)]
pub enum DrawFailure {
    /// There is as much as there can be.
    #[error("{}", advice.message)]
    TooMuch {
        /// What now.
        advice: Advice,
    },
    /// More in a short time than is sent.
    #[error("{}", advice.message)]
    TooFast {
        /// What now.
        advice: Advice,
    },
    /// The stroke is finished or gone.
    #[error("{}", advice.message)]
    Gone {
        /// What now.
        advice: Advice,
    },
    /// There is nothing to take back.
    #[error("{}", advice.message)]
    NothingToUndo {
        /// What now.
        advice: Advice,
    },
    /// A frame, a screen or points that are none.
    #[error("{}", advice.message)]
    Invalid {
        /// What now.
        advice: Advice,
    },
}

impl From<Refusal> for DrawFailure {
    fn from(refusal: Refusal) -> Self {
        let mut advice = plain(&refusal.to_string());
        match refusal {
            Refusal::TooManyMarks
            | Refusal::TooManyPoints
            | Refusal::StrokeTooLong
            | Refusal::TooManyPins
            | Refusal::TooManyPlaces
            | Refusal::TooManyPeople
            | Refusal::TooMuch => Self::TooMuch { advice },
            Refusal::TooFast => {
                advice.is_retryable = true;
                Self::TooFast { advice }
            }
            Refusal::NoSuchMark | Refusal::NoSuchPin => Self::Gone { advice },
            Refusal::NothingToUndo => Self::NothingToUndo { advice },
            Refusal::NotTheOwner | Refusal::Invalid => Self::Invalid { advice },
        }
    }
}

impl From<NotFlat> for DrawFailure {
    fn from(error: NotFlat) -> Self {
        Self::Invalid {
            advice: plain(&error.to_string()),
        }
    }
}

impl From<NotAScreen> for DrawFailure {
    fn from(error: NotAScreen) -> Self {
        Self::Invalid {
            advice: plain(&error.to_string()),
        }
    }
}

impl From<MotionError> for DrawFailure {
    fn from(error: MotionError) -> Self {
        Self::Invalid {
            advice: plain(&error.to_string()),
        }
    }
}

impl From<ArFrameError> for DrawFailure {
    fn from(error: ArFrameError) -> Self {
        Self::Invalid {
            advice: plain(&error.to_string()),
        }
    }
}

/// Advice on a slip of the app's own.
pub(crate) fn plain(message: &str) -> Advice {
    Advice {
        message: message.to_owned(),
        is_retryable: false,
        retry_after_ms: None,
        needs_sign_in: false,
    }
}
