package org.openassist

import java.nio.ByteBuffer
import org.junit.jupiter.api.Disabled
import org.junit.jupiter.api.Test
import org.openassist.fakes.FakeAssist
import org.openassist.fakes.FakeExpert

/** The contract, held by the fakes; what they cannot have is listed here. */
internal class FakeContractTest : Contract() {
    override suspend fun world(): World = FakeWorld()
    override val shownOfAnArrow = listOf(Overlay.Part.Line)

    @Test
    @Disabled("a fake has no threads of its own")
    override fun closeAndDropWorkOnAForeignThread() = Unit

    @Test
    @Disabled("a fake has no handles")
    override fun tenThousandSubscriptionsLeaveNoHandle() = Unit

    @Test
    @Disabled("a fake cannot panic")
    override fun aPanicIsAnError() = Unit
}

private class FakeWorld : World {
    private val expert = FakeExpert()

    override val account = SandboxAccount("https://hub.example", "technician", "key")

    override fun assist(store: SecureStore): Assist = FakeAssist("key", store, expert)

    override suspend fun expert(link: String?): Expert = ScriptedExpert(expert, link)

    override fun camera() = Camera { captureTimeUs, _ -> Picture(byteArrayOf(0, 0, 0, 1, 9, 16), captureTimeUs, true) }

    override fun tracker() = Tracker { captureTimeUs, widthPx, heightPx ->
        val lens = ArLens(1_000f, 1_000f, widthPx / 2f, heightPx / 2f, widthPx, heightPx)
        ArFrame(captureTimeUs, ArPose(0f, 0f, 0f, 0f, 0f, 0f, 1f), lens, ArTracking.Tracked)
    }

    override fun greyCamera() = GreyCamera { GreyPicture(it, ByteBuffer.allocate(640 * 360), 640, 360) }

    override suspend fun close() = Unit
}

private class ScriptedExpert(private val inner: FakeExpert, private val link: String?) : Expert {
    override suspend fun waitRinging() = inner.awaitRinging()
    override suspend fun answer() {
        inner.answer()
        link?.let { setLink(it) }
    }

    override suspend fun callTechnician() = inner.callTechnician()
    override suspend fun waitConnected() {
        inner.awaitCall { it.state == CallState.Connected }
    }

    override suspend fun waitPictures(count: Int): String {
        inner.awaitPictures(count)
        return "1280x720"
    }

    override suspend fun waitText() = inner.awaitText()
    override suspend fun sendText(text: String) = inner.sendText(text)
    override suspend fun waitMicrophone(muted: Boolean) {
        inner.awaitCall { (it.local.microphone == MicrophoneState.Muted) == muted }
    }

    override suspend fun waitCamera(paused: Boolean) {
        inner.awaitCall { (it.local.camera == CameraState.Paused) == paused }
    }

    override suspend fun drawArrow(captureTimeUs: Long, x: Float, y: Float) {
        val points = listOf(DrawnPoint(captureTimeUs, x - 0.1f, y + 0.1f), DrawnPoint(captureTimeUs, x, y))
        inner.draw(StrokeStyle(Tool.Arrow, Colour.Yellow), points)
    }

    override suspend fun undoDrawing() = try {
        inner.undoDrawing()
        true
    } catch (_: DrawException.NothingToUndo) {
        false
    }

    override suspend fun waitDrawings(count: Int) = inner.awaitDrawings(count)
    override suspend fun setLink(link: String) {
        val isGood = link.substringBefore(',').toInt() >= 1_500
        inner.setLink(if (isGood) LinkVerdict.Good else LinkVerdict.Poor(LinkReason.Bandwidth))
    }

    override suspend fun acceptLinkOffer() = inner.acceptLinkOffer().words
    override suspend fun hangUp() = inner.hangUp()
    override suspend fun waitEnded() = inner.awaitEnded().onTheWire()

    override suspend fun waitTechnicianFree() {
        inner.awaitEnded()
    }
}

/** `HungUp` is `hung_up`. */
internal fun EndReason?.onTheWire(): String = this?.name.orEmpty().replace(Regex("(?<=.)([A-Z])"), "_$1").lowercase()
