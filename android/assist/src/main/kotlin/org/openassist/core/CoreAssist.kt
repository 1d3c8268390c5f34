package org.openassist.core

import java.util.concurrent.atomic.AtomicBoolean
import org.openassist.Assist
import org.openassist.AssistConfig
import org.openassist.LogSink
import org.openassist.SandboxAccount
import org.openassist.SecureStore
import org.openassist.Session
import org.openassist.generated.engine.SandboxAccount as RustAccount
import org.openassist.generated.ffi.Assist as RustAssist
import org.openassist.generated.ffi.AssistConfig as RustConfig

/** The core. Takes [inner] over. */
internal class CoreAssist(private val inner: RustAssist) : Assist {
    private val buffers = DirectBufferPool()
    private val sessions = Children()
    private val closed = AtomicBoolean()

    override suspend fun signIn(account: SandboxAccount): Session = claim(abandon = CoreSession::close) {
        val (hubUrl, name, key, certificatePem) = account
        val session = translated(::closed) { inner.signIn(RustAccount(hubUrl, name, key, certificatePem)) }
        CoreSession(session, buffers, sessions).also { if (!sessions.add(it)) throw closed() }
    }

    override suspend fun shutdown() {
        try {
            if (!closed.get()) translated(::closed) { inner.shutdown() }
        } finally {
            close()
        }
    }

    override fun close() {
        if (!closed.compareAndSet(false, true)) return
        sessions.close()
        inner.destroy()
    }

    companion object {
        fun create(config: AssistConfig, secureStore: SecureStore, logSink: LogSink?): CoreAssist {
            val (client, loopbackOnly, logLevel) = config
            val rust = RustConfig(client, loopbackOnly, logLevel.toCore())
            return CoreAssist(translated { RustAssist(rust, StoreAdapter(secureStore), logSink?.let(::SinkAdapter)) })
        }
    }
}
