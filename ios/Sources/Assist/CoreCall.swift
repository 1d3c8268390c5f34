import AssistAPI
import Foundation

final class CoreCall: Call {
    private let core: Core.Call
    private let last: Locked<CallSnapshot>
    let id: String

    init(_ core: Core.Call) throws {
        self.core = core
        id = try core.id()
        last = Locked(CallSnapshot(try core.snapshot()))
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
}
