package org.openassist.core

import kotlin.coroutines.cancellation.CancellationException
import org.openassist.Advice
import org.openassist.AssistException
import org.openassist.CallException
import org.openassist.DrawException
import org.openassist.InternalException
import org.openassist.MediaException
import org.openassist.SignInException
import org.openassist.generated.engine.Advice as CoreAdvice
import org.openassist.generated.ffi.AssistException as StartFailure
import org.openassist.generated.ffi.CallFailure
import org.openassist.generated.ffi.DrawFailure
import org.openassist.generated.ffi.InternalException as CorePanic
import org.openassist.generated.ffi.MediaFailure
import org.openassist.generated.ffi.SignInFailure

/** Runs a call into the core; what it throws becomes this library's own. [gone] is said when the object is closed. */
internal inline fun <R> translated(gone: () -> AssistException = ::ended, call: () -> R): R =
    try {
        call()
    } catch (error: Exception) {
        // What generated code throws for a freed object; cancellation is of the same class and stays what it is.
        if (error is IllegalStateException && error !is CancellationException) throw gone()
        throw translate(error)
    }

/** This library's own exception for one of the core's; any other, a cancellation above all, as it is. */
internal fun translate(error: Exception): Exception = when (error) {
    is SignInFailure -> translate(error)
    is CallFailure -> translate(error)
    is MediaFailure -> translate(error)
    is DrawFailure -> translate(error)
    is StartFailure.NoThreads -> InternalException(error.advice.toPublic())
    // The panic's own words are for developers and may hold anything.
    is CorePanic -> InternalException(Advice("the library failed inside; try again, and report it", isRetryable = true))
    else -> error
}

private fun translate(failure: SignInFailure): SignInException = when (failure) {
    is SignInFailure.InvalidAddress -> SignInException.InvalidAddress(failure.advice.toPublic())
    is SignInFailure.NotEncrypted -> SignInException.NotEncrypted(failure.advice.toPublic())
    is SignInFailure.InvalidCertificate -> SignInException.InvalidCertificate(failure.advice.toPublic())
    is SignInFailure.Rejected -> SignInException.Rejected(failure.advice.toPublic())
    is SignInFailure.Unavailable -> SignInException.Unavailable(failure.advice.toPublic())
    is SignInFailure.SecureStore -> SignInException.SecureStoreFailed(failure.advice.toPublic())
    is SignInFailure.Closed -> SignInException.Closed(failure.advice.toPublic())
}

private fun translate(failure: CallFailure): CallException = when (failure) {
    is CallFailure.Ended -> CallException.Ended(failure.advice.toPublic())
    is CallFailure.Busy -> CallException.Busy(failure.advice.toPublic())
    is CallFailure.UnknownPerson -> CallException.UnknownPerson(failure.advice.toPublic())
    is CallFailure.TextLength -> CallException.TextLength(failure.advice.toPublic())
    is CallFailure.TooManyWaiting -> CallException.TooManyWaiting(failure.advice.toPublic())
    is CallFailure.NotReady -> CallException.NotReady(failure.advice.toPublic())
}

private fun translate(failure: MediaFailure): MediaException = when (failure) {
    is MediaFailure.NotAnnexB -> MediaException.NotAnnexB(failure.advice.toPublic())
    is MediaFailure.Busy -> MediaException.Busy(failure.advice.toPublic())
    is MediaFailure.WrongLength -> MediaException.WrongLength(failure.advice.toPublic())
}

private fun translate(failure: DrawFailure): DrawException = when (failure) {
    is DrawFailure.TooMuch -> DrawException.TooMuch(failure.advice.toPublic())
    is DrawFailure.TooFast -> DrawException.TooFast(failure.advice.toPublic())
    is DrawFailure.Gone -> DrawException.Gone(failure.advice.toPublic())
    is DrawFailure.NothingToUndo -> DrawException.NothingToUndo(failure.advice.toPublic())
    is DrawFailure.Invalid -> DrawException.Invalid(failure.advice.toPublic())
}

private fun CoreAdvice.toPublic() = Advice(message, isRetryable, retryAfterMs?.toLong(), needsSignIn)

internal fun ended() = CallException.Ended(Advice("the call or the session is closed; start another"))

internal fun closed() = SignInException.Closed(Advice("the app is closing; nobody can sign in any more"))

internal fun wrongSampleCount(samples: Int) =
    MediaException.WrongLength(Advice("20 ms of sound are 960 samples (48 kHz, mono), not $samples; it was dropped"))

internal fun notAFrame(why: String) = DrawException.Invalid(Advice("$why; the AR frame was not used"))

internal fun notAPicture(why: String) = DrawException.Invalid(Advice("$why; the grey picture was not used"))
