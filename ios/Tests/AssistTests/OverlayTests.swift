import Assist
import Foundation
import Testing

/// How the lines over a picture are read and drawn.
struct OverlayTests {
    private let red = OverlayColour(red: 200, green: 10, blue: 20, alpha: 200)
    private let black = OverlayColour(red: 0, green: 0, blue: 0, alpha: 100)

    private struct Line {
        var mark: UInt64 = 1
        var width: Float = 4
        var part: UInt8 = 0
        var flags: UInt8 = 0
        var points: [Float] = [1, 2, 3, 4]

        func bytes() -> [UInt8] {
            var bytes = words([UInt32(truncatingIfNeeded: mark), UInt32(truncatingIfNeeded: mark >> 32)])
            bytes += [200, 10, 20, 200, 0, 0, 0, 100]
            bytes += floats([width, 1])
            bytes += [part, flags, flags & 4 == 0 ? 0 : 251, 12]
            bytes += words([UInt32(points.count / 2)])
            bytes += floats(points)
            return bytes
        }
    }

    private func buffer(_ lines: [Line], width: Float = 640) -> Data {
        let polylines = lines.flatMap { $0.bytes() }
        var bytes = words([0x324C_564F, UInt32(64 + polylines.count), UInt32(lines.count)])
        bytes += floats([width, 480])
        bytes += words([5, 6, 0, 77, 0])
        // Turned clockwise by a quarter and a fifth wider than the view.
        bytes += floats([0, 480, -768, 0, 704, 0])
        bytes += polylines
        return Data(bytes)
    }

    @Test
    func linesAreReadAsTheyWereWritten() throws {
        let lines = [
            Line(mark: 7 << 32 | 9, flags: 7, points: [1, 2, 3, 4, -5, 6.5]),
            Line(width: 0, part: 1, flags: 1, points: [0, 0, 1, 0, 0, 1]),
            Line(part: 2, points: [8, 9]),
        ]
        let overlay = try Overlay(flat: buffer(lines))
        #expect((overlay.widthPx, overlay.heightPx) == (640, 480))
        #expect((overlay.count, overlay.staleCount, overlay.lostCount) == (3, 5, 6))
        #expect(overlay.captureTimeMicroseconds == 77)
        #expect(overlay.point(xPx: 320, yPx: 240) == DrawnPoint(captureTimeMicroseconds: 77, x: 0.5, y: 0.5))
        #expect(overlay.point(xPx: 608, yPx: 120) == DrawnPoint(captureTimeMicroseconds: 77, x: 0.25, y: 0.125))
        let polylines = Array(overlay)
        #expect(polylines.map(\.part) == [.line, .arrowHead, .dot])
        #expect(polylines.map(\.markId) == [7 << 32 | 9, 1, 1])
        #expect(polylines.map(\.isDimmed) == [true, true, false])
        #expect(polylines.map(\.isBehind) == [true, false, false])
        #expect(polylines.map(\.isStale) == [true, false, false])
        #expect(polylines[0].driftM == 0.251 && polylines[0].staleFor == .milliseconds(1_200))
        #expect(polylines.map(\.colour) == [red, red, red])
        #expect(polylines.map(\.outlineColour) == [black, black, black])
        #expect(polylines.map(\.widthPx) == [4, 0, 4])
        #expect(polylines.map(\.outlineWidthPx) == [1, 1, 1])
        #expect(Array(polylines[0].points) == [SIMD2(1, 2), SIMD2(3, 4), SIMD2(-5, 6.5)])
        #expect(Array(polylines[2].points) == [SIMD2(8, 9)])
    }

    @Test
    func aPieceOfOtherBytesIsReadTheSame() throws {
        let bytes = Data([1, 2, 3]) + buffer([Line()]) + Data([4])
        let overlay = try Overlay(flat: bytes[3..<bytes.count - 1])
        #expect(overlay.first { _ in true }?.points.last == SIMD2(3, 4))
        #expect(try Overlay(flat: buffer([])).isEmpty)
    }

    @Test
    func whatIsCutOffOrTooLongIsAnError() {
        let whole = buffer([Line(), Line(width: 0, part: 1, points: [0, 0, 1, 0, 0, 1])])
        for length in 0..<whole.count {
            #expect(throws: DrawError.self) { try Overlay(flat: whole[..<length]) }
            // The same where the length says that it is all.
            var cut = Data(whole[..<length])
            if length >= 8 { cut.replaceSubrange(4..<8, with: words([UInt32(length)])) }
            #expect(throws: DrawError.self) { try Overlay(flat: cut) }
        }
        #expect(throws: DrawError.self) { try Overlay(flat: whole + [0]) }
    }

