package org.openassist.example

import java.nio.file.Files
import java.nio.file.Path
import java.util.Collections
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.launch
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.withTimeout
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.openassist.ArFrame
import org.openassist.ArLens
import org.openassist.ArPose
import org.openassist.ArTracking
import org.openassist.CameraState
import org.openassist.DEADLINE
import org.openassist.DrawnPoint
import org.openassist.LinkOffer
import org.openassist.LinkReason
import org.openassist.LinkVerdict
import org.openassist.RecordingCanvas
import org.openassist.SandboxAccount
import org.openassist.fakes.FakeAssist

internal class ExampleTest {
    private val shown = Collections.synchronizedList(ArrayList<String>())

    @Test
    fun theGuideShowsWhatIsCompiled() {
        for (file in listOf("Example.kt", "Drawing.kt", "Link.kt")) {
            val source = Files.readString(Path.of("src/test/kotlin/org/openassist/example/$file"))
            val example = source.substringAfter("// begin\n").substringBefore("// end\n")
            assertTrue(example in Files.readString(Path.of("../../docs/kotlin.md"))) { file }
        }
    }

    @Test
    fun theExampleMakesACall() = runBlocking(Dispatchers.Default) {
        withTimeout(DEADLINE) {
            val assist = FakeAssist()
            val calling = launch { callForHelp(assist, SandboxAccount("https://hub.example", "technician", "key"), shown::add) }
            assist.expert.awaitRinging()
            assist.expert.answer()
            assertEquals("Which valve?", assist.expert.awaitText())
            assist.expert.sendText("The red one")
            assist.expert.hangUp()
            calling.join()
        }
        assertTrue("The red one" in shown) { "$shown" }
    }

    @Test
    fun theExampleDraws() = runBlocking {
        val assist = FakeAssist()
        val session = assist.signIn(SandboxAccount("https://hub.example", "technician", "key"))
        val call = session.call(assist.expert.id)
        assist.expert.answer()
        val pen = Pen(call, shown::add)
        pen.down(DrawnPoint(0, 0.25f, 0.5f))
        pen.move(listOf(DrawnPoint(0, 0.5f, 0.5f)))
        pen.up()
        val lens = ArLens(1_000f, 1_000f, 640f, 360f, 1_280, 720)
        val canvas = RecordingCanvas()
        onArFrame(call, ArFrame(0, ArPose(0f, 0f, 0f, 0f, 0f, 0f, 1f), lens, ArTracking.Tracked), 720f, 1_280f, canvas)
        assertEquals(2, canvas.drawn.count { it.startsWith("line") }, "an outline and its colour")
        pen.undo()
        assertTrue(shown.isEmpty())
        pen.undo()
        assertEquals(1, shown.size)
    }

    @Test
    fun theExampleFollowsTheLink() = runBlocking {
        val assist = FakeAssist()
        val session = assist.signIn(SandboxAccount("https://hub.example", "technician", "key"))
        val call = session.call(assist.expert.id)
        assist.expert.answer()
        assist.expert.setLink(LinkVerdict.Poor(LinkReason.Loss))
        withTimeout(DEADLINE) {
            val following = launch {
                followLink(call, shown::add) { offer -> if (offer == LinkOffer.PauseVideo) launch { answer(call, isYes = true) } }
            }
            call.state.first { it.local.camera == CameraState.Paused }
            following.cancel()
        }
        assertEquals(listOf("Poor: 12 % of packets lost"), shown)
    }

    @Test
    fun theExampleShowsWhatToDo() = runBlocking {
        callForHelp(FakeAssist(), SandboxAccount("https://hub.example", "technician", "wrong"), shown::add)
        assertEquals("sign in again", shown.last())
    }
}
