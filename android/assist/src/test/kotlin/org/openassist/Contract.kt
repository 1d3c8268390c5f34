package org.openassist

import java.nio.ByteBuffer
import kotlin.concurrent.thread
import kotlinx.coroutines.CoroutineStart
import kotlinx.coroutines.async
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.flow.toList
import kotlinx.coroutines.flow.transformWhile
import kotlinx.coroutines.launch
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertNotNull
import org.junit.jupiter.api.Assertions.assertThrows
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.openassist.core.translated
import org.openassist.generated.ffi.liveStreams
import org.openassist.generated.ffi.panicLater
import org.openassist.generated.ffi.panicNow

/** The cases of `tests/contract/cases.txt`, in its order; those of the link are in [LinkContract]. */
internal abstract class Contract : LinkContract() {
    /** What an arrow looks like in this world. */
    abstract val shownOfAnArrow: List<Overlay.Part>

    @Test
    fun signInShowsThePeople() = case {
        val snapshot = session().state.value
        assertTrue(snapshot.connected)
        assertNotNull(snapshot.me)
        assertEquals(1, snapshot.people.size)
        assertTrue(snapshot.people.single().name.isNotEmpty())
    }

    @Test
    fun aWrongKeyIsRefusedInWords() = case {
        val wrong = world.account.copy(key = "wrong")
        val refusal = refusal<SignInException.Rejected> { world.assist().signIn(wrong) }
        assertTrue(refusal.needsSignIn)
        assertFalse(refusal.isRetryable)
        assertTrue("key" in refusal.message) { refusal.message }
    }

    @Test
    fun stateArrivesInOrder() = case {
        val expert = world.expert()
        val call = session().call(expertId())
        assertTrue(call.state.value.state < CallState.Connected, "the present state comes at once")
        expert.waitRinging()
        expert.answer()
        val seen = call.state.transformWhile {
            emit(it)
            if (it.state == CallState.Connected) call.hangUp()
            !it.isOver
        }.toList()
        assertEquals(seen.sortedBy { it.revision }, seen)
        assertEquals(seen.sortedBy { it.state }, seen)
        assertEquals(CallState.Ended, seen.last().state)
    }

    @Test
    fun framesReachTheExpert() = case {
        val (call, expert) = inCall()
        val filming = scope.launch { film(call) }
        assertEquals("1280x720", expert.waitPictures(15))
        filming.cancelAndJoin()
        refusal<MediaException.NotAnnexB> { call.pushVideo("no picture".toByteArray(), 0, 10, 0, false) }
        assertThrows(IllegalArgumentException::class.java) { call.pushVideo(ByteBuffer.allocate(4), -1, false) }
    }

    @Test
    fun soundIsTakenAndGiven() = case {
        val (call, _) = inCall()
        call.pushAudio(ByteBuffer.allocateDirect(1_920))
        call.pushAudio(ByteBuffer.allocateDirect(1_927).position(7))
        call.pushAudio(ShortArray(960))
        call.pullAudio(ShortArray(960))
        for (wrong in listOf(0, 1_919, 1_921, 4_000)) {
            refusal<MediaException.WrongLength> { call.pushAudio(ByteBuffer.allocateDirect(wrong)) }
            refusal<MediaException.WrongLength> { call.pushAudio(ByteBuffer.allocate(wrong)) }
            refusal<MediaException.WrongLength> { call.pushAudio(ShortArray(wrong)) }
            refusal<MediaException.WrongLength> { call.pullAudio(ShortArray(wrong)) }
        }
    }

    @Test
    fun textGoesBothWays() = case {
        val (call, expert) = inCall()
        val id = call.sendText("Which valve?")
        assertEquals("Which valve?", expert.waitText())
        expert.sendText("The red one ✓")
        // Taken one at a time, each time by another subscriber: none is lost between them.
        val events = HashSet<CallEvent>()
        while (events.none { it is CallEvent.TextReceived } || CallEvent.TextDelivered(id) !in events) {
            events += call.events.first()
        }
        assertEquals("The red one ✓", events.filterIsInstance<CallEvent.TextReceived>().single().text)
        for (wrong in listOf("", "x".repeat(100_000))) refusal<CallException.TextLength> { call.sendText(wrong) }
    }

