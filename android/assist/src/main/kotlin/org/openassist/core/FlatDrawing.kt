package org.openassist.core

import java.nio.ByteBuffer
import org.openassist.ArDepth
import org.openassist.ArFrame
import org.openassist.ArLens
import org.openassist.ArMesh
import org.openassist.ArPlane
import org.openassist.ArPose
import org.openassist.ArTracking
import org.openassist.DrawnPoint
import org.openassist.GreyPicture

// The core's form of AR frames, grey pictures and points: core/engine/src/annotations/flat.rs describes it.

private const val MAGIC = 0x31465241
private const val GREY_MAGIC = 0x31595247
private const val GREY_HEADER_BYTES = 20
private const val MAX_GREY_SIDE = 4_096
private const val UNCHANGED = -1
private const val HEADER_BYTES = 100
private const val POSE_BYTES = 28
private const val POINT_BYTES = 16

private const val MAX_SIDE = 1_024
private const val MAX_PLANES = 256
private const val MAX_CORNERS = 1_024
private const val MAX_ANCHORS = 64
private const val MAX_TRIANGLES = 200_000
private const val MAX_FEATURE_POINTS = 8_192

/** How many bytes a frame is. Throws [org.openassist.DrawException.Invalid] for one that cannot be written. */
internal fun flatSize(frame: ArFrame): Int {
    var bytes = HEADER_BYTES
    frame.depth?.let { bytes += flatSize(it) }
    frame.planes?.let { planes ->
        if (planes.size > MAX_PLANES) throw notAFrame("there are ${planes.size} planes, at most $MAX_PLANES are taken")
        for (index in planes.indices) bytes += flatSize(planes[index])
    }
    frame.anchors?.let { anchors ->
        if (anchors.size > MAX_ANCHORS) throw notAFrame("there are ${anchors.size} anchors, at most $MAX_ANCHORS are taken")
        bytes += anchors.size * (8 + POSE_BYTES)
    }
    frame.mesh?.let { bytes += flatSize(it) }
    frame.featurePointsM?.let { points ->
        if (points.size % 3 != 0 || points.size > 3 * MAX_FEATURE_POINTS) {
            throw notAFrame("there are x, y and z for each of at most $MAX_FEATURE_POINTS feature points")
        }
        bytes += 4 * points.size
    }
    return bytes
}

private fun flatSize(depth: ArDepth): Int {
    if (depth.width !in 1..MAX_SIDE || depth.height !in 1..MAX_SIDE) throw notAFrame("depth has 1 to $MAX_SIDE samples a side")
    val samples = depth.width * depth.height
    if (depth.depthsM.size != samples || depth.confidence.let { it != null && it.size != samples }) {
        throw notAFrame("depth of ${depth.width} x ${depth.height} needs $samples samples")
    }
    return if (depth.confidence == null) 4 * samples else 5 * samples
}

private fun flatSize(mesh: ArMesh): Int {
    val isWhole = mesh.cornersM.size % 3 == 0 && mesh.triangles.size % 3 == 0
    if (!isWhole || mesh.cornersM.size > 9 * MAX_TRIANGLES || mesh.triangles.size > 3 * MAX_TRIANGLES) {
        throw notAFrame("a mesh has three numbers for each corner, and three for each of at most $MAX_TRIANGLES triangles")
    }
    return 4 * (mesh.cornersM.size + mesh.triangles.size)
}

private fun flatSize(plane: ArPlane): Int {
    val floats = plane.cornersM.size
    if (floats % 2 != 0 || floats > 2 * MAX_CORNERS) {
        throw notAFrame("a plane has x and z for each of at most $MAX_CORNERS corners")
    }
    return POSE_BYTES + 4 + 4 * floats
}

