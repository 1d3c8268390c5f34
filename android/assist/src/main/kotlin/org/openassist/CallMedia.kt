package org.openassist

/** Something that happened in a call and must not be missed. */
public sealed interface CallEvent {
    /** The peer wrote a line. */
    public data class TextReceived(
        val id: String,
        /** ms since 1970 by the peer's clock. */
        val sentAtMs: Long,
        val text: String,
    ) : CallEvent

    /** A line of ours has reached the peer's app. */
    public data class TextDelivered(val id: String) : CallEvent

    /** A stroke of ours is not shown: whose picture it was drawn on cannot say where it is. */
    public data class StrokeRefused(
        /** As [Stroke.number]. */
        val stroke: Long,
        /** Why, and what now: its `message` is for showing. */
        val because: StrokeRefusal,
    ) : CallEvent

    /** A frame that we wanted frozen is not, or no longer: let it go and freeze another. */
    public data class FreezeRefused(
        /** As [FrozenFrame.number]. */
        val frame: Long,
        /** Why, and what now: its `message` is for showing. */
        val because: StrokeRefusal,
    ) : CallEvent

    /** The peer's pictures: from this RTP time on, capture time is known. */
    public data class Epoch(
        /** Counts the peer's tracks. */
        val epoch: Long,
        /** RTP time, 90 kHz, modulo 2³², of … */
        val rtpTime: Long,
        /** … this capture time by the peer's clock, µs. */
        val captureTimeUs: Long,
    ) : CallEvent
}

/** What the encoder is to do from now on. */
public data class EncoderControl(
    /** Target in bits a second, of encoded video alone. */
    val bitrateBps: Int,
    val widthPx: Int,
    val heightPx: Int,
    /** Frames a second. */
    val frameRate: Int,
    /** Counts the key frames asked for: when it has grown, the next picture is to be one. */
    val keyFramesRequested: Long,
)

/** A picture of the peer's. */
public class ReceivedVideo(
    /** RTP time, 90 kHz, modulo 2³²; [CallEvent.Epoch] maps it to capture time. */
    public val rtpTime: Long,
    /** H.264, Annex B. */
    public val annexB: ByteArray,
)
