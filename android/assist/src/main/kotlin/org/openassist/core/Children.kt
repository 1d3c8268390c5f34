package org.openassist.core

/** What ends with its owner. */
internal class Children : AutoCloseable {
    private val open = LinkedHashSet<AutoCloseable>()
    private var closed = false

    /** Adds a child. Once closed, the child is closed and the answer is false. */
    fun add(child: AutoCloseable): Boolean {
        synchronized(this) {
            if (!closed) return open.add(child)
        }
        child.close()
        return false
    }

    fun remove(child: AutoCloseable) {
        synchronized(this) { open.remove(child) }
    }

    override fun close() {
        val last = synchronized(this) {
            closed = true
            open.toList().also { open.clear() }
        }
        last.forEach(AutoCloseable::close)
    }
}
