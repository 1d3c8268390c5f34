package org.openassist

import java.nio.ByteBuffer

/**
 * A small picture of what the camera sees, for phones without AR: how bright each pixel is, as the first plane of a camera's
 * YUV picture has it. It shows all that the encoded picture shows; 640 pixels in a row are enough. Its bytes are read before
 * [Call.greyPicture] returns.
 */
public class GreyPicture(
    /** When it was captured, µs by the clock that [Call.pushVideo] has. */
    public val captureTimeUs: Long,
    /** From its position on, row by row. Position and limit stay as they are. */
    public val pixels: ByteBuffer,
    public val widthPx: Int,
    public val heightPx: Int,
    /** From one row's first byte to the next one's. */
    public val rowBytes: Int = widthPx,
) {
    init {
        requireTime(captureTimeUs)
    }
}
