package org.openassist.core

import java.nio.ByteOrder
import kotlin.concurrent.thread
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertNotSame
import org.junit.jupiter.api.Assertions.assertSame
import org.junit.jupiter.api.Assertions.assertThrows
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test

internal class DirectBufferPoolTest {
    private val pool = DirectBufferPool(maxIdle = 2)

    @Test
    fun aBufferIsDirectAndLittleEndianAndHasTheSizeAskedFor() {
        for (bytes in listOf(0, 1, 1_920, 2_049, 70_000)) {
            val buffer = pool.take(bytes)
            assertTrue(buffer.isDirect)
            assertEquals(ByteOrder.LITTLE_ENDIAN, buffer.order())
            assertEquals(0, buffer.position())
            assertEquals(bytes, buffer.remaining())
        }
        assertThrows(IllegalArgumentException::class.java) { pool.take(-1) }
    }

    @Test
    fun whatIsGivenBackIsTakenAgain() {
        val first = pool.take(10_000)
        first.position(7)
        pool.give(first)
        val again = pool.take(9_000)
        assertSame(first, again)
        assertEquals(9_000, again.remaining())
        assertNotSame(first, pool.take(9_000))
    }

    @Test
    fun theSmallestThatFitsIsTaken() {
        val (small, large) = pool.take(2_000) to pool.take(60_000)
        pool.give(large)
        pool.give(small)
        assertSame(small, pool.take(1_920))
        assertSame(large, pool.take(30_000))
    }

    @Test
    fun ofTooManyTheSmallestIsLetGo() {
        val (small, middle, large) = Triple(pool.take(1), pool.take(5_000), pool.take(60_000))
        listOf(small, middle, large).forEach(pool::give)
        assertSame(middle, pool.take(1))
        assertSame(large, pool.take(1))
    }

    @Test
    fun aFailureGivesTheBufferBack() {
        val seen = HashSet<Int>()
        repeat(3) {
            assertThrows(IllegalStateException::class.java) {
                pool.use(100) { seen += System.identityHashCode(it); error("no") }
            }
        }
        assertEquals(1, seen.size)
    }

    @Test
    fun noTwoThreadsHaveTheSameBuffer() {
        val threads = (1..4).map { number ->
            thread {
                repeat(20_000) {
                    pool.use(8) { buffer ->
                        buffer.putInt(0, number)
                        check(buffer.getInt(0) == number)
                        buffer.putInt(4, number)
                        check(buffer.getInt(4) == number && buffer.getInt(0) == number)
                    }
                }
            }.also { worker -> worker.setUncaughtExceptionHandler { _, error -> failures += error } }
        }
        threads.forEach(Thread::join)
        assertEquals(emptyList<Throwable>(), failures)
    }

    private val failures = java.util.Collections.synchronizedList(ArrayList<Throwable>())
}
