import Assist
import AssistFakes
import AssistPhone
import Foundation
import Testing

/// What holds in every language: the cases of `tests/contract/cases.txt` that the fakes keep too.
@Suite(.serialized, .timeLimit(.minutes(2)))
struct ContractTests {
    @Test(arguments: Kind.allCases)
    func signInShowsThePeople(_ kind: Kind) async throws {
        let world = try await kind.world()
        let (session, _, expertId) = try await world.signIn()
        #expect(!expertId.isEmpty)
        #expect(session.state.isConnected)
        #expect(session.state.me?.personId.isEmpty == false)
        #expect(!session.state.name.isEmpty)
        await world.end()
    }

    @Test(arguments: Kind.allCases)
    func aWrongKeyIsRefusedInWords(_ kind: Kind) async throws {
        let world = try await kind.world()
        var account = world.account
        account.key = "wrong"
        do throws(SignInError) {
            _ = try await world.assist.signIn(account)
            Issue.record("a wrong key was accepted")
        } catch {
            guard case .rejected(let advice) = error else { throw error }
            #expect(advice.message.count > 10)
            #expect(advice.needsSignIn)
            #expect(!advice.isRetryable)
            #expect(!"\(account) \(String(reflecting: account))".contains("wrong"))
        }
        await world.end()
    }

    @Test(arguments: Kind.allCases)
    func stateArrivesInOrder(_ kind: Kind) async throws {
        let world = try await kind.world()
        let (session, expert, expertId) = try await world.signIn()
        let call = try await session.call(expertId)
        let seen = Task { await call.states.reduce(into: []) { $0.append($1) } as [CallSnapshot] }
        try await expert.waitRinging()
        try expert.answer()
        _ = try await call.waitConnected()
        call.hangUp()
        let states = await seen.value
        #expect(zip(states, states.dropFirst()).allSatisfy { $0.revision < $1.revision })
        let order: [CallState] = [.inviting, .alerting, .connecting, .connected, .reconnecting, .ending, .ended]
        let ranks = states.compactMap { order.firstIndex(of: $0.state) }
        #expect(ranks == ranks.sorted())
        #expect(states.last?.state == .ended)
        #expect(states.last?.endReason == .hungUp)
        #expect(call.state == states.last)
        await world.end()
    }

    @Test(arguments: Kind.allCases)
    func soundIsTakenAndGiven(_ kind: Kind) async throws {
        let world = try await kind.world()
        let (_, _, call) = try await world.connectedCall()
        try call.pushAudio(Data(count: SoundFrame.byteCount))
        #expect(call.pullAudio().count == SoundFrame.byteCount)
        do throws(MediaError) {
            try call.pushAudio(Data(count: 7))
            Issue.record("seven bytes were taken for sound")
        } catch {
            guard case .wrongLength = error else { throw error }
        }
        await world.end()
    }

    @Test(arguments: Kind.allCases)
    func textGoesBothWays(_ kind: Kind) async throws {
        let world = try await kind.world()
        let (_, expert, call) = try await world.connectedCall()
        let id = try call.sendText("The valve is stuck.")
        #expect(try await expert.waitText() == "The valve is stuck.")
        try expert.sendText(text: "Turn it left. ↺")
        var isDelivered = false
        var received: String?
        for await event in call.events {
            switch event {
            case .textDelivered(let delivered): isDelivered = isDelivered || delivered == id
            case .textReceived(_, let sentAt, let text):
                #expect(abs(sentAt.timeIntervalSinceNow) < 120)
                received = text
            case .strokeRefused, .freezeRefused, .epoch: break
            }
            if isDelivered && received != nil { break }
        }
        #expect(received == "Turn it left. ↺")
        do throws(CallError) {
            try call.sendText("")
            Issue.record("an empty line was sent")
        } catch {
            guard case .textLength = error else { throw error }
        }
        await world.end()
    }

    @Test(arguments: Kind.allCases)
    func muteAndPauseAreSeen(_ kind: Kind) async throws {
        let world = try await kind.world()
        let (_, expert, call) = try await world.connectedCall()
        try call.setMicrophoneMuted(true)
        try await expert.waitMicrophone(muted: true)
        try call.setCameraPaused(true)
        try await expert.waitCamera(paused: true)
        try call.setMicrophoneMuted(false)
        try await expert.waitMicrophone(muted: false)
        try call.setCameraPaused(false)
        try await expert.waitCamera(paused: false)
        await world.end()
    }

