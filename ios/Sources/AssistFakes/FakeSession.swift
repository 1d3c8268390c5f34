import AssistAPI
import Foundation

/// A session without a core. Its world is what the test says: ``ring(from:)`` rings here, ``placedCalls`` are answered.
public final class FakeSession: Session {
    private let snapshot: Latest<SessionSnapshot>
    private let incoming = Inbox<any Call>()
    private let placed = Inbox<FakeCall>()
    private let live = Locked<FakeCall?>(nil)
    private let isClosed = Locked(false)

    init(account: String, people: [Person]) {
        let me = Address(personId: account, deviceId: "fake-device")
        snapshot = Latest(
            SessionSnapshot(revision: 1, isConnected: true, me: me, name: account.capitalized, people: people)
        )
    }

    public var state: SessionSnapshot { snapshot.value }
    public var states: AsyncStream<SessionSnapshot> { snapshot.stream() }
    public var incomingCalls: AsyncStream<any Call> { incoming.stream() }

    public func call(_ personId: String) async throws(CallError) -> any Call {
        guard !isClosed.value else {
            throw .ended(Advice(message: "the session has been closed; sign in again to call"))
        }
        guard !personId.isEmpty else {
            throw .unknownPerson(Advice(message: "nobody can be called by this id; take one from the session's people"))
        }
        guard let call = start(role: .caller, peer: personId) else {
            throw .busy(Advice(message: "another call is live; end it first"))
        }
        placed.put(call)
        return call
    }

    public func networkChanged() {}

    public func leave() async {
        close()
    }

    public func close() {
        let wasClosed = isClosed.with { isClosed in
            defer { isClosed = true }
            return isClosed
        }
        guard !wasClosed else { return }
        live.take()?.hangUp()
        incoming.finish()
        placed.finish()
        change { $0.isConnected = false }
        snapshot.finish()
    }

    private func start(role: Role, peer: String) -> FakeCall? {
        live.with { live in
            guard live == nil || live?.state.state == .ended else { return nil }
            let call = FakeCall(role: role, peer: peer)
            live = call
            return call
        }
    }

    // MARK: - The world around it

    /// Calls that were placed here, each to be answered or not.
    public var placedCalls: AsyncStream<FakeCall> { placed.stream() }

    /// Whether a call is live: what others see as this person's presence.
    public var isInCall: Bool { live.value.map { $0.state.state != .ended } ?? false }

    /// Somebody calls; `nil` when another call is live.
    public func ring(from personId: String) -> FakeCall? {
        guard let call = start(role: .callee, peer: personId) else { return nil }
        incoming.put(call)
        return call
    }

    /// Changes what the session shows: its people, its connection.
    public func change(_ change: (inout SessionSnapshot) -> Void) {
        snapshot.update { snapshot in
            change(&snapshot)
            snapshot.revision += 1
        }
    }
}
