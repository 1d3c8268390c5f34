/// Keeps small texts where the platform keeps secrets. Called from threads of the library, one call at a time.
public protocol SecureStore: Sendable {
    /// The text under a name; `nil` when there is none.
    func read(_ name: String) throws(SecureStoreError) -> String?

    /// Keeps a text under a name, in place of the one before.
    func write(_ text: String, under name: String) throws(SecureStoreError)
}

/// Why a secure store did not work.
public struct SecureStoreError: Error, Equatable, Sendable {
    /// The platform's words. No secrets.
    public var reason: String

    public init(reason: String) {
        self.reason = reason
    }
}

/// Takes lines of the log.
public protocol LogSink: Sendable {
    /// One line, from one thread of the library, in order. Of what a slow sink leaves waiting, more than 256 lines are dropped.
    func log(_ level: LogLevel, module: String, message: String)
}

/// How much a line of the log matters.
public enum LogLevel: Hashable, Sendable {
    /// Something did not work.
    case error
    /// Something is odd; the library goes on.
    case warning
    /// What a support person wants to read.
    case information
    /// What a developer wants to read. May name people and addresses.
    case debug
}