    @Test(arguments: Kind.allCases)
    func everybodyTakesBackTheirOwn(_ kind: Kind) async throws {
        let world = try await kind.world()
        let (_, expert, call) = try await world.connectedCall()
        try call.watch(SimulatedPhone.filming(), frames: 0..<5)
        func point(_ x: Float) -> DrawnPoint {
            DrawnPoint(captureTimeMicroseconds: 4 * 33_333, x: x, y: 0.5)
        }
        let style = StrokeStyle(tool: .ink, colour: .blue, interpretation: .surface)
        let first = try call.beginStroke(style, points: [point(0.4)])
        try first.extend([point(0.5)])
        try first.finish()
        do throws(DrawError) {
            try first.finish()
            Issue.record("a stroke was finished twice")
        } catch {
            guard case .gone = error else { throw error }
        }
        let second = try call.beginStroke(style, points: [point(0.6)])
        #expect(second.number > first.number)
        try await expert.waitDrawings(count: 2)
        #expect(throws: (any Error).self, "these are the technician's") { try expert.undoDrawing() }
        #expect(try call.undoStroke() == second.number)
        try await expert.waitDrawings(count: 1)
        try call.deleteMyStrokes()
        try await expert.waitDrawings(count: 0)
        #expect(call.state.annotations.mine == 0)
        do throws(DrawError) {
            try call.undoStroke()
            Issue.record("nothing was taken back")
        } catch {
            guard case .nothingToUndo(let advice) = error else { throw error }
            #expect(advice.message.count > 10)
        }
        await world.end()
    }

