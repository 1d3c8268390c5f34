package org.openassist

/**
 * What the AR platform says of a frame. Arrays are read before [Call.arFrame] returns: an app may fill the same ones again.
 */
public class ArFrame(
    /** When it was captured, µs by the clock that [Call.pushVideo] has. */
    public val captureTimeUs: Long,
    /** Camera-to-world, the camera looking along −z with y up, turned as the picture is that is encoded. */
    public val pose: ArPose,
    public val lens: ArLens,
    public val tracking: ArTracking,
    /** How far everything is; now and then. */
    public val depth: ArDepth? = null,
    /** The flat surfaces that were found, all of them, at most 256; null if they are as before. */
    public val planes: List<ArPlane>? = null,
    /** The anchors, all of them, at most 64; null if they are as before. */
    public val anchors: List<ArAnchor>? = null,
    /** The reconstructed surfaces, all of them; null if they are as before. */
    public val mesh: ArMesh? = null,
    /** The points that the platform tracks by, at most 8,192: x, y and z of each in the world, m; null if they are as before. */
    public val featurePointsM: FloatArray? = null,
) {
    init {
        requireTime(captureTimeUs)
    }
}

/** A place in the world, and a turn: a unit quaternion. */
public data class ArPose(
    val xM: Float,
    val yM: Float,
    val zM: Float,
    val turnX: Float,
    val turnY: Float,
    val turnZ: Float,
    val turnW: Float,
)

/** The lens of a picture, in its pixels. */
public data class ArLens(
    val focalXPx: Float,
    val focalYPx: Float,
    val principalXPx: Float,
    val principalYPx: Float,
    val widthPx: Int,
    val heightPx: Int,
)

/** Whether a pose is to be believed. */
public enum class ArTracking {
    Tracked,

    /** It may be off. */
    Limited,

    Lost,
}

/** How far everything is that a frame's camera sees: samples over the whole of its picture, row by row from the top. */
public class ArDepth(
    /** Samples in a row, at most 1,024. */
    public val width: Int,
    /** Rows, at most 1,024. */
    public val height: Int,
    /** Metres along the optical axis; what is no positive number is unknown. */
    public val depthsM: FloatArray,
    /** From 0 to 255 for each sample, where the platform tells it. */
    public val confidence: ByteArray? = null,
)

/** A flat surface: what lies on it has y = 0 in its pose. */
public class ArPlane(
    /** Plane-to-world. */
    public val pose: ArPose,
    /** x and z of each corner of its outline, m, in turn; at most 1,024 corners. */
    public val cornersM: FloatArray,
)

/** Surfaces as triangles, at most 200,000; what is near is enough. */
public class ArMesh(
    /** x, y and z of each corner in the world, m. */
    public val cornersM: FloatArray,
    /** Three for each triangle: which corners it has, from 0. */
    public val triangles: IntArray,
)

/** An anchor as the platform sees it now. */
public data class ArAnchor(
    /** Its number, from 1; the app chooses it, and keeps to it. */
    val id: Int,
    /** Anchor-to-world. */
    val pose: ArPose,
    val tracking: ArTracking,
)
