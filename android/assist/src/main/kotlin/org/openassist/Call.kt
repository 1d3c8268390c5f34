package org.openassist

import java.nio.ByteBuffer
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.StateFlow

/**
 * One call. After [close] every command throws [CallException.Ended].
 *
 * The media functions may be called from any thread, never wait for the network, and the wrapper allocates nothing for
 * them once it runs.
 */
public interface Call : AutoCloseable {
    /** The same on every device. */
    public val id: String

    /** The call as it stands; of values that come fast, the latest. Keeps its last value after [close]. */
    public val state: StateFlow<CallSnapshot>

    /** What is known of the way to the peer; of values that come fast, the latest. Keeps its last value after the call. */
    public val link: StateFlow<LinkSnapshot>

    /**
     * What happens in the call, in order. Events wait until somebody collects: one who comes late misses none, and after
     * one who was cancelled the next goes on where that one stopped. Each event goes to one collector; for several, share
     * it. An operator with a buffer (`buffer`, `flowOn`, `shareIn`) takes events ahead of its own collector. Completes
     * when the call is over and all were taken.
     */
    public val events: Flow<CallEvent>

    /** What the encoder is to do; null while no picture is wanted and it may rest. */
    public val encoderControl: StateFlow<EncoderControl?>

    /**
     * The peer's pictures while collected; two collectors share them, and pictures that nobody takes are dropped. Ask for
     * a key frame when a decoder starts. Completes when the call is over.
     */
    public val video: Flow<ReceivedVideo>

    /**
     * Waits until media flows. Cancelled, the call is hung up: who gives up waiting gives up the call.
     *
     * @throws CallException.Ended it ended first; [state] says how
     */
    public suspend fun awaitConnected(): CallSnapshot

    /** Accepts a call that rings. Throws [CallException.Ended]. */
    public suspend fun accept()

    /** Declines a call that rings. Throws [CallException.Ended]. */
    public suspend fun decline()

    /** Ends the call, whatever its state. One that has ended stays as it is. */
    public suspend fun hangUp()

    /**
     * Sends a line of text of 1 to 8,192 bytes in UTF-8. It arrives once and in order, however the connection fares.
     *
     * @return its id, which comes again in [CallEvent.TextDelivered]
     * @throws CallException it was not sent, and why
     */
    public suspend fun sendText(text: String): String

    /** Mutes or unmutes this device's microphone for the peer. Throws [CallException.Ended]. */
    public suspend fun setMicrophoneMuted(muted: Boolean)

    /** Pauses or resumes this device's camera for the peer; meanwhile the encoder may rest. Throws [CallException.Ended]. */
    public suspend fun setCameraPaused(paused: Boolean)

    /**
     * Says yes to [LinkSnapshot.offer]: the video is paused, or starts again. Without an offer nothing happens.
     * Throws [CallException.Ended].
     */
    public suspend fun acceptLinkOffer()

    /** Says no to it, or closes it: on this device it is not shown any more. Throws [CallException.Ended]. */
    public suspend fun dismissLinkOffer()

    /**
     * Saves data: sets the user's own ceiling for all that this device sends in the call. Sound goes on in any case.
     * Throws [CallException.Ended].
     *
     * @param bps bits a second on the wire, more than 0; null: what the link bears
     */
    public suspend fun setSendingCeiling(bps: Int?)

    /** Asks the peer for a picture that decodes on its own. Throws [CallException.Ended]. */
    public suspend fun requestKeyFrame()

    /**
     * Hands over one encoded picture. The bytes are copied before it returns. A direct buffer at position 0 crosses as it
     * is; any other is first copied into a direct one that is used again. Position and limit stay as they were.
     *
     * @param annexB H.264 in Annex B form, from position to limit
     * @param captureTimeUs when it was taken, µs by the device's steady clock, not negative
     * @param isKeyFrame whether it decodes on its own
     * @throws MediaException it was not taken; the call goes on
     */
    public fun pushVideo(annexB: ByteBuffer, captureTimeUs: Long, isKeyFrame: Boolean)

    /** The same from [length] bytes of an array from [offset] on. */
    public fun pushVideo(annexB: ByteArray, offset: Int, length: Int, captureTimeUs: Long, isKeyFrame: Boolean)

    /**
     * Hands over 20 ms of the microphone. Encodes in the caller's thread, some tenths of a millisecond.
     *
     * @param pcm 1,920 bytes from position to limit: 48 kHz, mono, 16 bits little-endian
     * @throws MediaException.WrongLength
     */
    public fun pushAudio(pcm: ByteBuffer)

    /** The same from 960 samples. */
    public fun pushAudio(pcm: ShortArray)

    /**
     * The next 20 ms to play: always a frame, concealed or silent if need be.
     *
     * @param into takes 960 samples: 48 kHz, mono
     * @throws MediaException.WrongLength
     */
    public fun pullAudio(into: ShortArray)

    /**
     * Hands over what the AR platform says of a frame, before its picture is pushed, and gives all marks as that frame's
     * camera sees them. One call a frame, from the AR thread.
     *
     * @param widthPx of the screen, which the picture fills; what does not fit is cut off on both sides alike
     * @param rotationDegrees how far the picture is turned clockwise to be upright there: 0, 90, 180 or 270
     * @throws DrawException.Invalid the frame was not used
     */
    public fun arFrame(frame: ArFrame, widthPx: Float, heightPx: Float, rotationDegrees: Int): Overlay

    /**
     * The same on a phone without AR, for a picture of its camera: marks go with what the picture shows, and are not shown
     * while that is not sure. One call a frame, before its picture is pushed, from the camera's thread; it takes about a
     * millisecond, and some tenths for each mark, of which 32 are followed.
     *
     * @param widthPx of the screen, which the picture fills; what does not fit is cut off on both sides alike
     * @param rotationDegrees how far the picture is turned clockwise to be upright there: 0, 90, 180 or 270
     * @throws DrawException.Invalid the picture was not used
     */
    public fun greyPicture(picture: GreyPicture, widthPx: Float, heightPx: Float, rotationDegrees: Int): Overlay

    /**
     * All marks on the peer's picture of a capture time ([CallEvent.Epoch]), for a view that shows all of it.
     *
     * @throws DrawException.Invalid the view is none
     */
    public fun overlayOfPeer(captureTimeUs: Long, widthPx: Float, heightPx: Float): Overlay

    /**
     * Begins a stroke on the picture that the call is about: of two cameras, the caller's.
     *
     * @throws DrawException nothing was drawn, and why
     */
    public fun beginStroke(style: StrokeStyle, points: List<DrawnPoint>): Stroke

    /**
     * Freezes a frame of the picture that the call is about, by its capture time.
     *
     * @throws DrawException.TooMuch eight frames are frozen already
     */
    public fun freeze(captureTimeUs: Long): FrozenFrame

    /**
     * Takes back the last of this person's strokes that is left.
     *
     * @return its number
     * @throws DrawException.NothingToUndo
     */
    public fun undoStroke(): Long

    /** Takes back all of this person's strokes. Throws [DrawException.NothingToUndo]. */
    public fun deleteMyStrokes()

    /**
     * Frees what this object holds, on any thread, and completes its flows; events not yet taken are dropped. It does not
     * hang up: a live call then belongs to the session and ends with it. Closing twice is closing once.
     */
    override fun close()
}
