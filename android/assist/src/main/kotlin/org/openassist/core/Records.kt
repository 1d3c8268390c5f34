package org.openassist.core

import org.openassist.Address
import org.openassist.AnnotationsSnapshot
import org.openassist.CallEvent
import org.openassist.CallSnapshot
import org.openassist.CallState
import org.openassist.CameraState
import org.openassist.Colour
import org.openassist.EncoderControl
import org.openassist.EndReason
import org.openassist.Interpretation
import org.openassist.LinkDirection
import org.openassist.LinkOffer
import org.openassist.LinkReason
import org.openassist.LinkSnapshot
import org.openassist.LinkVerdict
import org.openassist.LogLevel
import org.openassist.MediaState
import org.openassist.MicrophoneState
import org.openassist.Person
import org.openassist.Presence
import org.openassist.ReceivedVideo
import org.openassist.Role
import org.openassist.SessionSnapshot
import org.openassist.StrokeRefusal
import org.openassist.StrokeStyle
import org.openassist.Tool
import org.openassist.generated.engine.AnnotationsSnapshot as CoreAnnotationsSnapshot
import org.openassist.generated.engine.CallEvent as CoreCallEvent
import org.openassist.generated.engine.CallSnapshot as CoreCallSnapshot
import org.openassist.generated.engine.EncoderControl as CoreEncoderControl
import org.openassist.generated.engine.LinkDirection as CoreLinkDirection
import org.openassist.generated.engine.LinkSnapshot as CoreLinkSnapshot
import org.openassist.generated.engine.ReceivedVideo as CoreReceivedVideo
import org.openassist.generated.engine.SessionSnapshot as CoreSessionSnapshot
import org.openassist.generated.engine.StrokeStyle as CoreStrokeStyle
import org.openassist.generated.ffi.LogLevel as CoreLogLevel
import org.openassist.generated.protocol.CallState as CoreCallState
import org.openassist.generated.protocol.CameraState as CoreCameraState
import org.openassist.generated.protocol.Colour as CoreColour
import org.openassist.generated.protocol.EndReason as CoreEndReason
import org.openassist.generated.protocol.Interpretation as CoreInterpretation
import org.openassist.generated.protocol.LinkOffer as CoreLinkOffer
import org.openassist.generated.protocol.LinkReason as CoreLinkReason
import org.openassist.generated.protocol.MediaState as CoreMediaState
import org.openassist.generated.protocol.MicrophoneState as CoreMicrophoneState
import org.openassist.generated.protocol.Presence as CorePresence
import org.openassist.generated.protocol.RefusedBecause as CoreRefusedBecause
import org.openassist.generated.protocol.Role as CoreRole
import org.openassist.generated.protocol.Tool as CoreTool
import org.openassist.generated.protocol.Verdict as CoreVerdict

// Every `when` names each value, so that a new one in the core does not compile until it is named here too.

internal fun CoreSessionSnapshot.toPublic() = SessionSnapshot(
    revision.toLong(),
    connected,
    signInNeeded,
    me?.let { Address(it.person, it.device) },
    name,
    people.map { Person(it.id, it.name, it.presence.toPublic()) },
)

internal fun CoreCallSnapshot.toPublic() = CallSnapshot(
    revision.toLong(),
    call,
    role.toPublic(),
    peer,
    state.toPublic(),
    endReason?.toPublic(),
    local.toPublic(),
    remote?.toPublic(),
    annotations.toPublic(),
    channelOpen,
)

internal fun CoreLinkSnapshot.toPublic() = LinkSnapshot(
    revision.toLong(),
    words,
    roundTripMs,
    up.toPublic(),
    down.toPublic(),
    sentBps.toInt(),
    sentVideoBps.toInt(),
    sentFrameRate.toInt(),
    receivedBps.toInt(),
    ceilingBps?.toInt(),
    offer?.toPublic(),
    soundAlone,
)

internal fun CoreLinkDirection.toPublic() = LinkDirection(verdict.toPublic(), bearsBps?.toInt(), loss, jitterMs)

internal fun CoreVerdict.toPublic(): LinkVerdict = when (this) {
    is CoreVerdict.Good -> LinkVerdict.Good
    is CoreVerdict.Poor -> LinkVerdict.Poor(reason.toPublic())
    is CoreVerdict.Critical -> LinkVerdict.Critical
}

internal fun CoreLinkReason.toPublic() = when (this) {
    CoreLinkReason.BANDWIDTH -> LinkReason.Bandwidth
    CoreLinkReason.DELAY -> LinkReason.Delay
    CoreLinkReason.LOSS -> LinkReason.Loss
}

internal fun CoreLinkOffer.toPublic() = when (this) {
    CoreLinkOffer.PAUSE_VIDEO -> LinkOffer.PauseVideo
    CoreLinkOffer.RESUME_VIDEO -> LinkOffer.ResumeVideo
}

internal fun CoreAnnotationsSnapshot.toPublic() = AnnotationsSnapshot(revision.toLong(), marks.toInt(), mine.toInt())

internal fun CoreCallEvent.toPublic(): CallEvent = when (this) {
    is CoreCallEvent.TextReceived -> CallEvent.TextReceived(id, sentAtMs.toLong(), text)
    is CoreCallEvent.TextDelivered -> CallEvent.TextDelivered(id)
    is CoreCallEvent.StrokeRefused -> CallEvent.StrokeRefused(stroke.toLong(), because.toPublic())
    is CoreCallEvent.FreezeRefused -> CallEvent.FreezeRefused(frame.toLong(), because.toPublic())
    is CoreCallEvent.Epoch -> CallEvent.Epoch(epoch.toLong(), rtpTime.toLong(), captureTimeUs.toLong())
}

