import Foundation

/// What happened in plain words, and what now.
public struct Advice: Equatable, Sendable {
    /// What happened, what is safe, and what to do: for showing. No secrets.
    public var message: String
    /// Whether the same may succeed later.
    public var isRetryable: Bool
    /// When the service said to come back, counted from now.
    public var retryAfter: Duration?
    /// Whether only signing in with other credentials helps.
    public var needsSignIn: Bool

    public init(
        message: String,
        isRetryable: Bool = false,
        retryAfter: Duration? = nil,
        needsSignIn: Bool = false
    ) {
        self.message = message
        self.isRetryable = isRetryable
        self.retryAfter = retryAfter
        self.needsSignIn = needsSignIn
    }
}

/// An error of the library: its case is the stable kind, its advice is for people.
public protocol AdvisedError: LocalizedError, Equatable, Sendable {
    /// What happened, and what now.
    var advice: Advice { get }
}

extension AdvisedError {
    /// The advice's message.
    public var errorDescription: String? { advice.message }
}
