package org.openassist.core

import java.util.concurrent.atomic.AtomicBoolean
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.flow.asStateFlow
import org.openassist.Call
import org.openassist.Session
import org.openassist.SessionSnapshot
import org.openassist.generated.ffi.Session as RustSession

/** A session of the core. Takes [inner] over; [siblings] are what the library closes. */
internal class CoreSession(
    private val inner: RustSession,
    private val buffers: DirectBufferPool,
    private val siblings: Children,
) : Session {
    private val mutableState = MutableStateFlow(inner.snapshot().toPublic())
    private val ringing = Handover<Call>(dropped = Call::close)
    private val streams = Children()
    private val calls = Children()
    private val closed = AtomicBoolean()

    override val state: StateFlow<SessionSnapshot> = mutableState.asStateFlow()
    override val incomingCalls: Flow<Call> = ringing

    init {
        val snapshots = inner.snapshots()
        work.pump(streams, PulledStream(snapshots::next, snapshots::end, snapshots::destroy)) {
            mutableState.value = it.toPublic()
        }
        val rings = inner.incomingCalls()
        work.pump(
            streams,
            PulledStream({ translated { rings.next() } }, rings::end, rings::destroy),
            over = ringing::finish,
        ) { ringing.put(CoreCall(it, buffers, calls)) }
    }

    override suspend fun call(personId: String): Call = claim(abandon = ::abandon) {
        CoreCall(translated { inner.call(personId) }, buffers, calls)
    }

    override fun networkChanged() {
        try {
            inner.networkChanged()
        } catch (_: IllegalStateException) {
            // The system tells it whenever it likes, after the end too.
        }
    }

    override suspend fun leave() {
        try {
            if (!closed.get()) translated { inner.leave() }
        } finally {
            close()
        }
    }

    override fun close() {
        if (!closed.compareAndSet(false, true)) return
        streams.close()
        ringing.close()
        calls.close()
        siblings.remove(this)
        inner.destroy()
    }

    private fun abandon(call: CoreCall) {
        call.hangUpQuietly()
        call.close()
    }
}