    @Test
    fun muteAndPauseAreSeen() = case {
        val (call, expert) = inCall()
        call.setMicrophoneMuted(true)
        expert.waitMicrophone(muted = true)
        call.setCameraPaused(true)
        expert.waitCamera(paused = true)
        call.setMicrophoneMuted(false)
        expert.waitMicrophone(muted = false)
        call.setCameraPaused(false)
        expert.waitCamera(paused = false)
    }

    @Test
    fun aDrawingStaysOnTheMachine() = case {
        val (call, expert) = inCall()
        val tracker = world.tracker()
        assertTrue(track(call, tracker, 0L until 20).none())
        expert.drawArrow(15 * FRAME_US, 0.5f, 0.55f)
        call.state.first { it.annotations.marks == 1 }
        assertEquals(0, call.state.value.annotations.mine)
        val overlay = track(call, tracker, 20L until 22)
        assertEquals(shownOfAnArrow, overlay.map { it.part })
        assertEquals(1, overlay.map { it.markId }.distinct().size)
        assertEquals(1_280f to 720f, overlay.widthPx to overlay.heightPx)
        assertTrue(expert.undoDrawing())
        call.state.first { it.annotations.marks == 0 }
        assertTrue(track(call, tracker, 22L until 23).none())
    }

    @Test
    fun withoutArADrawingGoesWithThePicture() = case {
        val (call, expert) = inCall()
        val camera = world.greyCamera()
        fun show(numbers: LongRange) =
            numbers.map { call.greyPicture(camera.picture(it * FRAME_US), 1_280f, 720f, 0) }.last()
        assertTrue(show(0L until 10).none())
        expert.drawArrow(8 * FRAME_US, 0.5f, 0.55f)
        call.state.first { it.annotations.marks == 1 }
        val first = show(10L until 13)
        assertEquals(shownOfAnArrow, first.map { it.part })
        assertEquals(0, first.lostMarks)
        assertEquals(shownOfAnArrow, show(13L until 25).map { it.part })
        assertTrue(expert.undoDrawing())
        call.state.first { it.annotations.marks == 0 }
        assertTrue(show(25L until 26).none())

        val picture = camera.picture(26 * FRAME_US)
        fun of(rowBytes: Int, heightPx: Int) = GreyPicture(0, picture.pixels, 640, heightPx, rowBytes)
        val refusals = listOf(
            refusal<DrawException.Invalid> { call.greyPicture(of(rowBytes = 639, heightPx = 2), 1_280f, 720f, 0) },
            refusal<DrawException.Invalid> { call.greyPicture(of(rowBytes = 640, heightPx = 4_000), 1_280f, 720f, 0) },
            refusal<DrawException.Invalid> { call.greyPicture(of(rowBytes = 640, heightPx = 0), 1_280f, 720f, 0) },
            refusal<DrawException.Invalid> { call.greyPicture(picture, 0f, 720f, 0) },
            refusal<DrawException.Invalid> { call.greyPicture(picture, 1_280f, 720f, 45) },
        )
        for (refusal in refusals) assertTrue(refusal.message.length > 20) { refusal.message }
        call.greyPicture(picture, 720f, 1_280f, 90)
        assertThrows(IllegalArgumentException::class.java) { GreyPicture(-1, picture.pixels, 1, 1) }
    }

    @Test
    fun aFrozenFrameIsDrawnOn() = case {
        val (call, expert) = inCall()
        val tracker = world.tracker()
        track(call, tracker, 0L until 10)
        val frozen = call.freeze(8 * FRAME_US)
        track(call, tracker, 60L until 65)
        assertTrue(frozen.overlay(1_280f, 720f).none())
        val points = listOf(0.4f, 0.6f).map { DrawnPoint(0, it, 0.55f) }
        frozen.beginStroke(StrokeStyle(Tool.Ink, Colour.Green), points).finish()
        expert.waitDrawings(1)
        val line = frozen.overlay(1_280f, 720f).first()
        assertEquals(512f, line.xPx(0), 3f)
        assertEquals(396f, line.yPx(0), 3f)
        assertEquals(768f, line.xPx(line.pointCount - 1), 3f)
        frozen.thaw()
        refusal<DrawException.Gone> { frozen.thaw() }
        refusal<DrawException.Gone> { frozen.overlay(1_280f, 720f) }
        refusal<DrawException.Gone> { frozen.beginStroke(StrokeStyle(Tool.Ink, Colour.Green), points) }
        repeat(8) { call.freeze(62 * FRAME_US) }
        refusal<DrawException.TooMuch> { call.freeze(62 * FRAME_US) }
        assertEquals(1, call.state.value.annotations.marks)
    }

