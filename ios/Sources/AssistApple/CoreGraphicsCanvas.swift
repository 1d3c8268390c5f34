#if canImport(CoreGraphics)
    import AssistAPI
    import CoreGraphics

    /// Draws an overlay into a context whose y points down, as that of a view does:
    ///
    ///     var canvas = CoreGraphicsCanvas(context, pixelsPerPoint: contentScaleFactor)
    ///     overlay.draw(on: &canvas)
    ///
    /// It leaves its own line style and colours in the context.
    public struct CoreGraphicsCanvas: OverlayCanvas {
        private let context: CGContext
        private let pointsPerPixel: CGFloat

        /// - Parameters:
        ///   - context: what is drawn into, measured in points.
        ///   - pixelsPerPoint: 1 where the overlay was made for a size in points.
        public init(_ context: CGContext, pixelsPerPoint: CGFloat = 1) {
            self.context = context
            pointsPerPixel = 1 / pixelsPerPoint
            context.setLineCap(.round)
            context.setLineJoin(.round)
        }

        public func setPaint(_ paint: OverlayPaint) {
            let colour = CGColor(
                srgbRed: CGFloat(paint.colour.red) / 255,
                green: CGFloat(paint.colour.green) / 255,
                blue: CGFloat(paint.colour.blue) / 255,
                alpha: CGFloat(paint.colour.alpha) / 255
            )
            context.setStrokeColor(colour)
            context.setFillColor(colour)
            context.setLineWidth(length(paint.widthPx))
            context.setLineDash(phase: 0, lengths: paint.dash.map { [length($0.onPx), length($0.offPx)] } ?? [])
        }

        public func strokeLine(_ points: Overlay.Points) {
            guard let first = points.first else { return }
            context.beginPath()
            context.move(to: point(first))
            for next in points.dropFirst() {
                context.addLine(to: point(next))
            }
            context.strokePath()
        }

        public func strokeTriangle(_ tip: SIMD2<Float>, _ left: SIMD2<Float>, _ right: SIMD2<Float>) {
            addTriangle(tip, left, right)
            context.strokePath()
        }

        public func fillTriangle(_ tip: SIMD2<Float>, _ left: SIMD2<Float>, _ right: SIMD2<Float>) {
            addTriangle(tip, left, right)
            context.fillPath()
        }

        public func fillDot(at centre: SIMD2<Float>, diameterPx: Float) {
            let diameter = length(diameterPx)
            let middle = point(centre)
            context.fillEllipse(
                in: CGRect(
                    x: middle.x - diameter / 2,
                    y: middle.y - diameter / 2,
                    width: diameter,
                    height: diameter
                )
            )
        }

        private func addTriangle(_ tip: SIMD2<Float>, _ left: SIMD2<Float>, _ right: SIMD2<Float>) {
            context.beginPath()
            context.move(to: point(tip))
            context.addLine(to: point(left))
            context.addLine(to: point(right))
            context.closePath()
        }

        private func length(_ px: Float) -> CGFloat {
            CGFloat(px) * pointsPerPixel
        }

        private func point(_ px: SIMD2<Float>) -> CGPoint {
            CGPoint(x: length(px.x), y: length(px.y))
        }
    }
#endif
