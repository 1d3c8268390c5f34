package org.openassist

import java.nio.ByteBuffer
import java.nio.ByteOrder

/**
 * The lines to draw over a picture, in the order in which they are drawn: a view of bytes, so that nothing is made for a
 * point. [OverlayDrawer] draws them.
 */
public class Overlay private constructor(private val bytes: ByteBuffer) : Iterable<Overlay.Polyline> {
    /** Width of the screen that it was made for. */
    public val widthPx: Float get() = bytes.getFloat(12)

    /** Height of that screen. */
    public val heightPx: Float get() = bytes.getFloat(16)

    /** Marks whose place is not sure. */
    public val staleMarks: Int get() = bytes.getInt(20)

    /** Marks whose place is not known, and which so are not in here. */
    public val lostMarks: Int get() = bytes.getInt(24)

    /** Capture time of the picture that the lines belong to, µs. */
    public val captureTimeUs: Long get() = bytes.getLong(32)

    /** What a pen at a pixel of the screen touches: a point of that picture, for [Call.beginStroke] and [Stroke.extend]. */
    public fun pointAt(xPx: Float, yPx: Float): DrawnPoint {
        val (right, down) = xPx - placed(4) to yPx - placed(5)
        val x = (placed(3) * right - placed(2) * down) / determinant()
        val y = (placed(0) * down - placed(1) * right) / determinant()
        return DrawnPoint(captureTimeUs, x, y)
    }

    /** How many polylines there are. */
    public val size: Int get() = bytes.getInt(8)

    override fun iterator(): Iterator<Polyline> = object : Iterator<Polyline> {
        private var at = FRAME_HEADER

        override fun hasNext() = at < bytes.limit()

        override fun next(): Polyline {
            if (!hasNext()) throw NoSuchElementException()
            return Polyline().also {
                it.at = at
                at = it.end
            }
        }
    }

    /** For one who looks at one polyline after the other and makes one object for all of them. */
    internal fun cursor() = Polyline()

    /** Whether the end was reached. */
    internal fun isEnd(cursor: Polyline) = cursor.at >= bytes.limit()

    /** What a polyline is drawn as. */
    public enum class Part {
        /** Two points or more, stroked with round ends and joins. */
        Line,

        /** A triangle, its tip first, filled. */
        ArrowHead,

        /** One point: a disc as wide as the line. */
        Dot,
    }

    /** A line, an arrow head or a dot. The polylines of a mark follow each other. */
    public inner class Polyline internal constructor() {
        internal var at: Int = FRAME_HEADER
        internal val end: Int get() = at + HEADER + POINT * pointCount

        /** Of the mark that it belongs to: the same from frame to frame. */
        public val markId: Long get() = bytes.getLong(at)

        /** As Android packs it: alpha, red, green, blue. */
        public val colour: Int get() = argb(at + 8)

        /** The same way. */
        public val outlineColour: Int get() = argb(at + 12)

        /** 0 for an arrow head. */
        public val widthPx: Float get() = bytes.getFloat(at + 16)

        /** On either side. */
        public val outlineWidthPx: Float get() = bytes.getFloat(at + 20)

        public val part: Part get() = PARTS[bytes.get(at + 24).toInt()]

        /** Whether it is drawn weakly: what is behind something or stale is. */
        public val isDimmed: Boolean get() = hasFlag(1)

        /** Whether something is in front of it. */
        public val isBehind: Boolean get() = hasFlag(2)

        /** Whether its place is not sure. */
        public val isStale: Boolean get() = hasFlag(4)

        /** Of a stale one, how far it may be off, m: 0.255 is that or more. */
        public val driftM: Float get() = (bytes.get(at + 26).toInt() and 0xFF) / 1_000f

        /** Of a stale one, for how long nothing has confirmed it, seconds: 25.5 is that or more. */
        public val staleForS: Float get() = (bytes.get(at + 27).toInt() and 0xFF) / 10f

        public val pointCount: Int get() = bytes.getInt(at + 28)

        /** To the right, in pixels of the screen. */
        public fun xPx(point: Int): Float = bytes.getFloat(pointAt(point))

        /** Down, in pixels of the screen. */
        public fun yPx(point: Int): Float = bytes.getFloat(pointAt(point) + 4)

        private fun pointAt(point: Int): Int {
            if (point !in 0 until pointCount) throw IndexOutOfBoundsException("point $point of $pointCount")
            return at + HEADER + POINT * point
        }

        private fun hasFlag(flag: Int) = bytes.get(at + 25).toInt() and flag != 0

        /** Red, green, blue and alpha lie in this order. */
        private fun argb(at: Int) = Integer.rotateRight(Integer.reverseBytes(bytes.getInt(at)), 8)
    }

    private fun isWhole(): Boolean {
        val isHeader = bytes.limit() >= FRAME_HEADER && bytes.getInt(0) == MAGIC && bytes.getInt(4) == bytes.limit()
        if (!isHeader || !isSize(widthPx) || !isSize(heightPx) || !isPlaced()) return false
        val cursor = cursor()
        repeat(size) {
            if (!isWhole(cursor)) return false
            cursor.at = cursor.end
        }
        return size >= 0 && cursor.at == bytes.limit()
    }

    private fun isWhole(polyline: Polyline): Boolean {
        val room = bytes.limit() - polyline.at - HEADER
        if (room < 0 || polyline.pointCount !in 0..room / POINT) return false
        val points = polyline.pointCount
        val isPart = when (bytes.get(polyline.at + 24).toInt()) {
            Part.Line.ordinal -> points >= 2
            Part.ArrowHead.ordinal -> points == 3
            Part.Dot.ordinal -> points == 1
            else -> false
        }
        return isPart && isSize(polyline.widthPx) && isSize(polyline.outlineWidthPx)
    }

    /** Whether the picture lies in the screen in a way that can be undone. */
    private fun isPlaced() = (0 until 6).all { placed(it) in -1e8f..1e8f } && determinant() != 0f

    private fun determinant() = placed(0) * placed(3) - placed(1) * placed(2)

    private fun placed(part: Int) = bytes.getFloat(PLACED + 4 * part)

    /** What is not a number is none. */
    private fun isSize(sizePx: Float) = sizePx in 0f..1e6f

    internal companion object {
        const val MAGIC = 0x324C564F
        const val FRAME_HEADER = 64
        const val HEADER = 32
        private const val PLACED = 40
        const val POINT = 8
        private val PARTS = Part.entries

        /** A view of bytes in the core's form; what is not in that form is a defect of the library. */
        fun read(bytes: ByteArray): Overlay {
            val overlay = Overlay(ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN))
            if (!overlay.isWhole()) {
                throw InternalException(Advice("the drawings of one picture could not be read and are not shown; report it"))
            }
            return overlay
        }
    }
}
