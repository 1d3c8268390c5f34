import Assist
import AssistFakes
import Foundation

/// Where a case of the contract is tried. `tests/contract/cases.txt` names the cases; those about the core itself (its
/// pictures, where its marks lie, its handles, its threads, its panics, its use of the store) are tried there alone.
enum Kind: String, CaseIterable, Sendable {
    /// The real library, a real hub, a real expert.
    case core
    /// The fakes.
    case fakes

    func world(secureStore: any SecureStore = MemoryStore()) async throws -> any World {
        switch self {
        case .core: try await CoreWorld(secureStore: secureStore)
        case .fakes: FakeWorld()
        }
    }
}

/// A library, and somebody to talk to.
protocol World: Sendable {
    var assist: any Assisting { get }
    /// The technician's.
    var account: SandboxAccount { get }
    /// What ``signIn()`` gave, held until the end: a session that nobody holds ends.
    var held: Locked<[any Sendable]> { get }
    /// Signs the expert in; the technician sees them online. Over a bad link of so many kbit/s each way, ms one way, as
    /// `700,20`, if one is given.
    func expert(over link: String?) async throws -> any Expert
    func end() async
}

/// Somebody at the other end. Whatever waits fails by itself after a minute.
protocol Expert: Sendable {
    func waitRinging() async throws
    func answer() throws
    func callTechnician() async throws
    func waitConnected() async throws
    func waitText() async throws -> String
    func sendText(text: String) throws
    func waitMicrophone(muted: Bool) async throws
    func waitCamera(paused: Bool) async throws
    func drawArrow(captureTimeUs: UInt64, x: Float, y: Float) throws
    func undoDrawing() throws
    /// Until so many marks of everybody's are there.
    func waitDrawings(count: UInt32) async throws
    /// Until so many pictures were decoded; the size of the last, as `WIDTHxHEIGHT`.
    func waitPictures(count: UInt32) async throws -> String
    /// Makes the bad link another one.
    func setLink(link: String) throws
    /// Until something is offered because of the link, and says yes; the link in words, as it was then.
    func acceptLinkOffer() async throws -> String
    func hangUp() throws
    /// How it ended, as on the wire.
    func waitEnded() async throws -> String
    func waitTechnicianFree() async throws
}

/// Keeps texts as long as it lives.
final class MemoryStore: SecureStore {
    private let texts = Locked<[String: String]>([:])

    func read(_ name: String) throws(SecureStoreError) -> String? {
        texts.value[name]
    }

    func write(_ text: String, under name: String) throws(SecureStoreError) {
        texts.with { $0[name] = text }
    }
}

/// Does not work.
struct BrokenStore: SecureStore {
    func read(_ name: String) throws(SecureStoreError) -> String? {
        throw SecureStoreError(reason: "the device is locked")
    }

    func write(_ text: String, under name: String) throws(SecureStoreError) {
        throw SecureStoreError(reason: "the device is locked")
    }
}

/// A test's own failure.
struct Unexpected: Error {
    let what: String
}

extension World {
    func expert() async throws -> any Expert {
        try await expert(over: nil)
    }

    /// Signs in and waits until the expert can be called; their id.
    func signIn(
        over link: String? = nil
    ) async throws -> (session: any Session, expert: any Expert, expertId: String) {
        let session = try await assist.signIn(account)
        let expert = try await expert(over: link)
        held.with { $0 += [session, expert] }
        return (session, expert, try await session.onlinePerson())
    }

    /// The same, and the expert has answered.
    func connectedCall(
        over link: String? = nil
    ) async throws -> (session: any Session, expert: any Expert, call: any Call) {
        let (session, expert, expertId) = try await signIn(over: link)
        let call = try await session.call(expertId)
        try await expert.waitRinging()
        try expert.answer()
        _ = try await call.waitConnected()
        try await expert.waitConnected()
        return (session, expert, call)
    }
}

extension Session {
    /// The id of the first person who is online, once there is one.
    func onlinePerson() async throws -> String {
        for await state in states {
            if let person = state.people.first(where: { $0.presence == .online }) { return person.id }
        }
        throw Unexpected(what: "the session ended")
    }

    func nextIncomingCall() async throws -> any Call {
        for await call in incomingCalls { return call }
        throw Unexpected(what: "the session ended")
    }
}

extension Call {
    func waitEnded() async throws -> CallSnapshot {
        guard let last = await states.first(where: { $0.state == .ended }) else {
            throw Unexpected(what: "the call's states ended before the call")
        }
        return last
    }
}
