import Assist
import AssistPhone
import Foundation

/// The real library against a real hub on this machine, with a real engine as the expert.
struct CoreWorld: World {
    let assist: any Assisting
    let account: SandboxAccount
    let held = Locked<[any Sendable]>([])
    private let hub: TestHub

    init(secureStore: any SecureStore = MemoryStore()) async throws {
        let hub = try await outsideThePool { try TestHub.start() }
        self.hub = hub
        account = SandboxAccount(hubURL: hub.url(), account: "technician", key: hub.key())
        assist = try Self.library(secureStore: secureStore)
    }

    /// One more library in this process; its media stays on this machine.
    static func library(
        secureStore: any SecureStore = MemoryStore(),
        logSink: (any LogSink)? = nil
    ) throws(AssistError) -> Assist {
        let config = AssistConfig(client: "swift-tests", loopbackOnly: true, logLevel: .information)
        return try Assist.create(config: config, secureStore: secureStore, logSink: logSink)
    }

    func expert(over link: String?) async throws -> any Expert {
        guard let link else { return try await HeadlessExpert.signIn(hubUrl: hub.url(), key: hub.key()) }
        return try await HeadlessExpert.signInOver(hubUrl: hub.url(), key: hub.key(), link: link)
    }

    func end() async {
        await assist.shutdown()
        held.with { $0 = [] }
        let hub = hub
        try? await outsideThePool { hub.stop() }
    }
}

extension HeadlessExpert: Expert {}

/// Runs what blocks on a thread of its own: the pool of Swift's tasks has as many as there are cores.
func outsideThePool<Value: Sendable>(_ work: @escaping @Sendable () throws -> Value) async throws -> Value {
    try await withCheckedThrowingContinuation { continuation in
        Thread.detachNewThread { continuation.resume(with: Result(catching: work)) }
    }
}
