package org.openassist

import kotlin.time.Duration.Companion.seconds

/** Nothing takes this long unless something is broken. */
internal val DEADLINE = 60.seconds

/** What a case of the contract runs in: the library, and somebody at the other end. */
internal interface World {
    val account: SandboxAccount

    /** A library of its own over a store; closed with the world. */
    fun assist(store: SecureStore = MemoryStore()): Assist

    /** The expert, signed in; over a bad link of so many kbit/s each way, ms one way, as `700,20`. */
    suspend fun expert(link: String? = null): Expert

    /** Whatever pictures this world has. */
    fun camera(): Camera

    /** Whatever AR platform this world has. */
    fun tracker(): Tracker
    fun greyCamera(): GreyCamera

    suspend fun close()
}

/** The other end. Every wait fails after a deadline. */
internal interface Expert {
    suspend fun waitRinging()
    suspend fun answer()
    suspend fun callTechnician()
    suspend fun waitConnected()

    /** The size of the last picture, as `WIDTHxHEIGHT`. */
    suspend fun waitPictures(count: Int): String
    suspend fun waitText(): String
    suspend fun sendText(text: String)
    suspend fun waitMicrophone(muted: Boolean)
    suspend fun waitCamera(paused: Boolean)

    /** An arrow to a point of the technician's picture of a capture time. */
    suspend fun drawArrow(captureTimeUs: Long, x: Float, y: Float)

    /** Whether one of the expert's own was left. */
    suspend fun undoDrawing(): Boolean
    suspend fun waitDrawings(count: Int)

    /** Makes the bad link another one. */
    suspend fun setLink(link: String)

    /** Waits until something is offered because of the link, and says yes; the link in words, as it was then. */
    suspend fun acceptLinkOffer(): String
    suspend fun hangUp()

    /** How it ended, as on the wire. */
    suspend fun waitEnded(): String
    suspend fun waitTechnicianFree()
}

/** Pictures in the order of their capture. */
internal fun interface Camera {
    /** The picture of a capture time as the encoder was told to make it; null when it drops that one. */
    fun picture(captureTimeUs: Long, control: EncoderControl): Picture?
}

/** An AR platform, asked in the order of capture. */
internal fun interface Tracker {
    fun frame(captureTimeUs: Long, widthPx: Int, heightPx: Int): ArFrame
}

/** A camera without AR, asked in the order of capture. */
internal fun interface GreyCamera {
    fun picture(captureTimeUs: Long): GreyPicture
}

internal class Picture(val annexB: ByteArray, val captureTimeUs: Long, val isKeyFrame: Boolean)

internal class MemoryStore : SecureStore {
    private val texts = HashMap<String, String>()

    override fun read(name: String): String? = texts[name]

    override fun write(name: String, text: String) {
        texts[name] = text
    }
}

internal class BrokenStore : SecureStore {
    override fun read(name: String): String? = throw IllegalArgumentException("a secret")

    override fun write(name: String, text: String): Unit = throw IllegalArgumentException("a secret")
}
