package org.openassist

/** A call as it stands. [revision] grows with every change. */
public data class CallSnapshot(
    val revision: Long,
    val callId: String,
    /** Whether this device placed it. */
    val role: Role,
    /** Who is at the other end. */
    val peerId: String,
    val state: CallState,
    /** How it ended, once it has. */
    val endReason: EndReason?,
    /** What this device shares. */
    val local: MediaState,
    /** What the peer shares, once it has said so. */
    val remote: MediaState?,
    /** What is drawn, by everybody. */
    val annotations: AnnotationsSnapshot,
    /** Whether text sent now goes directly; otherwise it goes through the hub, or waits. */
    val channelOpen: Boolean,
)

/** Which end of a call this device is. */
public enum class Role {
    /** It invited. */
    Caller,

    /** It was invited. */
    Callee,
}

/** Where a call stands. A call moves down this list; only media may be lost and come back. */
public enum class CallState {
    /** Caller: the invitation is on its way. */
    Inviting,

    /** Caller: it rings at the other end. */
    Alerting,

    /** Callee: it rings here. */
    Ringing,

    /** Callee: accepted here, not yet confirmed by the caller. */
    Accepting,

    /** Both agree on the call; media is not there yet. */
    Connecting,

    /** Media flows. */
    Connected,

    /** Media was lost and is being brought back. */
    Reconnecting,

    /** Over for the user; the other end's word on the reason is waited for. The reason may still change. */
    Ending,

    /** Over. */
    Ended,
}

/** How a call ended. */
public enum class EndReason {
    /** Somebody in the call hung up. */
    HungUp,

    /** The caller gave up before anyone answered. */
    Cancelled,

    /** The callee declined. */
    Declined,

    /** The callee is in another call. */
    Busy,

    /** Nobody answered in time. */
    NoAnswer,

    /** Another device of the callee took the call. */
    AnsweredElsewhere,

    /** Both called each other, and the other call was kept. */
    Replaced,

    /** Answered, but no way to exchange media was found in time. */
    ConnectFailed,

    /** Media was lost for longer than the call waits. */
    ConnectionLost,

    /** The callee is not known, or may not be called by this person. */
    Unreachable,

    /** A device could not go on. */
    Failed,
}

/** What one end of a call shares. */
public data class MediaState(val microphone: MicrophoneState, val camera: CameraState)

/** A microphone, as its owner shares it. */
public enum class MicrophoneState {
    /** It is heard. */
    On,

    /** Its owner muted it. */
    Muted,

    /** There is none, or its use was refused. */
    Absent,
}

/** A camera, as its owner shares it. */
public enum class CameraState {
    /** It is seen. */
    On,

    /** Its owner paused it. */
    Paused,

    /** This end sends no picture. */
    Absent,
}
