package org.openassist

import com.sun.management.ThreadMXBean
import java.lang.management.ManagementFactory
import java.nio.ByteBuffer
import java.util.Locale
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.runBlocking
import org.openassist.core.CoreCall
import org.openassist.generated.ffi.Call as RustCall
import org.openassist.generated.ffi.MediaFailure
import org.openassist.generated.ffi.doNothing
import org.openassist.generated.ffi.threadAllocations

/** What a call through the bindings costs, in a call that is connected. Prints one JSON object; `--smoke` is a short run. */
internal object FfiBenchmark {
    private const val UNIT_BYTES = 12 * 1_024

    /** The transport takes pictures at about this pace; faster ones would measure its refusals. */
    private const val PACE_NS = 5_000_000L

    private val threads = ManagementFactory.getThreadMXBean() as ThreadMXBean

    @JvmStatic
    fun main(args: Array<String>) {
        val rounds = if ("--smoke" in args) 300 else 2_000
        val result = runBlocking(Dispatchers.Default) {
            val world = RealWorld.start()
            try {
                val case = Case(world, this)
                val (call, _) = case.inCall()
                measure(call as CoreCall, rounds)
            } finally {
                world.close()
            }
        }
        println(result.entries.joinToString(", ", "{", "}") { (name, value) -> "\"$name\": $value" })
        // Threads of the libraries may still say goodbye.
        System.exit(0)
    }

    private suspend fun measure(call: CoreCall, rounds: Int): Map<String, Any> {
        call.encoderControl.first { it != null }
        val unit = accessUnit()
        val generated = generatedCall(call)
        val pusher = Pusher()
        val wrapped = Figures(rounds)
        val direct = Figures(rounds)
        // Twice: the first time compiles. In turn: what compiles later is the same for both.
        repeat(2) {
            for (index in 0 until rounds) {
                pusher.push(wrapped, index) { timeUs -> push(call, unit, timeUs) }
                pusher.push(direct, index) { timeUs -> push(generated, unit, timeUs) }
            }
        }
        val arFrames = arFrames(call, rounds)
        return linkedMapOf(
            "noop_us" to decimal(noop(rounds)),
            "push_us" to decimal(wrapped.timesNs.medianUs()),
            "next_us" to decimal(next(generated, rounds)),
            "rust_allocations_per_frame" to decimal(wrapped.rust.average()),
            "wrapper_heap_bytes_per_frame" to wrapped.heap.median(),
            "generated_heap_bytes_per_frame" to direct.heap.median(),
            "ar_frame_us" to decimal(arFrames.timesNs.medianUs()),
            "ar_frame_heap_bytes" to arFrames.heap.median(),
            "frames" to 2 * rounds,
            "busy_frames" to (wrapped.taken + direct.taken).count { !it },
        )
    }

    private fun decimal(value: Double) = String.format(Locale.ROOT, "%.2f", value)

    private fun noop(rounds: Int): Double {
        val times = LongArray(rounds * 10)
        repeat(2) {
            for (index in times.indices) {
                val start = System.nanoTime()
                doNothing()
                times[index] = System.nanoTime() - start
            }
        }
        return times.medianUs()
    }

    /** Opens a stream and times the value that is there at once. */
    private suspend fun next(call: RustCall, rounds: Int): Double {
        val times = LongArray(rounds)
        repeat(2) {
            for (index in times.indices) {
                val stream = call.snapshots()
                val start = System.nanoTime()
                stream.next()
                times[index] = System.nanoTime() - start
                stream.destroy()
            }
        }
        return times.medianUs()
    }

    private class Figures(rounds: Int) {
        val timesNs = LongArray(rounds)
        val heap = LongArray(rounds)
        val rust = LongArray(rounds)
        val taken = BooleanArray(rounds)
    }

    /** Pushes at a pace, all on this thread, and measures around each push alone. */
    private class Pusher {
        val thread: Long = Thread.currentThread().id
        var timeUs = 0L

        /** Inlined, so that no number is boxed on its way. */
        inline fun push(into: Figures, index: Int, push: (timeUs: Long) -> Boolean) {
            timeUs += 66_667
            val rustBefore = threadAllocations().toLong()
            val heapBefore = threads.getThreadAllocatedBytes(thread)
            val start = System.nanoTime()
            into.taken[index] = push(timeUs)
            into.timesNs[index] = System.nanoTime() - start
            into.heap[index] = threads.getThreadAllocatedBytes(thread) - heapBefore
            into.rust[index] = threadAllocations().toLong() - rustBefore
            val due = start + PACE_NS
            while (System.nanoTime() < due) Thread.sleep(0, 200_000)
        }
    }

    /** Frames with depth, of an app that makes nothing anew but the frame itself; no mark is drawn. */
    private fun arFrames(call: Call, rounds: Int): Figures {
        val figures = Figures(rounds)
        val thread = Thread.currentThread().id
        val pose = ArPose(0f, 0f, 0f, 0f, 0f, 0f, 1f)
        val lens = ArLens(1_000f, 1_000f, 640f, 360f, 1_280, 720)
        val depth = ArDepth(160, 90, FloatArray(160 * 90) { 1f })
        for (index in 0 until 2 * rounds) {
            val frame = ArFrame((index + 1) * FRAME_US, pose, lens, ArTracking.Tracked, depth)
            val heapBefore = threads.getThreadAllocatedBytes(thread)
            val start = System.nanoTime()
            call.arFrame(frame, 1_280f, 720f, 0)
            // The second half counts: the first one compiles.
            figures.timesNs[index % rounds] = System.nanoTime() - start
            figures.heap[index % rounds] = threads.getThreadAllocatedBytes(thread) - heapBefore
        }
        return figures
    }

    private fun push(call: Call, unit: ByteBuffer, timeUs: Long): Boolean =
        try {
            call.pushVideo(unit, timeUs, isKeyFrame = true)
            true
        } catch (_: MediaException.Busy) {
            false
        }

    private fun push(call: RustCall, unit: ByteBuffer, timeUs: Long): Boolean =
        try {
            call.pushVideo(unit, timeUs.toULong(), true)
            true
        } catch (_: MediaFailure.Busy) {
            false
        }

    /** What the wrapper wraps: no app can reach it. */
    private fun generatedCall(call: CoreCall): RustCall =
        CoreCall::class.java.getDeclaredField("inner").apply { isAccessible = true }.get(call) as RustCall

    /** Parameter sets and one slice, of the size of a usual picture. */
    private fun accessUnit(): ByteBuffer {
        val head = byteArrayOf(0, 0, 0, 1, 0x67, 0x42, 0, 0x1f, 1, 0, 0, 0, 1, 0x68, 1, 1, 0, 0, 0, 1, 0x65)
        val unit = ByteBuffer.allocateDirect(UNIT_BYTES)
        unit.put(head)
        while (unit.hasRemaining()) unit.put(0x55)
        unit.flip()
        return unit
    }

    private fun LongArray.median(): Long = sorted()[size / 2]

    private fun LongArray.medianUs(): Double = median() / 1_000.0
}