/** Writes a frame into a little-endian buffer. */
internal fun ByteBuffer.putFrame(frame: ArFrame) {
    putInt(MAGIC)
    putInt(number(frame.tracking))
    putLong(frame.captureTimeUs)
    putPose(frame.pose)
    putLens(frame.lens)
    val depth = frame.depth
    putInt(depth?.width ?: 0)
    putInt(depth?.height ?: 0)
    putInt(if (depth?.confidence == null) 0 else 1)
    putInt(frame.planes?.size ?: UNCHANGED)
    putInt(frame.anchors?.size ?: UNCHANGED)
    val mesh = frame.mesh
    putInt(if (mesh == null) UNCHANGED else mesh.cornersM.size / 3)
    putInt(if (mesh == null) 0 else mesh.triangles.size / 3)
    putInt(frame.featurePointsM.let { if (it == null) UNCHANGED else it.size / 3 })
    if (depth != null) {
        for (metres in depth.depthsM) putFloat(metres)
        depth.confidence?.let { put(it) }
    }
    frame.planes?.let { planes -> for (index in planes.indices) putPlane(planes[index]) }
    frame.anchors?.let { anchors ->
        for (index in anchors.indices) {
            val anchor = anchors[index]
            putInt(anchor.id)
            putInt(number(anchor.tracking))
            putPose(anchor.pose)
        }
    }
    if (mesh != null) {
        for (metres in mesh.cornersM) putFloat(metres)
        for (corner in mesh.triangles) putInt(corner)
    }
    frame.featurePointsM?.let { points -> for (metres in points) putFloat(metres) }
}

private fun ByteBuffer.putPose(pose: ArPose) {
    putFloat(pose.xM).putFloat(pose.yM).putFloat(pose.zM)
    putFloat(pose.turnX).putFloat(pose.turnY).putFloat(pose.turnZ).putFloat(pose.turnW)
}

private fun ByteBuffer.putLens(lens: ArLens) {
    putFloat(lens.focalXPx).putFloat(lens.focalYPx).putFloat(lens.principalXPx).putFloat(lens.principalYPx)
    putInt(lens.widthPx).putInt(lens.heightPx)
}

private fun ByteBuffer.putPlane(plane: ArPlane) {
    putPose(plane.pose)
    putInt(plane.cornersM.size / 2)
    for (metres in plane.cornersM) putFloat(metres)
}

private fun number(tracking: ArTracking) = when (tracking) {
    ArTracking.Tracked -> 0
    ArTracking.Limited -> 1
    ArTracking.Lost -> 2
}

/** How many bytes a picture is. Throws [org.openassist.DrawException.Invalid] for one that cannot be written. */
internal fun flatSize(picture: GreyPicture): Int {
    val (width, height) = picture.widthPx to picture.heightPx
    if (width !in 1..MAX_GREY_SIDE || height !in 1..MAX_GREY_SIDE) {
        throw notAPicture("a picture has 1 to $MAX_GREY_SIDE pixels a side")
    }
    val needed = (height - 1L) * picture.rowBytes + width
    if (picture.rowBytes < width || picture.pixels.remaining() < needed) {
        throw notAPicture("a picture of $width x $height in rows of ${picture.rowBytes} bytes needs $needed bytes")
    }
    return GREY_HEADER_BYTES + width * height
}

/** Writes a picture into a little-endian buffer, its rows without gaps. */
internal fun ByteBuffer.putPicture(picture: GreyPicture) {
    putInt(GREY_MAGIC)
    putLong(picture.captureTimeUs)
    putInt(picture.widthPx)
    putInt(picture.heightPx)
    val pixels = picture.pixels.duplicate()
    val first = pixels.position()
    for (row in 0 until picture.heightPx) {
        val start = first + row * picture.rowBytes
        // Not beyond the limit that the row before had.
        pixels.limit(start + picture.widthPx).position(start)
        put(pixels)
    }
}

/** How many bytes points are. */
internal fun flatSize(points: List<DrawnPoint>): Int = Math.multiplyExact(POINT_BYTES, points.size)

/** Writes points into a little-endian buffer. */
internal fun ByteBuffer.putPoints(points: List<DrawnPoint>) {
    for (point in points) putLong(point.captureTimeUs).putFloat(point.x).putFloat(point.y)
}
