import AssistAPI

/// The library in this process, over the core.
public final class Assist: Assisting {
    private let core: Locked<Core.Assist?>

    private init(_ core: Core.Assist) {
        self.core = Locked(core)
    }

    /// Starts the library: two threads, no network.
    ///
    /// - Parameters:
    ///   - secureStore: keeps this device's identity; called from threads of the library.
    ///   - logSink: takes the log of the process, in place of the sink before; without one nothing is logged.
    public static func create(
        config: AssistConfig,
        secureStore: any SecureStore,
        logSink: (any LogSink)? = nil
    ) throws(AssistError) -> Assist {
        try AssistError.catching {
            Assist(
                try Core.Assist(
                    config: Core.AssistConfig(config),
                    secureStore: SecureStorePort(secureStore),
                    logSink: logSink.map(LogSinkPort.init)
                )
            )
        }
    }

    public func signIn(_ account: SandboxAccount) async throws(SignInError) -> any Session {
        guard let core = core.value else {
            throw .closed(Advice(message: "the library has been closed; nobody was signed in"))
        }
        let session = try await SignInError.catching {
            CoreSession(try await core.signIn(account: Core.SandboxAccount(account)))
        }
        // The core was not told that nobody waits any more.
        if Task.isCancelled {
            session.close()
            throw .closed(Advice(message: "signing in was cancelled; nobody was signed in", isRetryable: true))
        }
        return session
    }

    public func shutdown() async {
        try? await core.take()?.close()
    }

    public func close() {
        guard let core = core.take() else { return }
        Task.detached { try? await core.close() }
    }
}
