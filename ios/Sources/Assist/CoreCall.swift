import AssistAPI
import Foundation

final class CoreCall: Call {
    private let core: Core.Call
    private let last: Locked<CallSnapshot>
    private let lastLink: Locked<LinkSnapshot>
    /// Its memory is used again; whoever writes a frame has it meanwhile.
    private let spareFrame = Locked<FlatFrame?>(nil)
    let id: String

    init(_ core: Core.Call) throws {
        self.core = core
        id = try core.id()
        last = Locked(CallSnapshot(try core.snapshot()))
        lastLink = Locked(LinkSnapshot(try core.linkSnapshot()))
    }

    var state: CallSnapshot {
        if let snapshot = try? core.snapshot() {
            let state = CallSnapshot(snapshot)
            last.with { $0 = state }
        }
        return last.value
    }

    var states: AsyncStream<CallSnapshot> {
        AsyncStream(pulling: try? core.snapshots(), CallSnapshot.init)
    }

    var link: LinkSnapshot {
        if let snapshot = try? core.linkSnapshot() {
            let link = LinkSnapshot(snapshot)
            lastLink.with { $0 = link }
        }
        return lastLink.value
    }

    var links: AsyncStream<LinkSnapshot> {
        AsyncStream(pulling: try? core.link(), LinkSnapshot.init)
    }

    var events: AsyncStream<CallEvent> {
        AsyncStream(pulling: try? core.events(), CallEvent.init)
    }

    var encoderControl: AsyncStream<EncoderControl?> {
        AsyncStream(pulling: try? core.encoderControl()) { $0.control.map(EncoderControl.init) }
    }

    var video: AsyncStream<ReceivedVideo> {
        AsyncStream(pulling: try? core.video(), ReceivedVideo.init)
    }

    func waitConnected() async throws(CallError) -> CallSnapshot {
        let core = core
        return try await CallError.catching {
            // A cancelled Swift task does not end what it awaits in the core: the hang-up does.
            try await withTaskCancellationHandler {
                CallSnapshot(try await core.waitConnected())
            } onCancel: {
                try? core.hangUp()
            }
        }
    }

    func accept() throws(CallError) {
        try CallError.catching { try core.accept() }
    }

    func decline() throws(CallError) {
        try CallError.catching { try core.decline() }
    }

    func hangUp() {
        try? core.hangUp()
    }

    func sendText(_ text: String) throws(CallError) -> String {
        try CallError.catching { try core.sendText(text: text) }
    }

    func setMicrophoneMuted(_ isMuted: Bool) throws(CallError) {
        try CallError.catching { try core.setMicrophoneMuted(muted: isMuted) }
    }

    func setCameraPaused(_ isPaused: Bool) throws(CallError) {
        try CallError.catching { try core.setCameraPaused(paused: isPaused) }
    }

    func acceptLinkOffer() throws(CallError) {
        try CallError.catching { try core.acceptLinkOffer() }
    }

    func dismissLinkOffer() throws(CallError) {
        try CallError.catching { try core.dismissLinkOffer() }
    }

    func setSendingCeiling(bps: Int?) throws(CallError) {
        try CallError.catching { try core.setSendingCeiling(ceilingBps: bps.map(UInt32.init(clamping:))) }
    }

    func requestKeyFrame() throws(CallError) {
        try CallError.catching { try core.requestKeyFrame() }
    }

    func pushVideo(_ annexB: Data, captureTimeMicroseconds: Int64, isKeyFrame: Bool) throws(MediaError) {
        let captureTime = UInt64(clamping: captureTimeMicroseconds)
        try MediaError.catching {
            try core.pushVideo(annexB: annexB, captureTimeUs: captureTime, isKeyFrame: isKeyFrame)
        }
    }

    func pushAudio(_ pcm: Data) throws(MediaError) {
        try MediaError.catching { try core.pushAudio(pcm: pcm) }
    }

    func pullAudio() -> Data {
        (try? core.pullAudio()) ?? Data(count: SoundFrame.byteCount)
    }

    func arFrame(
        _ frame: ArFrame,
        widthPx: Float,
        heightPx: Float,
        rotationDegrees: Int
    ) throws(DrawError) -> Overlay {
        let rotation = Int32(clamping: rotationDegrees)
        return try overlay { flat throws(DrawError) in
            try flat.write(frame)
        } of: { bytes in
            try core.arFrame(frame: bytes, widthPx: widthPx, heightPx: heightPx, rotationDegrees: rotation)
        }
    }

    func greyPicture(
        _ picture: GreyPicture,
        widthPx: Float,
        heightPx: Float,
        rotationDegrees: Int
    ) throws(DrawError) -> Overlay {
        let rotation = Int32(clamping: rotationDegrees)
        return try overlay { flat throws(DrawError) in
            try flat.write(picture)
        } of: { bytes in
            try core.greyPicture(picture: bytes, widthPx: widthPx, heightPx: heightPx, rotationDegrees: rotation)
        }
    }

    /// The lines over what is written, in memory that the next one uses again.
    private func overlay(
        write: (inout FlatFrame) throws(DrawError) -> Void,
        of ask: (Data) throws -> Data
    ) throws(DrawError) -> Overlay {
        var flat = spareFrame.take() ?? FlatFrame()
        defer { spareFrame.with { $0 = flat } }
        try write(&flat)
        let bytes = flat.bytes
        return try Overlay(flat: DrawError.catching { try ask(bytes) })
    }

    func overlayOfPeer(captureTimeMicroseconds: Int64, widthPx: Float, heightPx: Float) throws(DrawError) -> Overlay {
        let captureTime = UInt64(clamping: captureTimeMicroseconds)
        let lines = try DrawError.catching {
            try core.overlayOfPeer(captureTimeUs: captureTime, widthPx: widthPx, heightPx: heightPx)
        }
        return try Overlay(flat: lines)
    }

    func beginStroke(_ style: StrokeStyle, points: [DrawnPoint]) throws(DrawError) -> any Stroke {
        let number = try DrawError.catching {
            try core.beginStroke(style: Core.StrokeStyle(style), points: Data(flat: points))
        }
        return CoreStroke(core, number: number)
    }

    func freeze(captureTimeMicroseconds: Int64) throws(DrawError) -> any FrozenFrame {
        let captureTime = UInt64(clamping: captureTimeMicroseconds)
        let number = try DrawError.catching { try core.freezeFrame(captureTimeUs: captureTime) }
        return CoreFrozenFrame(core, number: number)
    }

    func undoStroke() throws(DrawError) -> Int {
        try DrawError.catching { Int(try core.undoStroke()) }
    }

    func deleteMyStrokes() throws(DrawError) {
        try DrawError.catching { try core.deleteMyStrokes() }
    }
}
