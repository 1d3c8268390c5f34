package org.openassist

import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.withContext
import org.openassist.phone.HeadlessExpert
import org.openassist.phone.PhoneControl
import org.openassist.phone.SimulatedPhone
import org.openassist.phone.TestHub

/** The built library, a real hub and a real engine at the other end. */
internal class RealWorld private constructor(private val hub: TestHub) : World {
    private val open = ArrayList<AutoCloseable>()

    override val account = SandboxAccount(hub.url(), "technician", hub.key())

    override fun assist(store: SecureStore): Assist =
        Assist.create(AssistConfig("contract", loopbackOnly = true), store).also(open::add)

    override suspend fun expert(): Expert = RealExpert(HeadlessExpert.signIn(hub.url(), hub.key()).also(open::add))

    override fun camera(): Camera = RealCamera().also(open::add)

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
