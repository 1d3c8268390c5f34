/// The library in this process.
public protocol Assisting: AnyObject, Sendable {
    /// Signs in and starts a session; returns when the hub has accepted the account.
    ///
    /// A cancelled task gets ``SignInError/closed(_:)``, and nobody is signed in.
    func signIn(_ account: SandboxAccount) async throws(SignInError) -> any Session

    /// Ends every session politely, within 5 s whatever the network does. Nobody can sign in any more.
    func shutdown() async

    /// The same without waiting. Once is enough.
    func close()
}

/// How the library is to work.
public struct AssistConfig: Equatable, Sendable {
    /// Name and version of the app, for people who read the hub's logs.
    public var client: String
    /// Media stays on this machine: for tests, and for a technician and an expert on one computer.
    public var loopbackOnly: Bool
    /// The most detailed lines that the log sink gets.
    public var logLevel: LogLevel

    public init(client: String, loopbackOnly: Bool = false, logLevel: LogLevel = .warning) {
        self.client = client
        self.loopbackOnly = loopbackOnly
        self.logLevel = logLevel
    }
}

/// An account of a hub's sandbox tenant. Its description hides the key.
public struct SandboxAccount: Equatable, Sendable {
    /// `https://HOST[:PORT]`; `http://` for this machine only.
    public var hubURL: String
    /// The account's name.
    public var account: String
    /// The key that the hub printed when it started.
    public var key: String
    /// A certificate (PEM) to trust besides the public ones: a hub's own, or a company's root.
    public var certificatePEM: String?

    public init(hubURL: String, account: String, key: String, certificatePEM: String? = nil) {
        self.hubURL = hubURL
        self.account = account
        self.key = key
        self.certificatePEM = certificatePEM
    }
}

extension SandboxAccount: CustomStringConvertible, CustomReflectable {
    public var description: String { "SandboxAccount(hubURL: \(hubURL))" }
    public var customMirror: Mirror { Mirror(self, children: ["hubURL": hubURL]) }
}
