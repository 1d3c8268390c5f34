import Foundation

/// A small picture of what the camera sees, for phones without AR: how bright each pixel is, as the first plane of a camera's
/// YUV picture has it. It shows all that the encoded picture shows; 640 pixels in a row are enough.
public struct GreyPicture: Equatable, Sendable {
    /// Pixels along a side.
    public static let sides = 1...4_096

    /// When it was captured, by the clock that ``Call/pushVideo(_:captureTimeMicroseconds:isKeyFrame:)`` has.
    public var captureTimeMicroseconds: Int64
    /// Row by row.
    public var pixels: Data
    /// Pixels in a row.
    public var widthPx: Int
    /// Rows.
    public var heightPx: Int
    /// From one row's first byte to the next one's.
    public var bytesPerRow: Int

    /// Rows follow each other without gaps if nothing else is said.
    public init(captureTimeMicroseconds: Int64, pixels: Data, widthPx: Int, heightPx: Int, bytesPerRow: Int? = nil) {
        self.captureTimeMicroseconds = captureTimeMicroseconds
        self.pixels = pixels
        self.widthPx = widthPx
        self.heightPx = heightPx
        self.bytesPerRow = bytesPerRow ?? widthPx
    }
}

extension GreyPicture {
    /// Refuses what the form for the core has no room for.
    package func checkCounts() throws(DrawError) {
        guard Self.sides.contains(widthPx), Self.sides.contains(heightPx), (widthPx...65_536).contains(bytesPerRow),
            pixels.count >= (heightPx - 1) * bytesPerRow + widthPx
        else {
            throw .invalid(
                """
                a grey picture has 1 to 4,096 pixels a side, and a byte for each pixel of each row; \
                nothing of it was used
                """
            )
        }
    }
}
