package org.openassist

import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Test

/** Writes down what it is told to draw. */
internal class RecordingCanvas : OverlayCanvas {
    val drawn = ArrayList<String>()

    override fun setPaint(argb: Int, widthPx: Float, dashPx: Float, gapPx: Float) {
        drawn += "paint %08x $widthPx $dashPx $gapPx".format(argb)
    }

    override fun line(points: Overlay.Polyline) {
        drawn += "line ${points.text()}"
    }

    override fun triangle(corners: Overlay.Polyline, isFilled: Boolean) {
        drawn += "${if (isFilled) "filled" else "outlined"} ${corners.text()}"
    }

    override fun dot(xPx: Float, yPx: Float, radiusPx: Float) {
        drawn += "dot $xPx,$yPx $radiusPx"
    }

    private fun Overlay.Polyline.text() = (0 until pointCount).joinToString(" ") { "${xPx(it)},${yPx(it)}" }
}

internal class OverlayDrawerTest {
    private fun drawn(vararg polylines: Written): List<String> {
        val canvas = RecordingCanvas()
        OverlayDrawer.draw(Overlay.read(overlayBytes(*polylines)), canvas)
        return canvas.drawn
    }

    @Test
    fun theOutlinesOfAMarkComeFirst() {
        val expected = listOf(
            "paint 800203b2 9.0 0.0 0.0", "line 1.0,2.0 3.0,4.0",
            "paint 800203b2 3.0 0.0 0.0", "outlined 5.0,6.0 7.0,8.0 9.0,9.0",
            "paint ffd55e01 6.0 0.0 0.0", "line 1.0,2.0 3.0,4.0",
            "paint ffd55e01 0.0 0.0 0.0", "filled 5.0,6.0 7.0,8.0 9.0,9.0",
            // Only then the mark above it.
            "paint 800203b2 8.0 0.0 0.0", "dot 1.0,1.0 4.0",
            "paint ffd55e01 4.0 0.0 0.0", "dot 1.0,1.0 2.0",
        )
        val marks = drawn(
            Written(1, 0, 0, 6f, 1.5f, 1f, 2f, 3f, 4f),
            Written(1, 1, 0, 0f, 1.5f, 5f, 6f, 7f, 8f, 9f, 9f),
            Written(2, 2, 0, 4f, 2f, 1f, 1f),
        )
        assertEquals(expected, marks)
    }

    @Test
    fun whatIsDimmedIsWeakAndItsLinesAreDashed() {
        // 45 % of 255 and of 128; with round ends 3 widths of line and 2.5 of gap.
        val line = listOf(
            "paint 390203b2 6.0 8.0 14.0", "line 1.0,2.0 3.0,4.0",
            "paint 72d55e01 4.0 8.0 14.0", "line 1.0,2.0 3.0,4.0",
        )
        assertEquals(line, drawn(Written(1, 0, 3, 4f, 1f, 1f, 2f, 3f, 4f)))
        val dot = listOf("paint 390203b2 6.0 0.0 0.0", "dot 1.0,1.0 3.0", "paint 72d55e01 4.0 0.0 0.0", "dot 1.0,1.0 2.0")
        assertEquals(dot, drawn(Written(1, 2, 5, 4f, 1f, 1f, 1f)))
    }

    @Test
    fun nothingIsDrawnOfNothing() = assertEquals(emptyList<String>(), drawn())
}
