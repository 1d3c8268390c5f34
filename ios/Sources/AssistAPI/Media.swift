import Foundation

/// Something that happened in a call and must not be missed. In order.
public enum CallEvent: Equatable, Sendable {
    /// The peer wrote a line, at this time by their clock.
    case textReceived(id: String, sentAt: Date, text: String)
    /// A line of ours has reached the peer's app.
    case textDelivered(id: String)
    /// A stroke of ours is not shown: whose picture it was drawn on cannot say where it is.
    case strokeRefused(number: Int, because: StrokeRefusal)
    /// A frame that we wanted frozen is not, or no longer: let it go and freeze another.
    case freezeRefused(number: Int, because: StrokeRefusal)
    /// The peer's pictures: the 90 kHz `rtpTime` is that capture time by the peer's clock. `epoch` counts the peer's tracks.
    case epoch(epoch: Int, rtpTime: Int64, captureTimeMicroseconds: Int64)
}

/// What the encoder is to do.
public struct EncoderControl: Equatable, Sendable {
    /// Target in bits a second.
    public var bitrateBps: Int
    /// Width in pixels.
    public var widthPx: Int
    /// Height in pixels.
    public var heightPx: Int
    /// Pictures a second.
    public var frameRate: Int
    /// Counts the key frames asked for: one more than before asks for one now.
    public var keyFramesRequested: Int64

    public init(
        bitrateBps: Int,
        widthPx: Int,
        heightPx: Int,
        frameRate: Int,
        keyFramesRequested: Int64 = 0
    ) {
        self.bitrateBps = bitrateBps
        self.widthPx = widthPx
        self.heightPx = heightPx
        self.frameRate = frameRate
        self.keyFramesRequested = keyFramesRequested
    }
}

/// A picture of the peer's.
public struct ReceivedVideo: Equatable, Sendable {
    /// RTP time, 90 kHz.
    public var rtpTime: Int64
    /// H.264, Annex B.
    public var annexB: Data

    public init(rtpTime: Int64, annexB: Data) {
        self.rtpTime = rtpTime
        self.annexB = annexB
    }
}

/// The form of sound in both directions.
public enum SoundFrame {
    /// Bytes of 20 ms: 48 kHz, mono, 16 bits little-endian.
    public static let byteCount = 1_920
}
