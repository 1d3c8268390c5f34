import AssistAPI
import Foundation

/// A call without a core. What the other end does is in `FakeCall+Peer.swift`, drawing in `FakeCall+Drawing.swift`.
public final class FakeCall: Call {
    public let id = UUID().uuidString
    let snapshot: Latest<CallSnapshot>
    let shownLink = Latest(LinkSnapshot())
    let control = Latest<EncoderControl?>(nil)
    let happened = Inbox<CallEvent>()
    let pictures = Inbox<ReceivedVideo>()
    let taken = Locked(Taken())
    let board = Locked(FakeBoard())
    private let fakeLink = Locked(FakeLink())

    /// What this device handed over.
    struct Taken {
        var texts: [String] = []
        var pictures: [PushedPicture] = []
        var soundFrames = 0
        var keyFramesRequested = 0
    }

    init(role: Role, peer: String) {
        let state: CallState = role == .caller ? .inviting : .ringing
        snapshot = Latest(CallSnapshot(revision: 1, callId: id, role: role, peerId: peer, state: state))
    }

    public var state: CallSnapshot { snapshot.value }
    public var states: AsyncStream<CallSnapshot> { snapshot.stream() }
    public var link: LinkSnapshot { shownLink.value }
    public var links: AsyncStream<LinkSnapshot> { shownLink.stream() }
    public var events: AsyncStream<CallEvent> { happened.stream() }
    public var encoderControl: AsyncStream<EncoderControl?> { control.stream() }
    public var video: AsyncStream<ReceivedVideo> { pictures.stream() }

    public func waitConnected() async throws(CallError) -> CallSnapshot {
        let snapshot = await withTaskCancellationHandler {
            await states.first { $0.state == .connected || $0.state == .ended }
        } onCancel: {
            hangUp()
        }
        guard let snapshot, snapshot.state == .connected else { throw .ended(Self.ended) }
        return snapshot
    }

    public func accept() throws(CallError) {
        try checkLive()
        if state.state == .ringing { connect() }
    }

    public func decline() throws(CallError) {
        try checkLive()
        if state.state == .ringing { end(.declined) }
    }

    public func hangUp() {
        let isEarly = [.inviting, .alerting].contains(state.state)
        end(isEarly ? .cancelled : .hungUp)
    }

    public func sendText(_ text: String) throws(CallError) -> String {
        try checkLive()
        guard !text.isEmpty else { throw .textLength(Advice(message: "there is no text to send")) }
        taken.with { $0.texts.append(text) }
        let id = UUID().uuidString
        happened.put(.textDelivered(id: id))
        return id
    }

    public func setMicrophoneMuted(_ isMuted: Bool) throws(CallError) {
        try checkLive()
        change { $0.local.microphone = isMuted ? .muted : .on }
    }

    public func setCameraPaused(_ isPaused: Bool) throws(CallError) {
        try checkLive()
        changeLink { $0.pause(isPaused) }
    }

    public func acceptLinkOffer() throws(CallError) {
        try checkLive()
        changeLink { $0.answer(isYes: true) }
    }

    public func dismissLinkOffer() throws(CallError) {
        try checkLive()
        changeLink { $0.answer(isYes: false) }
    }

    public func setSendingCeiling(bps: Int?) throws(CallError) {
        try checkLive()
        changeLink { $0.setCeiling(bps.map { max(0, $0) }) }
    }

    public func requestKeyFrame() throws(CallError) {
        try checkLive()
        taken.with { $0.keyFramesRequested += 1 }
    }

    public func pushVideo(_ annexB: Data, captureTimeMicroseconds: Int64, isKeyFrame: Bool) throws(MediaError) {
        guard annexB.starts(with: [0, 0, 1]) || annexB.starts(with: [0, 0, 0, 1]) else {
            throw .notAnnexB(Advice(message: "the picture is not H.264 in Annex B form; it was dropped"))
        }
        let picture = PushedPicture(
            annexB: annexB,
            captureTimeMicroseconds: captureTimeMicroseconds,
            isKeyFrame: isKeyFrame
        )
        taken.with { $0.pictures.append(picture) }
    }

    public func pushAudio(_ pcm: Data) throws(MediaError) {
        guard pcm.count == SoundFrame.byteCount else {
            throw .wrongLength(Advice(message: "20 ms of sound are \(SoundFrame.byteCount) bytes, not \(pcm.count)"))
        }
        taken.with { $0.soundFrames += 1 }
    }

    public func pullAudio() -> Data {
        Data(count: SoundFrame.byteCount)
    }

    // MARK: - Transitions

    static let ended = Advice(message: "the call has ended")

    private func checkLive() throws(CallError) {
        if state.state == .ended { throw .ended(Self.ended) }
    }

    func change(_ change: (inout CallSnapshot) -> Void) {
        snapshot.update { snapshot in
            guard snapshot.state != .ended else { return }
            change(&snapshot)
            snapshot.revision += 1
        }
    }

    /// Changes the link, and shows what came of it.
    func changeLink(_ change: (inout FakeLink) -> Void) {
        // One after the other: what is shown last is what came last.
        fakeLink.with { link in
            guard state.state != .ended else { return }
            change(&link)
            let (snapshot, request, camera) = (link.snapshot, link.control, link.isPaused ? CameraState.paused : .on)
            shownLink.update { $0 = snapshot }
            if control.value != request { control.update { $0 = request } }
            if state.local.camera != camera { self.change { $0.local.camera = camera } }
        }
    }

    func connect() {
        change { $0.state = .connecting }
        change { snapshot in
            snapshot.state = .connected
            snapshot.remote = MediaState()
            snapshot.isChannelOpen = true
        }
        changeLink { $0.connect() }
    }

    func end(_ reason: EndReason) {
        change { snapshot in
            snapshot.state = .ended
            snapshot.endReason = reason
            snapshot.isChannelOpen = false
        }
        snapshot.finish()
        shownLink.finish()
        control.finish()
        happened.finish()
        pictures.finish()
    }
}
