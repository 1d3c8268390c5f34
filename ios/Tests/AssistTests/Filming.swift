import Assist
import AssistPhone
import Foundation

extension Call {
    /// Hands over a simulated phone's pictures as the call asks, until cancelled; how many.
    func film() async throws -> Int {
        let wanted = Locked<EncoderControl?>(nil)
        let following = Task { for await control in encoderControl { wanted.with { $0 = control } } }
        defer { following.cancel() }
        var phone: SimulatedPhone?
        var pushed = 0
        while !Task.isCancelled {
            let control = wanted.value
            if let control {
                let camera = try phone ?? SimulatedPhone(seed: 7, control: PhoneControl(control))
                phone = camera
                try camera.apply(control: PhoneControl(control))
                let now = DispatchTime.now().uptimeNanoseconds / 1_000
                if let frame = try camera.frame(captureTimeUs: now), try hasTaken(frame) { pushed += 1 }
            }
            try? await Task.sleep(for: .milliseconds(1_000 / (control?.frameRate ?? 30)))
        }
        return pushed
    }

    /// Whether the call took a picture; a busy network is no error.
    private func hasTaken(_ frame: PhoneFrame) throws(MediaError) -> Bool {
        do throws(MediaError) {
            try pushVideo(
                frame.annexB,
                captureTimeMicroseconds: Int64(frame.captureTimeUs),
                isKeyFrame: frame.isKeyFrame
            )
            return true
        } catch {
            guard case .busy = error else { throw error }
            return false
        }
    }
}

extension PhoneControl {
    /// What a call asks of the encoder, as the simulated phone takes it.
    init(_ control: EncoderControl) {
        self.init(
            bitrateBps: UInt32(control.bitrateBps),
            widthPx: UInt32(control.widthPx),
            heightPx: UInt32(control.heightPx),
            frameRate: UInt32(control.frameRate),
            keyFramesRequested: UInt64(control.keyFramesRequested)
        )
    }
}
