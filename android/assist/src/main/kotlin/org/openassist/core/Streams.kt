package org.openassist.core

import java.util.concurrent.atomic.AtomicBoolean
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.CoroutineStart
import kotlinx.coroutines.NonCancellable
import kotlinx.coroutines.awaitCancellation
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.flow
import kotlinx.coroutines.launch
import kotlinx.coroutines.withContext

/**
 * A stream of the core, whatever its type. It is ended, never cancelled: a value that has left the core when its receiver is
 * cancelled would be lost, and with it the memory or the handle that it is. Ends and frees the stream once.
 */
internal class PulledStream<T : Any>(
    private val next: suspend () -> T?,
    private val end: () -> Unit,
    private val destroy: () -> Unit,
) : AutoCloseable {
    private val ended = AtomicBoolean()
    private val freed = AtomicBoolean()

    /** The next value; null when the stream is over or closed. */
    suspend fun next(): T? = withContext(NonCancellable) { if (ended.get()) null else next.invoke() }

    /** Ends it, a waiting [next] included. Whoever pulls frees it. */
    override fun close() {
        if (!ended.compareAndSet(false, true)) return
        try {
            end()
        } catch (_: IllegalStateException) {
            // It was over, and is freed already.
        }
    }

    fun free() {
        if (freed.compareAndSet(false, true)) destroy()
    }
}

/**
 * Gives every value of a stream to [take] until it is over or its [owner] is closed; then frees it and tells [over], with what
 * went wrong.
 */
internal fun <T : Any> CoroutineScope.pump(
    owner: Children,
    stream: PulledStream<T>,
    over: (Throwable?) -> Unit = {},
    take: suspend (T) -> Unit,
) {
    owner.add(stream)
    // Started here and now, so that it ends here and now if the owner is closed.
    launch(start = CoroutineStart.UNDISPATCHED) {
        var failure: Throwable? = null
        try {
            while (true) take(stream.next() ?: break)
        } catch (error: Exception) {
            failure = error
        } finally {
            owner.remove(stream)
            stream.free()
            over(failure)
        }
    }
}

/** A flow that opens a stream for each collector; over when its [owner] is closed. */
internal fun <T : Any> flowOf(owner: Children, open: () -> PulledStream<T>): Flow<T> = flow {
    val stream = open()
    owner.add(stream)
    try {
        coroutineScope {
            val closer = launch(start = CoroutineStart.UNDISPATCHED) {
                try {
                    awaitCancellation()
                } finally {
                    stream.close()
                }
            }
            while (true) emit(stream.next() ?: break)
            closer.cancel()
        }
    } finally {
        owner.remove(stream)
        stream.free()
    }
}