    @Test
    func whatCannotBeDrawnIsAnError() {
        let wrong = [
            buffer([Line(part: 3)]),
            buffer([Line(points: [1, 2])]),
            buffer([Line(part: 1)]),
            buffer([Line(part: 2)]),
            buffer([Line(part: 2, points: [])]),
            buffer([Line(width: -1)]),
            buffer([Line(width: .nan)]),
            buffer([Line(points: [1, 2, .infinity, 4])]),
            buffer([Line(points: [1, 2, .nan, 4])]),
            buffer([Line(points: [1, 2, 2e6, 4])]),
            buffer([], width: 0),
            buffer([], width: .nan),
        ]
        for bytes in wrong {
            #expect(throws: DrawError.self) { try Overlay(flat: bytes) }
        }
    }

    @Test
    func anyByteMayBeWrong() throws {
        let whole = buffer([Line(), Line(part: 2, points: [1, 2])])
        for index in whole.indices {
            for byte in [0, 1, 0x7F, 0xFF] as [UInt8] {
                var bytes = whole
                bytes[index] = byte
                guard let overlay = try? Overlay(flat: bytes) else { continue }
                #expect(overlay.reduce(0) { $0 + $1.points.count } == 3)
            }
        }
    }

    @Test
    func theOutlinesOfAMarkLieBelowItsColours() throws {
        let lines = [
            Line(mark: 1), Line(mark: 1, width: 0, part: 1, points: [0, 0, 1, 0, 0, 1]),
            Line(mark: 2, part: 2, points: [8, 9]),
        ]
        var canvas = Recording()
        try Overlay(flat: buffer(lines)).draw(on: &canvas)
        let head = "(0.0, 0.0) (1.0, 0.0) (0.0, 1.0)"
        #expect(
            canvas.drawn == [
                "paint 0/100 6.0", "line (1.0, 2.0) (3.0, 4.0)", "paint 0/100 2.0", "edge \(head)",
                "paint 200/200 4.0", "line (1.0, 2.0) (3.0, 4.0)", "paint 200/200 0.0", "fill \(head)",
                "paint 0/100 6.0", "dot (8.0, 9.0) 6.0",
                "paint 200/200 4.0", "dot (8.0, 9.0) 4.0",
            ]
        )
    }

    @Test
    func whatIsDimmedIsWeakAndDashed() throws {
        let lines = [Line(flags: 1), Line(flags: 1, points: [5, 6, 7, 8]), Line(part: 2, flags: 3, points: [8, 9])]
        var canvas = Recording()
        try Overlay(flat: buffer(lines)).draw(on: &canvas)
        #expect(
            canvas.drawn == [
                "paint 0/45 6.0 dash 8.0 14.0", "line (1.0, 2.0) (3.0, 4.0)",
                "paint 0/45 6.0 dash 8.0 14.0", "line (5.0, 6.0) (7.0, 8.0)",
                "paint 0/45 6.0", "dot (8.0, 9.0) 6.0",
                "paint 200/90 4.0 dash 8.0 14.0", "line (1.0, 2.0) (3.0, 4.0)",
                "paint 200/90 4.0 dash 8.0 14.0", "line (5.0, 6.0) (7.0, 8.0)",
                "paint 200/90 4.0", "dot (8.0, 9.0) 4.0",
            ]
        )
    }
}

/// Says what was drawn.
private struct Recording: OverlayCanvas {
    var drawn: [String] = []

    mutating func setPaint(_ paint: OverlayPaint) {
        let dash = paint.dash.map { " dash \($0.onPx) \($0.offPx)" } ?? ""
        drawn.append("paint \(paint.colour.red)/\(paint.colour.alpha) \(paint.widthPx)\(dash)")
    }

    mutating func strokeLine(_ points: Overlay.Points) {
        drawn.append("line \(points.map(text).joined(separator: " "))")
    }

    mutating func strokeTriangle(_ tip: SIMD2<Float>, _ left: SIMD2<Float>, _ right: SIMD2<Float>) {
        drawn.append("edge \([tip, left, right].map(text).joined(separator: " "))")
    }

    mutating func fillTriangle(_ tip: SIMD2<Float>, _ left: SIMD2<Float>, _ right: SIMD2<Float>) {
        drawn.append("fill \([tip, left, right].map(text).joined(separator: " "))")
    }

    mutating func fillDot(at centre: SIMD2<Float>, diameterPx: Float) {
        drawn.append("dot \(text(centre)) \(diameterPx)")
    }

    private func text(_ point: SIMD2<Float>) -> String {
        "(\(point.x), \(point.y))"
    }
}

private func words(_ words: [UInt32]) -> [UInt8] {
    words.flatMap { word in (0..<4).map { UInt8(truncatingIfNeeded: word >> (8 * $0)) } }
}

private func floats(_ values: [Float]) -> [UInt8] {
    words(values.map(\.bitPattern))
}
