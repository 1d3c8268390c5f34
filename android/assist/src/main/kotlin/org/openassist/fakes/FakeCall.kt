package org.openassist.fakes

import java.nio.ByteBuffer
import java.util.concurrent.atomic.AtomicBoolean
import java.util.concurrent.atomic.AtomicInteger
import kotlin.coroutines.cancellation.CancellationException
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.flow.asStateFlow
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.flow.flow
import kotlinx.coroutines.flow.update
import org.openassist.Advice
import org.openassist.AnnotationsSnapshot
import org.openassist.ArFrame
import org.openassist.Call
import org.openassist.CallEvent
import org.openassist.CallException
import org.openassist.CallSnapshot
import org.openassist.CallState
import org.openassist.CameraState
import org.openassist.DrawnPoint
import org.openassist.EncoderControl
import org.openassist.EndReason
import org.openassist.FrozenFrame
import org.openassist.GreyPicture
import org.openassist.LinkSnapshot
import org.openassist.LinkVerdict
import org.openassist.MediaException
import org.openassist.MediaState
import org.openassist.MicrophoneState
import org.openassist.Overlay
import org.openassist.ReceivedVideo
import org.openassist.Role
import org.openassist.Stroke
import org.openassist.StrokeRefusal
import org.openassist.StrokeStyle
import org.openassist.core.FRAME_SAMPLES
import org.openassist.core.Handover
import org.openassist.core.ended
import org.openassist.core.flatSize
import org.openassist.core.wrongSampleCount
import org.openassist.requireCeiling
import org.openassist.requireTime

/** A call of a [FakeSession]. Its other end is the [FakeExpert]. */
public class FakeCall internal constructor(override val id: String, role: Role, peerId: String) : Call {
    private val on = MediaState(MicrophoneState.On, CameraState.On)
    private val mutableState = MutableStateFlow(
        CallSnapshot(
            revision = 1,
            callId = id,
            role = role,
            peerId = peerId,
            state = if (role == Role.Caller) CallState.Inviting else CallState.Ringing,
            endReason = null,
            local = on,
            remote = null,
            annotations = AnnotationsSnapshot(revision = 0, marks = 0, mine = 0),
            channelOpen = false,
        ),
    )
    private val mutableControl = MutableStateFlow<EncoderControl?>(null)
    private val mutablePictures = MutableStateFlow(0)
    private val notices = Handover<CallEvent>()
    private val pictures = Handover<ReceivedVideo>()
    private val texts = AtomicInteger()
    private val closed = AtomicBoolean()
    internal val textsForExpert = Handover<String>()
    internal val drawings = FakeDrawings { news ->
        // Two threads may draw at once.
        change { if (news.revision > it.annotations.revision) it.copy(annotations = news) else it }
    }

    internal val fakeLink = FakeLink { isPaused, control ->
        val camera = if (isPaused) CameraState.Paused else CameraState.On
        if (state.value.local.camera != camera) change { it.copy(local = it.local.copy(camera = camera)) }
        mutableControl.value = control
    }

    override val state: StateFlow<CallSnapshot> = mutableState.asStateFlow()
    override val link: StateFlow<LinkSnapshot> = fakeLink.state
    override val encoderControl: StateFlow<EncoderControl?> = mutableControl.asStateFlow()
    override val events: Flow<CallEvent> = notices
    override val video: Flow<ReceivedVideo> = flow {
        open()
        pictures.collect { emit(it) }
    }

    /** How many pictures the app has pushed. */
    public val picturesPushed: StateFlow<Int> = mutablePictures.asStateFlow()

    internal val isOver: Boolean get() = state.value.state == CallState.Ended

    override suspend fun awaitConnected(): CallSnapshot {
        open()
        try {
            val reached = state.first { it.state == CallState.Connected || it.state == CallState.Ended }
            return if (reached.state == CallState.Connected) reached else throw ended()
        } catch (cancelled: CancellationException) {
            giveUp()
            throw cancelled
        }
    }

    override suspend fun accept() {
        live()
        if (state.value.state == CallState.Ringing) connect()
    }

    override suspend fun decline() {
        live()
        end(EndReason.Declined)
    }

    override suspend fun hangUp() {
        open()
        giveUp()
    }

    override suspend fun sendText(text: String): String {
        live()
        if (text.toByteArray().size !in 1..MAX_TEXT_BYTES) {
            throw CallException.TextLength(Advice("a line of text has 1 to $MAX_TEXT_BYTES bytes"))
        }
        val id = "text-${texts.incrementAndGet()}"
        textsForExpert.putUnlessOver(text)
        notices.putUnlessOver(CallEvent.TextDelivered(id))
        return id
    }

    override suspend fun setMicrophoneMuted(muted: Boolean) {
        live()
        change { it.copy(local = it.local.copy(microphone = if (muted) MicrophoneState.Muted else MicrophoneState.On)) }
    }

    override suspend fun setCameraPaused(paused: Boolean) {
        live()
        fakeLink.pause(paused)
    }

    override suspend fun acceptLinkOffer() {
        live()
        fakeLink.answer(isYes = true)
    }

    override suspend fun dismissLinkOffer() {
        live()
        fakeLink.answer(isYes = false)
    }

