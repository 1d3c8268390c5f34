import AssistAPI

final class CoreSession: Session {
    private let core: Locked<Core.Session?>
    private let last: Locked<SessionSnapshot>

    init(_ core: Core.Session) {
        self.core = Locked(core)
        last = Locked((try? core.snapshot()).map(SessionSnapshot.init) ?? SessionSnapshot())
    }

    var state: SessionSnapshot {
        if let snapshot = try? core.value?.snapshot() {
            let state = SessionSnapshot(snapshot)
            last.with { $0 = state }
        }
        return last.value
    }

    var states: AsyncStream<SessionSnapshot> {
        AsyncStream(pulling: try? core.value?.snapshots(), SessionSnapshot.init)
    }

    var incomingCalls: AsyncStream<any Call> {
        AsyncStream(pulling: try? core.value?.incomingCalls()) { try CoreCall($0) }
    }

    func call(_ personId: String) async throws(CallError) -> any Call {
        guard let core = core.value else {
            throw .ended(Advice(message: "the session has been closed; sign in again to call"))
        }
        let call = try await CallError.catching { try CoreCall(try await core.call(person: personId)) }
        // The core was not told that nobody waits any more.
        if Task.isCancelled {
            call.hangUp()
            throw .ended(Advice(message: "calling was cancelled; nobody was called", isRetryable: true))
        }
        return call
    }

    func networkChanged() {
        try? core.value?.networkChanged()
    }

    func leave() async {
        guard let core = takeCore() else { return }
        try? await core.close()
    }

    func close() {
        // The core says goodbye when it is let go of.
        _ = takeCore()
    }

    private func takeCore() -> Core.Session? {
        _ = state
        return core.take()
    }
}
