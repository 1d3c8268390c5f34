package org.openassist.core

import java.nio.ByteBuffer
import java.util.concurrent.atomic.AtomicBoolean
import kotlin.coroutines.cancellation.CancellationException
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.flow.asStateFlow
import kotlinx.coroutines.flow.update
import org.openassist.ArFrame
import org.openassist.Call
import org.openassist.CallEvent
import org.openassist.CallSnapshot
import org.openassist.CallState
import org.openassist.DrawnPoint
import org.openassist.EncoderControl
import org.openassist.EndReason
import org.openassist.FrozenFrame
import org.openassist.GreyPicture
import org.openassist.LinkSnapshot
import org.openassist.Overlay
import org.openassist.ReceivedVideo
import org.openassist.Stroke
import org.openassist.StrokeStyle
import org.openassist.generated.ffi.Call as RustCall
import org.openassist.requireCeiling
import org.openassist.requireTime

/** Samples of 20 ms: 48 kHz, mono. */
internal const val FRAME_SAMPLES: Int = 960

private const val FRAME_BYTES = 2 * FRAME_SAMPLES

/** A call of the core. Takes [inner] over, and ends with its session: [siblings] are what that closes. */
internal class CoreCall(
    private val inner: RustCall,
    private val buffers: DirectBufferPool,
    private val siblings: Children,
) : Call {
    override val id: String = inner.id()
    private val mutableState = MutableStateFlow(inner.snapshot().toPublic())
    private val mutableLink = MutableStateFlow(inner.linkSnapshot().toPublic())
    private val mutableControl = MutableStateFlow<EncoderControl?>(null)
    private val notices = Handover<CallEvent>()
    private val streams = Children()
    private val pictures = BorrowedBytes(inner)
    private val sounds = BorrowedBytes(inner)
    private val frames = BorrowedBytes(inner)
    private val closed = AtomicBoolean()
    private val endWithSession = AutoCloseable { end() }

    override val state: StateFlow<CallSnapshot> = mutableState.asStateFlow()
    override val link: StateFlow<LinkSnapshot> = mutableLink.asStateFlow()
    override val encoderControl: StateFlow<EncoderControl?> = mutableControl.asStateFlow()
    override val events: Flow<CallEvent> = notices
    override val video: Flow<ReceivedVideo> = flowOf(streams) {
        val stream = translated { inner.video() }
        PulledStream({ translated { stream.next() }?.toPublic() }, stream::end, stream::destroy)
    }

    init {
        siblings.add(endWithSession)
        val snapshots = inner.snapshots()
        work.pump(
            streams,
            PulledStream(snapshots::next, snapshots::end, snapshots::destroy),
            over = { siblings.remove(endWithSession) },
        ) { next -> mutableState.update { if (it.state == CallState.Ended) it else next.toPublic() } }
        val links = inner.link()
        work.pump(streams, PulledStream(links::next, links::end, links::destroy)) { mutableLink.value = it.toPublic() }
        val requests = inner.encoderControl()
        work.pump(
            streams,
            PulledStream(requests::next, requests::end, requests::destroy),
            over = { mutableControl.value = null },
        ) { mutableControl.value = it.control?.toPublic() }
        val events = inner.events()
        work.pump(
            streams,
            PulledStream({ translated { events.next() } }, events::end, events::destroy),
            over = notices::finish,
        ) { notices.put(it.toPublic()) }
    }

    override suspend fun awaitConnected(): CallSnapshot =
        try {
            translated { inner.waitConnected() }.toPublic()
        } catch (cancelled: CancellationException) {
            // The core hangs up when its wait is dropped; not so if media came in that very moment.
            hangUpQuietly()
            throw cancelled
        }

    override suspend fun accept() = translated { inner.accept() }

    override suspend fun decline() = translated { inner.decline() }

    override suspend fun hangUp() = translated { inner.hangUp() }

    override suspend fun sendText(text: String): String = translated { inner.sendText(text) }

    override suspend fun setMicrophoneMuted(muted: Boolean) = translated { inner.setMicrophoneMuted(muted) }

    override suspend fun setCameraPaused(paused: Boolean) = translated { inner.setCameraPaused(paused) }

    override suspend fun acceptLinkOffer() = translated { inner.acceptLinkOffer() }

    override suspend fun dismissLinkOffer() = translated { inner.dismissLinkOffer() }

    override suspend fun setSendingCeiling(bps: Int?) {
        requireCeiling(bps)
        translated { inner.setSendingCeiling(bps?.toUInt()) }
    }

    override suspend fun requestKeyFrame() = translated { inner.requestKeyFrame() }

    override fun pushVideo(annexB: ByteBuffer, captureTimeUs: Long, isKeyFrame: Boolean) {
        requireTime(captureTimeUs)
        direct(annexB) { bytes -> translated { pictures.pushVideo(bytes, captureTimeUs, isKeyFrame) } }
    }

    override fun pushVideo(annexB: ByteArray, offset: Int, length: Int, captureTimeUs: Long, isKeyFrame: Boolean) {
        requireTime(captureTimeUs)
        buffers.use(length) { bytes ->
            bytes.put(annexB, offset, length)
            bytes.flip()
            translated { pictures.pushVideo(bytes, captureTimeUs, isKeyFrame) }
        }
    }

    override fun pushAudio(pcm: ByteBuffer) = direct(pcm) { bytes -> translated { sounds.pushAudio(bytes) } }

    override fun pushAudio(pcm: ShortArray) {
        if (pcm.size != FRAME_SAMPLES) throw wrongSampleCount(pcm.size)
        buffers.use(FRAME_BYTES) { bytes ->
            for (sample in pcm) bytes.putShort(sample)
            bytes.flip()
            translated { sounds.pushAudio(bytes) }
        }
    }

    override fun pullAudio(into: ShortArray) {
        if (into.size != FRAME_SAMPLES) throw wrongSampleCount(into.size)
        val bytes = translated { inner.pullAudio() }
        for (index in into.indices) {
            into[index] = ((bytes[2 * index].toInt() and 0xFF) or (bytes[2 * index + 1].toInt() shl 8)).toShort()
        }
    }

    override fun arFrame(frame: ArFrame, widthPx: Float, heightPx: Float, rotationDegrees: Int): Overlay {
        return lines(flatSize(frame), { putFrame(frame) }) { frames.arFrame(it, widthPx, heightPx, rotationDegrees) }
    }

    override fun greyPicture(picture: GreyPicture, widthPx: Float, heightPx: Float, rotationDegrees: Int): Overlay {
        return lines(flatSize(picture), { putPicture(picture) }) { frames.greyPicture(it, widthPx, heightPx, rotationDegrees) }
    }

    override fun overlayOfPeer(captureTimeUs: Long, widthPx: Float, heightPx: Float): Overlay {
        requireTime(captureTimeUs)
        return Overlay.read(translated { inner.overlayOfPeer(captureTimeUs.toULong(), widthPx, heightPx) })
    }

    override fun beginStroke(style: StrokeStyle, points: List<DrawnPoint>): Stroke {
        val number = flat(points) { bytes -> inner.beginStroke(style.toCore(), bytes) }
        return CoreStroke(number)
    }

    override fun freeze(captureTimeUs: Long): FrozenFrame {
        requireTime(captureTimeUs)
        return CoreFrozenFrame(translated { inner.freezeFrame(captureTimeUs.toULong()) })
    }

    override fun undoStroke(): Long = translated { inner.undoStroke() }.toLong()

    override fun deleteMyStrokes() = translated { inner.deleteMyStrokes() }

    override fun close() {
        if (!closed.compareAndSet(false, true)) return
        streams.close()
        notices.close()
        siblings.remove(endWithSession)
        pictures.close()
        sounds.close()
        frames.close()
        inner.destroy()
    }

    /** The session hangs up and goes: nobody will tell how the call ended any more. */
    private fun end() {
        streams.close()
        notices.finish()
        mutableState.update { last ->
            if (last.state == CallState.Ended) return@update last
            val reason = last.endReason ?: EndReason.HungUp
            last.copy(revision = last.revision + 1, state = CallState.Ended, endReason = reason)
        }
    }

    /** For one who does not care whether it has ended. */
    fun hangUpQuietly() {
        try {
            inner.hangUp()
        } catch (_: IllegalStateException) {
            // Closed: whoever closed it chose not to hang up.
        }
    }

    private inline fun lines(size: Int, write: ByteBuffer.() -> Unit, ask: (ByteBuffer) -> ByteArray): Overlay {
        val lines = buffers.use(size) { bytes ->
            bytes.write()
            bytes.flip()
            translated { ask(bytes) }
        }
        return Overlay.read(lines)
    }

    private inline fun <R> flat(points: List<DrawnPoint>, call: (ByteBuffer) -> R): R =
        buffers.use(flatSize(points)) { bytes ->
            bytes.putPoints(points)
            bytes.flip()
            translated { call(bytes) }
        }

    private inner class CoreStroke(private val inCore: UInt) : Stroke {
        override val number: Long get() = inCore.toLong()

        override fun extend(points: List<DrawnPoint>) = flat(points) { bytes -> inner.extendStroke(inCore, bytes) }

        override fun finish() = translated { inner.finishStroke(inCore) }
    }

    private inner class CoreFrozenFrame(private val inCore: UInt) : FrozenFrame {
        override val number: Long get() = inCore.toLong()

        override fun beginStroke(style: StrokeStyle, points: List<DrawnPoint>): Stroke =
            CoreStroke(flat(points) { bytes -> inner.beginStrokeOn(inCore, style.toCore(), bytes) })

        override fun overlay(widthPx: Float, heightPx: Float) =
            Overlay.read(translated { inner.overlayOfFrozen(inCore, widthPx, heightPx) })

        override fun thaw() = translated { inner.thawFrame(inCore) }
    }

    /** Only a direct buffer has an address. */
    private inline fun direct(source: ByteBuffer, push: (ByteBuffer) -> Unit) {
        if (source.isDirect) return push(source)
        val position = source.position()
        buffers.use(source.remaining()) { bytes ->
            bytes.put(source)
            source.position(position)
            bytes.flip()
            push(bytes)
        }
    }
}
