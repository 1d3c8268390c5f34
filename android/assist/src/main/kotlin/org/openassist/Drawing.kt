package org.openassist

/** A stroke of this device's person. Its functions are for the pen's own thread and wait for nothing. */
public interface Stroke {
    /** Its number among one's own; it comes again in [CallEvent.StrokeRefused]. */
    public val number: Long

    /**
     * Adds points.
     *
     * @throws DrawException none of them was added; the stroke stays as it is
     */
    public fun extend(points: List<DrawnPoint>)

    /** Ends it. Throws [DrawException.Gone] if it has ended, or was taken back. */
    public fun finish()
}

/**
 * A frame that this device's person froze, to draw on it however far the camera moves meanwhile. The app keeps its picture. Whose
 * picture it is keeps what is needed for ten minutes, for eight frames of a person; [CallEvent.FreezeRefused] comes if not.
 */
public interface FrozenFrame {
    /** Its number among one's own; it comes again in [CallEvent.FreezeRefused]. */
    public val number: Long

    /**
     * Begins a stroke on it; the times of its points are not looked at.
     *
     * @throws DrawException nothing was drawn, and why
     */
    public fun beginStroke(style: StrokeStyle, points: List<DrawnPoint>): Stroke

    /**
     * All marks on it, for a view that shows all of it.
     *
     * @throws DrawException.Gone it was let go
     */
    public fun overlay(widthPx: Float, heightPx: Float): Overlay

    /** Lets it go; what was drawn on it stays. Throws [DrawException.Gone] the second time. */
    public fun thaw()
}

/** How a stroke looks. */
public data class StrokeStyle(
    val tool: Tool,
    val colour: Colour,
    /** In thousandths of the picture's width, 1 to 50. */
    val widthPerMille: Int = 6,
    /** How its points are found in the world. */
    val interpretation: Interpretation = Interpretation.Automatic,
) {
    init {
        require(widthPerMille in 1..50) { "a line is 1 to 50 thousandths of the picture wide" }
    }
}

/** What is drawn with. */
public enum class Tool {
    /** A line through all points. */
    Ink,

    /** From the first point to the last one, its tip. */
    Arrow,
}

/** The palette: told apart by people who see colours differently, too. */
public enum class Colour(
    /** As Android packs it: opaque, then red, green and blue (sRGB). */
    public val argb: Int,
) {
    /** Vermilion. */
    Red(0xFFD55E00.toInt()),

    Yellow(0xFFF0E442.toInt()),

    /** Bluish green. */
    Green(0xFF009E73.toInt()),

    Blue(0xFF0072B2.toInt()),

    White(0xFFFFFFFF.toInt()),

    Black(0xFF000000.toInt()),
}

/** How the points of a stroke are found in the world. */
public enum class Interpretation {
    /** As the device thinks best whose camera it is. */
    Automatic,

    /** Each on what lies under it. */
    Surface,

    /** All on the plane that lies under most of them. */
    Plane,
}

/** A point of a stroke as the pen made it. */
public data class DrawnPoint(
    /** When the picture it was drawn on was captured, µs by the clock of whose camera it is. */
    val captureTimeUs: Long,
    /** To the right, in widths of that picture: 0 to 1. */
    val x: Float,
    /** Down, in its heights. */
    val y: Float,
) {
    init {
        requireTime(captureTimeUs)
    }
}

/** What is drawn in a call, in numbers. [revision] grows with everything that may look different. */
public data class AnnotationsSnapshot(
    val revision: Long,
    /** Marks of everybody. */
    val marks: Int,
    /** Marks of this device's person: those that can be taken back. */
    val mine: Int,
)

/** Why a stroke is not shown. */
public enum class StrokeRefusal(
    /** What happened and what now: for showing. */
    public val message: String,
) {
    /** The picture is too long ago. */
    FrameForgotten("the drawing is not shown: that picture was too long ago; draw again"),

    /** There was no such picture. */
    FrameNotKnown("the drawing is not shown: the phone does not know that picture; draw again"),

    /** The phone did not know where it was. */
    TrackingLost("the drawing is not shown: the phone did not know where it was; hold it still and draw again"),

    /** Nothing is known of what lies there. */
    NothingThere("the drawing is not shown: the phone does not know what lies there; look around it slowly and draw again"),

    /** The frozen picture was kept for as long as pictures are. */
    PinExpired("the drawing is not shown: the frozen picture is not kept any more; freeze it anew and draw again"),

    /** There are as many as there can be. */
    TooMany("the drawing is not shown: there are as many as the phone can keep; delete some first"),

    /** It has more points than there can be. */
    TooLong("the drawing is not shown: it is longer than the phone can keep; draw it in parts"),
}

internal fun requireTime(captureTimeUs: Long) = require(captureTimeUs >= 0) { "a capture time is not negative" }
