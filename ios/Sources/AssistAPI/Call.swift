import Foundation

/// One call. Letting go of it leaves the call to the session. Everything here works from any thread; nothing waits
/// unless it is `async`.
public protocol Call: AnyObject, Sendable {
    /// Its id, the same on every device.
    var id: String { get }

    /// The call as it stands.
    var state: CallSnapshot { get }

    /// The call as it stands, then each time it changed; over after it has ended. A slow reader gets the latest.
    var states: AsyncStream<CallSnapshot> { get }

    /// What is known of the way to the peer; after the call, as it last was.
    var link: LinkSnapshot { get }

    /// What is known of it, then each time it changed; over when the call is. A slow reader gets the latest.
    var links: AsyncStream<LinkSnapshot> { get }

    /// What happens in the call: every event once, in order. Two streams share the events.
    var events: AsyncStream<CallEvent> { get }

    /// What the encoder is to do now, then each time it changed; `nil` while no picture is wanted.
    var encoderControl: AsyncStream<EncoderControl?> { get }

    /// The peer's pictures. Two streams share them; what nobody takes is dropped.
    var video: AsyncStream<ReceivedVideo> { get }

    /// Waits until media flows. A cancelled task hangs the call up and gets ``CallError/ended(_:)``.
    func waitConnected() async throws(CallError) -> CallSnapshot

    /// Accepts a call that rings.
    func accept() throws(CallError)

    /// Declines a call that rings.
    func decline() throws(CallError)

    /// Ends the call, whatever its state. One that has ended stays as it is.
    func hangUp()

    /// Sends a line of text; its id, which comes again in ``CallEvent/textDelivered(id:)``.
    @discardableResult
    func sendText(_ text: String) throws(CallError) -> String

    /// Mutes or unmutes this device's microphone for the peer.
    func setMicrophoneMuted(_ isMuted: Bool) throws(CallError)

    /// Pauses or resumes this device's camera for the peer.
    func setCameraPaused(_ isPaused: Bool) throws(CallError)

    /// Says yes to ``LinkSnapshot/offer``: the video is paused, or starts again. Without an offer nothing happens.
    func acceptLinkOffer() throws(CallError)

    /// Says no to it, or closes it: on this device it is not shown any more.
    func dismissLinkOffer() throws(CallError)

    /// Saves data: sets the user's own ceiling for all that this device sends in the call, in bits a second on the wire, more
    /// than 0; `nil`: what the link bears. Sound goes on in any case.
    func setSendingCeiling(bps: Int?) throws(CallError)

    /// Asks the peer for a picture that decodes on its own.
    func requestKeyFrame() throws(CallError)

    /// Hands over one encoded picture: H.264 in Annex B form, with the time of its capture by the device's steady clock,
    /// never negative. The bytes are copied before it returns.
    func pushVideo(_ annexB: Data, captureTimeMicroseconds: Int64, isKeyFrame: Bool) throws(MediaError)

    /// Hands over 20 ms of the microphone: 1,920 bytes, 48 kHz, mono, 16 bits little-endian.
    func pushAudio(_ pcm: Data) throws(MediaError)

    /// The next 20 ms to play, in the same form: always a frame, concealed or silent if need be.
    func pullAudio() -> Data

    /// Hands over what the AR platform says of a frame, before its picture is pushed, and takes the lines of all marks as
    /// that frame's camera sees them: over a screen of this size in pixels that the picture fills, turned clockwise by 0,
    /// 90, 180 or 270 degrees. Once a frame, from the AR platform's thread.
    func arFrame(
        _ frame: ArFrame,
        widthPx: Float,
        heightPx: Float,
        rotationDegrees: Int
    ) throws(DrawError) -> Overlay

    /// The same on a phone without AR, for a picture of its camera: marks go with what the picture shows, and are not shown
    /// while that is not sure. Once a frame, before its picture is pushed, from the camera's thread; it takes about a
    /// millisecond, and some tenths for each mark, of which 32 are followed.
    func greyPicture(
        _ picture: GreyPicture,
        widthPx: Float,
        heightPx: Float,
        rotationDegrees: Int
    ) throws(DrawError) -> Overlay

    /// The lines of all marks on the peer's picture of a capture time by the peer's clock, for a view that shows all of it.
    func overlayOfPeer(captureTimeMicroseconds: Int64, widthPx: Float, heightPx: Float) throws(DrawError) -> Overlay

    /// Begins a stroke on the picture that the call is about.
    func beginStroke(_ style: StrokeStyle, points: [DrawnPoint]) throws(DrawError) -> any Stroke

    /// Freezes a frame of the picture that the call is about, by its capture time; at most eight at a time.
    func freeze(captureTimeMicroseconds: Int64) throws(DrawError) -> any FrozenFrame

    /// Takes back the last of this person's strokes that is left; its number.
    @discardableResult
    func undoStroke() throws(DrawError) -> Int

    /// Takes back all of this person's strokes.
    func deleteMyStrokes() throws(DrawError)
}
