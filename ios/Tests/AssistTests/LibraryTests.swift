import Assist
import AssistPhone
import Foundation
import Testing

/// What is particular to Swift: cancelling, errors, the log.
@Suite(.serialized, .timeLimit(.minutes(2)))
struct LibraryTests {
    @Test
    func aCancelledSignInSignsNobodyIn() async throws {
        let world = try await CoreWorld()
        let assist = world.assist
        let account = world.account
        let signingIn = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            return try await assist.signIn(account)
        }
        do {
            _ = try await signingIn.value
            Issue.record("somebody was signed in")
        } catch let error as SignInError {
            guard case .closed(let advice) = error else { throw error }
            #expect(advice.isRetryable)
        }
        await world.end()
    }

    @Test
    func aCancelledCallLeavesNoCall() async throws {
        let world = try await CoreWorld()
        let (session, expert, expertId) = try await world.signIn()
        let calling = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            return try await session.call(expertId)
        }
        do {
            _ = try await calling.value
            Issue.record("a call was placed")
        } catch let error as CallError {
            guard case .ended = error else { throw error }
        }
        try await expert.waitTechnicianFree()
        await world.end()
    }

    @Test
    func anEmptyIdIsNobody() async throws {
        let world = try await CoreWorld()
        let (session, _, _) = try await world.signIn()
        do throws(CallError) {
            _ = try await session.call("")
            Issue.record("nobody was called")
        } catch {
            guard case .unknownPerson = error else { throw error }
            #expect(error.errorDescription == error.advice.message)
        }
        await world.end()
    }

    @Test
    func addressesAreChecked() async throws {
        let world = try await CoreWorld()
        for (address, isPlain) in [("no address", false), ("http://hub.example", true)] {
            do throws(SignInError) {
                _ = try await world.assist.signIn(SandboxAccount(hubURL: address, account: "technician", key: "key"))
                Issue.record("\(address) was accepted")
            } catch {
                switch error {
                case .invalidAddress: #expect(!isPlain)
                case .notEncrypted: #expect(isPlain)
                default: throw error
                }
            }
        }
        await world.end()
    }

    @Test
    func theDeviceKeepsItsId() async throws {
        let store = MemoryStore()
        let first = try await CoreWorld(secureStore: store)
        let device = try await first.signIn().session.state.me?.deviceId
        await first.end()
        let second = try await CoreWorld(secureStore: store)
        #expect(try await second.signIn().session.state.me?.deviceId == device)
        #expect(device != nil)
        await second.end()
    }

    @Test
    func anAbandonedSessionEnds() async throws {
        let world = try await CoreWorld()
        let states = try await world.assist.signIn(world.account).states
        for await _ in states {}
        await world.end()
    }

    @Test
    func theLibraryCallsItself() async throws {
        let world = try await CoreWorld()
        let technician = try await world.assist.signIn(world.account)
        let other = try CoreWorld.library()
        var account = world.account
        account.account = "expert"
        let expert = try await other.signIn(account)

        let call = try await technician.call(technician.onlinePerson())
        let answered = try await expert.nextIncomingCall()
        #expect(answered.id == call.id)
        try answered.accept()
        _ = try await call.waitConnected()
        _ = try await answered.waitConnected()

        let filming = Task { try await call.film() }
        try answered.requestKeyFrame()
        let picture = try #require(await answered.video.first { _ in true })
        #expect(picture.annexB.starts(with: [0, 0, 0, 1]) || picture.annexB.starts(with: [0, 0, 1]))
        let isEpochTold = await answered.events.contains {
            guard case .epoch(let epoch, _, _) = $0 else { return false }
            return epoch > 0
        }
        #expect(isEpochTold)
        filming.cancel()
        _ = try await filming.value

        await expert.leave()
        #expect(try await call.waitEnded().endReason == .hungUp)
        await other.shutdown()
        await world.end()
        _ = technician
    }

    @Test
    func anArrowIsSeenInBothPictures() async throws {
        let world = try await CoreWorld()
        let technician = try await world.assist.signIn(world.account)
        let other = try CoreWorld.library()
        var account = world.account
        account.account = "expert"
        let expert = try await other.signIn(account)
        let filming = try await technician.call(technician.onlinePerson())
        let watching = try await expert.nextIncomingCall()
        try watching.accept()
        _ = try await filming.waitConnected()
        _ = try await watching.waitConnected()
        // Poses are sent once, on a channel that opens a moment after media flows.
        for call in [filming, watching] {
            for await state in call.states where state.isChannelOpen { break }
        }

        let phone = try SimulatedPhone.filming()
        try filming.watch(phone, frames: 0..<20)
        let drawnAt: Int64 = 15 * 33_333
        func point(_ x: Float, _ y: Float) -> DrawnPoint {
            DrawnPoint(captureTimeMicroseconds: drawnAt, x: x, y: y)
        }
        let stroke = try watching.beginStroke(StrokeStyle(tool: .arrow), points: [point(0.4, 0.65), point(0.5, 0.55)])
        try stroke.finish()
        try await filming.waitDrawn(1)
        #expect(try filming.watch(phone, frames: 20..<21)?.map(\.part) == [.line, .arrowHead])

        // In the picture it was drawn on it points where it was drawn, once its place and the poses have come.
        var tip: SIMD2<Float>?
        let deadline = ContinuousClock.now + .seconds(60)
        for number in 21... {
            try filming.watch(phone, frames: number..<number + 1)
            let lines = try watching.overlayOfPeer(captureTimeMicroseconds: drawnAt, widthPx: 1_280, heightPx: 720)
            tip = lines.first { $0.part == .arrowHead }?.points.first
            guard tip == nil, ContinuousClock.now < deadline else { break }
            try await Task.sleep(for: .milliseconds(10))
        }
        let seen = try #require(tip) - SIMD2(640, 396)
        #expect((seen * seen).sum().squareRoot() < 8)
        #expect(filming.state.annotations.mine == 0)
        #expect(watching.state.annotations.mine == 1)
        await expert.leave()
        await other.shutdown()
        await world.end()
        _ = technician
    }

    @Test
    func aStrokeOnNothingIsRefused() async throws {
        let world = try await CoreWorld()
        let (_, _, call) = try await world.connectedCall()
        let phone = try SimulatedPhone.filming()
        try call.watch(phone, frames: 0..<2)
        // Nothing was filmed at that time.
        let point = DrawnPoint(captureTimeMicroseconds: 3_600_000_000, x: 0.5, y: 0.5)
        let stroke = try call.beginStroke(StrokeStyle(tool: .ink), points: [point])
        try stroke.finish()
        var refusal: StrokeRefusal?
        for await event in call.events {
            guard case .strokeRefused(let number, let because) = event else { continue }
            #expect(number == stroke.number)
            refusal = because
            break
        }
        #expect(try #require(refusal).message.count > 10)
        #expect(try call.overlayOfPeer(captureTimeMicroseconds: 0, widthPx: 64, heightPx: 48).isEmpty)
        await world.end()
    }

    @Test
    func theLogArrives() async throws {
        let (lines, taker) = AsyncStream.makeStream(of: String.self)
        struct Sink: LogSink {
            let taker: AsyncStream<String>.Continuation

            func log(_ level: LogLevel, module: String, message: String) {
                taker.yield("\(level) \(module)")
            }
        }
        let world = try await CoreWorld()
        let assist = try CoreWorld.library(logSink: Sink(taker: taker))
        let session = try await assist.signIn(world.account)
        let line = try #require(await lines.first { _ in true })
        #expect(line.contains("assist"))
        await session.leave()
        await assist.shutdown()
        await world.end()
    }
}
