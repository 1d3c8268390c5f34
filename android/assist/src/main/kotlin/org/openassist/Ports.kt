package org.openassist

/**
 * Keeps small texts where the platform keeps secrets. Called from threads of the library, one call at a time.
 * What it throws becomes [SignInException.SecureStoreFailed]; of the exception only the class is told, for its message may
 * hold a secret.
 */
public interface SecureStore {
    /** The text under a name; null when there is none. */
    public fun read(name: String): String?

    /** Keeps a text under a name, in place of the one before. */
    public fun write(name: String, text: String)
}

/** Takes lines of the log. */
public fun interface LogSink {
    /** One line, from one thread of the library, in order. Lines are dropped while a slow sink has 256 waiting. */
    public fun log(level: LogLevel, module: String, message: String)
}

/** How much a line of the log matters. */
public enum class LogLevel {
    /** Something did not work. */
    Error,

    /** Something is odd; the library goes on. */
    Warning,

    /** What a support person wants to read. */
    Information,

    /** What a developer wants to read. May name people and addresses. */
    Debug,
}
