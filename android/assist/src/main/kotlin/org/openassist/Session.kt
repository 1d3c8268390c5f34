package org.openassist

import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.StateFlow

/** A signed-in device: it can be called, and can call. */
public interface Session : AutoCloseable {
    /** The session as it stands. Keeps its last value after [close]. */
    public val state: StateFlow<SessionSnapshot>

    /**
     * Calls that ring here, each given to one collector, once: calls that ring while nobody collects wait. Whoever takes a
     * call closes it. Completes when the session is closed.
     */
    public val incomingCalls: Flow<Call>

    /**
     * Calls a person; the call is there at once, and [Call.awaitConnected] waits for the answer. Cancelled, no call
     * remains. Whoever gets the call closes it.
     *
     * @param personId from [SessionSnapshot.people]
     * @throws CallException there is no call, and why
     */
    public suspend fun call(personId: String): Call

    /** Tells that this device changed its network. After [close] it does nothing. */
    public fun networkChanged()

    /** Hangs up, says goodbye to the hub and closes: within 5 s whatever the network does. */
    public suspend fun leave()

    /**
     * Frees the session at once, on any thread; its calls are [CallState.Ended]. The peer and the hub are told in the
     * background, within 5 s.
     * Closing twice is closing once.
     */
    override fun close()
}

/** A session as it stands. [revision] grows with every change. */
public data class SessionSnapshot(
    val revision: Long,
    /** Whether the hub can be reached now. Calls go on without. */
    val connected: Boolean,
    /** Set when only the user can help, in plain words. */
    val signInNeeded: String?,
    /** Who this is, once welcomed. */
    val me: Address?,
    /** Their name, for showing. */
    val name: String,
    /** Everybody this person may call. */
    val people: List<Person>,
)

/** One device of one person. */
public data class Address(val personId: String, val deviceId: String)

/** Somebody who can be called. */
public data class Person(
    val id: String,
    /** For showing. */
    val name: String,
    val presence: Presence,
)

/** Whether somebody can be reached. */
public enum class Presence {
    /** At least one device is connected. */
    Online,

    /** In a call. */
    Busy,

    /** No device is connected. */
    Offline,
}
