package org.openassist

/** What is known of the way between the two ends: renewed once a second, and at once when a verdict or the offer changes. */
public data class LinkSnapshot(
    /** Grows with every change. */
    val revision: Long,
    /**
     * How it is, in English words to show: `Good, 1.4 Mbit/s`, `Poor: 12 % of packets lost`. Of both ways, the worse one.
     * Empty before the call is connected.
     */
    val words: String,
    /** There and back, ms; null until measured. */
    val roundTripMs: Float?,
    /** Our packets, on their way to the peer. */
    val up: LinkDirection,
    /** The peer's packets, on their way here. */
    val down: LinkDirection,
    /** All that was sent in the last second, bits a second on the wire. */
    val sentBps: Int,
    /** Of that, encoded video. */
    val sentVideoBps: Int,
    /** Pictures sent in the last second. */
    val sentFrameRate: Int,
    /** All that came in the last second, bits a second on the wire. */
    val receivedBps: Int,
    /** As [Call.setSendingCeiling] set it, bits a second on the wire; null: what the link bears. */
    val ceilingBps: Int?,
    /** Something to ask the user, for [Call.acceptLinkOffer] or [Call.dismissLinkOffer]. */
    val offer: LinkOffer?,
    /** The video was paused because the link carries sound alone; the way back is offered in time. */
    val isSoundAlone: Boolean,
)

/** What is known of one of the two ways. */
public data class LinkDirection(
    /** What it is good for. Of the way here, as the peer says: good, if it says nothing, as a browser. */
    val verdict: LinkVerdict,
    /** What it bears, bits a second on the wire; null until whoever sends on it knows. */
    val bearsBps: Int?,
    /** Share of the packets lost in the last seconds, 0 to 1. */
    val loss: Float,
    /** Interarrival jitter of the picture, ms. */
    val jitterMs: Float,
)

/** What a link is good for. */
public sealed interface LinkVerdict {
    /** For live video, or nothing else is known. */
    public data object Good : LinkVerdict

    /** For voice and drawings rather than video. */
    public data class Poor(val reason: LinkReason) : LinkVerdict

    /** It carries less than 150 kbit/s: for sound alone. */
    public data object Critical : LinkVerdict
}

/** What makes a link poor. */
public enum class LinkReason {
    /** It carries less than 1.5 Mbit/s. */
    Bandwidth,

    /** A round trip takes over 1,000 ms. */
    Delay,

    /** More than 10 % of the packets are lost. */
    Loss,
}

/** Something to answer with yes or no. Each is offered once. */
public enum class LinkOffer {
    /** To pause the video and keep voice and drawings. The verdict says what is poor. */
    PauseVideo,

    /** To return to video: the link is good again, or no longer critical when that had paused it. */
    ResumeVideo,
}

internal fun requireCeiling(bps: Int?) = require(bps == null || bps > 0) {
    "a ceiling is more than 0 bits a second; setCameraPaused is what sends no video"
}
