package org.openassist

import kotlinx.coroutines.runBlocking
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertNull
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.openassist.fakes.FakeAssist
import org.openassist.fakes.FakeExpert

/** What a screen's test does with the fakes' link. */
internal class FakeLinkTest {
    private val poor = LinkVerdict.Poor(LinkReason.Delay)
    private val Call.camera get() = state.value.local.camera
    private val Call.offer get() = link.value.offer

    private fun inCall(body: suspend (Call, FakeExpert) -> Unit) = runBlocking {
        val assist = FakeAssist()
        val session = assist.signIn(SandboxAccount("https://hub.example", "technician", "key"))
        val call = session.call(assist.expert.id)
        assertEquals("", call.link.value.words)
        call.setSendingCeiling(100_000)
        assertNull(call.encoderControl.value)
        assist.expert.answer()
        assertEquals(75_000, call.encoderControl.value?.bitrateBps)
        body(call, assist.expert)
    }

    @Test
    fun aCriticalLinkIsForSoundAlone() = inCall { call, expert ->
        expert.setLink(LinkVerdict.Critical)
        assertTrue(call.link.value.isSoundAlone)
        assertEquals(CameraState.Paused to 0, call.camera to call.link.value.sentVideoBps)
        expert.setLink(poor)
        assertEquals("Poor: answers take 1.8 s" to LinkOffer.ResumeVideo, call.link.value.words to call.offer)
        expert.setLink(LinkVerdict.Critical)
        assertNull(call.offer)
        expert.setLink(LinkVerdict.Good)
        assertEquals(LinkOffer.ResumeVideo, expert.acceptLinkOffer().offer)
        assertFalse(call.link.value.isSoundAlone)
        assertEquals(CameraState.On to null, call.camera to call.offer)
    }

    @Test
    fun whoSaysNoIsNotAskedAgain() = inCall { call, expert ->
        expert.setLink(poor)
        call.dismissLinkOffer()
        expert.setLink(LinkVerdict.Poor(LinkReason.Loss))
        assertEquals(CameraState.On to null, call.camera to call.offer)
        expert.setLink(LinkVerdict.Good)
        expert.setLink(poor)
        call.acceptLinkOffer()
        expert.setLink(LinkVerdict.Good)
        call.dismissLinkOffer()
        expert.setLink(poor)
        expert.setLink(LinkVerdict.Good)
        assertEquals(CameraState.Paused to null, call.camera to call.offer)
    }

    @Test
    fun anOfferIsTakenBackWhenItIsNoUse() = inCall { call, expert ->
        expert.setLink(poor)
        assertEquals(LinkOffer.PauseVideo, call.offer)
        expert.setLink(LinkVerdict.Good)
        assertNull(call.offer)
        expert.setLink(poor)
        call.setCameraPaused(true)
        assertNull(call.offer)
        expert.setLink(LinkVerdict.Good)
        assertEquals(LinkOffer.ResumeVideo, call.offer)
        call.setCameraPaused(false)
        assertNull(call.offer)
    }

    @Test
    fun whoeverPausesIsOfferedNothing() = inCall { call, expert ->
        call.setCameraPaused(true)
        expert.setLink(poor)
        expert.setLink(LinkVerdict.Good)
        assertEquals(CameraState.Paused to null, call.camera to call.offer)
    }

    @Test
    fun afterTheCallTheLinkStaysAsItWas() = inCall { call, expert ->
        val last = call.link.value
        expert.hangUp()
        expert.setLink(poor)
        assertEquals(last, call.link.value)
        assertNull(call.encoderControl.value)
    }
}
