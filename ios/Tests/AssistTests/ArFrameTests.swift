import Assist
import AssistPhone
import Foundation
import Testing

/// How AR frames and points become bytes.
struct ArFrameTests {
    private let lens = Lens(
        focalPx: SIMD2(900, 901),
        principalPx: SIMD2(640, 360),
        widthPx: 1_280,
        heightPx: 720
    )

    private func frame() -> ArFrame {
        ArFrame(
            captureTimeMicroseconds: 77,
            pose: Pose(positionM: SIMD3(1, 2, -0.5), orientation: SIMD4(0, 0, 0, 1)),
            lens: lens,
            tracking: .limited
        )
    }

    private func written(_ frame: ArFrame) throws(DrawError) -> Data {
        var flat = FlatFrame()
        try flat.write(frame)
        return flat.bytes
    }

    @Test
    func aFrameIsTheseBytes() throws {
        var frame = frame()
        // 1.0 is 3F800000, 2.0 is 40000000, -0.5 is BF000000, 900 is 44610000, 901 is 44614000, 640 is 44200000 and
        // 360 is 43B40000.
        let camera: [UInt8] = [
            0x41, 0x52, 0x46, 0x31, 1, 0, 0, 0, 77, 0, 0, 0, 0, 0, 0, 0,
            0, 0, 0x80, 0x3F, 0, 0, 0, 0x40, 0, 0, 0, 0xBF,
            0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x80, 0x3F,
            0, 0, 0x61, 0x44, 0, 0x40, 0x61, 0x44, 0, 0, 0x20, 0x44, 0, 0, 0xB4, 0x43,
            0, 5, 0, 0, 0xD0, 2, 0, 0,
        ]
        let asBefore: [UInt8] = [255, 255, 255, 255, 0, 0, 0, 0, 255, 255, 255, 255]
        let none: [UInt8] = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255, 255, 255, 255, 255, 255, 255]
        #expect(try written(frame) == Data(camera + none + asBefore))

        var surfaces = frame
        surfaces.mesh = ArMesh(cornersM: [SIMD3(1, 2, -0.5)], triangles: [SIMD3(0, 1, 258)])
        surfaces.featurePointsM = [SIMD3(-0.5, 0, 1)]
        let seen: [UInt8] = [
            1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0,
            0, 0, 0x80, 0x3F, 0, 0, 0, 0x40, 0, 0, 0, 0xBF,
            0, 0, 0, 0, 1, 0, 0, 0, 2, 1, 0, 0,
            0, 0, 0, 0xBF, 0, 0, 0, 0, 0, 0, 0x80, 0x3F,
        ]
        #expect(try written(surfaces) == Data(camera + none + seen))

