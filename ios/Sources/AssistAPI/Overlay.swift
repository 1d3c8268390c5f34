import Foundation

/// The lines of all marks over one picture: a view of the bytes in which they came. Going through them allocates nothing.
/// ``draw(on:)`` draws them.
public struct Overlay: Sequence, Sendable {
    /// Width of the view they are for, in pixels.
    public let widthPx: Float
    /// Height of that view.
    public let heightPx: Float
    /// Marks whose place is not sure.
    public let staleCount: Int
    /// Marks whose place is lost, and that are not among the lines.
    public let lostCount: Int
    /// How many polylines there are.
    public let count: Int
    /// When the picture that the lines belong to was captured.
    public let captureTimeMicroseconds: Int64
    /// The picture's point (x, y) is at pixel x · right + y · down + origin of the view.
    private let right, down, origin: SIMD2<Float>
    private let bytes: Data

    /// Whether there is nothing to draw.
    public var isEmpty: Bool { count == 0 }

    /// What a pen at a pixel of the view touches: a point of that picture, for ``Call/beginStroke(_:points:)`` and
    /// ``Stroke/extend(_:)``.
    public func point(xPx: Float, yPx: Float) -> DrawnPoint {
        let touched = SIMD2(xPx, yPx) - origin
        let size = right.x * down.y - right.y * down.x
        return DrawnPoint(
            captureTimeMicroseconds: captureTimeMicroseconds,
            x: (down.y * touched.x - down.x * touched.y) / size,
            y: (right.x * touched.y - right.y * touched.x) / size
        )
    }

    public var underestimatedCount: Int { count }

    public func makeIterator() -> Iterator {
        Iterator(bytes: bytes, remaining: count)
    }

    /// Goes through the polylines. Those of a mark follow each other; later marks lie above earlier ones.
    public struct Iterator: IteratorProtocol, Sendable {
        private let bytes: Data
        private var remaining: Int
        private var offset = Layout.frameHeaderBytes

        fileprivate init(bytes: Data, remaining: Int) {
            self.bytes = bytes
            self.remaining = remaining
        }

        public mutating func next() -> Polyline? {
            guard remaining > 0, let polyline = Polyline(reading: bytes, at: offset) else { return nil }
            remaining -= 1
            offset += Layout.headerBytes + polyline.points.count * Layout.pointBytes
            return polyline
        }
    }

    /// A line, an arrow head or a dot of a mark.
    public struct Polyline: Sendable {
        /// Of the mark, in this call on this device.
        public let markId: UInt64
        /// What it is drawn as.
        public let part: Part
        /// Of the line, before it is dimmed.
        public let colour: OverlayColour
        /// Of the outline, before it is dimmed.
        public let outlineColour: OverlayColour
        /// Of the line, in pixels; of an arrow head, 0.
        public let widthPx: Float
        /// Of the outline on either side, in pixels.
        public let outlineWidthPx: Float
        /// Whether it is drawn weakly.
        public let isDimmed: Bool
        /// Whether something is in front of it.
        public let isBehind: Bool
        /// Whether its place is not sure.
        public let isStale: Bool
        /// Of a stale one, how far it may be off, in metres: 0.255 is that or more.
        public let driftM: Float
        /// Of a stale one, for how long nothing has confirmed it: 25.5 seconds is that or more.
        public let staleFor: Duration
        /// In pixels of the view, x to the right and y down.
        public let points: Points
    }

    /// What a polyline is drawn as.
    public enum Part: Hashable, Sendable {
        /// Stroked through two points or more, with round ends and joins.
        case line
        /// A filled triangle, its tip first.
        case arrowHead
        /// A disc around its one point, as wide as the line.
        case dot
    }

    /// Points in pixels of the view, x to the right and y down.
    public struct Points: RandomAccessCollection, Sendable {
        private let bytes: Data
        private let offset: Int
        public let count: Int

        fileprivate init(bytes: Data, offset: Int, count: Int) {
            self.bytes = bytes
            self.offset = offset
            self.count = count
        }

        public var startIndex: Int { 0 }
        public var endIndex: Int { count }

        public subscript(position: Int) -> SIMD2<Float> {
            precondition(indices.contains(position), "there is no such point")
            let at = offset + position * Layout.pointBytes
            return bytes.withUnsafeBytes { SIMD2($0.float(at: at), $0.float(at: at + 4)) }
        }
    }
}

/// A colour with red, green, blue and alpha (sRGB), not premultiplied.
public struct OverlayColour: Hashable, Sendable {
    public var red: UInt8
    public var green: UInt8
    public var blue: UInt8
    public var alpha: UInt8

    public init(red: UInt8, green: UInt8, blue: UInt8, alpha: UInt8 = .max) {
        self.red = red
        self.green = green
        self.blue = blue
        self.alpha = alpha
    }
}

// MARK: - The bytes

