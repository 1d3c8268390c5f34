/// Why the library could not be started.
public enum AssistError: AdvisedError {
    /// The system gives no threads.
    case noThreads(Advice)
    /// The library failed inside. Nothing was started.
    case internalError(Advice)

    public var advice: Advice {
        switch self {
        case .noThreads(let advice), .internalError(let advice): advice
        }
    }
}

/// Why nobody was signed in.
public enum SignInError: AdvisedError {
    /// The hub's address is none.
    case invalidAddress(Advice)
    /// The hub's address is not encrypted.
    case notEncrypted(Advice)
    /// The additional certificate is none.
    case invalidCertificate(Advice)
    /// The account or the key is wrong.
    case rejected(Advice)
    /// The hub does not answer as one should, or not at all.
    case unavailable(Advice)
    /// The device's secure store did not work.
    case secureStoreFailed(Advice)
    /// The library is closed, or the signing in was cancelled.
    case closed(Advice)
    /// The library failed inside. Nobody was signed in.
    case internalError(Advice)

    public var advice: Advice {
        switch self {
        case .invalidAddress(let advice), .notEncrypted(let advice), .invalidCertificate(let advice),
            .rejected(let advice), .unavailable(let advice), .secureStoreFailed(let advice), .closed(let advice),
            .internalError(let advice):
            advice
        }
    }
}

/// Why a command of a call was not carried out.
public enum CallError: AdvisedError {
    /// The call, or the session, has ended.
    case ended(Advice)
    /// Another call is live.
    case busy(Advice)
    /// A person that cannot be called: the id is none.
    case unknownPerson(Advice)
    /// No text, or too much of it.
    case textLength(Advice)
    /// Too many lines wait for the peer.
    case tooManyWaiting(Advice)
    /// The session has not been welcomed yet.
    case notReady(Advice)
    /// The library failed inside.
    case internalError(Advice)

    public var advice: Advice {
        switch self {
        case .ended(let advice), .busy(let advice), .unknownPerson(let advice), .textLength(let advice),
            .tooManyWaiting(let advice), .notReady(let advice), .internalError(let advice):
            advice
        }
    }
}

/// Why a picture or a sound was not taken. The call goes on.
public enum MediaError: AdvisedError {
    /// Not Annex B H.264.
    case notAnnexB(Advice)
    /// The network takes pictures more slowly than they come.
    case busy(Advice)
    /// Not 20 ms of sound.
    case wrongLength(Advice)
    /// The library failed inside.
    case internalError(Advice)

    public var advice: Advice {
        switch self {
        case .notAnnexB(let advice), .busy(let advice), .wrongLength(let advice), .internalError(let advice): advice
        }
    }
}

/// Why nothing was drawn, or a frame was not taken. The call goes on, and what was drawn before stays.
public enum DrawError: AdvisedError {
    /// There is as much as there can be.
    case tooMuch(Advice)
    /// More in a short time than is sent.
    case tooFast(Advice)
    /// The stroke is finished or gone.
    case gone(Advice)
    /// There is nothing to take back.
    case nothingToUndo(Advice)
    /// A frame, a screen or points that are none.
    case invalid(Advice)
    /// The library failed inside.
    case internalError(Advice)

    public var advice: Advice {
        switch self {
        case .tooMuch(let advice), .tooFast(let advice), .gone(let advice), .nothingToUndo(let advice),
            .invalid(let advice), .internalError(let advice):
            advice
        }
    }

    package static func invalid(_ message: String) -> Self {
        .invalid(Advice(message: message))
    }
}
