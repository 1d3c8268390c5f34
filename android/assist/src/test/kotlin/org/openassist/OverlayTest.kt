package org.openassist

import java.nio.ByteBuffer
import java.nio.ByteOrder
import kotlin.random.Random
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertThrows
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test

/** One polyline as the core writes it. */
internal class Written(
    val mark: Long,
    val part: Int,
    val flags: Int,
    val widthPx: Float,
    val outlinePx: Float,
    vararg val points: Float,
)

/** The form of `core/scene/src/overlay/frame.rs`, in which every mark is orange on a half transparent blue. */
internal fun overlayBytes(vararg polylines: Written): ByteArray {
    val size = 64 + polylines.sumOf { 32 + 4 * it.points.size }
    val bytes = ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN)
    bytes.put("OVL2".toByteArray()).putInt(size).putInt(polylines.size)
    bytes.putFloat(640f).putFloat(480f).putInt(3).putInt(5).putInt(0).putLong(77)
    // Turned clockwise by a quarter and a fifth wider than the screen.
    for (part in floatArrayOf(0f, 480f, -768f, 0f, 704f, 0f)) bytes.putFloat(part)
    for (line in polylines) {
        bytes.putLong(line.mark)
        bytes.put(byteArrayOf(0xD5.toByte(), 0x5E, 0x01, 0xFF.toByte())).put(byteArrayOf(0x02, 0x03, 0xB2.toByte(), 0x80.toByte()))
        bytes.putFloat(line.widthPx).putFloat(line.outlinePx)
        bytes.put(line.part.toByte()).put(line.flags.toByte()).put(if (line.flags and 4 == 0) 0 else -5).put(12).putInt(line.points.size / 2)
        line.points.forEach(bytes::putFloat)
    }
    return bytes.array()
}

internal class OverlayTest {
    private val whole = overlayBytes(
        Written(7L shl 32 or 2, 0, 0, 6f, 1.5f, 1f, 2f, 3f, 4f, -5f, 6.5f),
        Written(7L shl 32 or 2, 1, 3, 0f, 1.5f, 1f, 2f, 3f, 4f, 5f, 6f),
        Written(8, 2, 5, 6f, 2f, 9f, 10f),
    )

    @Test
    fun everythingIsReadAsItWasWritten() {
        val overlay = Overlay.read(whole)
        assertEquals(640f to 480f, overlay.widthPx to overlay.heightPx)
        assertEquals(3 to 5, overlay.staleMarks to overlay.lostMarks)
        assertEquals(77, overlay.captureTimeUs)
        assertEquals(DrawnPoint(77, 0.5f, 0.5f), overlay.pointAt(320f, 240f))
        assertEquals(DrawnPoint(77, 0.25f, 0.125f), overlay.pointAt(608f, 120f))
        assertEquals(3, overlay.size)
        val (line, head, dot) = overlay.toList()
        assertEquals(listOf(7L shl 32 or 2, 7L shl 32 or 2, 8L), overlay.map { it.markId })
        assertEquals(listOf(Overlay.Part.Line, Overlay.Part.ArrowHead, Overlay.Part.Dot), overlay.map { it.part })
        assertEquals(0xFFD55E01.toInt() to 0x800203B2.toInt(), line.colour to line.outlineColour)
        assertEquals(6f to 1.5f, line.widthPx to line.outlineWidthPx)
        assertEquals(listOf(1f to 2f, 3f to 4f, -5f to 6.5f), List(line.pointCount) { line.xPx(it) to line.yPx(it) })
        assertFalse(line.isDimmed || line.isBehind || line.isStale)
        assertTrue(head.isDimmed && head.isBehind && !head.isStale)
        assertTrue(dot.isDimmed && !dot.isBehind && dot.isStale)
        assertEquals(0.251f to 1.2f, dot.driftM to dot.staleForS)
        assertEquals(9f to 10f, dot.xPx(0) to dot.yPx(0))
    }

    @Test
    fun nothingIsAnOverlayToo() = assertTrue(Overlay.read(overlayBytes()).none())

    @Test
    fun thereIsNoPointBeyondTheLast() {
        val dot = Overlay.read(whole).last()
        for (point in listOf(-1, 1, Int.MAX_VALUE, Int.MIN_VALUE)) {
            assertThrows(IndexOutOfBoundsException::class.java) { dot.xPx(point) }
        }
        val iterator = Overlay.read(overlayBytes()).iterator()
        assertThrows(NoSuchElementException::class.java) { iterator.next() }
    }

    @Test
    fun whatIsCutOffOrHasSomethingBehindIsNone() {
        for (length in whole.indices) assertNone(whole.copyOf(length))
        assertNone(whole + 0)
        // The same, when the header agrees.
        for (length in 8 until whole.size + 8) assertNone(with(whole.copyOf(length)) { putInt(4, length) }, length)
    }

    @Test
    fun whatContradictsItselfIsNone() {
        assertNone(with(whole) { putInt(0, 0x334C564F) })
        for (count in listOf(-1, 0, 2, 4, Int.MAX_VALUE, Int.MIN_VALUE)) assertNone(with(whole) { putInt(8, count) })
        for (count in listOf(-1, 0, 1, 2, 4, 1 shl 28, 1 shl 29, Int.MAX_VALUE, Int.MIN_VALUE)) {
            assertNone(with(whole) { putInt(64 + 28, count) })
        }
        // With three points it may be an arrow head.
        for (part in listOf(2, 3, 127, -1, -128)) assertNone(with(whole) { put(64 + 24, part.toByte()) })
        for (size in listOf(Float.NaN, -1f, Float.POSITIVE_INFINITY, 2e6f)) {
            for (at in listOf(12, 16, 64 + 16, 64 + 20)) assertNone(with(whole) { putFloat(at, size) })
        }
        // A picture that lies nowhere in the screen, or as a line.
        for (at in 40..60 step 4) assertNone(with(whole) { putFloat(at, Float.NaN) })
        assertNone(with(whole) { putFloat(44, 0f) })
    }

    @Test
    fun noByteMakesItReadBeyondItsEnd() {
        val random = Random(1)
        repeat(50_000) {
            val bytes = whole.copyOf()
            repeat(1 + random.nextInt(3)) { bytes[random.nextInt(bytes.size)] = random.nextInt().toByte() }
            val overlay = try {
                Overlay.read(bytes)
            } catch (_: InternalException) {
                return@repeat
            }
            for (line in overlay) {
                line.part
                repeat(line.pointCount) { point -> line.xPx(point) + line.yPx(point) }
            }
            OverlayDrawer.draw(overlay, RecordingCanvas())
        }
    }

    private fun with(bytes: ByteArray, change: ByteBuffer.() -> Unit): ByteArray =
        bytes.copyOf().also { ByteBuffer.wrap(it).order(ByteOrder.LITTLE_ENDIAN).change() }

    private fun assertNone(bytes: ByteArray, length: Int = bytes.size) {
        if (length == whole.size && bytes.contentEquals(whole)) return
        val refusal = assertThrows(InternalException::class.java, { Overlay.read(bytes) }, "$length bytes")
        assertTrue("not shown" in refusal.message)
    }
}
