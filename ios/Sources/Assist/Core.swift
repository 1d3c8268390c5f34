@_exported import AssistAPI
internal import AssistGenerated

/// The generated objects. This is the one file that knows their module: its names are those of the library's own types.
enum Core {
    typealias Assist = AssistGenerated.Assist
    typealias Session = AssistGenerated.Session
    typealias Call = AssistGenerated.Call

    typealias SessionStream = AssistGenerated.SessionStream
    typealias CallStream = AssistGenerated.CallStream
    typealias CallEventStream = AssistGenerated.CallEventStream
    typealias EncoderControlStream = AssistGenerated.EncoderControlStream
    typealias IncomingCallStream = AssistGenerated.IncomingCallStream
    typealias LinkStream = AssistGenerated.LinkStream
    typealias VideoStream = AssistGenerated.VideoStream

    typealias SecureStore = AssistGenerated.SecureStore
    typealias SecureStoreFailure = AssistGenerated.SecureStoreFailure
    typealias LogSink = AssistGenerated.LogSink
    typealias LogLevel = AssistGenerated.LogLevel

    typealias AssistConfig = AssistGenerated.AssistConfig
    typealias SandboxAccount = AssistGenerated.SandboxAccount
    typealias SessionSnapshot = AssistGenerated.SessionSnapshot
    typealias Address = AssistGenerated.Address
    typealias Person = AssistGenerated.Person
    typealias Presence = AssistGenerated.Presence
    typealias CallSnapshot = AssistGenerated.CallSnapshot
    typealias Role = AssistGenerated.Role
    typealias CallState = AssistGenerated.CallState
    typealias EndReason = AssistGenerated.EndReason
    typealias MediaState = AssistGenerated.MediaState
    typealias MicrophoneState = AssistGenerated.MicrophoneState
    typealias CameraState = AssistGenerated.CameraState
    typealias LinkSnapshot = AssistGenerated.LinkSnapshot
    typealias LinkDirection = AssistGenerated.LinkDirection
    typealias LinkVerdict = AssistGenerated.Verdict
    typealias LinkReason = AssistGenerated.LinkReason
    typealias LinkOffer = AssistGenerated.LinkOffer
    typealias CallEvent = AssistGenerated.CallEvent
    typealias EncoderControl = AssistGenerated.EncoderControl
    typealias ReceivedVideo = AssistGenerated.ReceivedVideo

    typealias AnnotationsSnapshot = AssistGenerated.AnnotationsSnapshot
    typealias StrokeStyle = AssistGenerated.StrokeStyle
    typealias Tool = AssistGenerated.Tool
    typealias Colour = AssistGenerated.Colour
    typealias Interpretation = AssistGenerated.Interpretation
    typealias RefusedBecause = AssistGenerated.RefusedBecause

    typealias Advice = AssistGenerated.Advice
    typealias AssistError = AssistGenerated.AssistError
    typealias SignInFailure = AssistGenerated.SignInFailure
    typealias CallFailure = AssistGenerated.CallFailure
    typealias MediaFailure = AssistGenerated.MediaFailure
    typealias DrawFailure = AssistGenerated.DrawFailure
}
