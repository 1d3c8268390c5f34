package org.openassist.core

import kotlinx.coroutines.CoroutineStart
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.flow.toList
import kotlinx.coroutines.launch
import kotlinx.coroutines.runBlocking
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertThrows
import org.junit.jupiter.api.Test

internal class HandoverTest {
    @Test
    fun oneWhoComesLateMissesNone() = runBlocking {
        val handover = Handover<Int>()
        repeat(100) { handover.put(it) }
        handover.finish()
        assertEquals(0, handover.first())
        assertEquals((1..99).toList(), handover.toList())
    }

    @Test
    fun noneIsLostToOneWhoIsCancelled() = runBlocking(Dispatchers.Default) {
        val handover = Handover<Int>()
        val taken = java.util.Collections.synchronizedList(ArrayList<Int>())
        val putting = launch {
            repeat(5_000) { handover.put(it) }
            handover.finish()
        }
        while (putting.isActive) {
            val collecting = launch(start = CoroutineStart.UNDISPATCHED) { handover.collect { taken += it } }
            collecting.cancelAndJoin()
        }
        handover.collect { taken += it }
        assertEquals((0 until 5_000).toList(), taken)
    }

    @Test
    fun whatNobodyTakesIsDroppedOnClose() = runBlocking {
        val dropped = ArrayList<Int>()
        val handover = Handover<Int> { dropped += it }
        repeat(3) { handover.put(it) }
        handover.close()
        assertEquals(listOf(0, 1, 2), dropped)
        assertEquals(emptyList<Int>(), handover.toList())
    }

    @Test
    fun aFailureReachesTheCollectorAfterTheItems() = runBlocking {
        val handover = Handover<Int>()
        handover.put(1)
        handover.finish(IllegalArgumentException("no"))
        val seen = ArrayList<Int>()
        assertThrows(IllegalArgumentException::class.java) { runBlocking { handover.collect { seen += it } } }
        assertEquals(listOf(1), seen)
    }
}
