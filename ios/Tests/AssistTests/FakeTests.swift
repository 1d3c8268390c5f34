import Assist
import AssistFakes
import Foundation
import Testing

/// What an app's tests and previews do with the fakes.
@Suite(.timeLimit(.minutes(1)))
struct FakeTests {
    private func ringingCall() async throws -> (FakeSession, FakeCall) {
        let fake = FakeAssist()
        _ = try await fake.signIn(SandboxAccount(hubURL: "https://hub.example", account: "technician", key: "key"))
        let session = try #require(fake.sessions.last)
        return (session, try #require(session.ring(from: "expert")))
    }

    @Test
    func aSignInFailsOnceAsAsked() async throws {
        let fake = FakeAssist()
        let account = SandboxAccount(hubURL: "https://hub.example", account: "technician", key: "key")
        let error = SignInError.unavailable(Advice(message: "come back", isRetryable: true, retryAfter: .seconds(3)))
        fake.failNextSignIn(with: error)
        await #expect(throws: error) { try await fake.signIn(account) }
        #expect(try await fake.signIn(account).state.isConnected)
    }

    @Test
    func aSecondCallIsBusy() async throws {
        let (session, call) = try await ringingCall()
        #expect(session.ring(from: "somebody") == nil)
        do throws(CallError) {
            _ = try await session.call("somebody")
            Issue.record("a second call was placed")
        } catch {
            guard case .busy = error else { throw error }
        }
        call.hangUp()
        _ = try await session.call("somebody")
    }

    @Test
    func picturesAreKept() async throws {
        let (_, call) = try await ringingCall()
        try call.accept()
        let picture = Data([0, 0, 0, 1, 0x65])
        try call.pushVideo(picture, captureTimeMicroseconds: 40_000, isKeyFrame: true)
        #expect(call.pushedPictures.map(\.annexB) == [picture])
        #expect(call.pushedPictures.map(\.captureTimeMicroseconds) == [40_000])
        #expect(throws: MediaError.self) {
            try call.pushVideo(Data([7]), captureTimeMicroseconds: 0, isKeyFrame: false)
        }
        call.peerShows(ReceivedVideo(rtpTime: 90_000, annexB: picture))
        #expect(await call.video.first { _ in true }?.annexB == picture)
    }

    @Test
    func theEncoderIsAskedAndRests() async throws {
        let (_, call) = try await ringingCall()
        let request = EncoderControl(bitrateBps: 500_000, widthPx: 640, heightPx: 480, frameRate: 30)
        var requests = call.encoderControl.makeAsyncIterator()
        #expect(await requests.next() == .some(nil))
        call.encoderIsAsked(for: request)
        #expect(await requests.next() == request)
        call.fails(.connectionLost)
        #expect(await requests.next() == nil)
        #expect(call.state.endReason == .connectionLost)
    }

    @Test
    func aLinkIsPoorAndCritical() async throws {
        let (_, call) = try await ringingCall()
        #expect(call.link == LinkSnapshot())
        try call.accept()
        #expect(call.link.words == "Good, 4.0 Mbit/s")
        #expect(call.link.sentVideoBps == 1_500_000)

        call.linkBecomes(.poor(.loss))
        #expect(call.link.offer == .pauseVideo)
        try call.dismissLinkOffer()
        call.linkBecomes(.poor(.delay))
        #expect(call.link.offer == nil)
        #expect(call.link.words == "Poor: answers take 1.8 s")

        call.linkBecomes(.critical)
        #expect(call.link.isSoundAlone)
        #expect(call.state.local.camera == .paused)
        #expect(call.link.sentFrameRate == 0)
        call.linkBecomes(.poor(.bandwidth))
        #expect(call.link.offer == .resumeVideo)
        call.linkBecomes(.critical)
        #expect(call.link.offer == nil)
        call.linkBecomes(.good)
        #expect(call.link.offer == .resumeVideo)
        call.peerAcceptsLinkOffer()
        #expect(!call.link.isSoundAlone)
        #expect(call.state.local.camera == .on)

        // Who pauses without being asked is not asked back.
        try call.setCameraPaused(true)
        call.linkBecomes(.poor(.loss))
        call.linkBecomes(.good)
        #expect(call.link.offer == nil)
        try call.setCameraPaused(false)

        try call.setSendingCeiling(bps: 400_000)
        #expect(await call.encoderControl.first { _ in true }??.bitrateBps == 300_000)
        let last = call.link
        call.hangUp()
        call.linkBecomes(.critical)
        #expect(call.link == last)
        #expect(throws: CallError.self) { try call.acceptLinkOffer() }
    }

    @Test
    func aLostConnectionComesBack() async throws {
        let (_, call) = try await ringingCall()
        try call.accept()
        call.connectionChanges(isLost: true)
        #expect(call.state.state == .reconnecting)
        call.connectionChanges(isLost: false)
        #expect(try await call.waitConnected().state == .connected)
    }

    @Test
    func everyMarkIsALine() async throws {
        let (_, call) = try await ringingCall()
        try call.accept()
        var frame = ArFrame(
            captureTimeMicroseconds: 1,
            pose: Pose(),
            lens: Lens(focalPx: SIMD2(500, 500), principalPx: SIMD2(320, 240), widthPx: 640, heightPx: 480)
        )
        func overlay() throws -> Overlay {
            try call.arFrame(frame, widthPx: 640, heightPx: 480, rotationDegrees: 0)
        }
        #expect(try overlay().isEmpty)
        func point(_ x: Float, _ y: Float) -> DrawnPoint { DrawnPoint(captureTimeMicroseconds: 1, x: x, y: y) }
        let stroke = try call.beginStroke(StrokeStyle(tool: .ink, colour: .red), points: [point(0.5, 0.25)])
        #expect(try overlay().map(\.part) == [.dot])
        try stroke.extend([point(1, 1)])
        call.peerDraws(points: [point(0, 0), point(0.5, 0.5)])
        let lines = Array(try overlay())
        #expect(lines.map(\.part) == [.line, .line])
        #expect(lines.map(\.colour) == [StrokeStyle.Colour.red.rgba, StrokeStyle.Colour.yellow.rgba])
        #expect(Array(lines[0].points) == [SIMD2(320, 120), SIMD2(640, 480)])
        #expect(call.state.annotations == AnnotationsSnapshot(revision: 3, marks: 2, mine: 1))
        #expect(call.marks.map(\.isFinished) == [false, true])
        try call.peerUndoesDrawing()
        #expect(call.marks.map(\.isMine) == [true])
        #expect(throws: DrawError.self) { try call.peerUndoesDrawing() }
        try call.deleteMyStrokes()
        #expect(throws: DrawError.self) { try stroke.extend([point(0, 0)]) }
        frame.anchors = [ArAnchor(id: 0, pose: Pose())]
        #expect(throws: DrawError.self) { try overlay() }
        call.strokeIsRefused(stroke.number, because: .nothingThere)
        #expect(await call.events.first { _ in true } == .strokeRefused(number: 1, because: .nothingThere))
    }
}
