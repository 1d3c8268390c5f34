package org.openassist

import kotlinx.coroutines.CoroutineStart
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.delay
import kotlinx.coroutines.launch
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.withTimeout
import org.junit.jupiter.api.AfterEach
import org.junit.jupiter.api.Test
import org.openassist.generated.ffi.liveStreams

/** The contract, held by the built library. */
internal class RealContractTest : Contract() {
    override suspend fun world(): World = RealWorld.start()
    override val shownOfAnArrow = listOf(Overlay.Part.Line, Overlay.Part.ArrowHead)

    /** Whatever a case did, once everything is closed no stream is left. */
    @AfterEach
    fun everyStreamIsFreed() = runBlocking {
        withTimeout(DEADLINE) { while (liveStreams() != 0L) delay(10) }
    }

    @Test
    fun aCancelledSignInLeavesNoSession() = case {
        repeat(20) { round ->
            val signingIn = scope.launch(start = CoroutineStart.UNDISPATCHED) { assist.signIn(world.account) }
            // At another moment each time; whatever was signed in holds streams, and none may be left.
            delay(round.toLong())
            signingIn.cancelAndJoin()
        }
    }

    @Test
    fun aCancelledCallLeavesNone() = case {
        world.expert()
        session()
        repeat(20) {
            val calling = scope.launch(start = CoroutineStart.UNDISPATCHED) {
                try {
                    // One that was there before the cancelling is ours to end.
                    session.call(expertId()).hangUp()
                } catch (_: CallException.Busy) {
                    // The one before is still being ended.
                }
            }
            calling.cancelAndJoin()
        }
        while (true) {
            try {
                session.call(expertId())
                break
            } catch (_: CallException.Busy) {
                delay(10)
            }
        }
    }
}
