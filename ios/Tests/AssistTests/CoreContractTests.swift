import Assist
import AssistPhone
import Foundation
import Testing

/// The cases of `tests/contract/cases.txt` that are about the core itself; fakes have no such thing.
@Suite(.serialized, .timeLimit(.minutes(2)))
struct CoreContractTests {
    @Test
    func framesReachTheExpert() async throws {
        let world = try await CoreWorld()
        let (_, expert, call) = try await world.connectedCall()

        let filming = Task { try await call.film() }
        let size = try await expert.waitPictures(count: 10)
        filming.cancel()
        let pushed = try await filming.value
        #expect(pushed >= 10)
        let sides = size.split(separator: "x").compactMap { Int($0) }
        #expect(sides.count == 2 && sides.allSatisfy { $0 >= 64 })
        do throws(MediaError) {
            try call.pushVideo(Data([1, 2, 3]), captureTimeMicroseconds: 1, isKeyFrame: false)
            Issue.record("three bytes were taken for a picture")
        } catch {
            guard case .notAnnexB = error else { throw error }
        }
        await world.end()
    }

    @Test
    func aDrawingStaysOnTheMachine() async throws {
        let world = try await CoreWorld()
        let (_, expert, call) = try await world.connectedCall()
        let phone = try SimulatedPhone.filming()
        #expect(try call.watch(phone, frames: 0..<20)?.isEmpty == true)
        try expert.drawArrow(captureTimeUs: 15 * 33_333, x: 0.5, y: 0.55)
        try await call.waitDrawn(1)
        let lines = try #require(try call.watch(phone, frames: 20..<22))
        #expect(lines.map(\.part) == [.line, .arrowHead])
        #expect(lines.allSatisfy { $0.colour == StrokeStyle.Colour.yellow.rgba && !$0.isStale })
        #expect(call.state.annotations.mine == 0)
        try expert.undoDrawing()
        try await call.waitDrawn(0)
        #expect(try call.watch(phone, frames: 22..<23)?.isEmpty == true)
        await world.end()
    }

    @Test
    func withoutArADrawingGoesWithThePicture() async throws {
        let world = try await CoreWorld()
        let (_, expert, call) = try await world.connectedCall()
        let phone = try SimulatedPhone.filming()
        func show(_ numbers: Range<Int>) throws -> Overlay? {
            var overlay: Overlay?
            for number in numbers {
                let picture = phone.greyPicture(number: number)
                overlay = try call.greyPicture(picture, widthPx: 1_280, heightPx: 720, rotationDegrees: 0)
            }
            return overlay
        }
        #expect(try show(0..<10)?.isEmpty == true)
        try expert.drawArrow(captureTimeUs: 8 * 33_333, x: 0.5, y: 0.55)
        try await call.waitDrawn(1)
        let first = try #require(try show(10..<13))
        #expect(first.map(\.part) == [.line, .arrowHead])
        #expect(first.lostCount == 0)
        #expect(try show(13..<25)?.map(\.part) == [.line, .arrowHead])
        try expert.undoDrawing()
        try await call.waitDrawn(0)
        #expect(try show(25..<26)?.isEmpty == true)

        let picture = phone.greyPicture(number: 26)
        var cut = picture
        cut.pixels.removeLast()
        var narrow = picture
        narrow.bytesPerRow = 639
        var late = picture
        late.captureTimeMicroseconds = 0
        for (picture, widthPx) in [(cut, 1_280), (narrow, 1_280), (late, 1_280), (picture, 0 as Float)] {
            do throws(DrawError) {
                _ = try call.greyPicture(picture, widthPx: widthPx, heightPx: 720, rotationDegrees: 0)
                Issue.record("that is no picture on no screen")
            } catch {
                guard case .invalid(let advice) = error else { throw error }
                #expect(advice.message.count > 10)
            }
        }
        await world.end()
    }

    @Test
    func closeAndDropWorkOnAForeignThread() async throws {
        let world = try await CoreWorld()
        let assist = world.assist
        let before = try Probe.liveStreams()

        // Everything is let go of on a plain thread, a stream and a live call included.
        let session = try await assist.signIn(world.account)
        let expert = try await world.expert()
        let call = try await session.call(session.onlinePerson())
        try await expert.waitRinging()
        let parts = Locked<(any Session, any Call, AsyncStream<CallSnapshot>)?>((session, call, call.states))
        try await outsideThePool {
            parts.value?.1.hangUp()
            parts.value?.0.close()
            _ = parts.take()
        }
        #expect(try await expert.waitEnded() == "cancelled")

        try await outsideThePool { assist.close() }
        #expect(try await streamsCome(backTo: before))
        await world.end()
    }

    @Test
    func tenThousandSubscriptionsLeaveNoHandle() async throws {
        let world = try await CoreWorld()
        let (session, _, call) = try await world.connectedCall()
        let before = try Probe.liveStreams()
        for round in 0..<10_000 {
            switch round % 5 {
            case 0: for await _ in call.states { break }
            case 1: for await _ in session.states { break }
            case 2: for await _ in call.links { break }
            case 3: _ = call.events
            default:
                let reading = Task { for await _ in call.video {} }
                reading.cancel()
                await reading.value
            }
        }
        #expect(try await streamsCome(backTo: before))
        #expect(call.state.state == .connected)
        await world.end()
    }

    @Test
    func aThrowingSecureStoreIsAnError() async throws {
        let world = try await CoreWorld(secureStore: BrokenStore())
        do throws(SignInError) {
            _ = try await world.assist.signIn(world.account)
            Issue.record("somebody was signed in without a store")
        } catch {
            guard case .secureStoreFailed(let advice) = error else { throw error }
            #expect(advice.message.contains("the device is locked"))
            #expect(advice.isRetryable)
        }
        await world.end()
    }

    @Test
    func aPanicIsAnError() async throws {
        #expect(throws: CallError.self) { try CallError.catching { try Probe.panicNow() } }
        do throws(CallError) {
            try CallError.catching { try Probe.panicNow() }
        } catch {
            guard case .internalError(let advice) = error else { throw error }
            #expect(!advice.message.contains("injected"))
        }
        do throws(SignInError) {
            try await SignInError.catching { try await Probe.panicLater() }
            Issue.record("a panic went by")
        } catch {
            guard case .internalError = error else { throw error }
        }
        let world = try await CoreWorld()
        let (session, _, _) = try await world.signIn()
        #expect(session.state.isConnected)
        await world.end()
    }

    /// Whether the core's streams become as few as they were, within a minute.
    private func streamsCome(backTo before: Int64) async throws -> Bool {
        let deadline = ContinuousClock.now + .seconds(60)
        while try Probe.liveStreams() > before {
            guard ContinuousClock.now < deadline else { return false }
            try await Task.sleep(for: .milliseconds(10))
        }
        return true
    }
}
