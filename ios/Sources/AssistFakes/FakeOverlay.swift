import AssistAPI
import Foundation

/// Writes the lines of an overlay as the core does.
struct FakeOverlay {
    private let captureTimeMicroseconds: Int64
    private let widthPx: Float
    private let heightPx: Float
    private var polylines = Data()
    private var count = 0

    init(captureTimeMicroseconds: Int64, widthPx: Float, heightPx: Float) {
        self.captureTimeMicroseconds = captureTimeMicroseconds
        self.widthPx = widthPx
        self.heightPx = heightPx
    }

    /// A line through all points of the mark, or a dot; nothing while it has no points.
    mutating func add(_ mark: FakeMark, id: UInt64) {
        guard !mark.points.isEmpty else { return }
        count += 1
        let lineWidthPx = Float(min(max(mark.style.widthPerMille, 1), 50)) / 1_000 * max(widthPx, heightPx)
        let colour = mark.style.colour.rgba
        let level: UInt8 = mark.style.colour == .black ? .max : 0
        polylines.put(id)
        polylines += [colour.red, colour.green, colour.blue, colour.alpha]
        polylines += [level, level, level, 204]
        polylines.put(lineWidthPx.bitPattern)
        polylines.put(max(0.3 * lineWidthPx, 1).bitPattern)
        polylines.put(UInt32(mark.points.count == 1 ? 2 : 0))
        polylines.put(UInt32(mark.points.count))
        for point in mark.points {
            polylines.put((Self.fraction(point.x) * widthPx).bitPattern)
            polylines.put((Self.fraction(point.y) * heightPx).bitPattern)
        }
    }

    func finished() -> Data {
        var bytes = Data("OVL2".utf8)
        bytes.put(UInt32(64 + polylines.count))
        bytes.put(UInt32(count))
        bytes.put(widthPx.bitPattern)
        bytes.put(heightPx.bitPattern)
        bytes += Data(count: 12)
        bytes.put(captureTimeMicroseconds)
        for part in [widthPx, 0, 0, heightPx, 0, 0] { bytes.put(part.bitPattern) }
        return bytes + polylines
    }

    private static func fraction(_ value: Float) -> Float {
        value.isNaN ? 0 : min(max(value, 0), 1)
    }
}

extension Data {
    fileprivate mutating func put<Integer: FixedWidthInteger>(_ integer: Integer) {
        Swift.withUnsafeBytes(of: integer.littleEndian) { append(contentsOf: $0) }
    }
}
