package org.openassist.fakes

import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.flow.asStateFlow
import org.openassist.EncoderControl
import org.openassist.LinkDirection
import org.openassist.LinkOffer
import org.openassist.LinkReason
import org.openassist.LinkSnapshot
import org.openassist.LinkVerdict

/**
 * The link of a [FakeCall], and what is offered because of it. What the library makes sure of first is so at once here, and an
 * offer comes each time the link turns poor: a fake has no clock.
 *
 * @param film told whether the video is paused, and what the encoder is to do: nothing before the call is connected
 */
internal class FakeLink(private val film: (isPaused: Boolean, control: EncoderControl?) -> Unit) {
    private enum class Video { On, PausedForTheLink, PausedByTheLink, PausedByTheUser }

    private val mutableState = MutableStateFlow(snapshot(verdict = null))
    private var video = Video.On
    private var isOver = false

    val state: StateFlow<LinkSnapshot> = mutableState.asStateFlow()

    /** The link is like this from now on. */
    fun judge(verdict: LinkVerdict): Unit = change { last ->
        val turnsCritical = verdict == LinkVerdict.Critical && video == Video.On
        if (turnsCritical) video = Video.PausedByTheLink
        val turnsPoor = last.up.verdict == LinkVerdict.Good || last.offer == LinkOffer.PauseVideo
        val offer = when (verdict) {
            is LinkVerdict.Good -> LinkOffer.ResumeVideo.takeIf { video in RETURNING_WHEN_GOOD }
            is LinkVerdict.Poor -> when (video) {
                Video.On -> LinkOffer.PauseVideo.takeIf { turnsPoor }
                Video.PausedByTheLink -> LinkOffer.ResumeVideo
                Video.PausedForTheLink, Video.PausedByTheUser -> null
            }
            is LinkVerdict.Critical -> null
        }
        val isSoundAlone = last.isSoundAlone || turnsCritical
        snapshot(verdict).copy(ceilingBps = last.ceilingBps, offer = offer, isSoundAlone = isSoundAlone)
    }

    /** What somebody says to the offer. */
    fun answer(isYes: Boolean): Unit = change { last ->
        when (last.offer) {
            LinkOffer.PauseVideo -> if (isYes) video = Video.PausedForTheLink
            LinkOffer.ResumeVideo -> video = if (isYes) Video.On else Video.PausedByTheUser
            null -> {}
        }
        last.copy(offer = null)
    }

    /** The user pauses the video or starts it again: as if an offer of that was accepted. */
    fun pause(isPaused: Boolean): Unit = change { last ->
        val answered = if (isPaused) LinkOffer.PauseVideo else LinkOffer.ResumeVideo
        when {
            !isPaused -> video = Video.On
            video == Video.On -> video = if (last.offer == answered) Video.PausedForTheLink else Video.PausedByTheUser
        }
        last.copy(offer = last.offer.takeIf { it != answered })
    }

    fun setCeiling(bps: Int?): Unit = change { it.copy(ceilingBps = bps) }

    /** The call is over: everything stays as it is. */
    @Synchronized
    fun finish() {
        isOver = true
    }

    @Synchronized
    private fun change(next: (LinkSnapshot) -> LinkSnapshot) {
        if (isOver) return
        val last = mutableState.value
        val shown = next(last)
        val isPaused = video != Video.On
        val control = shown.up.bearsBps?.takeIf { !isPaused }?.let { bearsBps ->
            // A quarter is left to sound and messages.
            val mostBps = minOf(bearsBps, shown.ceilingBps ?: bearsBps) / 4 * 3
            FIRST_CONTROL.copy(bitrateBps = minOf(FIRST_CONTROL.bitrateBps, mostBps))
        }
        val videoBps = control?.bitrateBps ?: 0
        mutableState.value = shown.copy(
            revision = last.revision + 1,
            sentBps = videoBps + SOUND_BPS,
            sentVideoBps = videoBps,
            sentFrameRate = control?.frameRate ?: 0,
            receivedBps = SOUND_BPS,
            isSoundAlone = shown.isSoundAlone && isPaused,
        )
        film(isPaused, control)
    }

    private companion object {
        val RETURNING_WHEN_GOOD = setOf(Video.PausedForTheLink, Video.PausedByTheLink)
        const val SOUND_BPS = 40_000
        val FIRST_CONTROL = EncoderControl(
            bitrateBps = 1_500_000,
            widthPx = 1_280,
            heightPx = 720,
            frameRate = 15,
            keyFramesRequested = 1,
        )

        /** A link that is as the verdict says, in the library's words; without one, nothing is known of it. */
        fun snapshot(verdict: LinkVerdict?): LinkSnapshot {
            val reason = (verdict as? LinkVerdict.Poor)?.reason
            val up = LinkDirection(
                verdict = verdict ?: LinkVerdict.Good,
                bearsBps = when {
                    verdict == null -> null
                    verdict == LinkVerdict.Critical -> 100_000
                    reason == LinkReason.Bandwidth -> 700_000
                    else -> 4_000_000
                },
                loss = if (reason == LinkReason.Loss) 0.12f else 0f,
                jitterMs = 0f,
            )
            return LinkSnapshot(
                revision = 0,
                words = when (verdict) {
                    null -> ""
                    LinkVerdict.Good -> "Good, 4.0 Mbit/s"
                    LinkVerdict.Poor(LinkReason.Bandwidth) -> "Poor: only 700 kbit/s"
                    LinkVerdict.Poor(LinkReason.Delay) -> "Poor: answers take 1.8 s"
                    is LinkVerdict.Poor -> "Poor: 12 % of packets lost"
                    LinkVerdict.Critical -> "Critical: 100 kbit/s, enough for sound alone"
                },
                roundTripMs = if (verdict == null) null else if (reason == LinkReason.Delay) 1_800f else 50f,
                up = up,
                down = up.copy(verdict = LinkVerdict.Good, bearsBps = null, loss = 0f),
                sentBps = 0,
                sentVideoBps = 0,
                sentFrameRate = 0,
                receivedBps = 0,
                ceilingBps = null,
                offer = null,
                isSoundAlone = false,
            )
        }
    }
}
