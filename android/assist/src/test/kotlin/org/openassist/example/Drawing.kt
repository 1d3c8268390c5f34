package org.openassist.example

import org.openassist.ArFrame
import org.openassist.Call
import org.openassist.Colour
import org.openassist.DrawException
import org.openassist.DrawnPoint
import org.openassist.OverlayCanvas
import org.openassist.OverlayDrawer
import org.openassist.Stroke
import org.openassist.StrokeStyle
import org.openassist.Tool

// docs/kotlin.md shows what follows, word for word; ExampleTest holds it to that and runs it.
// begin
/** From the AR thread, once a frame, before its picture is pushed; the screen stands upright. */
fun onArFrame(call: Call, frame: ArFrame, widthPx: Float, heightPx: Float, canvas: OverlayCanvas) {
    try {
        OverlayDrawer.draw(call.arFrame(frame, widthPx, heightPx, rotationDegrees = 90), canvas)
    } catch (_: DrawException) {
        // This frame shows no marks; the next one may.
    }
}

/** What a finger does, each point with the capture time of the picture that it touched. */
class Pen(private val call: Call, private val show: (String) -> Unit) {
    private var stroke: Stroke? = null

    fun down(point: DrawnPoint) = attempt { stroke = call.beginStroke(StrokeStyle(Tool.Ink, Colour.Yellow), listOf(point)) }

    fun move(points: List<DrawnPoint>) = attempt { stroke?.extend(points) }

    fun up() = attempt { stroke.also { stroke = null }?.finish() }

    fun undo() = attempt { call.undoStroke() }

    private fun attempt(draw: () -> Unit) {
        try {
            draw()
        } catch (error: DrawException) {
            show(error.message)
        }
    }
}
// end
