import Assist
import AssistPhone
import Foundation

extension SimulatedPhone {
    /// One that films 1,280 × 720.
    static func filming() throws -> SimulatedPhone {
        let request = EncoderControl(bitrateBps: 1_500_000, widthPx: 1_280, heightPx: 720, frameRate: 15)
        return try SimulatedPhone(seed: 1, control: PhoneControl(request))
    }

    /// A frame as a phone without AR has it, its rows further apart than they are long, as cameras have them.
    func greyPicture(number: Int) -> GreyPicture {
        let captureTime = UInt64(number) * 33_333
        let flat = greyPicture(captureTimeUs: captureTime, widthPx: 640, heightPx: 360)
        var pixels = Data()
        for row in 0..<360 {
            pixels += flat[20 + row * 640..<20 + (row + 1) * 640]
            if row < 359 { pixels += Data(count: 64) }
        }
        return GreyPicture(
            captureTimeMicroseconds: Int64(captureTime),
            pixels: pixels,
            widthPx: 640,
            heightPx: 360,
            bytesPerRow: 704
        )
    }

    /// What its AR platform says of a frame, 30 a second; to be asked in order.
    func arFrame(number: Int) throws -> ArFrame {
        try ArFrame(flat: arFrame(captureTimeUs: UInt64(number) * 33_333, widthPx: 1_280, heightPx: 720))
    }
}

extension Call {
    /// Hands over a simulated phone's AR frames; the lines over the last one.
    @discardableResult
    func watch(_ phone: SimulatedPhone, frames: Range<Int>) throws -> Overlay? {
        var overlay: Overlay?
        for number in frames {
            let frame = try phone.arFrame(number: number)
            overlay = try arFrame(frame, widthPx: 1_280, heightPx: 720, rotationDegrees: 0)
        }
        return overlay
    }

    /// Waits until so many marks of everybody's are there.
    func waitDrawn(_ marks: Int) async throws {
        guard await states.contains(where: { $0.annotations.marks == marks }) else {
            throw Unexpected(what: "the call's states ended before \(marks) marks were there")
        }
    }
}

extension ArFrame {
    /// From the form in which frames go to the core. The simulated phone gives them so.
    init(flat: Data) throws {
        var reader = FlatReader(rest: flat[...])
        guard reader.word() == 0x3146_5241 else { throw Unexpected(what: "this is no AR frame") }
        let tracking = reader.tracking()
        let captureTime = Int64(reader.word()) | Int64(reader.word()) << 32
        let pose = reader.pose()
        let lens = Lens(
            focalPx: reader.pair(),
            principalPx: reader.pair(),
            widthPx: Int(reader.word()),
            heightPx: Int(reader.word())
        )
        self.init(captureTimeMicroseconds: captureTime, pose: pose, lens: lens, tracking: tracking)
        let (width, height, hasConfidence) = (Int(reader.word()), Int(reader.word()), reader.word() == 1)
        let (planeCount, anchorCount) = (reader.word(), reader.word())
        let (cornerCount, triangleCount, pointCount) = (reader.word(), reader.word(), reader.word())
        if width > 0 {
            let depths = (0..<width * height).map { _ in reader.float() }
            depth = ArDepth(width: width, height: height, depthsM: depths)
            if hasConfidence { depth?.confidence = (0..<width * height).map { _ in reader.byte() } }
        }
        if planeCount != .max {
            planes = (0..<planeCount).map { _ in
                ArPlane(pose: reader.pose(), outlineM: (0..<reader.word()).map { _ in reader.pair() })
            }
        }
        if anchorCount != .max {
            anchors = (0..<anchorCount).map { _ in
                let (id, tracking) = (Int(reader.word()), reader.tracking())
                return ArAnchor(id: id, pose: reader.pose(), tracking: tracking)
            }
        }
        if cornerCount != .max {
            let corners = (0..<cornerCount).map { _ in reader.place() }
            let triangles = (0..<triangleCount).map { _ in SIMD3(reader.word(), reader.word(), reader.word()) }
            mesh = ArMesh(cornersM: corners, triangles: triangles)
        }
        if pointCount != .max { featurePointsM = (0..<pointCount).map { _ in reader.place() } }
    }
}

private struct FlatReader {
    var rest: Data

    mutating func byte() -> UInt8 {
        rest.removeFirst()
    }

    mutating func word() -> UInt32 {
        defer { rest = rest.dropFirst(4) }
        return rest.withUnsafeBytes { UInt32(littleEndian: $0.loadUnaligned(as: UInt32.self)) }
    }

    mutating func float() -> Float {
        Float(bitPattern: word())
    }

    mutating func pair() -> SIMD2<Float> {
        SIMD2(float(), float())
    }

    mutating func place() -> SIMD3<Float> {
        SIMD3(float(), float(), float())
    }

    mutating func pose() -> Pose {
        Pose(positionM: place(), orientation: SIMD4(float(), float(), float(), float()))
    }

    mutating func tracking() -> Tracking {
        switch word() {
        case 0: .tracked
        case 1: .limited
        default: .lost
        }
    }
}
