import AssistAPI
import Foundation

/// The other end of a fake call: what the test lets it do, and what it saw.
extension FakeCall {
    /// The peer's devices ring.
    public func peerRings() {
        change { $0.state = .alerting }
    }

    /// The peer answers, and media flows.
    public func peerAnswers() {
        connect()
    }

    /// The peer declines.
    public func peerDeclines() {
        end(.declined)
    }

    /// The peer hangs up; before it was answered, it gives up.
    public func peerHangsUp() {
        end(state.state == .ringing ? .cancelled : .hungUp)
    }

    /// The call ends as a call of the core's might.
    public func fails(_ reason: EndReason) {
        end(reason)
    }

    /// Media is lost, or there again.
    public func connectionChanges(isLost: Bool) {
        change { $0.state = isLost ? .reconnecting : .connected }
    }

    /// The peer writes a line.
    public func peerWrites(_ text: String) {
        happened.put(.textReceived(id: UUID().uuidString, sentAt: Date(), text: text))
    }

    /// The peer mutes, pauses or resumes.
    public func peerShares(_ media: MediaState) {
        change { $0.remote = media }
    }

    /// The peer draws a mark, all of it at once; its number among the peer's.
    @discardableResult
    public func peerDraws(_ style: StrokeStyle = StrokeStyle(tool: .arrow), points: [DrawnPoint]) -> Int {
        draw { $0.begin(isMine: false, style, points) }
    }

    /// The peer takes back the last of their own marks that is left; its number among the peer's.
    @discardableResult
    public func peerUndoesDrawing() throws(DrawError) -> Int {
        try draw { board throws(DrawError) in try board.undo(isMine: false) }
    }

    /// A stroke that was drawn here has no place in the world.
    public func strokeIsRefused(_ number: Int, because refusal: StrokeRefusal) {
        happened.put(.strokeRefused(number: number, because: refusal))
    }

    /// Everybody's marks, in the order in which they were begun.
    public var marks: [FakeMark] { board.value.marks }

    /// The peer's camera gives a picture.
    public func peerShows(_ picture: ReceivedVideo) {
        pictures.put(picture)
    }

    /// The encoder is asked for something else, as far as the link bears it; `nil` lets it rest.
    public func encoderIsAsked(for request: EncoderControl?) {
        changeLink { $0.ask(for: request) }
    }

    /// The link is like this from now on: poor, the user is offered to pause the video; critical, it is paused; good again, or
    /// no longer critical when that had paused it, the way back is offered. At once, where the library makes sure first.
    public func linkBecomes(_ verdict: LinkVerdict) {
        changeLink { $0.judge(verdict) }
    }

    /// The peer says yes to what is offered because of the link.
    public func peerAcceptsLinkOffer() {
        changeLink { $0.answer(isYes: true) }
    }

    /// The lines that were sent to the peer.
    public var sentTexts: [String] { taken.value.texts }

    /// The pictures that were handed over.
    public var pushedPictures: [PushedPicture] { taken.value.pictures }

    /// How many times 20 ms of sound were handed over.
    public var pushedSoundFrames: Int { taken.value.soundFrames }

    /// How often the peer was asked for a key frame.
    public var keyFramesRequested: Int { taken.value.keyFramesRequested }
}

/// A picture as it was handed over.
public struct PushedPicture: Equatable, Sendable {
    /// H.264, Annex B.
    public let annexB: Data
    /// When it was taken, by the device's steady clock.
    public let captureTimeMicroseconds: Int64
    /// Whether it decodes on its own.
    public let isKeyFrame: Bool
}
