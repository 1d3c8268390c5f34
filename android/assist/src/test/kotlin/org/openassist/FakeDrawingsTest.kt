package org.openassist

import kotlinx.coroutines.flow.first
import kotlinx.coroutines.runBlocking
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Test
import org.openassist.fakes.FakeAssist

/** What a screen's test does with the fakes. */
internal class FakeDrawingsTest {
    private fun inCall(body: suspend (Call, FakeAssist) -> Unit) = runBlocking {
        val assist = FakeAssist()
        val session = assist.signIn(SandboxAccount("https://hub.example", "technician", "key"))
        val call = session.call(assist.expert.id)
        assist.expert.answer()
        body(call, assist)
    }

    @Test
    fun eachMarkIsOnePolylineWhereItWasDrawn() = inCall { call, assist ->
        val style = StrokeStyle(Tool.Ink, Colour.Black, widthPerMille = 10)
        val stroke = call.beginStroke(style, listOf(DrawnPoint(0, 0.25f, 0.5f)))
        assertEquals(Overlay.Part.Dot, call.overlayOfPeer(0, 200f, 100f).single().part)
        stroke.extend(listOf(DrawnPoint(0, 0.75f, 0.5f)))
        assist.expert.draw()
        val (mine, theirs) = call.overlayOfPeer(0, 200f, 100f).toList()
        assertEquals(listOf(50f, 50f, 150f, 50f), listOf(mine.xPx(0), mine.yPx(0), mine.xPx(1), mine.yPx(1)))
        assertEquals(Colour.Black.argb to Colour.White.argb, mine.colour to mine.outlineColour)
        assertEquals(2f to 1f, mine.widthPx to mine.outlineWidthPx)
        assertEquals(Colour.Yellow.argb, theirs.colour)
        assertEquals(AnnotationsSnapshot(3 + 1, marks = 2, mine = 1), call.state.value.annotations)
    }

    @Test
    fun aStrokeCanBeRefused() = inCall { call, assist ->
        val stroke = call.beginStroke(StrokeStyle(Tool.Arrow, Colour.Red), emptyList())
        assist.expert.refuseStroke(stroke.number, StrokeRefusal.NothingThere)
        val refused = call.events.first() as CallEvent.StrokeRefused
        assertEquals(stroke.number to StrokeRefusal.NothingThere, refused.stroke to refused.because)
    }
}
