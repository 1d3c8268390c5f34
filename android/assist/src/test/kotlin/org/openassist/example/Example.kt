package org.openassist.example

import java.nio.ByteBuffer
import kotlinx.coroutines.cancelChildren
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.launch
import org.openassist.Assist
import org.openassist.AssistConfig
import org.openassist.AssistException
import org.openassist.Call
import org.openassist.CallEvent
import org.openassist.MediaException
import org.openassist.SandboxAccount
import org.openassist.SecureStore

// docs/kotlin.md shows what follows, word for word; ExampleTest holds it to that and runs it.
// begin
/** Signs in, calls the first person and stays until the call is over. */
suspend fun callForHelp(assist: Assist, account: SandboxAccount, show: (String) -> Unit) {
    try {
        assist.signIn(account).use { session ->
            val people = session.state.first { it.connected && it.people.isNotEmpty() }.people
            session.call(people.first().id).use { call -> talk(call, show) }
            session.leave()
        }
    } catch (error: AssistException) {
        show(error.message)
        if (error.needsSignIn) show("sign in again")
        else if (error.isRetryable) show("try again")
    }
}

private suspend fun talk(call: Call, show: (String) -> Unit) = coroutineScope {
    launch { call.state.collect { show("the call is ${it.state}") } }
    val reading = launch { // completes with the call
        call.events.collect { if (it is CallEvent.TextReceived) show(it.text) }
    }
    call.awaitConnected() // cancelled, the call is hung up
    call.sendText("Which valve?")
    reading.join()
    coroutineContext.cancelChildren()
}

/** From the encoder's thread, once a picture; the buffer is the encoder's own. */
fun onEncoded(call: Call, picture: ByteBuffer, captureTimeUs: Long, isKeyFrame: Boolean) {
    try {
        call.pushVideo(picture, captureTimeUs, isKeyFrame)
    } catch (_: MediaException.Busy) {
        // The network is slower than the camera for a moment; encoderControl lowers the rate.
    }
}

/** One for the process. */
fun start(store: SecureStore): Assist = Assist.create(AssistConfig(client = "MyApp 1.0"), store)
// end
