package org.openassist

/**
 * What an [OverlayDrawer] draws on: some lines over Android's `Canvas`, Compose's `DrawScope`, or a picture. Lengths are in
 * pixels of the screen that the overlay was made for.
 */
public interface OverlayCanvas {
    /**
     * What everything is drawn with from now on: ends and joins are round.
     *
     * @param argb alpha, red, green, blue; not premultiplied
     * @param widthPx of lines and of the triangle's outline
     * @param dashPx how far a line is drawn, along it and without the round ends, and
     * @param gapPx how far it then is not, as `DashPathEffect` takes them; both 0 for one without gaps
     */
    public fun setPaint(argb: Int, widthPx: Float, dashPx: Float, gapPx: Float)

    /** A line through all points, as one path. The polyline is not to be kept. */
    public fun line(points: Overlay.Polyline)

    /** A triangle, filled, or else its closed outline. The polyline is not to be kept. */
    public fun triangle(corners: Overlay.Polyline, isFilled: Boolean)

    /** A disc. */
    public fun dot(xPx: Float, yPx: Float, radiusPx: Float)
}

/** Draws an overlay as it looks everywhere: each mark's outlines first, then its colours; weak where it is not sure. */
public object OverlayDrawer {
    private const val DIMMED_OPACITY = 0.45f

    // Round ends make each dash a width longer: 3 widths of line, 2.5 of gap.
    private const val DASH_WIDTHS = 2f
    private const val GAP_WIDTHS = 3.5f

    /** Draws all of it, from a thread of the app's choice. */
    public fun draw(overlay: Overlay, canvas: OverlayCanvas) {
        val polyline = overlay.cursor()
        while (!overlay.isEnd(polyline)) {
            val start = polyline.at
            val mark = polyline.markId
            while (!overlay.isEnd(polyline) && polyline.markId == mark) {
                drawOutline(polyline, canvas)
                polyline.at = polyline.end
            }
            val end = polyline.at
            polyline.at = start
            while (polyline.at < end) {
                drawColour(polyline, canvas)
                polyline.at = polyline.end
            }
        }
    }

    private fun drawOutline(polyline: Overlay.Polyline, canvas: OverlayCanvas) {
        paint(polyline, polyline.outlineColour, polyline.widthPx + 2 * polyline.outlineWidthPx, canvas)
        shape(polyline, polyline.widthPx / 2 + polyline.outlineWidthPx, isFilled = false, canvas)
    }

    private fun drawColour(polyline: Overlay.Polyline, canvas: OverlayCanvas) {
        paint(polyline, polyline.colour, polyline.widthPx, canvas)
        shape(polyline, polyline.widthPx / 2, isFilled = true, canvas)
    }

    private fun paint(polyline: Overlay.Polyline, argb: Int, widthPx: Float, canvas: OverlayCanvas) {
        val dashedPx = if (polyline.isDimmed && polyline.part == Overlay.Part.Line) polyline.widthPx else 0f
        val colour = if (polyline.isDimmed) dimmed(argb) else argb
        canvas.setPaint(colour, widthPx, DASH_WIDTHS * dashedPx, GAP_WIDTHS * dashedPx)
    }

    private fun shape(polyline: Overlay.Polyline, radiusPx: Float, isFilled: Boolean, canvas: OverlayCanvas) {
        when (polyline.part) {
            Overlay.Part.Line -> canvas.line(polyline)
            Overlay.Part.ArrowHead -> canvas.triangle(polyline, isFilled)
            Overlay.Part.Dot -> canvas.dot(polyline.xPx(0), polyline.yPx(0), radiusPx)
        }
    }

    private fun dimmed(argb: Int): Int {
        val alpha = ((argb ushr 24) * DIMMED_OPACITY).toInt()
        return (argb and 0xFFFFFF) or (alpha shl 24)
    }
}
