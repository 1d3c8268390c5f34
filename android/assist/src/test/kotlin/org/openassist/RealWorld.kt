package org.openassist

import java.nio.ByteBuffer
import java.nio.ByteOrder
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.withContext
import org.openassist.phone.HeadlessExpert
import org.openassist.phone.PhoneControl
import org.openassist.phone.PhoneFailure
import org.openassist.phone.SimulatedPhone
import org.openassist.phone.TestHub

/** The built library, a real hub and a real engine at the other end. */
internal class RealWorld private constructor(private val hub: TestHub) : World {
    private val open = ArrayList<AutoCloseable>()

    override val account = SandboxAccount(hub.url(), "technician", hub.key())

    override fun assist(store: SecureStore): Assist =
        Assist.create(AssistConfig("contract", loopbackOnly = true), store).also(open::add)

    override suspend fun expert(link: String?): Expert {
        val (url, key) = hub.url() to hub.key()
        val expert = if (link == null) HeadlessExpert.signIn(url, key) else HeadlessExpert.signInOver(url, key, link)
        return RealExpert(expert.also(open::add))
    }

    override fun camera(): Camera = RealCamera().also(open::add)

    override fun tracker(): Tracker = RealTracker().also(open::add)

    override fun greyCamera(): GreyCamera = RealTracker().also(open::add).let { GreyCamera(it::greyPicture) }

    override suspend fun close() {
        open.forEach(AutoCloseable::close)
        // It waits for its end.
        withContext(Dispatchers.IO) { hub.stop() }
        hub.destroy()
    }

    companion object {
        /** The hub waits for its start: on a thread that may wait. */
        suspend fun start() = RealWorld(withContext(Dispatchers.IO) { TestHub.start() })
    }
}

internal class RealExpert(private val inner: HeadlessExpert) : Expert {
    override suspend fun waitRinging() = inner.waitRinging()
    override suspend fun answer() = inner.answer()
    override suspend fun callTechnician() = inner.callTechnician()
    override suspend fun waitConnected() = inner.waitConnected()
    override suspend fun waitPictures(count: Int) = inner.waitPictures(count.toUInt())
    override suspend fun waitText() = inner.waitText()
    override suspend fun sendText(text: String) = inner.sendText(text)
    override suspend fun waitMicrophone(muted: Boolean) = inner.waitMicrophone(muted)
    override suspend fun waitCamera(paused: Boolean) = inner.waitCamera(paused)
    override suspend fun drawArrow(captureTimeUs: Long, x: Float, y: Float) = inner.drawArrow(captureTimeUs.toULong(), x, y)
    override suspend fun undoDrawing() = try {
        inner.undoDrawing()
        true
    } catch (_: PhoneFailure) {
        false
    }

    override suspend fun waitDrawings(count: Int) = inner.waitDrawings(count.toUInt())
    override suspend fun setLink(link: String) = inner.setLink(link)
    override suspend fun acceptLinkOffer() = inner.acceptLinkOffer()
    override suspend fun hangUp() = inner.hangUp()
    override suspend fun waitEnded() = inner.waitEnded()
    override suspend fun waitTechnicianFree() = inner.waitTechnicianFree()
}

/** A simulated phone's camera and encoder. */
internal class RealCamera : Camera, AutoCloseable {
    private var phone: SimulatedPhone? = null

    override fun picture(captureTimeUs: Long, control: EncoderControl): Picture? {
        val wanted = PhoneControl(
            control.bitrateBps.toUInt(),
            control.widthPx.toUInt(),
            control.heightPx.toUInt(),
            control.frameRate.toUInt(),
            control.keyFramesRequested.toULong(),
        )
        val phone = phone ?: SimulatedPhone(1u, wanted).also { phone = it }
        phone.apply(wanted)
        return phone.frame(captureTimeUs.toULong())?.let {
            Picture(it.annexB, it.captureTimeUs.toLong(), it.isKeyFrame)
        }
    }

    override fun close() {
        phone?.destroy()
    }
}

/** A simulated phone's AR platform. */
internal class RealTracker : Tracker, AutoCloseable {
    private val phone = SimulatedPhone(1u, PhoneControl(1_500_000u, 1_280u, 720u, 15u, 0u))

    override fun frame(captureTimeUs: Long, widthPx: Int, heightPx: Int): ArFrame =
        readFrame(bytes(captureTimeUs, widthPx, heightPx))

    /** With rows further apart than they are long, as cameras have them. */
    fun greyPicture(captureTimeUs: Long): GreyPicture {
        val flat = phone.greyPicture(captureTimeUs.toULong(), 640u, 360u)
        val pixels = ByteBuffer.allocate(360 * 704)
        for (row in 0 until 360) pixels.position(row * 704).put(flat, 20 + row * 640, 640)
        return GreyPicture(captureTimeUs, pixels.clear(), 640, 360, rowBytes = 704)
    }

    fun bytes(captureTimeUs: Long, widthPx: Int, heightPx: Int): ByteArray =
        phone.arFrame(captureTimeUs.toULong(), widthPx.toUInt(), heightPx.toUInt())

    override fun close() = phone.destroy()
}

/** Reads the form of `core/engine/src/annotations/flat.rs`. */
internal fun readFrame(bytes: ByteArray): ArFrame {
    val from = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN)
    fun floats(count: Int) = FloatArray(count) { from.getFloat() }
    fun pose() = floats(7).let { ArPose(it[0], it[1], it[2], it[3], it[4], it[5], it[6]) }
    fun tracking() = ArTracking.entries[from.getInt()]
    check(from.getInt() == 0x31465241)
    val tracking = tracking()
    val captureTimeUs = from.getLong()
    val pose = pose()
    val lens = floats(4).let { (focalX, focalY, x, y) -> ArLens(focalX, focalY, x, y, from.getInt(), from.getInt()) }
    val (width, height, hasConfidence, planes, anchors) = IntArray(5) { from.getInt() }
    val (corners, triangles, points) = IntArray(3) { from.getInt() }
    val samples = width * height
    val frame = ArFrame(
        captureTimeUs,
        pose,
        lens,
        tracking,
        if (samples == 0) null
        else ArDepth(width, height, floats(samples), if (hasConfidence == 1) ByteArray(samples).also(from::get) else null),
        if (planes < 0) null else List(planes) { ArPlane(pose(), floats(2 * from.getInt())) },
        if (anchors < 0) null
        else List(anchors) {
            val (id, isTracked) = from.getInt() to tracking()
            ArAnchor(id, pose(), isTracked)
        },
        if (corners < 0) null else ArMesh(floats(3 * corners), IntArray(3 * triangles) { from.getInt() }),
        if (points < 0) null else floats(3 * points),
    )
    check(!from.hasRemaining())
    return frame
}
