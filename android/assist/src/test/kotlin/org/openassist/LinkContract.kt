package org.openassist

import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.launch
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test

/** The link: told in words, offered because of it, spent less of. */
internal abstract class LinkContract : Cases() {
    @Test
    fun theLinkIsToldInWords() = case {
        val (call, expert) = inCall()
        val filming = scope.launch { film(call) }
        val known = call.link.first {
            it.up.bearsBps != null && it.roundTripMs != null && it.sentBps > 0 && it.sentFrameRate > 0
        }
        assertEquals(LinkVerdict.Good, known.up.verdict)
        assertTrue(known.words.startsWith("Good, ") && known.words.endsWith("bit/s")) { known.words }
        assertEquals(null to false, known.offer to known.isSoundAlone)
        // There is nothing to say no to.
        call.dismissLinkOffer()
        filming.cancelAndJoin()
        expert.hangUp()
        call.state.first { it.isOver }
        call.close()
        assertTrue(call.link.value.revision >= known.revision)
    }

    @Test
    fun aPoorLinkOffersToPauseTheVideo() = case {
        val (call, expert) = inCall(link = "700,20")
        val filming = scope.launch { film(call) }
        val poor = call.link.first { it.offer != null }
        assertEquals(LinkOffer.PauseVideo, poor.offer)
        assertEquals(LinkVerdict.Poor(LinkReason.Bandwidth), poor.up.verdict)
        assertTrue(poor.words.startsWith("Poor: only ")) { poor.words }
        // The expert sees the same, and either may accept.
        val words = expert.acceptLinkOffer()
        assertTrue(words.startsWith("Poor")) { words }
        expert.waitCamera(paused = true)
        assertFalse(call.link.first { it.offer == null }.isSoundAlone)
        call.state.first { it.local.camera == CameraState.Paused }
        expert.setLink("5000,20")
        call.link.first { it.offer == LinkOffer.ResumeVideo }
        call.acceptLinkOffer()
        expert.waitCamera(paused = false)
        filming.cancelAndJoin()
    }

    @Test
    fun savingDataLimitsWhatIsSent() = case {
        val (call, _) = inCall()
        call.setSendingCeiling(400_000)
        call.encoderControl.first { it != null && it.bitrateBps < 400_000 }
        call.link.first { it.ceilingBps == 400_000 }
        call.setSendingCeiling(null)
        call.encoderControl.first { it != null && it.bitrateBps > 400_000 }
        call.link.first { it.ceilingBps == null }
        for (wrong in listOf(0, -1)) {
            val refusal = runCatching { call.setSendingCeiling(wrong) }.exceptionOrNull()
            assertTrue(refusal is IllegalArgumentException) { "$refusal" }
        }
    }

    @Test
    fun aChangedNetworkDoesNotEndTheCall() = case {
        val (call, expert) = inCall()
        session.networkChanged()
        call.sendText("Still there?")
        assertEquals("Still there?", expert.waitText())
        val filming = scope.launch { film(call) }
        expert.waitPictures(5)
        assertTrue(call.state.value.state <= CallState.Reconnecting)
        filming.cancelAndJoin()
    }
}
