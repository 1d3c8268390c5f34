/// Where something is in the world and how it is turned. Right-handed, in metres, +Y up: as ARKit has it. A camera looks
/// along its -Z, its picture's right is +X and up is +Y.
public struct Pose: Hashable, Sendable {
    /// In the world, in metres.
    public var positionM: SIMD3<Float>
    /// From its own axes to the world's: a unit quaternion x, y, z, w.
    public var orientation: SIMD4<Float>

    public init(positionM: SIMD3<Float> = .zero, orientation: SIMD4<Float> = SIMD4(0, 0, 0, 1)) {
        self.positionM = positionM
        self.orientation = orientation
    }

    /// From the columns of a rigid transform, as `simd_float4x4.columns` gives them.
    public init(columns: (SIMD4<Float>, SIMD4<Float>, SIMD4<Float>, SIMD4<Float>)) {
        let (x, y, z, position) = columns
        // Four times each component squared; dividing by the largest keeps the others exact.
        let squares = SIMD4(
            1 + x.x - y.y - z.z,
            1 - x.x + y.y - z.z,
            1 - x.x - y.y + z.z,
            1 + x.x + y.y + z.z
        )
        let largest = squares.max()
        let turn: SIMD4<Float> =
            if largest == squares.w {
                SIMD4(y.z - z.y, z.x - x.z, x.y - y.x, squares.w)
            } else if largest == squares.x {
                SIMD4(squares.x, x.y + y.x, z.x + x.z, y.z - z.y)
            } else if largest == squares.y {
                SIMD4(x.y + y.x, squares.y, y.z + z.y, z.x - x.z)
            } else {
                SIMD4(z.x + x.z, y.z + z.y, squares.z, x.y - y.x)
            }
        self.init(
            positionM: SIMD3(position.x, position.y, position.z),
            orientation: turn / (turn * turn).sum().squareRoot()
        )
    }
}
