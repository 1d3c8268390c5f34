/// What the AR platform says of one frame. Keep one and change it from frame to frame: then nothing is allocated.
public struct ArFrame: Equatable, Sendable {
    /// Most planes in a frame.
    public static let maximumPlanes = 256
    /// Most anchors in a frame.
    public static let maximumAnchors = 64
    /// Most feature points in a frame.
    public static let maximumFeaturePoints = 8_192

    /// When it was captured, by the clock that ``Call/pushVideo(_:captureTimeMicroseconds:isKeyFrame:)`` has.
    public var captureTimeMicroseconds: Int64
    /// Where the camera is. Not looked at when tracking is lost.
    public var pose: Pose
    /// The lens, for the picture that is encoded.
    public var lens: Lens
    /// Whether the pose is to be believed.
    public var tracking: Tracking
    /// How far everything is, by this frame's camera; now and then.
    public var depth: ArDepth?
    /// The flat surfaces that were found, all of them; `nil` if they are as before.
    public var planes: [ArPlane]?
    /// The anchors, all of them; `nil` if they are as before.
    public var anchors: [ArAnchor]?
    /// The reconstructed surfaces, all of them; `nil` if they are as before.
    public var mesh: ArMesh?
    /// The points that the platform tracks by, in the world, in metres; `nil` if they are as before.
    public var featurePointsM: [SIMD3<Float>]?

    public init(
        captureTimeMicroseconds: Int64,
        pose: Pose,
        lens: Lens,
        tracking: Tracking = .tracked,
        depth: ArDepth? = nil,
        planes: [ArPlane]? = nil,
        anchors: [ArAnchor]? = nil,
        mesh: ArMesh? = nil,
        featurePointsM: [SIMD3<Float>]? = nil
    ) {
        self.captureTimeMicroseconds = captureTimeMicroseconds
        self.pose = pose
        self.lens = lens
        self.tracking = tracking
        self.depth = depth
        self.planes = planes
        self.anchors = anchors
        self.mesh = mesh
        self.featurePointsM = featurePointsM
    }
}

/// Whether a place is to be believed.
public enum Tracking: Hashable, Sendable {
    /// It is.
    case tracked
    /// With care.
    case limited
    /// Not at all.
    case lost
}

/// A lens without distortion and the size of its picture, in pixels from the top left corner.
public struct Lens: Hashable, Sendable {
    /// Focal lengths in pixels, across and down.
    public var focalPx: SIMD2<Float>
    /// Where the optical axis meets the picture.
    public var principalPx: SIMD2<Float>
    /// Width of the picture that the other values belong to.
    public var widthPx: Int
    /// Height of that picture.
    public var heightPx: Int

    public init(focalPx: SIMD2<Float>, principalPx: SIMD2<Float>, widthPx: Int, heightPx: Int) {
        self.focalPx = focalPx
        self.principalPx = principalPx
        self.widthPx = widthPx
        self.heightPx = heightPx
    }
}

/// How far everything is that a frame's camera sees: samples over the whole of its picture, row by row from the top.
public struct ArDepth: Equatable, Sendable {
    /// Samples on a side.
    public static let sides = 2...1_024

    /// Samples in a row.
    public var width: Int
    /// Rows.
    public var height: Int
    /// Metres along the optical axis; what is no positive number is unknown.
    public var depthsM: [Float]
    /// From 0, useless, to 255 for each sample, where the platform tells it. Less than 64 counts as unknown.
    public var confidence: [UInt8]?

    public init(width: Int, height: Int, depthsM: [Float], confidence: [UInt8]? = nil) {
        self.width = width
        self.height = height
        self.depthsM = depthsM
        self.confidence = confidence
    }
}

/// A flat surface, as ARKit finds it: +Y of its pose is the normal.
public struct ArPlane: Equatable, Sendable {
    /// Most corners of an outline.
    public static let maximumCorners = 1_024

    /// Plane-to-world.
    public var pose: Pose
    /// Corners of the outline, in order: x and z of the plane, in metres.
    public var outlineM: [SIMD2<Float>]

    public init(pose: Pose, outlineM: [SIMD2<Float>]) {
        self.pose = pose
        self.outlineM = outlineM
    }
}

/// Surfaces as triangles. What is near is enough.
public struct ArMesh: Equatable, Sendable {
    /// Most triangles.
    public static let maximumTriangles = 200_000

    /// Corners in the world, in metres.
    public var cornersM: [SIMD3<Float>]
    /// Which corners each triangle has, from 0.
    public var triangles: [SIMD3<UInt32>]

    public init(cornersM: [SIMD3<Float>], triangles: [SIMD3<UInt32>]) {
        self.cornersM = cornersM
        self.triangles = triangles
    }
}

/// An anchor, as the platform sees it now.
public struct ArAnchor: Equatable, Sendable {
    /// Its number, from 1, the same in every frame.
    public var id: Int
    /// Anchor-to-world.
    public var pose: Pose
    /// Whether that is to be believed.
    public var tracking: Tracking

    public init(id: Int, pose: Pose, tracking: Tracking = .tracked) {
        self.id = id
        self.pose = pose
        self.tracking = tracking
    }
}

extension ArFrame {
    /// Refuses what cannot be handed over.
    package func checkCounts() throws(DrawError) {
        if let depth {
            let hasSize = ArDepth.sides.contains(depth.width) && ArDepth.sides.contains(depth.height)
            guard hasSize, depth.depthsM.count == depth.width * depth.height,
                depth.confidence.map({ $0.count == depth.depthsM.count }) ?? true
            else {
                throw .invalid(
                    """
                    a depth picture has 2 to 1,024 samples a side, and a depth and perhaps a confidence for each; \
                    nothing of this frame was used
                    """
                )
            }
        }
        guard planes?.count ?? 0 <= Self.maximumPlanes,
            planes?.allSatisfy({ $0.outlineM.count <= ArPlane.maximumCorners }) ?? true
        else {
            throw .invalid("a frame has at most 256 planes of 1,024 corners; nothing of this frame was used")
        }
        guard anchors?.count ?? 0 <= Self.maximumAnchors,
            anchors?.allSatisfy({ UInt32(exactly: $0.id) ?? 0 > 0 }) ?? true
        else {
            throw .invalid("a frame has at most 64 anchors, numbered from 1; nothing of this frame was used")
        }
        guard mesh?.triangles.count ?? 0 <= ArMesh.maximumTriangles,
            mesh?.cornersM.count ?? 0 <= 3 * ArMesh.maximumTriangles,
            featurePointsM?.count ?? 0 <= Self.maximumFeaturePoints
        else {
            throw .invalid(
                "a frame has at most 200,000 triangles and 8,192 feature points; nothing of this frame was used"
            )
        }
    }
}
