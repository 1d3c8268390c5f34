package org.openassist.core

import com.sun.jna.Native
import com.sun.jna.Pointer
import java.nio.ByteBuffer
import org.openassist.generated.ffi.Call as RustCall
import org.openassist.generated.ffi.DrawFailure
import org.openassist.generated.ffi.FfiConverterByteArray
import org.openassist.generated.ffi.FfiConverterString
import org.openassist.generated.ffi.ForeignBytes
import org.openassist.generated.ffi.InternalException
import org.openassist.generated.ffi.MediaFailure
import org.openassist.generated.ffi.UniffiLib
import org.openassist.generated.ffi.UniffiRustCallStatus
import org.openassist.generated.ffi.UniffiRustCallStatusErrorHandler

/**
 * The calls that are made for every picture, every sound and every frame. What the generator writes for them makes three
 * structures a call, 3 KB of heap; here they are made once and filled in by hand. One call at a time: a picture waits for no
 * sound when each has its own.
 */
internal class BorrowedBytes(call: RustCall) {
    private val bytes = ForeignBytes.ByValue().apply { setAutoSynch(false) }
    private val status = UniffiRustCallStatus().apply { setAutoSynch(false) }
    private val bytesAt: Pointer = bytes.pointer
    private val statusAt: Pointer = status.pointer
    private var handle = call.uniffiCloneHandle()

    /** The buffer of the last call: encoders use theirs in turn, and looking up an address makes an object. */
    private var known: ByteBuffer? = null
    private var knownAt = 0L

    @Synchronized
    fun pushVideo(annexB: ByteBuffer, captureTimeUs: Long, isKeyFrame: Boolean) {
        borrow(annexB)
        val consumed = cloned()
        val key: Byte = if (isKeyFrame) 1 else 0
        UniffiLib.uniffi_assist_ffi_fn_method_call_push_video(consumed, bytes, captureTimeUs, key, status)
        check(MediaFailure)
    }

    @Synchronized
    fun pushAudio(pcm: ByteBuffer) {
        borrow(pcm)
        UniffiLib.uniffi_assist_ffi_fn_method_call_push_audio(cloned(), bytes, status)
        check(MediaFailure)
    }

    /** The only garbage is what comes back: its bytes, and the structure that they come in. */
    @Synchronized
    fun arFrame(frame: ByteBuffer, widthPx: Float, heightPx: Float, rotationDegrees: Int): ByteArray {
        borrow(frame)
        val consumed = cloned()
        val lines = UniffiLib.uniffi_assist_ffi_fn_method_call_ar_frame(
            consumed, bytes, widthPx, heightPx, rotationDegrees, status,
        )
        check(DrawFailure)
        return FfiConverterByteArray.lift(lines)
    }

    /** The same for a phone without AR. */
    @Synchronized
    fun greyPicture(picture: ByteBuffer, widthPx: Float, heightPx: Float, rotationDegrees: Int): ByteArray {
        borrow(picture)
        val consumed = cloned()
        val lines = UniffiLib.uniffi_assist_ffi_fn_method_call_grey_picture(
            consumed, bytes, widthPx, heightPx, rotationDegrees, status,
        )
        check(DrawFailure)
        return FfiConverterByteArray.lift(lines)
    }

    /** Frees the object; what is pushed afterwards is refused. */
    @Synchronized
    fun close() {
        if (handle == CLOSED) return
        statusAt.setByte(0, 0)
        UniffiLib.uniffi_assist_ffi_fn_free_call(handle, status)
        handle = CLOSED
        known = null
    }

    /** From the buffer's position to its limit; the core reads them during the call and not after. */
    private fun borrow(buffer: ByteBuffer) {
        if (buffer !== known) {
            knownAt = if (buffer.capacity() == 0) 0 else Pointer.nativeValue(Native.getDirectBufferPointer(buffer))
            known = buffer
        }
        bytesAt.setInt(0, buffer.remaining())
        // As the platform's C lays out { int32_t len; uint8_t *data; }.
        val offset = Native.POINTER_SIZE.toLong()
        val address = if (buffer.hasRemaining()) knownAt + buffer.position() else 0
        if (Native.POINTER_SIZE == Long.SIZE_BYTES) bytesAt.setLong(offset, address) else bytesAt.setInt(offset, address.toInt())
    }

    /** A method consumes the reference that it is given. */
    private fun cloned(): Long {
        if (handle == CLOSED) throw IllegalStateException("the call is closed")
        statusAt.setByte(0, 0)
        return UniffiLib.uniffi_assist_ffi_fn_clone_call(handle, status)
    }

    private fun <E : Exception> check(failures: UniffiRustCallStatusErrorHandler<E>) {
        if (statusAt.getByte(0) == SUCCESS) return
        status.read()
        if (statusAt.getByte(0) == ERROR) throw failures.lift(status.error_buf)
        throw InternalException(if (status.error_buf.len > 0) FfiConverterString.lift(status.error_buf) else "panic")
    }

    private companion object {
        const val CLOSED = 0L
        const val SUCCESS: Byte = 0
        const val ERROR: Byte = 1
    }
}
