/// What is known of the way between two devices: renewed once a second, and at once when a verdict or the offer changes.
public struct LinkSnapshot: Equatable, Sendable {
    /// Grows by one with every change.
    public var revision: Int64
    /// How it is, in English words to show: "Good, 1.4 Mbit/s", "Poor: 12 % of packets lost". Of both ways, the worse one.
    /// Empty before the call is connected.
    public var words: String
    /// Round trip, once measured.
    public var roundTripMs: Double?
    /// Our packets, on their way to the peer.
    public var up: LinkDirection
    /// The peer's packets, on their way here.
    public var down: LinkDirection
    /// All that was sent in the last second, bits a second on the wire.
    public var sentBps: Int
    /// Of that, encoded video.
    public var sentVideoBps: Int
    /// Pictures sent in the last second.
    public var sentFrameRate: Int
    /// All that came in the last second, bits a second on the wire.
    public var receivedBps: Int
    /// The user's own ceiling for what is sent, bits a second on the wire: ``Call/setSendingCeiling(bps:)``.
    public var ceilingBps: Int?
    /// Something to ask the user, for ``Call/acceptLinkOffer()`` or ``Call/dismissLinkOffer()``.
    public var offer: LinkOffer?
    /// The video was paused because the link carries sound alone; the way back is offered in time.
    public var isSoundAlone: Bool

    public init(
        revision: Int64 = 0,
        words: String = "",
        roundTripMs: Double? = nil,
        up: LinkDirection = LinkDirection(),
        down: LinkDirection = LinkDirection(),
        sentBps: Int = 0,
        sentVideoBps: Int = 0,
        sentFrameRate: Int = 0,
        receivedBps: Int = 0,
        ceilingBps: Int? = nil,
        offer: LinkOffer? = nil,
        isSoundAlone: Bool = false
    ) {
        self.revision = revision
        self.words = words
        self.roundTripMs = roundTripMs
        self.up = up
        self.down = down
        self.sentBps = sentBps
        self.sentVideoBps = sentVideoBps
        self.sentFrameRate = sentFrameRate
        self.receivedBps = receivedBps
        self.ceilingBps = ceilingBps
        self.offer = offer
        self.isSoundAlone = isSoundAlone
    }
}

/// What is known of one of the two ways.
public struct LinkDirection: Equatable, Sendable {
    /// What it is good for. Of the way here, as the peer says: good, if it says nothing, as a browser.
    public var verdict: LinkVerdict
    /// What it bears, bits a second on the wire, once known to who sends on it.
    public var bearsBps: Int?
    /// Share of the packets lost in the last seconds, 0 to 1.
    public var loss: Double
    /// Interarrival jitter of the picture.
    public var jitterMs: Double

    public init(verdict: LinkVerdict = .good, bearsBps: Int? = nil, loss: Double = 0, jitterMs: Double = 0) {
        self.verdict = verdict
        self.bearsBps = bearsBps
        self.loss = loss
        self.jitterMs = jitterMs
    }
}

/// What a link is good for.
public enum LinkVerdict: Hashable, Sendable {
    /// For live video, or nothing else is known.
    case good
    /// For voice and drawings rather than video, for this reason.
    case poor(LinkReason)
    /// It carries less than 150 kbit/s: for sound alone.
    case critical
}

/// What makes a link poor.
public enum LinkReason: Hashable, Sendable {
    /// It carries less than 1.5 Mbit/s.
    case bandwidth
    /// A round trip takes over 1,000 ms.
    case delay
    /// More than 10 % of the packets are lost.
    case loss
}

/// Something to answer with yes or no. Each is offered once.
public enum LinkOffer: Hashable, Sendable {
    /// To pause the video and keep voice and drawings. The verdict says what is poor.
    case pauseVideo
    /// To return to video: the link is good again, or no longer critical when that had paused it.
    case resumeVideo
}
