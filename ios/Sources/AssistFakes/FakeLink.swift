import AssistAPI

/// The link of a fake call, what is offered because of it, and what is sent over it. What the library makes sure of first is so
/// at once here, and an offer comes each time the link turns poor: a fake has no clock.
struct FakeLink {
    private enum Video {
        case on, pausedForTheLink, pausedByTheLink, pausedByTheUser
    }

    private(set) var snapshot = LinkSnapshot()
    private var video = Video.on
    private var request: EncoderControl?

    /// Whether the camera is.
    var isPaused: Bool { video != .on }

    /// What the encoder is to do.
    var control: EncoderControl? {
        guard !isPaused, var control = request else { return nil }
        let mostBps = min(snapshot.up.bearsBps ?? .max, snapshot.ceilingBps ?? .max)
        // A quarter is left to sound and messages.
        control.bitrateBps = min(control.bitrateBps, mostBps / 4 * 3)
        return control
    }

    /// Media flows over a good link.
    mutating func connect() {
        request = request ?? EncoderControl(bitrateBps: 1_500_000, widthPx: 1_280, heightPx: 720, frameRate: 15)
        judge(.good)
    }

    /// The link is like this from now on.
    mutating func judge(_ verdict: LinkVerdict) {
        let turnsPoor = snapshot.up.verdict == .good || snapshot.offer == .pauseVideo
        if verdict == .critical, !isPaused {
            video = .pausedByTheLink
            snapshot.isSoundAlone = true
        }
        snapshot.offer =
            switch (verdict, video) {
            case (.good, .pausedForTheLink), (.good, .pausedByTheLink), (.poor, .pausedByTheLink): .resumeVideo
            case (.poor, .on): turnsPoor ? .pauseVideo : nil
            case (.good, _), (.poor, _), (.critical, _): nil
            }
        snapshot.roundTripMs = verdict == .poor(.delay) ? 1_800 : 50
        snapshot.up = LinkDirection(verdict)
        snapshot.words = verdict.words
        settle()
    }

    /// What somebody says to the offer.
    mutating func answer(isYes: Bool) {
        switch snapshot.offer {
        case .pauseVideo: if isYes { video = .pausedForTheLink }
        case .resumeVideo: video = isYes ? .on : .pausedByTheUser
        case nil: break
        }
        snapshot.offer = nil
        settle()
    }

    /// The user pauses the video or starts it again: as if an offer of that was accepted.
    mutating func pause(_ isPaused: Bool) {
        let answered: LinkOffer = isPaused ? .pauseVideo : .resumeVideo
        if !isPaused {
            video = .on
        } else if video == .on {
            video = snapshot.offer == answered ? .pausedForTheLink : .pausedByTheUser
        }
        if snapshot.offer == answered { snapshot.offer = nil }
        settle()
    }

    mutating func setCeiling(_ bps: Int?) {
        snapshot.ceilingBps = bps
        settle()
    }

    mutating func ask(for request: EncoderControl?) {
        self.request = request
        settle()
    }

    private mutating func settle() {
        let soundBps = snapshot.words.isEmpty ? 0 : 40_000
        snapshot.revision += 1
        snapshot.isSoundAlone = snapshot.isSoundAlone && isPaused
        snapshot.sentVideoBps = control?.bitrateBps ?? 0
        snapshot.sentFrameRate = control?.frameRate ?? 0
        snapshot.sentBps = snapshot.sentVideoBps + soundBps
        snapshot.receivedBps = soundBps
    }
}

extension LinkDirection {
    /// One that is as the verdict says.
    fileprivate init(_ verdict: LinkVerdict) {
        let bearsBps =
            switch verdict {
            case .poor(.bandwidth): 700_000
            case .good, .poor(.delay), .poor(.loss): 4_000_000
            case .critical: 100_000
            }
        self.init(verdict: verdict, bearsBps: bearsBps, loss: verdict == .poor(.loss) ? 0.12 : 0)
    }
}

extension LinkVerdict {
    /// As the library says it.
    fileprivate var words: String {
        switch self {
        case .good: "Good, 4.0 Mbit/s"
        case .poor(.bandwidth): "Poor: only 700 kbit/s"
        case .poor(.delay): "Poor: answers take 1.8 s"
        case .poor(.loss): "Poor: 12 % of packets lost"
        case .critical: "Critical: 100 kbit/s, enough for sound alone"
        }
    }
}
