package org.openassist.fakes

import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.filterNotNull
import kotlinx.coroutines.flow.first
import org.openassist.CallSnapshot
import org.openassist.CallState
import org.openassist.Colour
import org.openassist.DrawnPoint
import org.openassist.EndReason
import org.openassist.LinkSnapshot
import org.openassist.LinkVerdict
import org.openassist.ReceivedVideo
import org.openassist.StrokeRefusal
import org.openassist.StrokeStyle
import org.openassist.Tool

/** The other end of a [FakeAssist], as a test scripts it. In one call at a time: the last that rang or was placed. */
public class FakeExpert(public val id: String = "expert", public val name: String = "Erika Expert") {
    private val session = MutableStateFlow<FakeSession?>(null)
    private val current = MutableStateFlow<FakeCall?>(null)

    /** Waits until the technician calls; it goes on ringing. */
    public suspend fun awaitRinging() {
        current.filterNotNull().first { !it.isOver }
    }

    /** Answers the call that rings. */
    public suspend fun answer(): Unit = call().connect()

    /** Declines the call that rings. */
    public suspend fun decline(): Unit = call().end(EndReason.Declined)

    /** Calls the technician, once signed in. */
    public suspend fun callTechnician() {
        current.value = session.filterNotNull().first().ringFromExpert()
    }

    /** Waits until the call is as wanted. */
    public suspend fun awaitCall(wanted: (CallSnapshot) -> Boolean): CallSnapshot = call().state.first(wanted)

    /** Waits until the app has pushed so many pictures. */
    public suspend fun awaitPictures(count: Int) {
        call().picturesPushed.first { it >= count }
    }

    /** Waits for the technician's next line of text. */
    public suspend fun awaitText(): String = call().textsForExpert.first()

    /** Writes a line. */
    public suspend fun sendText(text: String): Unit = call().receiveText(text)

    /** Sends a picture; it waits until it is collected. */
    public suspend fun sendPicture(picture: ReceivedVideo): Unit = call().receivePicture(picture)

    /** Draws a whole stroke; an arrow to the middle of the picture unless told otherwise. */
    public suspend fun draw(style: StrokeStyle = ARROW, points: List<DrawnPoint> = TO_THE_MIDDLE): Unit =
        call().drawings.begin(isMine = false, style, points).finish()

    /** Takes back the last of the expert's own drawings. Throws [org.openassist.DrawException.NothingToUndo]. */
    public suspend fun undoDrawing() {
        call().drawings.undo(isMine = false)
    }

    /** Waits until so many drawings of both are there. */
    public suspend fun awaitDrawings(count: Int) {
        awaitCall { it.annotations.marks == count }
    }

    /** Tells the app that a stroke of its person is not shown, as a phone does that cannot say where it is. */
    public suspend fun refuseStroke(stroke: Long, because: StrokeRefusal): Unit = call().refuseStroke(stroke, because)

    /**
     * The link of a call that is connected is like this from now on: poor, the app is offered to pause the video; critical, it is
     * paused; good again, or no longer critical when that had paused it, the way back is offered. At once, where the library makes
     * sure first.
     */
    public suspend fun setLink(verdict: LinkVerdict): Unit = call().fakeLink.judge(verdict)

    /** Waits until something is offered because of the link, and says yes; the link as it was then. */
    public suspend fun acceptLinkOffer(): LinkSnapshot {
        val link = call().fakeLink
        return link.state.first { it.offer != null }.also { link.answer(isYes = true) }
    }

    /** Ends the call. */
    public suspend fun hangUp(): Unit = call().end(EndReason.HungUp)

    /** Waits until the call is over; how it ended. */
    public suspend fun awaitEnded(): EndReason? = awaitCall { it.state == CallState.Ended }.endReason

    internal fun meet(session: FakeSession) {
        this.session.value = session
    }

    internal fun ring(call: FakeCall) {
        call.alert()
        current.value = call
    }

    private suspend fun call() = current.filterNotNull().first()

    private companion object {
        val ARROW = StrokeStyle(Tool.Arrow, Colour.Yellow)
        val TO_THE_MIDDLE = listOf(DrawnPoint(0, 0.4f, 0.6f), DrawnPoint(0, 0.5f, 0.5f))
    }
}
