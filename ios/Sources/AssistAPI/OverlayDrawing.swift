/// What an overlay is drawn on: a few strokes and fills, in pixels of the overlay's view, y down. Each is one shape: where
/// it crosses itself it is no denser.
public protocol OverlayCanvas {
    /// How everything is drawn from now on.
    mutating func setPaint(_ paint: OverlayPaint)

    /// Strokes an open line, with round ends and joins.
    mutating func strokeLine(_ points: Overlay.Points)

    /// Strokes a closed triangle, with round joins.
    mutating func strokeTriangle(_ tip: SIMD2<Float>, _ left: SIMD2<Float>, _ right: SIMD2<Float>)

    /// Fills a triangle.
    mutating func fillTriangle(_ tip: SIMD2<Float>, _ left: SIMD2<Float>, _ right: SIMD2<Float>)

    /// Fills a disc.
    mutating func fillDot(at centre: SIMD2<Float>, diameterPx: Float)
}

/// How something is drawn.
public struct OverlayPaint: Hashable, Sendable {
    /// Its colour; what is dimmed is so already.
    public var colour: OverlayColour
    /// Width of what is stroked, in pixels.
    public var widthPx: Float
    /// For lines that are dashed.
    public var dash: Dash?

    /// Lengths in pixels, as platforms take them: round ends make each dash longer, and each gap shorter, by a width. So
    /// the line's dashes are seen three widths long, its gaps two and a half.
    public struct Dash: Hashable, Sendable {
        /// How far is drawn.
        public var onPx: Float
        /// How far is left out.
        public var offPx: Float

        public init(onPx: Float, offPx: Float) {
            self.onPx = onPx
            self.offPx = offPx
        }
    }

    public init(colour: OverlayColour, widthPx: Float = 0, dash: Dash? = nil) {
        self.colour = colour
        self.widthPx = widthPx
        self.dash = dash
    }
}

extension Overlay {
    /// Draws all marks, each with its outlines below all of its colours.
    public func draw<Canvas: OverlayCanvas>(on canvas: inout Canvas) {
        var rest = makeIterator()
        while true {
            let mark = rest
            guard let id = rest.next()?.markId else { return }
            var ahead = rest
            var polylines = 1
            while ahead.next()?.markId == id {
                rest = ahead
                polylines += 1
            }
            draw(mark, polylines, .outline, on: &canvas)
            draw(mark, polylines, .colour, on: &canvas)
        }
    }

    private func draw<Canvas: OverlayCanvas>(
        _ mark: Iterator,
        _ polylines: Int,
        _ layer: Layer,
        on canvas: inout Canvas
    ) {
        var mark = mark
        for _ in 0..<polylines {
            mark.next()?.draw(layer, on: &canvas)
        }
    }
}

private enum Layer {
    case outline
    case colour
}

extension Overlay.Polyline {
    /// What a dimmed line keeps of its opacity.
    private static let dimmedOpacity: Float = 0.45

    fileprivate func draw<Canvas: OverlayCanvas>(_ layer: Layer, on canvas: inout Canvas) {
        let isOutline = layer == .outline
        let spreadPx = isOutline ? 2 * outlineWidthPx : 0
        var paint = OverlayPaint(colour: isOutline ? outlineColour : colour, widthPx: widthPx + spreadPx)
        if isDimmed {
            paint.colour.alpha = UInt8((Float(paint.colour.alpha) * Self.dimmedOpacity).rounded())
            if part == .line {
                paint.dash = OverlayPaint.Dash(onPx: 2 * widthPx, offPx: 3.5 * widthPx)
            }
        }
        canvas.setPaint(paint)
        switch part {
        case .line: canvas.strokeLine(points)
        case .arrowHead where isOutline: canvas.strokeTriangle(points[0], points[1], points[2])
        case .arrowHead: canvas.fillTriangle(points[0], points[1], points[2])
        case .dot: canvas.fillDot(at: points[0], diameterPx: widthPx + spreadPx)
        }
    }
}
