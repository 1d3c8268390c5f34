/// A call at one moment.
public struct CallSnapshot: Equatable, Sendable {
    /// Grows by one with every change.
    public var revision: Int64
    /// The call's id.
    public var callId: String
    /// Whether this device placed it.
    public var role: Role
    /// The id of who is at the other end.
    public var peerId: String
    /// Where the call stands.
    public var state: CallState
    /// How it ended, once it has.
    public var endReason: EndReason?
    /// What this device shares.
    public var local: MediaState
    /// What the peer shares, once it has said so.
    public var remote: MediaState?
    /// Whether text sent now goes directly; otherwise it goes through the hub, or waits.
    public var isChannelOpen: Bool
    /// What is drawn, in numbers.
    public var annotations: AnnotationsSnapshot

    public init(
        revision: Int64 = 0,
        callId: String,
        role: Role,
        peerId: String,
        state: CallState,
        endReason: EndReason? = nil,
        local: MediaState = MediaState(),
        remote: MediaState? = nil,
        isChannelOpen: Bool = false,
        annotations: AnnotationsSnapshot = AnnotationsSnapshot()
    ) {
        self.revision = revision
        self.callId = callId
        self.role = role
        self.peerId = peerId
        self.state = state
        self.endReason = endReason
        self.local = local
        self.remote = remote
        self.isChannelOpen = isChannelOpen
        self.annotations = annotations
    }
}

/// Who placed a call.
public enum Role: Hashable, Sendable {
    /// This device called.
    case caller
    /// This device was called.
    case callee
}

/// Where a call stands.
public enum CallState: Hashable, Sendable {
    /// The hub has been asked.
    case inviting
    /// The peer's devices ring.
    case alerting
    /// This device rings.
    case ringing
    /// This device has accepted.
    case accepting
    /// The two look for a way for media.
    case connecting
    /// Media flows.
    case connected
    /// Media was lost, and a new way is looked for.
    case reconnecting
    /// The peer is being told that it is over.
    case ending
    /// Over for good.
    case ended
}

/// How a call ended.
public enum EndReason: Hashable, Sendable {
    /// Somebody in the call hung up.
    case hungUp
    /// The caller gave up before anyone answered.
    case cancelled
    /// The callee declined.
    case declined
    /// The callee is in another call.
    case busy
    /// Nobody answered in time.
    case noAnswer
    /// Another device of the callee took the call.
    case answeredElsewhere
    /// Both called each other, and the other call was kept.
    case replaced
    /// Answered, but no way to exchange media was found in time.
    case connectFailed
    /// Media was lost for longer than the call waits.
    case connectionLost
    /// The callee is not known, or may not be called by this person.
    case unreachable
    /// A device could not go on: no codec, a refused description, the app going away.
    case failed
}

/// What a device shares.
public struct MediaState: Hashable, Sendable {
    /// The microphone.
    public var microphone: MicrophoneState
    /// The camera.
    public var camera: CameraState

    public init(microphone: MicrophoneState = .on, camera: CameraState = .on) {
        self.microphone = microphone
        self.camera = camera
    }
}

/// What a microphone does.
public enum MicrophoneState: Hashable, Sendable {
    /// It is heard.
    case on
    /// Its user muted it.
    case muted
    /// There is none.
    case absent
}

/// What a camera does.
public enum CameraState: Hashable, Sendable {
    /// It is seen.
    case on
    /// Its user paused it.
    case paused
    /// There is none.
    case absent
}
