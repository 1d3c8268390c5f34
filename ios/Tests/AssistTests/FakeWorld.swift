import Assist
import AssistFakes

/// The fakes, and an expert who plays their other end.
struct FakeWorld: World {
    let fake = FakeAssist(key: "key")
    let account = SandboxAccount(hubURL: "http://127.0.0.1:1", account: "technician", key: "key")
    var assist: any Assisting { fake }
    let held = Locked<[any Sendable]>([])

    func expert(over link: String?) async throws -> any Expert {
        guard let session = fake.sessions.last else { throw Unexpected(what: "nobody has signed in") }
        return FakeExpert(session: session, link: link)
    }

    func end() async {
        await assist.shutdown()
        held.with { $0 = [] }
    }
}

private final class FakeExpert: Expert {
    private let session: FakeSession
    private let current = Locked<FakeCall?>(nil)
    private let read = Locked(0)
    private let link: String?

    init(session: FakeSession, link: String?) {
        self.session = session
        self.link = link
    }

    private func call() throws -> FakeCall {
        guard let call = current.value else { throw Unexpected(what: "the expert is in no call") }
        return call
    }

    private func until(_ wanted: (CallSnapshot) -> Bool) async throws -> CallSnapshot {
        for await state in try call().states where wanted(state) || state.state == .ended { return state }
        throw Unexpected(what: "the call's states ended before the call")
    }

    func waitRinging() async throws {
        for await call in session.placedCalls {
            call.peerRings()
            current.with { $0 = call }
            return
        }
    }

    func answer() throws {
        try call().peerAnswers()
        if let link { try setLink(link: link) }
    }

    func callTechnician() async throws {
        guard let call = session.ring(from: "expert") else { throw Unexpected(what: "the technician is busy") }
        current.with { $0 = call }
    }

    func waitConnected() async throws {
        guard try await until({ $0.state == .connected }).state == .connected else {
            throw Unexpected(what: "the call ended")
        }
    }

    func waitText() async throws -> String {
        let index = read.with { read in
            defer { read += 1 }
            return read
        }
        let texts = try call().sentTexts
        guard texts.indices.contains(index) else { throw Unexpected(what: "nothing was written") }
        return texts[index]
    }

    func sendText(text: String) throws {
        try call().peerWrites(text)
    }

    func waitMicrophone(muted: Bool) async throws {
        _ = try await until { $0.local.microphone == (muted ? .muted : .on) }
    }

    func waitCamera(paused: Bool) async throws {
        _ = try await until { $0.local.camera == (paused ? .paused : .on) }
    }

    func drawArrow(captureTimeUs: UInt64, x: Float, y: Float) throws {
        let time = Int64(captureTimeUs)
        let points = [
            DrawnPoint(captureTimeMicroseconds: time, x: x - 0.1, y: y + 0.1),
            DrawnPoint(captureTimeMicroseconds: time, x: x, y: y),
        ]
        try call().peerDraws(points: points)
    }

    func undoDrawing() throws {
        try call().peerUndoesDrawing()
    }

    func waitDrawings(count: UInt32) async throws {
        guard try await until({ $0.annotations.marks == count }).annotations.marks == count else {
            throw Unexpected(what: "the call ended")
        }
    }

    func waitPictures(count: UInt32) async throws -> String {
        let call = try call()
        while call.pushedPictures.count < count {
            try await Task.sleep(for: .milliseconds(10))
        }
        return "1280x720"
    }

    func setLink(link: String) throws {
        let kilobits = link.split(separator: ",").first.flatMap { Int($0) } ?? 0
        try call().linkBecomes(kilobits >= 1_500 ? .good : .poor(.bandwidth))
    }

    func acceptLinkOffer() async throws -> String {
        let call = try call()
        guard let link = await call.links.first(where: { $0.offer != nil }) else {
            throw Unexpected(what: "nothing was offered")
        }
        call.peerAcceptsLinkOffer()
        return link.words
    }

    func hangUp() throws {
        try call().peerHangsUp()
    }

    func waitEnded() async throws -> String {
        switch try await until({ _ in false }).endReason {
        case .hungUp: "hung_up"
        case .cancelled: "cancelled"
        case .declined: "declined"
        case let other: throw Unexpected(what: "it ended with \(String(describing: other))")
        }
    }

    func waitTechnicianFree() async throws {
        if session.isInCall { throw Unexpected(what: "the technician is busy") }
    }
}
