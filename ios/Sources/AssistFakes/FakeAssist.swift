import AssistAPI

/// A library without a core: signs in whoever has the key.
public final class FakeAssist: Assisting {
    private struct State {
        var isClosed = false
        var failure: SignInError?
        var sessions: [FakeSession] = []
    }

    private let key: String
    private let people: [Person]
    private let state = Locked(State())

    /// - Parameters:
    ///   - key: the one that is accepted.
    ///   - people: whom every session may call.
    public init(
        key: String = "key",
        people: [Person] = [Person(id: "expert", name: "Expert", presence: .online)]
    ) {
        self.key = key
        self.people = people
    }

    /// Every session so far, the latest last.
    public var sessions: [FakeSession] { state.value.sessions }

    /// Lets the next sign-in fail.
    public func failNextSignIn(with error: SignInError) {
        state.with { $0.failure = error }
    }

    public func signIn(_ account: SandboxAccount) async throws(SignInError) -> any Session {
        let (isClosed, failure) = state.with { state in
            defer { state.failure = nil }
            return (state.isClosed, state.failure)
        }
        if isClosed {
            throw .closed(Advice(message: "the library has been closed; nobody was signed in"))
        }
        if let failure {
            throw failure
        }
        guard account.key == key else {
            throw .rejected(Advice(message: "the account or the key is wrong", needsSignIn: true))
        }
        let session = FakeSession(account: account.account, people: people)
        state.with { $0.sessions.append(session) }
        return session
    }

    public func shutdown() async {
        close()
    }

    public func close() {
        state.with { $0.isClosed = true }
        for session in sessions {
            session.close()
        }
    }
}
