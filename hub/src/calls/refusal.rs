//! Why a message was not carried out.

use std::time::Duration;

use assist_protocol::{
    CallId,
    messages::{DecodeError, HubMessage, call::ErrorCode},
};

/// Why a message was not carried out, for its sender.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Refusal {
    pub(crate) code: ErrorCode,
    message: String,
    retry_after: Option<Duration>,
}

impl Refusal {
    pub(crate) fn new(code: ErrorCode, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
            retry_after: None,
        }
    }

    /// The message as such was not understood.
    pub(crate) fn undecodable(error: &DecodeError) -> Self {
        let code = match error {
            DecodeError::TooLarge { .. } => ErrorCode::TooLarge,
            DecodeError::NotAMessage => ErrorCode::NotAMessage,
            DecodeError::Version { .. } => ErrorCode::Version,
            DecodeError::UnknownType { .. } => ErrorCode::UnknownType,
            DecodeError::Malformed { .. } => ErrorCode::Malformed,
        };
        Self::new(code, format!("{error}. It was not carried out."))
    }

    /// The body of a relayed message was not understood.
    pub(super) fn body(error: &DecodeError) -> Self {
        Self::new(ErrorCode::Malformed, format!("The body was not passed on: {error}."))
    }

    pub(super) fn body_without_type() -> Self {
        Self::new(
            ErrorCode::Malformed,
            "The body was not passed on: it is not an object with a \"type\".",
        )
    }

    pub(super) fn not_in_call() -> Self {
        Self::new(
            ErrorCode::NotInCall,
            "This device is not in that call, or the call is over. Nothing was passed on.",
        )
    }

    pub(super) fn too_many_calls() -> Self {
        let message = "This device has too many calls that have not ended. End them, or try again in a minute.";
        Self::new(ErrorCode::TooFast, message).retry_after(Duration::from_secs(60))
    }

    /// The id of an earlier call.
    pub(crate) fn call_id_used() -> Self {
        Self::new(
            ErrorCode::NotInCall,
            "This call id belongs to an earlier call. Call again with a new one.",
        )
    }

    /// Nobody of that name.
    pub(crate) fn unknown_person() -> Self {
        Self::new(
            ErrorCode::Unreachable,
            "There is nobody of that name to call. Choose a person from the list.",
        )
    }

    /// More than is accepted in this time.
    pub(crate) fn too_fast(retry_after: Duration) -> Self {
        let message = "More messages than are accepted in this time. This one was not carried out; repeat it later.";
        Self::new(ErrorCode::TooFast, message).retry_after(retry_after)
    }

    /// With the time after which trying again makes sense.
    pub(crate) fn retry_after(self, retry_after: Duration) -> Self {
        Self {
            retry_after: Some(retry_after),
            ..self
        }
    }

    /// As it goes to the client, about the message of this call and id.
    pub(crate) fn about(self, call: Option<CallId>, id: Option<u64>) -> HubMessage {
        let retry_after_ms = self
            .retry_after
            .map(|after| u32::try_from(after.as_millis()).unwrap_or(u32::MAX).max(1));
        HubMessage::Refused {
            call,
            id,
            code: self.code,
            message: self.message,
            retry_after_ms,
        }
    }
}
