package org.openassist.core

import kotlin.coroutines.cancellation.CancellationException
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Deferred
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.SupervisorJob
import kotlinx.coroutines.async
import kotlinx.coroutines.launch

/**
 * Where the library's own coroutines run. It is never cancelled: each of them ends by itself, soon after what it serves is
 * closed, and none leaves a handle behind.
 */
internal val work = CoroutineScope(SupervisorJob() + Dispatchers.Default)

/**
 * Waits for an object from the core. When the waiting is cancelled the work is not: a handle that is just being handed over
 * would be lost for ever. What comes then goes to [abandon].
 */
internal suspend fun <T> claim(abandon: (T) -> Unit, make: suspend () -> T): T {
    val made: Deferred<T> = work.async { make() }
    try {
        return made.await()
    } catch (cancelled: CancellationException) {
        work.launch {
            try {
                abandon(made.await())
            } catch (_: Exception) {
                // There is nothing to abandon.
            }
        }
        throw cancelled
    }
}
