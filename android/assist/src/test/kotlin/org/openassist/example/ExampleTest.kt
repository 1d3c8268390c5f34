package org.openassist.example

import java.nio.file.Files
import java.nio.file.Path
import java.util.Collections
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.launch
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.withTimeout
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.openassist.DEADLINE
import org.openassist.SandboxAccount
import org.openassist.fakes.FakeAssist

internal class ExampleTest {
    private val shown = Collections.synchronizedList(ArrayList<String>())

    @Test
    fun theGuideShowsWhatIsCompiled() {
        val source = Files.readString(Path.of("src/test/kotlin/org/openassist/example/Example.kt"))
        val example = source.substringAfter("// begin\n").substringBefore("// end\n")
        assertTrue(example in Files.readString(Path.of("../../docs/kotlin.md")))
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
    fun theExampleShowsWhatToDo() = runBlocking {
        callForHelp(FakeAssist(), SandboxAccount("https://hub.example", "technician", "wrong"), shown::add)
        assertEquals("sign in again", shown.last())
    }
}