    @Test(arguments: Kind.allCases)
    func aFrozenFrameIsDrawnOn(_ kind: Kind) async throws {
        let world = try await kind.world()
        let (_, expert, call) = try await world.connectedCall()
        let phone = try SimulatedPhone.filming()
        try call.watch(phone, frames: 0..<10)
        let frozen = try call.freeze(captureTimeMicroseconds: 8 * 33_333)
        try call.watch(phone, frames: 60..<65)
        #expect(try frozen.overlay(widthPx: 1_280, heightPx: 720).isEmpty)
        let points = [0.4, 0.6].map { DrawnPoint(captureTimeMicroseconds: 0, x: $0, y: 0.55) }
        let style = StrokeStyle(tool: .ink, colour: .green)
        try frozen.beginStroke(style, points: points).finish()
        try await expert.waitDrawings(count: 1)
        let line = try #require(try frozen.overlay(widthPx: 1_280, heightPx: 720).first { _ in true })
        let (first, last) = try (#require(line.points.first), #require(line.points.last))
        #expect(abs(first.x - 512) < 3 && abs(first.y - 396) < 3 && abs(last.x - 768) < 3)
        try frozen.thaw()
        do throws(DrawError) {
            _ = try frozen.beginStroke(style, points: points)
            Issue.record("what was let go was drawn on")
        } catch {
            guard case .gone = error else { throw error }
        }
        #expect(throws: DrawError.self) { try frozen.thaw() }
        #expect(throws: DrawError.self) { try frozen.overlay(widthPx: 1_280, heightPx: 720) }
        for _ in 0..<8 { _ = try call.freeze(captureTimeMicroseconds: 62 * 33_333) }
        do throws(DrawError) {
            _ = try call.freeze(captureTimeMicroseconds: 62 * 33_333)
            Issue.record("a ninth frame was frozen")
        } catch {
            guard case .tooMuch = error else { throw error }
        }
        await world.end()
    }

    @Test(arguments: Kind.allCases)
    func whatIsNoFrameIsRefusedInWords(_ kind: Kind) async throws {
        let world = try await kind.world()
        let (_, _, call) = try await world.connectedCall()
        let frame = try SimulatedPhone.filming().arFrame(number: 0)
        var cut = frame
        cut.depth?.depthsM.removeLast()
        let refused: [(ArFrame, Float, Int)] = [(cut, 1_280, 0), (frame, 0, 0), (frame, .nan, 0), (frame, 1_280, 45)]
        for (frame, widthPx, rotation) in refused {
            do throws(DrawError) {
                _ = try call.arFrame(frame, widthPx: widthPx, heightPx: 720, rotationDegrees: rotation)
                Issue.record("that is no frame on no screen: \(widthPx) px, \(rotation)°")
            } catch {
                guard case .invalid(let advice) = error else { throw error }
                #expect(advice.message.count > 10)
            }
        }
        #expect(try call.arFrame(frame, widthPx: 1_280, heightPx: 720, rotationDegrees: 90).isEmpty)
        await world.end()
    }

    @Test(arguments: Kind.allCases)
    func hangUpEndsBothEnds(_ kind: Kind) async throws {
        let world = try await kind.world()
        let (_, expert, call) = try await world.connectedCall()
        call.hangUp()
        #expect(try await expert.waitEnded() == "hung_up")
        #expect(try await call.waitEnded().endReason == .hungUp)
        try await expert.waitTechnicianFree()
        do throws(CallError) {
            try call.sendText("Too late.")
            Issue.record("a line was sent in a call that has ended")
        } catch {
            guard case .ended = error else { throw error }
        }
        await world.end()
    }

    @Test(arguments: Kind.allCases)
    func aRingingCallCanBeAnswered(_ kind: Kind) async throws {
        let world = try await kind.world()
        let (session, expert, _) = try await world.signIn()
        try await expert.callTechnician()
        let call = try await session.nextIncomingCall()
        #expect(call.state.role == .callee)
        try call.accept()
        #expect(try await call.waitConnected().state == .connected)
        try await expert.waitConnected()
        try expert.hangUp()
        #expect(try await call.waitEnded().endReason == .hungUp)
        await world.end()
    }

    @Test(arguments: Kind.allCases)
    func aRingingCallCanBeDeclined(_ kind: Kind) async throws {
        let world = try await kind.world()
        let (session, expert, _) = try await world.signIn()
        try await expert.callTechnician()
        let call = try await session.nextIncomingCall()
        try call.decline()
        #expect(try await expert.waitEnded() == "declined")
        #expect(try await call.waitEnded().endReason == .declined)
        await world.end()
    }

    @Test(arguments: Kind.allCases)
    func closeEndsAPendingNext(_ kind: Kind) async throws {
        let world = try await kind.world()
        let (session, _, _) = try await world.signIn()
        let calls = Task { await session.incomingCalls.first { _ in true } == nil }
        let states = Task { await session.states.reduce(0) { count, _ in count + 1 } }
        let cancelled = Task { await session.incomingCalls.first { _ in true } == nil }
        cancelled.cancel()
        #expect(await cancelled.value)
        session.close()
        #expect(await calls.value)
        #expect(await states.value >= 0)
        await world.end()
    }

    @Test(arguments: Kind.allCases)
    func closingTwiceIsClosingOnce(_ kind: Kind) async throws {
        let world = try await kind.world()
        let (session, _, expertId) = try await world.signIn()
        let name = session.state.name
        session.close()
        session.close()
        await session.leave()
        #expect(session.state.name == name)
        #expect(await session.states.reduce(0) { count, _ in count + 1 } <= 1)
        do throws(CallError) {
            _ = try await session.call(expertId)
            Issue.record("a closed session called")
        } catch {
            guard case .ended = error else { throw error }
        }
        await world.assist.shutdown()
        await world.assist.shutdown()
        world.assist.close()
        do throws(SignInError) {
            _ = try await world.assist.signIn(world.account)
            Issue.record("somebody was signed in by a closed library")
        } catch {
            guard case .closed = error else { throw error }
        }
        await world.end()
    }

    @Test(arguments: Kind.allCases)
    func cancellingTheWaitEndsTheCallAtTheHub(_ kind: Kind) async throws {
        let world = try await kind.world()
        let (session, expert, expertId) = try await world.signIn()
        let call = try await session.call(expertId)
        let waiting = Task { try await call.waitConnected() }
        try await expert.waitRinging()
        waiting.cancel()
        do {
            _ = try await waiting.value
            Issue.record("the cancelled wait gave a call")
        } catch let error as CallError {
            guard case .ended = error else { throw error }
        }
        #expect(try await expert.waitEnded() == "cancelled")
        try await expert.waitTechnicianFree()
        await world.end()
    }
}