/// All of it is little-endian, without gaps: a header, then each polyline with a header of its own and its points.
private enum Layout {
    static let magic: UInt32 = 0x324C_564F
    static let frameHeaderBytes = 64
    static let headerBytes = 32
    static let pointBytes = 8
    static let viewSidesPx: ClosedRange<Float> = 1...32_768
    static let sizesPx: ClosedRange<Float> = 0...1e6
    static let coordinatesPx: ClosedRange<Float> = -1e6...1e6
}

extension Overlay {
    /// Checks all of the bytes, so that going through them cannot fail.
    package init(flat: Data) throws(DrawError) {
        guard let overlay = Self(checking: flat) else {
            throw .internalError(
                Advice(message: "the lines to draw came in a form that is not known; nothing is drawn on this picture")
            )
        }
        self = overlay
    }

    private init?(checking flat: Data) {
        guard flat.count >= Layout.frameHeaderBytes else { return nil }
        bytes = flat
        let words = flat.withUnsafeBytes { bytes in
            (magic: bytes.word(at: 0), length: bytes.word(at: 4), count: bytes.word(at: 8))
        }
        guard words.magic == Layout.magic, Int(words.length) == flat.count else { return nil }
        count = Int(words.count)
        (widthPx, heightPx) = flat.withUnsafeBytes { ($0.float(at: 12), $0.float(at: 16)) }
        (staleCount, lostCount) = flat.withUnsafeBytes { (Int($0.word(at: 20)), Int($0.word(at: 24))) }
        captureTimeMicroseconds = flat.withUnsafeBytes { bytes in
            Int64(bitPattern: UInt64(bytes.word(at: 32)) | UInt64(bytes.word(at: 36)) << 32)
        }
        (right, down, origin) = flat.withUnsafeBytes { bytes in
            (
                SIMD2(bytes.float(at: 40), bytes.float(at: 44)),
                SIMD2(bytes.float(at: 48), bytes.float(at: 52)),
                SIMD2(bytes.float(at: 56), bytes.float(at: 60))
            )
        }
        guard Layout.viewSidesPx.contains(widthPx), Layout.viewSidesPx.contains(heightPx) else { return nil }
        let size = right.x * down.y - right.y * down.x
        guard size.isFinite, size != 0, origin.x.isFinite, origin.y.isFinite else { return nil }
        var offset = Layout.frameHeaderBytes
        for _ in 0..<count {
            guard let polyline = Polyline(reading: flat, at: offset), polyline.canBeDrawn else { return nil }
            offset += Layout.headerBytes + polyline.points.count * Layout.pointBytes
        }
        guard offset == flat.count else { return nil }
    }
}

extension Overlay.Polyline {
    /// `nil` if it is not all there, or of a part that is not known.
    fileprivate init?(reading bytes: Data, at offset: Int) {
        let firstPoint = offset + Layout.headerBytes
        guard firstPoint <= bytes.count else { return nil }
        let words = bytes.withUnsafeBytes { bytes in
            (
                part: bytes[offset + 24], flags: bytes[offset + 25],
                driftMm: bytes[offset + 26], staleForDs: bytes[offset + 27],
                points: Int(bytes.word(at: offset + 28))
            )
        }
        guard words.points <= (bytes.count - firstPoint) / Layout.pointBytes else { return nil }
        switch (words.part, words.points) {
        case (0, 2...): part = .line
        case (1, 3): part = .arrowHead
        case (2, 1): part = .dot
        default: return nil
        }
        isDimmed = words.flags & 1 != 0
        isBehind = words.flags & 2 != 0
        isStale = words.flags & 4 != 0
        driftM = Float(words.driftMm) / 1_000
        staleFor = .milliseconds(100 * Int(words.staleForDs))
        (markId, colour, outlineColour) = bytes.withUnsafeBytes { bytes in
            (
                UInt64(bytes.word(at: offset)) | UInt64(bytes.word(at: offset + 4)) << 32,
                bytes.colour(at: offset + 8),
                bytes.colour(at: offset + 12)
            )
        }
        (widthPx, outlineWidthPx) = bytes.withUnsafeBytes { ($0.float(at: offset + 16), $0.float(at: offset + 20)) }
        points = Overlay.Points(bytes: bytes, offset: firstPoint, count: words.points)
    }

    fileprivate var canBeDrawn: Bool {
        Layout.sizesPx.contains(widthPx) && Layout.sizesPx.contains(outlineWidthPx)
            && points.allSatisfy { Layout.coordinatesPx.contains($0.x) && Layout.coordinatesPx.contains($0.y) }
    }
}

extension UnsafeRawBufferPointer {
    fileprivate func word(at offset: Int) -> UInt32 {
        UInt32(littleEndian: loadUnaligned(fromByteOffset: offset, as: UInt32.self))
    }

    fileprivate func float(at offset: Int) -> Float {
        Float(bitPattern: word(at: offset))
    }

    fileprivate func colour(at offset: Int) -> OverlayColour {
        OverlayColour(red: self[offset], green: self[offset + 1], blue: self[offset + 2], alpha: self[offset + 3])
    }
}