    override suspend fun setSendingCeiling(bps: Int?) {
        requireCeiling(bps)
        live()
        fakeLink.setCeiling(bps)
    }

    override suspend fun requestKeyFrame(): Unit = live()

    override fun pushVideo(annexB: ByteBuffer, captureTimeUs: Long, isKeyFrame: Boolean) {
        requireTime(captureTimeUs)
        open()
        val at = annexB.position()
        val zeros = (at until annexB.limit()).takeWhile { annexB.get(it).toInt() == 0 }.size
        if (zeros !in 2..3 || annexB.remaining() <= zeros || annexB.get(at + zeros).toInt() != 1) {
            throw MediaException.NotAnnexB(Advice("the picture is not H.264 in Annex B form; it was dropped"))
        }
        mutablePictures.update { it + 1 }
    }

    override fun pushVideo(annexB: ByteArray, offset: Int, length: Int, captureTimeUs: Long, isKeyFrame: Boolean): Unit =
        pushVideo(ByteBuffer.wrap(annexB, offset, length), captureTimeUs, isKeyFrame)

    override fun pushAudio(pcm: ByteBuffer) {
        open()
        if (pcm.remaining() != 2 * FRAME_SAMPLES) throw wrongSampleCount(pcm.remaining() / 2)
    }

    override fun pushAudio(pcm: ShortArray) {
        open()
        if (pcm.size != FRAME_SAMPLES) throw wrongSampleCount(pcm.size)
    }

    override fun pullAudio(into: ShortArray) {
        open()
        if (into.size != FRAME_SAMPLES) throw wrongSampleCount(into.size)
        into.fill(0)
    }

    /** The marks where they were drawn, one polyline each: a fake knows no world that they could stick to. */
    override fun arFrame(frame: ArFrame, widthPx: Float, heightPx: Float, rotationDegrees: Int): Overlay {
        open()
        flatSize(frame)
        if (rotationDegrees !in listOf(0, 90, 180, 270)) throw FakeDrawings.notAScreen()
        return drawings.overlay(frame.captureTimeUs, widthPx, heightPx)
    }

    /** The same: a fake sees nothing that they could go with. */
    override fun greyPicture(picture: GreyPicture, widthPx: Float, heightPx: Float, rotationDegrees: Int): Overlay {
        open()
        flatSize(picture)
        if (rotationDegrees !in listOf(0, 90, 180, 270)) throw FakeDrawings.notAScreen()
        return drawings.overlay(picture.captureTimeUs, widthPx, heightPx)
    }

    override fun overlayOfPeer(captureTimeUs: Long, widthPx: Float, heightPx: Float): Overlay {
        requireTime(captureTimeUs)
        open()
        return drawings.overlay(captureTimeUs, widthPx, heightPx)
    }

    override fun beginStroke(style: StrokeStyle, points: List<DrawnPoint>): Stroke {
        open()
        return drawings.begin(isMine = true, style, points)
    }

    override fun freeze(captureTimeUs: Long): FrozenFrame {
        requireTime(captureTimeUs)
        open()
        return drawings.freeze(captureTimeUs)
    }

    override fun undoStroke(): Long {
        open()
        return drawings.undo(isMine = true)
    }

    override fun deleteMyStrokes() {
        open()
        drawings.deleteAll(isMine = true)
    }

    override fun close() {
        if (!closed.compareAndSet(false, true)) return
        notices.close()
        pictures.close()
        fakeLink.finish()
        mutableControl.value = null
    }

    internal fun alert(): Unit = change { it.copy(state = CallState.Alerting) }

    internal fun connect() {
        change { it.copy(state = CallState.Connecting) }
        change { it.copy(state = CallState.Connected, remote = on, channelOpen = true) }
        fakeLink.judge(LinkVerdict.Good)
    }

    internal fun giveUp(): Unit =
        end(if (state.value.state < CallState.Connecting) EndReason.Cancelled else EndReason.HungUp)

    internal fun end(reason: EndReason) {
        change { it.copy(state = CallState.Ended, endReason = reason) }
        fakeLink.finish()
        mutableControl.value = null
        notices.finish()
        pictures.finish()
        textsForExpert.finish()
    }

    internal fun endWithSession(): Unit = end(EndReason.HungUp)

    internal suspend fun receiveText(text: String) {
        notices.putUnlessOver(CallEvent.TextReceived("text-${texts.incrementAndGet()}", System.currentTimeMillis(), text))
    }

    internal suspend fun refuseStroke(stroke: Long, because: StrokeRefusal): Unit =
        notices.putUnlessOver(CallEvent.StrokeRefused(stroke, because))

    internal suspend fun receivePicture(picture: ReceivedVideo): Unit = pictures.putUnlessOver(picture)

    private fun change(next: (CallSnapshot) -> CallSnapshot): Unit = mutableState.update { last ->
        if (last.state == CallState.Ended) last else next(last).copy(revision = last.revision + 1)
    }

    private fun open() {
        if (closed.get()) throw ended()
    }

    private fun live() {
        if (closed.get() || isOver) throw ended()
    }

    private companion object {
        const val MAX_TEXT_BYTES = 8_192
    }
}
