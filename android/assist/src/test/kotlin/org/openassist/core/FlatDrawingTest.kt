package org.openassist.core

import java.nio.ByteBuffer
import java.nio.ByteOrder
import org.junit.jupiter.api.Assertions.assertArrayEquals
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertThrows
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.openassist.ArAnchor
import org.openassist.ArDepth
import org.openassist.ArFrame
import org.openassist.ArLens
import org.openassist.ArMesh
import org.openassist.ArPlane
import org.openassist.ArPose
import org.openassist.ArTracking
import org.openassist.DrawException
import org.openassist.DrawnPoint
import org.openassist.RealTracker

internal class FlatDrawingTest {
    private val pose = ArPose(1f, 2f, -0.5f, 0f, 0f, 0f, 1f)
    private val lens = ArLens(1f, 2f, 0.5f, -2f, 1_280, 720)
    private val poseBytes = "0000803f 00000040 000000bf 00000000 00000000 00000000 0000803f"

    private fun frame(
        depth: ArDepth? = null,
        planes: List<ArPlane>? = null,
        anchors: List<ArAnchor>? = null,
        mesh: ArMesh? = null,
        featurePointsM: FloatArray? = null,
    ) = ArFrame(0x0102030405060708, pose, lens, ArTracking.Limited, depth, planes, anchors, mesh, featurePointsM)

    /** No mesh and no feature points. */
    private val asBefore = "ffffffff 00000000 ffffffff"

    private fun written(frame: ArFrame): ByteArray = written(flatSize(frame)) { putFrame(frame) }

    private inline fun written(size: Int, write: ByteBuffer.() -> Unit): ByteArray {
        val bytes = ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN)
        bytes.write()
        assertEquals(0, bytes.remaining())
        return bytes.array()
    }

    private fun bytes(vararg hex: String) =
        hex.joinToString("").filterNot { it.isWhitespace() }.chunked(2).map { it.toInt(16).toByte() }.toByteArray()

    private val start = "41524631 01000000 0807060504030201 $poseBytes 0000803f 00000040 0000003f 000000c0 00050000 d0020000"

    @Test
    fun aFrameWithNothingButItsCamera() {
        assertArrayEquals(bytes(start, "00000000 00000000 00000000 ffffffff ffffffff", asBefore), written(frame()))
    }

    @Test
    fun aFrameWithEverything() {
        val whole = frame(
            ArDepth(2, 1, floatArrayOf(1f, 2f), byteArrayOf(9, -1)),
            listOf(ArPlane(pose, floatArrayOf(0.5f, 2f)), ArPlane(pose, floatArrayOf())),
            listOf(ArAnchor(3, pose, ArTracking.Lost)),
            ArMesh(floatArrayOf(1f, 2f, -0.5f), intArrayOf(0, 1, 258)),
            floatArrayOf(-0.5f, 0f, 1f),
        )
        val expected = bytes(
            start,
            "02000000 01000000 01000000 02000000 01000000 01000000 01000000 01000000",
            "0000803f 00000040 09 ff",
            "$poseBytes 01000000 0000003f 00000040",
            "$poseBytes 00000000",
            "03000000 02000000 $poseBytes",
            "0000803f 00000040 000000bf",
            "00000000 01000000 02010000",
            "000000bf 00000000 0000803f",
        )
        assertArrayEquals(expected, written(whole))
    }

    @Test
    fun noneIsNotAsBefore() {
        assertArrayEquals(
            bytes(start, "01000000 01000000 00000000 00000000 00000000 00000000 00000000 00000000 0000803f"),
            written(
                frame(
                    ArDepth(1, 1, floatArrayOf(1f)),
                    emptyList(),
                    emptyList(),
                    ArMesh(floatArrayOf(), intArrayOf()),
                    floatArrayOf(),
                ),
            ),
        )
    }

    @Test
    fun pointsAreSixteenBytesEach() {
        val points = listOf(DrawnPoint(5, 0.5f, 2f), DrawnPoint(0x0102030405060708, 1f, -2f))
        assertArrayEquals(
            bytes("0500000000000000 0000003f 00000040", "0807060504030201 0000803f 000000c0"),
            written(flatSize(points)) { putPoints(points) },
        )
        assertEquals(0, flatSize(emptyList()))
    }

    @Test
    fun whatASimulatedPhoneWritesIsWrittenTheSame() = RealTracker().use { tracker ->
        repeat(12) { number ->
            val bytes = tracker.bytes(number * 33_333L, 1_280, 720)
            assertArrayEquals(bytes, written(org.openassist.readFrame(bytes)))
        }
    }

    @Test
    fun whatCannotBeWrittenIsSaidInWords() {
        val wrong = listOf(
            frame(ArDepth(4, 4, FloatArray(15))),
            frame(ArDepth(4, 4, FloatArray(16), ByteArray(15))),
            frame(ArDepth(-4, -4, FloatArray(16))),
            frame(ArDepth(0, 0, FloatArray(0))),
            frame(ArDepth(1_025, 1, FloatArray(1_025))),
            frame(planes = List(257) { ArPlane(pose, floatArrayOf()) }),
            frame(planes = listOf(ArPlane(pose, FloatArray(3)))),
            frame(planes = listOf(ArPlane(pose, FloatArray(2_050)))),
            frame(mesh = ArMesh(FloatArray(4), IntArray(3))),
            frame(mesh = ArMesh(FloatArray(9), IntArray(4))),
            frame(mesh = ArMesh(FloatArray(9), IntArray(600_003))),
            frame(featurePointsM = FloatArray(4)),
            frame(featurePointsM = FloatArray(24_579)),
            frame(anchors = List(65) { ArAnchor(it + 1, pose, ArTracking.Tracked) }),
        )
        for (frame in wrong) {
            val refusal = assertThrows(DrawException.Invalid::class.java) { flatSize(frame) }
            assertTrue(refusal.message.endsWith("the AR frame was not used")) { refusal.message }
        }
        assertThrows(IllegalArgumentException::class.java) { ArFrame(-1, pose, lens, ArTracking.Tracked) }
        assertThrows(IllegalArgumentException::class.java) { DrawnPoint(-1, 0f, 0f) }
    }
}