    @Test
    fun everybodyTakesBackTheirOwn() = case {
        val (call, expert) = inCall()
        track(call, world.tracker(), 0L until 5)
        val style = StrokeStyle(Tool.Ink, Colour.Blue, interpretation = Interpretation.Surface)
        val first = call.beginStroke(style, listOf(DrawnPoint(4 * FRAME_US, 0.4f, 0.5f)))
        first.extend(listOf(DrawnPoint(4 * FRAME_US, 0.5f, 0.5f)))
        first.finish()
        refusal<DrawException.Gone> { first.finish() }
        refusal<DrawException.Gone> { first.extend(emptyList()) }
        val second = call.beginStroke(style, listOf(DrawnPoint(4 * FRAME_US, 0.6f, 0.5f)))
        expert.waitDrawings(2)
        assertFalse(expert.undoDrawing(), "these are the technician's")
        assertEquals(2, call.state.first { it.annotations.marks == 2 }.annotations.mine)
        assertEquals(second.number, call.undoStroke())
        refusal<DrawException.Gone> { second.finish() }
        expert.waitDrawings(1)
        call.deleteMyStrokes()
        expert.waitDrawings(0)
        val refusal = refusal<DrawException.NothingToUndo> { call.undoStroke() }
        assertTrue("none of your drawings" in refusal.message) { refusal.message }
        refusal<DrawException.NothingToUndo> { call.deleteMyStrokes() }
    }

    @Test
    fun whatIsNoFrameIsRefusedInWords() = case {
        val (call, _) = inCall()
        val frame = world.tracker().frame(0, 1_280, 720)
        fun with(depth: ArDepth) = ArFrame(0, frame.pose, frame.lens, frame.tracking, depth)
        val refusals = listOf(
            refusal<DrawException.Invalid> { call.arFrame(with(ArDepth(4, 4, FloatArray(15))), 1_280f, 720f, 0) },
            refusal<DrawException.Invalid> { call.arFrame(with(ArDepth(0, 0, FloatArray(0))), 1_280f, 720f, 0) },
            refusal<DrawException.Invalid> { call.arFrame(frame, 0f, 720f, 0) },
            refusal<DrawException.Invalid> { call.arFrame(frame, Float.NaN, 720f, 0) },
            refusal<DrawException.Invalid> { call.arFrame(frame, 1_280f, 720f, 45) },
            refusal<DrawException.Invalid> { call.overlayOfPeer(0, 0f, 720f) },
        )
        for (refusal in refusals) assertTrue(refusal.message.length > 20 && !refusal.isRetryable) { refusal.message }
        assertThrows(IllegalArgumentException::class.java) { call.overlayOfPeer(-1, 1f, 1f) }
        call.arFrame(frame, 1_280f, 720f, 90)
        assertTrue(call.overlayOfPeer(0, 1_280f, 720f).none())
    }

    @Test
    fun hangUpEndsBothEnds() = case {
        val (call, expert) = inCall()
        call.hangUp()
        assertEquals("hung_up", expert.waitEnded())
        assertEquals(EndReason.HungUp, call.state.first { it.isOver }.endReason)
        call.hangUp()
        refusal<CallException.Ended> { call.accept() }
        // Both are over once the call is.
        call.events.toList()
        call.video.toList()
        call.encoderControl.first { it == null }
    }

    @Test
    fun aRingingCallCanBeAnswered() = case {
        val session = session()
        val expert = world.expert()
        expert.callTechnician()
        val call = session.incomingCalls.first()
        assertEquals(CallState.Ringing, call.state.value.state)
        assertEquals(Role.Callee, call.state.value.role)
        call.accept()
        call.awaitConnected()
        expert.waitConnected()
        expert.hangUp()
        assertEquals(EndReason.HungUp, call.state.first { it.isOver }.endReason)
    }

