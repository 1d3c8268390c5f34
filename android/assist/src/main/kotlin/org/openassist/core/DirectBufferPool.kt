package org.openassist.core

import java.nio.ByteBuffer
import java.nio.ByteOrder

/**
 * Direct buffers that are used again, for bytes that are not where native code can read them. Safe on any thread. Once the
 * sizes in use are known it allocates nothing.
 */
internal class DirectBufferPool(private val maxIdle: Int = 4) {
    // A slot is a buffer or empty: a queue of nodes would allocate one for every buffer given back.
    private val idle = arrayOfNulls<ByteBuffer>(maxIdle)

    /** A little-endian buffer from 0 to [bytes]: the smallest idle one with room, or a new one. Give it back. */
    fun take(bytes: Int): ByteBuffer {
        require(bytes >= 0) { "a buffer has no negative size" }
        val buffer = takeIdle(bytes) ?: ByteBuffer.allocateDirect(capacityFor(bytes)).order(ByteOrder.LITTLE_ENDIAN)
        buffer.clear()
        buffer.limit(bytes)
        return buffer
    }

    /** Takes a buffer back; when there are enough, the smallest is let go. */
    @Synchronized
    fun give(buffer: ByteBuffer) {
        var smallest = -1
        for (slot in 0 until maxIdle) {
            val other = idle[slot]
            if (other == null) {
                idle[slot] = buffer
                return
            }
            if (smallest < 0 || other.capacity() < idle[smallest]!!.capacity()) smallest = slot
        }
        if (smallest >= 0 && idle[smallest]!!.capacity() < buffer.capacity()) idle[smallest] = buffer
    }

    inline fun <R> use(bytes: Int, block: (ByteBuffer) -> R): R {
        val buffer = take(bytes)
        try {
            return block(buffer)
        } finally {
            give(buffer)
        }
    }

    @Synchronized
    private fun takeIdle(bytes: Int): ByteBuffer? {
        var best = -1
        for (slot in 0 until maxIdle) {
            val capacity = idle[slot]?.capacity() ?: continue
            if (capacity >= bytes && (best < 0 || capacity < idle[best]!!.capacity())) best = slot
        }
        if (best < 0) return null
        return idle[best].also { idle[best] = null }
    }

    private companion object {
        /** A sound is 1,920 bytes, most pictures are less than 16 KiB. */
        const val SMALLEST_BYTES = 2_048

        /** The next power of two, so that pictures of many sizes share buffers. */
        fun capacityFor(bytes: Int): Int {
            if (bytes <= SMALLEST_BYTES) return SMALLEST_BYTES
            val power = Integer.highestOneBit(bytes - 1)
            return if (power >= 1 shl 30) bytes else power shl 1
        }
    }
}
