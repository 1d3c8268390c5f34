import AssistAPI
import Foundation

/// An AR frame or a grey picture as bytes, in memory that the next one uses again. All of it is little-endian, as are the systems that Swift
/// makes apps for, and without gaps.
package struct FlatFrame: Sendable {
    private static let magic: UInt32 = 0x3146_5241
    private static let greyMagic: UInt32 = 0x3159_5247
    private static let unchanged = UInt32.max

    /// The frame that was written last.
    package private(set) var bytes = Data()

    package init() {}

    /// Writes a frame in place of the one before.
    package mutating func write(_ frame: ArFrame) throws(DrawError) {
        try frame.checkCounts()
        bytes.count = Self.byteCount(of: frame)
        bytes.withUnsafeMutableBytes { bytes in
            var writer = FlatWriter(bytes)
            Self.write(frame, into: &writer)
        }
    }

    /// Writes a grey picture, its rows without gaps.
    package mutating func write(_ picture: GreyPicture) throws(DrawError) {
        try picture.checkCounts()
        bytes.count = 20 + picture.widthPx * picture.heightPx
        bytes.withUnsafeMutableBytes { bytes in
            var writer = FlatWriter(bytes)
            writer.put(Self.greyMagic)
            writer.put(UInt64(clamping: picture.captureTimeMicroseconds))
            writer.put(UInt32(clamping: picture.widthPx))
            writer.put(UInt32(clamping: picture.heightPx))
            picture.pixels.withUnsafeBytes { pixels in
                for row in 0..<picture.heightPx {
                    let start = row * picture.bytesPerRow
                    writer.put(UnsafeRawBufferPointer(rebasing: pixels[start..<start + picture.widthPx]))
                }
            }
        }
    }

    private static func byteCount(of frame: ArFrame) -> Int {
        let pose = 28
        var count = 16 + pose + 16 + 8 + 32
        if let depth = frame.depth {
            count += 4 * depth.depthsM.count + (depth.confidence?.count ?? 0)
        }
        for plane in frame.planes ?? [] {
            count += pose + 4 + 8 * plane.outlineM.count
        }
        let corners = (frame.mesh?.cornersM.count ?? 0) + (frame.featurePointsM?.count ?? 0)
        count += 12 * (corners + (frame.mesh?.triangles.count ?? 0))
        return count + (8 + pose) * (frame.anchors?.count ?? 0)
    }

    private static func write(_ frame: ArFrame, into writer: inout FlatWriter) {
        writer.put(magic)
        writer.put(frame.tracking)
        writer.put(UInt64(clamping: frame.captureTimeMicroseconds))
        writer.put(frame.pose)
        writer.put(frame.lens.focalPx)
        writer.put(frame.lens.principalPx)
        writer.put(UInt32(clamping: frame.lens.widthPx))
        writer.put(UInt32(clamping: frame.lens.heightPx))
        writer.put(UInt32(clamping: frame.depth?.width ?? 0))
        writer.put(UInt32(clamping: frame.depth?.height ?? 0))
        writer.put(UInt32(frame.depth?.confidence == nil ? 0 : 1))
        writer.put(frame.planes.map { UInt32(clamping: $0.count) } ?? unchanged)
        writer.put(frame.anchors.map { UInt32(clamping: $0.count) } ?? unchanged)
        writer.put(frame.mesh.map { UInt32(clamping: $0.cornersM.count) } ?? unchanged)
        writer.put(UInt32(clamping: frame.mesh?.triangles.count ?? 0))
        writer.put(frame.featurePointsM.map { UInt32(clamping: $0.count) } ?? unchanged)
        frame.depth?.depthsM.withUnsafeBytes { writer.put($0) }
        frame.depth?.confidence?.withUnsafeBytes { writer.put($0) }
        for plane in frame.planes ?? [] {
            writer.put(plane.pose)
            writer.put(UInt32(clamping: plane.outlineM.count))
            plane.outlineM.withUnsafeBytes { writer.put($0) }
        }
        for anchor in frame.anchors ?? [] {
            writer.put(UInt32(clamping: anchor.id))
            writer.put(anchor.tracking)
            writer.put(anchor.pose)
        }
        for corner in frame.mesh?.cornersM ?? [] { writer.put(corner) }
        for triangle in frame.mesh?.triangles ?? [] {
            for corner in 0..<3 { writer.put(triangle[corner]) }
        }
        for point in frame.featurePointsM ?? [] { writer.put(point) }
    }
}

extension Data {
    /// Points of a stroke, 16 bytes each.
    package init(flat points: [DrawnPoint]) {
        self.init(count: 16 * points.count)
        withUnsafeMutableBytes { bytes in
            var writer = FlatWriter(bytes)
            for point in points {
                writer.put(UInt64(clamping: point.captureTimeMicroseconds))
                writer.put(SIMD2(point.x, point.y))
            }
        }
    }
}

/// Fills memory from its beginning.
private struct FlatWriter {
    private var rest: UnsafeMutableRawBufferPointer

    init(_ bytes: UnsafeMutableRawBufferPointer) {
        rest = bytes
    }

    mutating func put(_ bytes: UnsafeRawBufferPointer) {
        rest.copyMemory(from: bytes)
        rest = UnsafeMutableRawBufferPointer(rebasing: rest[bytes.count...])
    }

    mutating func put<Integer: FixedWidthInteger>(_ integer: Integer) {
        withUnsafeBytes(of: integer.littleEndian) { put($0) }
    }

    mutating func put(_ pair: SIMD2<Float>) {
        put(pair.x.bitPattern)
        put(pair.y.bitPattern)
    }

    mutating func put(_ place: SIMD3<Float>) {
        for axis in 0..<3 { put(place[axis].bitPattern) }
    }

    mutating func put(_ pose: Pose) {
        put(pose.positionM)
        for axis in 0..<4 { put(pose.orientation[axis].bitPattern) }
    }

    mutating func put(_ tracking: Tracking) {
        switch tracking {
        case .tracked: put(0 as UInt32)
        case .limited: put(1 as UInt32)
        case .lost: put(2 as UInt32)
        }
    }
}
