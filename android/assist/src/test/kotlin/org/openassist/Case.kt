package org.openassist

import kotlinx.coroutines.CancellationException
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.delay
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.isActive
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.withTimeout
import org.junit.jupiter.api.Assertions.assertEquals

/** Cases of `tests/contract/cases.txt`, each in a world of its own. */
internal abstract class Cases {
    abstract suspend fun world(): World

    protected fun case(body: suspend Case.() -> Unit) = runBlocking(Dispatchers.Default) {
        val world = world()
        try {
            withTimeout(DEADLINE) { Case(world, this).body() }
        } finally {
            world.close()
        }
    }
}

/** One case under way. */
internal class Case(val world: World, val scope: CoroutineScope) {
    val assist: Assist by lazy { world.assist() }
    lateinit var session: Session

    suspend fun session(): Session {
        session = assist.signIn(world.account)
        session.state.first { it.connected }
        return session
    }

    fun expertId() = session.state.value.people.single().id

    /** The technician calls, the expert answers, media flows: over a bad link, if one is given. */
    suspend fun inCall(link: String? = null): Pair<Call, Expert> {
        val expert = world.expert(link)
        val call = session().call(expertId())
        expert.waitRinging()
        expert.answer()
        assertEquals(CallState.Connected, call.awaitConnected().state)
        expert.waitConnected()
        return call to expert
    }

    /** A phone whose AR platform has seen some frames; and the newest one's lines. */
    fun track(call: Call, tracker: Tracker, numbers: LongRange): Overlay =
        numbers.map { call.arFrame(tracker.frame(it * FRAME_US, 1_280, 720), 1_280f, 720f, 0) }.last()

    /** Pushes what the encoder is asked for, 15 pictures a second, as a phone would. */
    suspend fun film(call: Call) {
        val camera = world.camera()
        var captureTimeUs = 0L
        while (scope.isActive) {
            val control = call.encoderControl.first { it != null }!!
            camera.picture(captureTimeUs, control)?.let { picture ->
                try {
                    call.pushVideo(picture.annexB, 0, picture.annexB.size, picture.captureTimeUs, picture.isKeyFrame)
                } catch (_: MediaException.Busy) {
                    // A busy network is no fault of the phone's.
                }
            }
            captureTimeUs += 66_667
            delay(66)
        }
    }
}

/** From one AR frame to the next. */
internal const val FRAME_US = 33_333L

internal val CallSnapshot.isOver get() = state == CallState.Ended

/** What a body throws, of a class. */
internal suspend inline fun <reified E : AssistException> refusal(body: suspend () -> Unit): E {
    try {
        body()
    } catch (error: CancellationException) {
        throw error
    } catch (error: Exception) {
        return error as? E ?: throw AssertionError("not ${E::class.simpleName}", error)
    }
    throw AssertionError("it did not throw ${E::class.simpleName}")
}
