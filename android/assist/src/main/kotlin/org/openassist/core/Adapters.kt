package org.openassist.core

import org.openassist.LogSink
import org.openassist.SecureStore
import org.openassist.generated.ffi.LogLevel as CoreLogLevel
import org.openassist.generated.ffi.LogSink as CoreLogSink
import org.openassist.generated.ffi.SecureStore as CoreSecureStore
import org.openassist.generated.ffi.SecureStoreFailure

/** The app's store as the core sees it. */
internal class StoreAdapter(private val store: SecureStore) : CoreSecureStore {
    override fun read(name: String): String? = guarded { store.read(name) }

    override fun write(name: String, text: String): Unit = guarded { store.write(name, text) }

    private inline fun <R> guarded(work: () -> R): R =
        try {
            work()
        } catch (error: Throwable) {
            // An Error too: nothing may be thrown through native frames.
            throw SecureStoreFailure.Unavailable("it threw ${error.javaClass.simpleName}")
        }
}

/** The app's log as the core sees it. */
internal class SinkAdapter(private val sink: LogSink) : CoreLogSink {
    override fun log(level: CoreLogLevel, module: String, message: String) {
        try {
            sink.log(level.toPublic(), module, message)
        } catch (_: Throwable) {
            // A log has nobody to tell.
        }
    }
}
