import AssistAPI

extension Core.LogLevel {
    init(_ level: LogLevel) {
        self =
            switch level {
            case .error: .error
            case .warning: .warning
            case .information: .information
            case .debug: .debug
            }
    }
}

extension LogLevel {
    init(_ core: Core.LogLevel) {
        self =
            switch core {
            case .error: .error
            case .warning: .warning
            case .information: .information
            case .debug: .debug
            }
    }
}

extension Presence {
    init(_ core: Core.Presence) {
        self =
            switch core {
            case .online: .online
            case .busy: .busy
            case .offline: .offline
            }
    }
}

extension Role {
    init(_ core: Core.Role) {
        self =
            switch core {
            case .caller: .caller
            case .callee: .callee
            }
    }
}

extension CallState {
    init(_ core: Core.CallState) {
        self =
            switch core {
            case .inviting: .inviting
            case .alerting: .alerting
            case .ringing: .ringing
            case .accepting: .accepting
            case .connecting: .connecting
            case .connected: .connected
            case .reconnecting: .reconnecting
            case .ending: .ending
            case .ended: .ended
            }
    }
}

extension EndReason {
    init(_ core: Core.EndReason) {
        self =
            switch core {
            case .hungUp: .hungUp
            case .cancelled: .cancelled
            case .declined: .declined
            case .busy: .busy
            case .noAnswer: .noAnswer
            case .answeredElsewhere: .answeredElsewhere
            case .replaced: .replaced
            case .connectFailed: .connectFailed
            case .connectionLost: .connectionLost
            case .unreachable: .unreachable
            case .failed: .failed
            }
    }
}

extension MicrophoneState {
    init(_ core: Core.MicrophoneState) {
        self =
            switch core {
            case .on: .on
            case .muted: .muted
            case .absent: .absent
            }
    }
}

extension CameraState {
    init(_ core: Core.CameraState) {
        self =
            switch core {
            case .on: .on
            case .paused: .paused
            case .absent: .absent
            }
    }
}

extension LinkVerdict {
    init(_ core: Core.LinkVerdict) {
        self =
            switch core {
            case .good: .good
            case .poor(let reason): .poor(LinkReason(reason))
            case .critical: .critical
            }
    }
}

extension LinkReason {
    init(_ core: Core.LinkReason) {
        self =
            switch core {
            case .bandwidth: .bandwidth
            case .delay: .delay
            case .loss: .loss
            }
    }
}

extension LinkOffer {
    init(_ core: Core.LinkOffer) {
        self =
            switch core {
            case .pauseVideo: .pauseVideo
            case .resumeVideo: .resumeVideo
            }
    }
}

extension Core.Tool {
    init(_ tool: StrokeStyle.Tool) {
        self =
            switch tool {
            case .ink: .ink
            case .arrow: .arrow
            }
    }
}

extension Core.Colour {
    init(_ colour: StrokeStyle.Colour) {
        self =
            switch colour {
            case .red: .red
            case .yellow: .yellow
            case .green: .green
            case .blue: .blue
            case .white: .white
            case .black: .black
            }
    }
}

extension Core.Interpretation {
    init(_ interpretation: StrokeStyle.Interpretation) {
        self =
            switch interpretation {
            case .automatic: .automatic
            case .surface: .surface
            case .plane: .plane
            }
    }
}

extension StrokeRefusal {
    init(_ core: Core.RefusedBecause) {
        self =
            switch core {
            case .frameForgotten: .frameForgotten
            case .frameNotKnown: .frameNotKnown
            case .trackingLost: .trackingLost
            case .nothingThere: .nothingThere
            case .pinExpired: .frozenFrameExpired
            case .tooMany: .tooMany
            case .tooLong: .tooLong
            }
    }
}
