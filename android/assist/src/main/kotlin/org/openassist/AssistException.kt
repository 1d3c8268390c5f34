package org.openassist

/** What happened in plain words, and what now. */
public data class Advice(
    /** What happened, what is safe, and what to do: for showing. No secrets. */
    val message: String,
    /** Whether the same may succeed later. */
    val isRetryable: Boolean = false,
    /** When the service said to come back, ms. */
    val retryAfterMs: Long? = null,
    /** Whether only signing in with other credentials helps. */
    val needsSignIn: Boolean = false,
)

/** Everything that the library throws, besides the cancellation of a coroutine. The class is the stable kind. */
public sealed class AssistException(public val advice: Advice) : Exception(advice.message) {
    /** For showing. */
    override val message: String get() = advice.message

    /** Whether the same may succeed later. */
    public val isRetryable: Boolean get() = advice.isRetryable

    /** When the service said to come back, ms. */
    public val retryAfterMs: Long? get() = advice.retryAfterMs

    /** Whether only signing in with other credentials helps. */
    public val needsSignIn: Boolean get() = advice.needsSignIn
}

/** Why nobody was signed in. */
public sealed class SignInException(advice: Advice) : AssistException(advice) {
    /** The hub's address is none. */
    public class InvalidAddress(advice: Advice) : SignInException(advice)

    /** The hub's address is not encrypted. */
    public class NotEncrypted(advice: Advice) : SignInException(advice)

    /** The additional certificate is none. */
    public class InvalidCertificate(advice: Advice) : SignInException(advice)

    /** The account or the key is wrong. */
    public class Rejected(advice: Advice) : SignInException(advice)

    /** The hub does not answer as one should, or not at all. */
    public class Unavailable(advice: Advice) : SignInException(advice)

    /** The device's secure store did not work. */
    public class SecureStoreFailed(advice: Advice) : SignInException(advice)

    /** The library is closed. */
    public class Closed(advice: Advice) : SignInException(advice)
}

/** Why a command of a session or a call was not carried out. */
public sealed class CallException(advice: Advice) : AssistException(advice) {
    /** The call, or the session, has ended or is closed. */
    public class Ended(advice: Advice) : CallException(advice)

    /** Another call is live. */
    public class Busy(advice: Advice) : CallException(advice)

    /** A person that cannot be called: the id is none. */
    public class UnknownPerson(advice: Advice) : CallException(advice)

    /** No text, or too much of it. */
    public class TextLength(advice: Advice) : CallException(advice)

    /** Too many lines wait for the peer. */
    public class TooManyWaiting(advice: Advice) : CallException(advice)

    /** The session has not been welcomed yet. */
    public class NotReady(advice: Advice) : CallException(advice)
}

/** Why a picture or a sound was not taken. The call goes on. */
public sealed class MediaException(advice: Advice) : AssistException(advice) {
    /** Not Annex B H.264. */
    public class NotAnnexB(advice: Advice) : MediaException(advice)

    /** The network takes pictures more slowly than they come: drop this one. */
    public class Busy(advice: Advice) : MediaException(advice)

    /** Not 20 ms of sound. */
    public class WrongLength(advice: Advice) : MediaException(advice)
}

/** Why nothing was drawn, or an AR frame was not taken. The call goes on, and what was drawn before stays. */
public sealed class DrawException(advice: Advice) : AssistException(advice) {
    /** There is as much as there can be. */
    public class TooMuch(advice: Advice) : DrawException(advice)

    /** More in a short time than is sent. */
    public class TooFast(advice: Advice) : DrawException(advice)

    /** The stroke has ended, or was taken back. */
    public class Gone(advice: Advice) : DrawException(advice)

    /** There is nothing to take back. */
    public class NothingToUndo(advice: Advice) : DrawException(advice)

    /** A frame, a screen or points that are none. */
    public class Invalid(advice: Advice) : DrawException(advice)
}

/** A defect of the library, or a system that gives it nothing to run on. What was asked did not happen; the rest goes on. */
public class InternalException(advice: Advice) : AssistException(advice)
