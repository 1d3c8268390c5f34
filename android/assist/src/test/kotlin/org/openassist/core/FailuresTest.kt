package org.openassist.core

import kotlin.coroutines.cancellation.CancellationException
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertSame
import org.junit.jupiter.api.Assertions.assertThrows
import org.junit.jupiter.api.Test
import org.openassist.AssistException
import org.openassist.CallException
import org.openassist.DrawException
import org.openassist.InternalException
import org.openassist.MediaException
import org.openassist.SandboxAccount
import org.openassist.SignInException
import org.openassist.generated.engine.Advice as CoreAdvice
import org.openassist.generated.ffi.AssistException as StartFailure
import org.openassist.generated.ffi.CallFailure
import org.openassist.generated.ffi.DrawFailure
import org.openassist.generated.ffi.InternalException as CorePanic
import org.openassist.generated.ffi.MediaFailure
import org.openassist.generated.ffi.SecureStoreFailure
import org.openassist.generated.ffi.SignInFailure

internal class FailuresTest {
    private val advice = CoreAdvice("come back later", true, 1_500u, true)

    @Test
    fun everyFailureHasItsException() {
        val pairs = mapOf(
            SignInFailure.InvalidAddress(advice) to SignInException.InvalidAddress::class,
            SignInFailure.NotEncrypted(advice) to SignInException.NotEncrypted::class,
            SignInFailure.InvalidCertificate(advice) to SignInException.InvalidCertificate::class,
            SignInFailure.Rejected(advice) to SignInException.Rejected::class,
            SignInFailure.Unavailable(advice) to SignInException.Unavailable::class,
            SignInFailure.SecureStore(advice) to SignInException.SecureStoreFailed::class,
            SignInFailure.Closed(advice) to SignInException.Closed::class,
            CallFailure.Ended(advice) to CallException.Ended::class,
            CallFailure.Busy(advice) to CallException.Busy::class,
            CallFailure.UnknownPerson(advice) to CallException.UnknownPerson::class,
            CallFailure.TextLength(advice) to CallException.TextLength::class,
            CallFailure.TooManyWaiting(advice) to CallException.TooManyWaiting::class,
            CallFailure.NotReady(advice) to CallException.NotReady::class,
            MediaFailure.NotAnnexB(advice) to MediaException.NotAnnexB::class,
            MediaFailure.Busy(advice) to MediaException.Busy::class,
            MediaFailure.WrongLength(advice) to MediaException.WrongLength::class,
            DrawFailure.TooMuch(advice) to DrawException.TooMuch::class,
            DrawFailure.TooFast(advice) to DrawException.TooFast::class,
            DrawFailure.Gone(advice) to DrawException.Gone::class,
            DrawFailure.NothingToUndo(advice) to DrawException.NothingToUndo::class,
            DrawFailure.Invalid(advice) to DrawException.Invalid::class,
            StartFailure.NoThreads(advice) to InternalException::class,
        )
        for ((failure, kind) in pairs) {
            val translated = translate(failure) as AssistException
            assertEquals(kind, translated::class)
            assertEquals("come back later", translated.message)
            assertEquals(true, translated.isRetryable)
            assertEquals(1_500L, translated.retryAfterMs)
            assertEquals(true, translated.needsSignIn)
        }
    }

    @Test
    fun aPanicDoesNotRepeatItsWords() {
        val translated = translate(CorePanic("index out of bounds: Erika")) as InternalException
        assertFalse("Erika" in translated.message)
    }

    @Test
    fun aFreedObjectIsAnEndedCall() {
        assertThrows(CallException.Ended::class.java) { translated { error("Call object has already been destroyed") } }
        assertThrows(SignInException.Closed::class.java) { translated(::closed) { error("destroyed") } }
    }

    @Test
    fun aCancellationStaysOne() {
        val cancellation = CancellationException("enough")
        assertSame(cancellation, assertThrows(CancellationException::class.java) { translated { throw cancellation } })
    }

    @Test
    fun aStoreMayThrowWhateverItLikes() {
        val store = StoreAdapter(object : org.openassist.SecureStore {
            override fun read(name: String): String? = throw StackOverflowError("a secret")
            override fun write(name: String, text: String) = throw SecurityException("a secret")
        })
        val reading = assertThrows(SecureStoreFailure.Unavailable::class.java) { store.read("name") }
        assertEquals("it threw StackOverflowError", reading.reason)
        val writing = assertThrows(SecureStoreFailure.Unavailable::class.java) { store.write("name", "text") }
        assertEquals("it threw SecurityException", writing.reason)
    }

    @Test
    fun anAccountKeepsItsKeyToItself() {
        assertFalse("xyzzy" in SandboxAccount("https://hub.example", "technician", "xyzzy").toString())
    }
}
