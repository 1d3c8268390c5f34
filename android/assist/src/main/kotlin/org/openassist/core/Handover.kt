package org.openassist.core

import kotlinx.coroutines.channels.Channel
import kotlinx.coroutines.channels.ClosedSendChannelException
import kotlinx.coroutines.currentCoroutineContext
import kotlinx.coroutines.ensureActive
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.FlowCollector
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.first

/**
 * Hands each item to one collector, once. Unlike a channel's own flow it loses none to a collector that is cancelled while an
 * item is on its way to it: an item leaves the queue in the moment in which a collector's block begins.
 */
internal class Handover<T : Any>(private val dropped: (T) -> Unit = {}) : Flow<T> {
    private val queue = Channel<T>(CAPACITY)
    private val changes = MutableStateFlow(0L)

    /** Waits while [CAPACITY] items wait. */
    suspend fun put(item: T) {
        try {
            queue.send(item)
        } catch (closed: ClosedSendChannelException) {
            dropped(item)
            throw closed
        }
        changed()
    }

    /** The same; an item that comes after the end is dropped without a word. */
    suspend fun putUnlessOver(item: T) {
        try {
            put(item)
        } catch (_: ClosedSendChannelException) {
            // It ended meanwhile.
        }
    }

    /** No more come; what waits can still be taken. */
    fun finish(failure: Throwable? = null) {
        queue.close(failure)
        changed()
    }

    /** No more come, and what waits is dropped. */
    fun close() {
        finish()
        while (true) dropped(queue.tryReceive().getOrNull() ?: break)
    }

    override suspend fun collect(collector: FlowCollector<T>) {
        while (true) {
            currentCoroutineContext().ensureActive()
            val seen = changes.value
            val taken = queue.tryReceive()
            val item = taken.getOrNull()
            when {
                item != null -> collector.emit(item)
                taken.isClosed -> return taken.exceptionOrNull().let { if (it != null) throw it }
                else -> changes.first { it != seen }
            }
        }
    }

    @Synchronized
    private fun changed() {
        changes.value += 1
    }

    private companion object {
        /** Further items wait in the core, which has its own bounds. */
        const val CAPACITY = 256
    }
}
