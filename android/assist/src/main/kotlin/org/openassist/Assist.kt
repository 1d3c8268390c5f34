package org.openassist

import org.openassist.core.CoreAssist

/**
 * The library in a process: an app makes one and keeps it.
 *
 * Every function may be called from any thread, the main thread included; none blocks it.
 */
public interface Assist : AutoCloseable {
    /**
     * Signs in and starts a session. Cancelled, nobody stays signed in.
     *
     * @throws SignInException nobody was signed in, and why
     */
    public suspend fun signIn(account: SandboxAccount): Session

    /** Ends every session politely, within 5 s whatever the network does; then as [close]. */
    public suspend fun shutdown()

    /**
     * Closes every session at once; the library's threads go when the goodbyes are said. Closing twice is closing once.
     */
    override fun close()

    public companion object {
        /**
         * Starts the library: two threads, no network.
         *
         * @param secureStore where the device's identity is kept
         * @param logSink takes the log of the process; without one nothing is logged
         * @throws InternalException the system gives the library no threads
         */
        public fun create(config: AssistConfig, secureStore: SecureStore, logSink: LogSink? = null): Assist =
            CoreAssist.create(config, secureStore, logSink)
    }
}

/** How the library is to work. */
public data class AssistConfig(
    /** Name and version of the app, for people who read the hub's logs. */
    val client: String,
    /** Media stays on this machine: for tests. */
    val loopbackOnly: Boolean = false,
    /** The most detailed lines that the log sink gets. */
    val logLevel: LogLevel = LogLevel.Warning,
)

/** An account of a hub's sandbox tenant. As text it hides the key. */
public data class SandboxAccount(
    /** `https://HOST[:PORT]`; `http://` for this machine only. */
    val hubUrl: String,
    /** The account's name. */
    val account: String,
    /** The key that the hub printed when it started. */
    val key: String,
    /** A certificate (PEM) to trust besides the public ones: a hub's own, or a company's root. */
    val certificatePem: String? = null,
) {
    override fun toString(): String = "SandboxAccount(hubUrl=$hubUrl, account=$account)"
}
