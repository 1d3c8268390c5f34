/// How a stroke looks, and how it lies in the world.
public struct StrokeStyle: Hashable, Sendable {
    /// A line or an arrow.
    public var tool: Tool
    /// Its colour.
    public var colour: Colour
    /// In thousandths of the picture's width, 1 to 50; the nearest of these is taken.
    public var widthPerMille: Int
    /// How its points are found in the world.
    public var interpretation: Interpretation

    public init(
        tool: Tool,
        colour: Colour = .yellow,
        widthPerMille: Int = 6,
        interpretation: Interpretation = .automatic
    ) {
        self.tool = tool
        self.colour = colour
        self.widthPerMille = widthPerMille
        self.interpretation = interpretation
    }

    /// What is drawn with.
    public enum Tool: Hashable, Sendable {
        /// A line through all points.
        case ink
        /// From the first point to the last one, its tip.
        case arrow
    }

    /// The palette: told apart by people who see colours differently, too. In the order in which they are offered.
    public enum Colour: Hashable, Sendable, CaseIterable {
        case red
        case yellow
        case green
        case blue
        case white
        case black

        /// As it is drawn.
        public var rgba: OverlayColour {
            switch self {
            case .red: OverlayColour(red: 0xd5, green: 0x5e, blue: 0x00)
            case .yellow: OverlayColour(red: 0xf0, green: 0xe4, blue: 0x42)
            case .green: OverlayColour(red: 0x00, green: 0x9e, blue: 0x73)
            case .blue: OverlayColour(red: 0x00, green: 0x72, blue: 0xb2)
            case .white: OverlayColour(red: 0xff, green: 0xff, blue: 0xff)
            case .black: OverlayColour(red: 0x00, green: 0x00, blue: 0x00)
            }
        }
    }

    /// How points are found in the world.
    public enum Interpretation: Hashable, Sendable {
        /// As the device thinks best whose picture it is.
        case automatic
        /// Each on what lies under it.
        case surface
        /// All on the plane that lies under most of them.
        case plane
    }
}

/// A point of a stroke as the pen made it.
public struct DrawnPoint: Hashable, Sendable {
    /// When the frame it was drawn on was captured, by the clock of whose camera it is.
    public var captureTimeMicroseconds: Int64
    /// To the right, in picture widths: 0 to 1.
    public var x: Float
    /// Down, in picture heights: 0 to 1.
    public var y: Float

    public init(captureTimeMicroseconds: Int64, x: Float, y: Float) {
        self.captureTimeMicroseconds = captureTimeMicroseconds
        self.x = x
        self.y = y
    }
}

/// A stroke that was begun. Works from any thread; letting go of it leaves it as it is.
public protocol Stroke: Sendable {
    /// Its number, which comes again in ``CallEvent/strokeRefused(number:because:)``.
    var number: Int { get }

    /// Adds points. On an error, none of them was added.
    func extend(_ points: [DrawnPoint]) throws(DrawError)

    /// Ends it: the pen was lifted.
    func finish() throws(DrawError)
}

/// A frame that this device's person froze, to draw on it however far the camera moves meanwhile. The app keeps its picture. Whose
/// picture it is keeps what is needed for ten minutes, for eight frames of a person; ``CallEvent/freezeRefused(number:because:)``
/// comes if not. Works from any thread.
public protocol FrozenFrame: Sendable {
    /// Its number, which comes again in ``CallEvent/freezeRefused(number:because:)``.
    var number: Int { get }

    /// Begins a stroke on it; the times of its points are not looked at.
    func beginStroke(_ style: StrokeStyle, points: [DrawnPoint]) throws(DrawError) -> any Stroke

    /// The lines of all marks on it, for a view that shows all of it.
    func overlay(widthPx: Float, heightPx: Float) throws(DrawError) -> Overlay

    /// Lets it go; what was drawn on it stays.
    func thaw() throws(DrawError)
}

/// What is drawn in a call, in numbers.
public struct AnnotationsSnapshot: Equatable, Sendable {
    /// Grows with everything that may look different.
    public var revision: Int64
    /// Marks of everybody.
    public var marks: Int
    /// Marks of this device's person: those that can be taken back.
    public var mine: Int

    public init(revision: Int64 = 0, marks: Int = 0, mine: Int = 0) {
        self.revision = revision
        self.marks = marks
        self.mine = mine
    }
}

/// Why a stroke has no place in the world and is not shown.
public enum StrokeRefusal: Hashable, Sendable {
    /// The frame is too long ago.
    case frameForgotten
    /// There was no such frame.
    case frameNotKnown
    /// The device did not know where it was.
    case trackingLost
    /// Nothing is known of what lies there.
    case nothingThere
    /// The frozen frame was kept for as long as frames are.
    case frozenFrameExpired
    /// There are as many marks as there can be.
    case tooMany
    /// It has more points than there can be.
    case tooLong

    /// What happened and what now, for showing.
    public var message: String {
        switch self {
        case .frameForgotten: "that picture is too long ago to draw on; draw it again on a newer one"
        case .frameNotKnown: "that picture was not known where it was taken; draw it again"
        case .trackingLost: "the phone did not know where it was; hold it still for a moment, then draw it again"
        case .nothingThere: "it is not known what lies there; move the phone a little, then draw it again"
        case .frozenFrameExpired: "the frozen picture was let go; freeze it again and draw it there"
        case .tooMany: "no more drawings fit; all others are kept, delete some to go on"
        case .tooLong: "this line is too long; all others are kept, draw it in parts"
        }
    }
}
