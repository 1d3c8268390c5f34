package org.openassist.fakes

import java.util.concurrent.atomic.AtomicBoolean
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.flow.asStateFlow
import kotlinx.coroutines.flow.update
import org.openassist.Address
import org.openassist.Advice
import org.openassist.Call
import org.openassist.CallException
import org.openassist.Person
import org.openassist.Presence
import org.openassist.Role
import org.openassist.Session
import org.openassist.SessionSnapshot
import org.openassist.core.Handover
import org.openassist.core.ended

/** A session of a [FakeAssist]: connected from the first moment, one call at a time. */
public class FakeSession internal constructor(name: String, private val expert: FakeExpert) : Session {
    private val mutableState = MutableStateFlow(
        SessionSnapshot(
            revision = 1,
            connected = true,
            signInNeeded = null,
            me = Address(name, "fake-phone"),
            name = name,
            people = listOf(Person(expert.id, expert.name, Presence.Online)),
        ),
    )
    private val ringing = Handover<Call>()
    private val calls = ArrayList<FakeCall>()
    private val closed = AtomicBoolean()

    override val state: StateFlow<SessionSnapshot> = mutableState.asStateFlow()
    override val incomingCalls: Flow<Call> = ringing

    override suspend fun call(personId: String): Call {
        if (closed.get()) throw ended()
        if (personId != expert.id) throw CallException.UnknownPerson(Advice("nobody can be called by this id"))
        return newCall(Role.Caller).also { expert.ring(it) }
    }

    /** Loses or regains the hub, for the app to see. */
    public fun setConnected(connected: Boolean) {
        mutableState.update { it.copy(revision = it.revision + 1, connected = connected) }
    }

    override fun networkChanged(): Unit = Unit

    override suspend fun leave(): Unit = close()

    override fun close() {
        if (!closed.compareAndSet(false, true)) return
        ringing.close()
        synchronized(calls) { calls.toList() }.forEach(FakeCall::endWithSession)
    }

    internal suspend fun ringFromExpert(): FakeCall = newCall(Role.Callee).also { ringing.put(it) }

    internal fun isBusy(): Boolean = synchronized(calls) { calls.any { !it.isOver } }

    private fun newCall(role: Role): FakeCall = synchronized(calls) {
        if (isBusy()) throw CallException.Busy(Advice("you are in another call; end it first", isRetryable = true))
        FakeCall("call-${calls.size + 1}", role, expert.id).also(calls::add)
    }
}
