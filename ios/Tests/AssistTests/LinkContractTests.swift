import Assist
import Foundation
import Testing

/// Cases of `tests/contract/cases.txt`: the link is told in words, offered because of, spent less of.
@Suite(.serialized, .timeLimit(.minutes(2)))
struct LinkContractTests {
    @Test(arguments: Kind.allCases)
    func theLinkIsToldInWords(_ kind: Kind) async throws {
        let world = try await kind.world()
        let (_, expert, call) = try await world.connectedCall()
        let filming = Task { try await call.film() }
        let isKnown = { (link: LinkSnapshot) in
            link.up.bearsBps != nil && link.roundTripMs != nil && link.sentBps > 0 && link.sentFrameRate > 0
        }
        let known = try #require(await call.links.first(where: isKnown))
        #expect(known.up.verdict == .good)
        #expect(known.words.hasPrefix("Good, ") && known.words.hasSuffix("bit/s"), "\(known.words)")
        #expect(known.offer == nil && !known.isSoundAlone)
        // There is nothing to say no to.
        try call.dismissLinkOffer()
        filming.cancel()
        _ = try await filming.value
        // Over when the call is.
        let following = Task { for await _ in call.links {} }
        try expert.hangUp()
        await following.value
        #expect(call.link.revision >= known.revision)
        await world.end()
    }

    @Test(arguments: Kind.allCases)
    func aPoorLinkOffersToPauseTheVideo(_ kind: Kind) async throws {
        let world = try await kind.world()
        let (_, expert, call) = try await world.connectedCall(over: "700,20")
        let filming = Task { try await call.film() }
        let poor = try #require(await call.links.first { $0.offer != nil })
        #expect(poor.offer == .pauseVideo)
        #expect(poor.up.verdict == .poor(.bandwidth))
        #expect(poor.words.hasPrefix("Poor: only "), "\(poor.words)")
        // The expert sees the same, and either may accept.
        let words = try await expert.acceptLinkOffer()
        #expect(words.hasPrefix("Poor"), "\(words)")
        try await expert.waitCamera(paused: true)
        let paused = try #require(await call.links.first { $0.offer == nil })
        #expect(!paused.isSoundAlone)
        _ = try #require(await call.states.first { $0.local.camera == .paused })
        try expert.setLink(link: "5000,20")
        _ = try #require(await call.links.first { $0.offer == .resumeVideo })
        try call.acceptLinkOffer()
        try await expert.waitCamera(paused: false)
        filming.cancel()
        _ = try await filming.value
        await world.end()
    }

    @Test(arguments: Kind.allCases)
    func savingDataLimitsWhatIsSent(_ kind: Kind) async throws {
        let world = try await kind.world()
        let (_, _, call) = try await world.connectedCall()
        try call.setSendingCeiling(bps: 400_000)
        let isLittle = { (control: EncoderControl?) in control.map { $0.bitrateBps < 400_000 } ?? false }
        _ = try #require(await call.encoderControl.first(where: isLittle))
        _ = try #require(await call.links.first { $0.ceilingBps == 400_000 })
        try call.setSendingCeiling(bps: nil)
        let isMore = { (control: EncoderControl?) in control.map { $0.bitrateBps > 400_000 } ?? false }
        _ = try #require(await call.encoderControl.first(where: isMore))
        _ = try #require(await call.links.first { $0.ceilingBps == nil })
        await world.end()
    }

    @Test(arguments: Kind.allCases)
    func aChangedNetworkDoesNotEndTheCall(_ kind: Kind) async throws {
        let world = try await kind.world()
        let (session, expert, call) = try await world.connectedCall()
        session.networkChanged()
        try call.sendText("Still there?")
        #expect(try await expert.waitText() == "Still there?")
        let filming = Task { try await call.film() }
        _ = try await expert.waitPictures(count: 5)
        #expect([.connected, .reconnecting].contains(call.state.state))
        filming.cancel()
        _ = try await filming.value
        await world.end()
    }
}