    @Test
    fun aRingingCallCanBeDeclined() = case {
        val session = session()
        val expert = world.expert()
        expert.callTechnician()
        session.incomingCalls.first().decline()
        assertEquals("declined", expert.waitEnded())
    }

    @Test
    open fun closeAndDropWorkOnAForeignThread() = case {
        val (call, expert) = inCall()
        thread {
            call.close()
            session.close()
            assist.close()
        }.join()
        assertEquals("hung_up", expert.waitEnded())
    }

    @Test
    fun closeEndsAPendingNext() = case {
        val (call, _) = inCall()
        val video = scope.async(start = CoroutineStart.UNDISPATCHED) { call.video.toList() }
        val incoming = scope.async(start = CoroutineStart.UNDISPATCHED) { session.incomingCalls.toList() }
        call.close()
        video.await()
        session.close()
        assertTrue(incoming.await().isEmpty())
    }

    @Test
    fun closingTwiceIsClosingOnce() = case {
        val (call, _) = inCall()
        val frame = world.tracker().frame(0, 1_280, 720)
        repeat(2) { call.close() }
        refusal<CallException.Ended> { call.hangUp() }
        refusal<CallException.Ended> { call.awaitConnected() }
        refusal<CallException.Ended> { call.pushVideo(byteArrayOf(0, 0, 1, 9, 16), 0, 5, 0, false) }
        refusal<CallException.Ended> { call.pullAudio(ShortArray(960)) }
        refusal<CallException.Ended> { call.video.toList() }
        refusal<CallException.Ended> { call.arFrame(frame, 1f, 1f, 0) }
        refusal<CallException.Ended> { call.greyPicture(world.greyCamera().picture(0), 1f, 1f, 0) }
        refusal<CallException.Ended> { call.overlayOfPeer(0, 1f, 1f) }
        refusal<CallException.Ended> { call.beginStroke(StrokeStyle(Tool.Ink, Colour.Red), emptyList()) }
        refusal<CallException.Ended> { call.freeze(0) }
        refusal<CallException.Ended> { call.undoStroke() }
        refusal<CallException.Ended> { call.deleteMyStrokes() }
        refusal<CallException.Ended> { call.acceptLinkOffer() }
        refusal<CallException.Ended> { call.dismissLinkOffer() }
        refusal<CallException.Ended> { call.setSendingCeiling(null) }
        assertTrue(call.events.toList().isEmpty())
        repeat(2) { session.leave() }
        repeat(2) { session.close() }
        session.networkChanged()
        refusal<CallException.Ended> { session.call("expert") }
        repeat(2) { assist.shutdown() }
        repeat(2) { assist.close() }
        refusal<SignInException.Closed> { assist.signIn(world.account) }
    }

    @Test
    fun cancellingTheWaitEndsTheCallAtTheHub() = case {
        val expert = world.expert()
        val call = session().call(expertId())
        val waiting = scope.launch(start = CoroutineStart.UNDISPATCHED) { call.awaitConnected() }
        expert.waitRinging()
        waiting.cancelAndJoin()
        assertEquals("cancelled", expert.waitEnded())
        expert.waitTechnicianFree()
        assertEquals(EndReason.Cancelled, call.state.first { it.isOver }.endReason)
    }

    @Test
    open fun tenThousandSubscriptionsLeaveNoHandle() = case {
        val (call, _) = inCall()
        val before = liveStreams()
        repeat(10_000) {
            val collecting = scope.launch(start = CoroutineStart.UNDISPATCHED) { call.video.collect {} }
            collecting.cancelAndJoin()
        }
        assertEquals(before, liveStreams())
    }

    @Test
    fun aThrowingSecureStoreIsAnError() = case {
        val refusal = refusal<SignInException.SecureStoreFailed> { world.assist(BrokenStore()).signIn(world.account) }
        assertTrue(refusal.isRetryable)
        assertFalse("a secret" in refusal.message) { refusal.message }
    }

    @Test
    open fun aPanicIsAnError() = case {
        refusal<InternalException> { translated { panicNow() } }
        refusal<InternalException> { translated { panicLater() } }
        // The library goes on.
        assertTrue(session().state.value.connected)
    }
}