        frame.depth = ArDepth(width: 2, height: 2, depthsM: [1, 2, -0.5, 0], confidence: [9, 8, 7, 255])
        frame.planes = [ArPlane(pose: Pose(), outlineM: [SIMD2(1, 2)])]
        frame.anchors = [ArAnchor(id: 258, pose: Pose(), tracking: .lost)]
        let counts: [UInt8] = [2, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0]
        let depth: [UInt8] = [0, 0, 0x80, 0x3F, 0, 0, 0, 0x40, 0, 0, 0, 0xBF, 0, 0, 0, 0, 9, 8, 7, 255]
        let origin: [UInt8] = Array(repeating: 0, count: 26) + [0x80, 0x3F]
        let corners: [UInt8] = [1, 0, 0, 0, 0, 0, 0x80, 0x3F, 0, 0, 0, 0x40]
        let anchor: [UInt8] = [2, 1, 0, 0, 2, 0, 0, 0]
        let parts = [camera, counts, asBefore, depth, origin, corners, anchor, origin]
        #expect(try written(frame) == Data(parts.joined()))
    }

    @Test
    func pointsAreSixteenBytesEach() {
        let points = [
            DrawnPoint(captureTimeMicroseconds: 256, x: 1, y: 2),
            DrawnPoint(captureTimeMicroseconds: -1, x: -0.5, y: 0),
        ]
        let bytes: [UInt8] = [
            0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0x80, 0x3F, 0, 0, 0, 0x40,
            0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xBF, 0, 0, 0, 0,
        ]
        #expect(Data(flat: points) == Data(bytes))
        #expect(Data(flat: []).isEmpty)
    }

    @Test
    func thePhonesFramesAreWrittenAsTheyWereRead() throws {
        let phone = try SimulatedPhone.filming()
        for number in 0..<20 {
            let time = UInt64(number) * 33_333
            let bytes = phone.arFrame(captureTimeUs: time, widthPx: 1_280, heightPx: 720)
            let frame = try ArFrame(flat: bytes)
            #expect(try written(frame) == bytes)
            #expect((frame.planes != nil) == (number == 0))
        }
    }

    @Test
    func theMemoryOfAFrameIsUsedAgain() throws {
        var frame = frame()
        var flat = FlatFrame()
        frame.depth = ArDepth(width: 160, height: 90, depthsM: Array(repeating: 1, count: 14_400))
        try flat.write(frame)
        let address = flat.bytes.withUnsafeBytes { $0.baseAddress }
        let (whole, depth) = (flat.bytes.count, frame.depth)
        for number in 0..<6 {
            frame.depth = number % 2 == 0 ? nil : depth
            try flat.write(frame)
            #expect(flat.bytes.withUnsafeBytes { $0.baseAddress } == address)
        }
        #expect(flat.bytes.count == whole)
    }

    @Test
    func whatCannotBeHandedOverIsRefused() {
        func refuses(_ change: (inout ArFrame) -> Void) -> Bool {
            var frame = frame()
            change(&frame)
            do throws(DrawError) {
                _ = try written(frame)
                return false
            } catch {
                guard case .invalid(let advice) = error else { return false }
                return advice.message.contains("nothing of this frame was used")
            }
        }
        #expect(!refuses { $0.lens.widthPx = -1 })
        #expect(refuses { $0.depth = ArDepth(width: 2, height: 2, depthsM: [1, 1, 1]) })
        #expect(refuses { $0.depth = ArDepth(width: 2, height: 2, depthsM: [1, 1, 1, 1], confidence: [1]) })
        #expect(refuses { $0.depth = ArDepth(width: .max, height: .max, depthsM: []) })
        #expect(refuses { $0.depth = ArDepth(width: 0, height: -1, depthsM: []) })
        let corners = [SIMD2<Float>](repeating: .zero, count: 1_025)
        #expect(refuses { $0.planes = [ArPlane(pose: Pose(), outlineM: corners)] })
        #expect(refuses { $0.planes = Array(repeating: ArPlane(pose: Pose(), outlineM: []), count: 257) })
        #expect(refuses { $0.anchors = [ArAnchor(id: 0, pose: Pose())] })
        #expect(refuses { $0.anchors = [ArAnchor(id: -1, pose: Pose())] })
        #expect(refuses { $0.anchors = (1...65).map { ArAnchor(id: $0, pose: Pose()) } })
    }

    @Test(arguments: [
        SIMD4<Float>(0, 0, 0, 1), SIMD4(1, 0, 0, 0), SIMD4(0, 1, 0, 0), SIMD4(0, 0, 1, 0), SIMD4(0.5, -0.5, 0.5, 0.5),
        SIMD4(0.1, 0.7, -0.1, 0.7), SIMD4(0.9, 0.1, 0.3, -0.3),
    ])
    func aPoseComesFromATransform(_ given: SIMD4<Float>) {
        let turn = given / (given * given).sum().squareRoot()
        let (x, y, z, w) = (turn.x, turn.y, turn.z, turn.w)
        let pose = Pose(
            columns: (
                SIMD4(1 - 2 * (y * y + z * z), 2 * (x * y + z * w), 2 * (x * z - y * w), 0),
                SIMD4(2 * (x * y - z * w), 1 - 2 * (x * x + z * z), 2 * (y * z + x * w), 0),
                SIMD4(2 * (x * z + y * w), 2 * (y * z - x * w), 1 - 2 * (x * x + y * y), 0),
                SIMD4(1, 2, 3, 1)
            )
        )
        #expect(pose.positionM == SIMD3(1, 2, 3))
        // A turn and its negative are the same.
        #expect(abs(abs((pose.orientation * turn).sum()) - 1) < 1e-5)
    }
}
