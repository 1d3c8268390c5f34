package org.openassist.fakes

import java.nio.ByteBuffer
import java.nio.ByteOrder
import org.openassist.Advice
import org.openassist.AnnotationsSnapshot
import org.openassist.Colour
import org.openassist.DrawException
import org.openassist.DrawnPoint
import org.openassist.FrozenFrame
import org.openassist.Overlay
import org.openassist.Stroke
import org.openassist.StrokeStyle

/** What is drawn in a [FakeCall], by two people. [changed] is told after every change. */
internal class FakeDrawings(private val changed: (AnnotationsSnapshot) -> Unit) {
    private val marks = ArrayList<Mark>()
    private val frozen = ArrayList<Frozen>()
    private var frozenNumbers = 0L
    private var numbers = 0L
    private var revision = 0L

    inner class Mark(val isMine: Boolean, val style: StrokeStyle, override val number: Long) : Stroke {
        val points = ArrayList<DrawnPoint>()
        var isFinished = false

        override fun extend(points: List<DrawnPoint>) = change { open().points += points }

        override fun finish() = change { open().isFinished = true }

        private fun open(): Mark {
            if (isFinished || this !in marks) {
                throw DrawException.Gone(Advice("this drawing is finished or gone; nothing was changed"))
            }
            return this
        }
    }

    fun begin(isMine: Boolean, style: StrokeStyle, points: List<DrawnPoint>): Stroke = change {
        if (marks.count { it.isMine == isMine } >= MAX_MARKS) {
            throw DrawException.TooMuch(Advice("you have $MAX_MARKS drawings, no more fit; delete some to go on"))
        }
        Mark(isMine, style, ++numbers).also {
            it.points += points
            marks += it
        }
    }

    inner class Frozen(private val captureTimeUs: Long, override val number: Long) : FrozenFrame {
        override fun beginStroke(style: StrokeStyle, points: List<DrawnPoint>): Stroke {
            open()
            return begin(isMine = true, style, points)
        }

        override fun overlay(widthPx: Float, heightPx: Float): Overlay {
            open()
            return overlay(captureTimeUs, widthPx, heightPx)
        }

        override fun thaw(): Unit = synchronized(this@FakeDrawings) {
            open()
            frozen -= this
        }

        private fun open() = synchronized(this@FakeDrawings) {
            if (this !in frozen) throw DrawException.Gone(Advice("this frozen picture was let go; nothing was changed"))
        }
    }

    @Synchronized
    fun freeze(captureTimeUs: Long): FrozenFrame {
        if (frozen.size >= MAX_FROZEN) throw DrawException.TooMuch(Advice("$MAX_FROZEN pictures are frozen; let one go first"))
        return Frozen(captureTimeUs, ++frozenNumbers).also { frozen += it }
    }

    /** Takes back the last one of a person. */
    fun undo(isMine: Boolean): Long = change {
        val last = marks.lastOrNull { it.isMine == isMine } ?: throw nothingToUndo()
        marks -= last
        last.number
    }

    fun deleteAll(isMine: Boolean): Unit = change { if (!marks.removeAll { it.isMine == isMine }) throw nothingToUndo() }

    /** One polyline a mark, through the points where they were drawn. */
    @Synchronized
    fun overlay(captureTimeUs: Long, widthPx: Float, heightPx: Float): Overlay {
        if (widthPx !in SCREEN_PX || heightPx !in SCREEN_PX) throw notAScreen()
        val shown = marks.filter { it.points.isNotEmpty() }
        val size = Overlay.FRAME_HEADER + Overlay.HEADER * shown.size + Overlay.POINT * shown.sumOf { it.points.size }
        val bytes = ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN)
        bytes.putInt(Overlay.MAGIC).putInt(size).putInt(shown.size).putFloat(widthPx).putFloat(heightPx)
        bytes.putInt(0).putInt(0).putInt(0).putLong(captureTimeUs)
        for (part in floatArrayOf(widthPx, 0f, 0f, heightPx, 0f, 0f)) bytes.putFloat(part)
        for (mark in shown) {
            val lineWidthPx = mark.style.widthPerMille * maxOf(widthPx, heightPx) / 1_000
            val part = if (mark.points.size == 1) Overlay.Part.Dot else Overlay.Part.Line
            bytes.putLong(mark.number)
            bytes.putColour(mark.style.colour)
            bytes.putColour(if (mark.style.colour == Colour.Black) Colour.White else Colour.Black)
            bytes.putFloat(lineWidthPx).putFloat(maxOf(1f, 0.3f * lineWidthPx))
            bytes.putInt(part.ordinal).putInt(mark.points.size)
            for (point in mark.points) bytes.putFloat(point.x * widthPx).putFloat(point.y * heightPx)
        }
        return Overlay.read(bytes.array())
    }

    private inline fun <R> change(act: () -> R): R {
        val (result, news) = synchronized(this) {
            val result = act()
            result to AnnotationsSnapshot(++revision, marks.size, marks.count { it.isMine })
        }
        changed(news)
        return result
    }

    private fun ByteBuffer.putColour(colour: Colour) = putInt(Integer.reverseBytes(Integer.rotateLeft(colour.argb, 8)))

    private fun nothingToUndo() =
        DrawException.NothingToUndo(Advice("there is none of your drawings left; nothing was changed"))

    companion object {
        private const val MAX_MARKS = 1_000
        private const val MAX_FROZEN = 8
        private val SCREEN_PX = 1f..32_768f

        fun notAScreen() = DrawException.Invalid(
            Advice("a screen has 1 to 32,768 pixels a side and is turned by 0, 90, 180 or 270 degrees; nothing was drawn"),
        )
    }
}
