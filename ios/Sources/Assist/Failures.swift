import AssistAPI

/// An error of ours, made from whatever the generated code throws.
package protocol CoreFailure: Error {
    /// A failure of the core as what it is; everything else, a panic too, as an internal error.
    init(_ error: any Error)
}

extension CoreFailure {
    /// Runs something of the core with its errors as ours.
    package static func catching<Value>(_ work: () throws -> Value) throws(Self) -> Value {
        do { return try work() } catch { throw Self(error) }
    }

    /// The same for what waits.
    package static func catching<Value: Sendable>(
        _ work: @Sendable () async throws -> Value
    ) async throws(Self) -> Value {
        do { return try await work() } catch { throw Self(error) }
    }
}

extension AssistError: CoreFailure {
    package init(_ error: any Error) {
        self =
            switch error as? Core.AssistError {
            case .NoThreads(let advice): .noThreads(Advice(advice))
            case nil: .internalError(.internalError)
            }
    }
}

extension SignInError: CoreFailure {
    package init(_ error: any Error) {
        self =
            switch error as? Core.SignInFailure {
            case .InvalidAddress(let advice): .invalidAddress(Advice(advice))
            case .NotEncrypted(let advice): .notEncrypted(Advice(advice))
            case .InvalidCertificate(let advice): .invalidCertificate(Advice(advice))
            case .Rejected(let advice): .rejected(Advice(advice))
            case .Unavailable(let advice): .unavailable(Advice(advice))
            case .SecureStore(let advice): .secureStoreFailed(Advice(advice))
            case .Closed(let advice): .closed(Advice(advice))
            case nil: .internalError(.internalError)
            }
    }
}

extension CallError: CoreFailure {
    package init(_ error: any Error) {
        self =
            switch error as? Core.CallFailure {
            case .Ended(let advice): .ended(Advice(advice))
            case .Busy(let advice): .busy(Advice(advice))
            case .UnknownPerson(let advice): .unknownPerson(Advice(advice))
            case .TextLength(let advice): .textLength(Advice(advice))
            case .TooManyWaiting(let advice): .tooManyWaiting(Advice(advice))
            case .NotReady(let advice): .notReady(Advice(advice))
            case nil: .internalError(.internalError)
            }
    }
}

extension MediaError: CoreFailure {
    package init(_ error: any Error) {
        self =
            switch error as? Core.MediaFailure {
            case .NotAnnexB(let advice): .notAnnexB(Advice(advice))
            case .Busy(let advice): .busy(Advice(advice))
            case .WrongLength(let advice): .wrongLength(Advice(advice))
            case nil: .internalError(.internalError)
            }
    }
}

extension DrawError: CoreFailure {
    package init(_ error: any Error) {
        self =
            switch error as? Core.DrawFailure {
            case .TooMuch(let advice): .tooMuch(Advice(advice))
            case .TooFast(let advice): .tooFast(Advice(advice))
            case .Gone(let advice): .gone(Advice(advice))
            case .NothingToUndo(let advice): .nothingToUndo(Advice(advice))
            case .Invalid(let advice): .invalid(Advice(advice))
            case nil: .internalError(.internalError)
            }
    }
}

extension Advice {
    init(_ core: Core.Advice) {
        self.init(
            message: core.message,
            isRetryable: core.isRetryable,
            retryAfter: core.retryAfterMs.map { .milliseconds(Int64(clamping: $0)) },
            needsSignIn: core.needsSignIn
        )
    }

    /// What a panic said may hold anything: it is in the log, and not for showing.
    static let internalError = Advice(
        message: "something failed inside the library and nothing was done; end the call and start the app again"
    )
}
