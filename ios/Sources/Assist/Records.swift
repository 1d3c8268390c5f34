import AssistAPI
import Foundation

extension Core.AssistConfig {
    init(_ config: AssistConfig) {
        self.init(
            client: config.client,
            loopbackOnly: config.loopbackOnly,
            logLevel: Core.LogLevel(config.logLevel)
        )
    }
}

extension Core.SandboxAccount {
    init(_ account: SandboxAccount) {
        self.init(
            hubUrl: account.hubURL,
            account: account.account,
            key: account.key,
            certificatePem: account.certificatePEM
        )
    }
}

extension SessionSnapshot {
    init(_ core: Core.SessionSnapshot) {
        self.init(
            revision: Int64(clamping: core.revision),
            isConnected: core.connected,
            signInNeeded: core.signInNeeded,
            me: core.me.map { Address(personId: $0.person, deviceId: $0.device) },
            name: core.name,
            people: core.people.map { Person(id: $0.id, name: $0.name, presence: Presence($0.presence)) }
        )
    }
}

extension CallSnapshot {
    init(_ core: Core.CallSnapshot) {
        self.init(
            revision: Int64(clamping: core.revision),
            callId: core.call,
            role: Role(core.role),
            peerId: core.peer,
            state: CallState(core.state),
            endReason: core.endReason.map(EndReason.init),
            local: MediaState(core.local),
            remote: core.remote.map(MediaState.init),
            isChannelOpen: core.channelOpen,
            annotations: AnnotationsSnapshot(core.annotations)
        )
    }
}

extension AnnotationsSnapshot {
    init(_ core: Core.AnnotationsSnapshot) {
        self.init(revision: Int64(clamping: core.revision), marks: Int(core.marks), mine: Int(core.mine))
    }
}

extension Core.StrokeStyle {
    init(_ style: StrokeStyle) {
        self.init(
            tool: Core.Tool(style.tool),
            colour: Core.Colour(style.colour),
            widthPerMille: UInt8(clamping: style.widthPerMille),
            interpretation: Core.Interpretation(style.interpretation)
        )
    }
}

extension MediaState {
    init(_ core: Core.MediaState) {
        self.init(microphone: MicrophoneState(core.microphone), camera: CameraState(core.camera))
    }
}

extension LinkSnapshot {
    init(_ core: Core.LinkSnapshot) {
        self.init(
            revision: Int64(clamping: core.revision),
            words: core.words,
            roundTripMs: core.roundTripMs.map(Double.init),
            up: LinkDirection(core.up),
            down: LinkDirection(core.down),
            sentBps: Int(core.sentBps),
            sentVideoBps: Int(core.sentVideoBps),
            sentFrameRate: Int(core.sentFrameRate),
            receivedBps: Int(core.receivedBps),
            ceilingBps: core.ceilingBps.map(Int.init),
            offer: core.offer.map(LinkOffer.init),
            isSoundAlone: core.soundAlone
        )
    }
}

extension LinkDirection {
    init(_ core: Core.LinkDirection) {
        self.init(
            verdict: LinkVerdict(core.verdict),
            bearsBps: core.bearsBps.map(Int.init),
            loss: Double(core.loss),
            jitterMs: Double(core.jitterMs)
        )
    }
}

extension CallEvent {
    init(_ core: Core.CallEvent) {
        self =
            switch core {
            case .textReceived(let id, let sentAtMs, let text):
                .textReceived(id: id, sentAt: Date(timeIntervalSince1970: Double(sentAtMs) / 1_000), text: text)
            case .textDelivered(let id):
                .textDelivered(id: id)
            case .strokeRefused(let stroke, let because):
                .strokeRefused(number: Int(stroke), because: StrokeRefusal(because))
            case .freezeRefused(let frame, let because):
                .freezeRefused(number: Int(frame), because: StrokeRefusal(because))
            case .epoch(let epoch, let rtpTime, let captureTimeUs):
                .epoch(
                    epoch: Int(epoch),
                    rtpTime: Int64(rtpTime),
                    captureTimeMicroseconds: Int64(clamping: captureTimeUs)
                )
            }
    }
}

extension EncoderControl {
    init(_ core: Core.EncoderControl) {
        self.init(
            bitrateBps: Int(core.bitrateBps),
            widthPx: Int(core.widthPx),
            heightPx: Int(core.heightPx),
            frameRate: Int(core.frameRate),
            keyFramesRequested: Int64(clamping: core.keyFramesRequested)
        )
    }
}

extension ReceivedVideo {
    init(_ core: Core.ReceivedVideo) {
        self.init(rtpTime: Int64(core.rtpTime), annexB: core.annexB)
    }
}