internal fun CoreEncoderControl.toPublic() = EncoderControl(
    bitrateBps.toInt(),
    widthPx.toInt(),
    heightPx.toInt(),
    frameRate.toInt(),
    keyFramesRequested.toLong(),
)

internal fun CoreReceivedVideo.toPublic() = ReceivedVideo(rtpTime.toLong(), annexB)

internal fun CoreMediaState.toPublic() = MediaState(microphone.toPublic(), camera.toPublic())

internal fun CoreMicrophoneState.toPublic() = when (this) {
    CoreMicrophoneState.ON -> MicrophoneState.On
    CoreMicrophoneState.MUTED -> MicrophoneState.Muted
    CoreMicrophoneState.ABSENT -> MicrophoneState.Absent
}

internal fun CoreCameraState.toPublic() = when (this) {
    CoreCameraState.ON -> CameraState.On
    CoreCameraState.PAUSED -> CameraState.Paused
    CoreCameraState.ABSENT -> CameraState.Absent
}

internal fun CorePresence.toPublic() = when (this) {
    CorePresence.ONLINE -> Presence.Online
    CorePresence.BUSY -> Presence.Busy
    CorePresence.OFFLINE -> Presence.Offline
}

internal fun CoreRole.toPublic() = when (this) {
    CoreRole.CALLER -> Role.Caller
    CoreRole.CALLEE -> Role.Callee
}

internal fun CoreCallState.toPublic() = when (this) {
    CoreCallState.INVITING -> CallState.Inviting
    CoreCallState.ALERTING -> CallState.Alerting
    CoreCallState.RINGING -> CallState.Ringing
    CoreCallState.ACCEPTING -> CallState.Accepting
    CoreCallState.CONNECTING -> CallState.Connecting
    CoreCallState.CONNECTED -> CallState.Connected
    CoreCallState.RECONNECTING -> CallState.Reconnecting
    CoreCallState.ENDING -> CallState.Ending
    CoreCallState.ENDED -> CallState.Ended
}

internal fun CoreEndReason.toPublic() = when (this) {
    CoreEndReason.HUNG_UP -> EndReason.HungUp
    CoreEndReason.CANCELLED -> EndReason.Cancelled
    CoreEndReason.DECLINED -> EndReason.Declined
    CoreEndReason.BUSY -> EndReason.Busy
    CoreEndReason.NO_ANSWER -> EndReason.NoAnswer
    CoreEndReason.ANSWERED_ELSEWHERE -> EndReason.AnsweredElsewhere
    CoreEndReason.REPLACED -> EndReason.Replaced
    CoreEndReason.CONNECT_FAILED -> EndReason.ConnectFailed
    CoreEndReason.CONNECTION_LOST -> EndReason.ConnectionLost
    CoreEndReason.UNREACHABLE -> EndReason.Unreachable
    CoreEndReason.FAILED -> EndReason.Failed
}

internal fun CoreLogLevel.toPublic() = when (this) {
    CoreLogLevel.ERROR -> LogLevel.Error
    CoreLogLevel.WARNING -> LogLevel.Warning
    CoreLogLevel.INFORMATION -> LogLevel.Information
    CoreLogLevel.DEBUG -> LogLevel.Debug
}

internal fun LogLevel.toCore() = when (this) {
    LogLevel.Error -> CoreLogLevel.ERROR
    LogLevel.Warning -> CoreLogLevel.WARNING
    LogLevel.Information -> CoreLogLevel.INFORMATION
    LogLevel.Debug -> CoreLogLevel.DEBUG
}

internal fun CoreRefusedBecause.toPublic() = when (this) {
    CoreRefusedBecause.FRAME_FORGOTTEN -> StrokeRefusal.FrameForgotten
    CoreRefusedBecause.FRAME_NOT_KNOWN -> StrokeRefusal.FrameNotKnown
    CoreRefusedBecause.TRACKING_LOST -> StrokeRefusal.TrackingLost
    CoreRefusedBecause.NOTHING_THERE -> StrokeRefusal.NothingThere
    CoreRefusedBecause.PIN_EXPIRED -> StrokeRefusal.PinExpired
    CoreRefusedBecause.TOO_MANY -> StrokeRefusal.TooMany
    CoreRefusedBecause.TOO_LONG -> StrokeRefusal.TooLong
}

internal fun StrokeStyle.toCore() =
    CoreStrokeStyle(tool.toCore(), colour.toCore(), widthPerMille.toUByte(), interpretation.toCore())

internal fun Tool.toCore() = when (this) {
    Tool.Ink -> CoreTool.INK
    Tool.Arrow -> CoreTool.ARROW
}

internal fun Colour.toCore() = when (this) {
    Colour.Red -> CoreColour.RED
    Colour.Yellow -> CoreColour.YELLOW
    Colour.Green -> CoreColour.GREEN
    Colour.Blue -> CoreColour.BLUE
    Colour.White -> CoreColour.WHITE
    Colour.Black -> CoreColour.BLACK
}

internal fun Interpretation.toCore() = when (this) {
    Interpretation.Automatic -> CoreInterpretation.AUTOMATIC
    Interpretation.Surface -> CoreInterpretation.SURFACE
    Interpretation.Plane -> CoreInterpretation.PLANE
}
