package org.openassist.fakes

import java.util.concurrent.atomic.AtomicBoolean
import org.openassist.Advice
import org.openassist.Assist
import org.openassist.SandboxAccount
import org.openassist.SecureStore
import org.openassist.Session
import org.openassist.SignInException

/**
 * The library without the library: for tests of an app and for previews of its screens. Needs no native code. One technician
 * signs in; [expert] is whom they can call.
 *
 * @param key the only one that is not refused
 * @param secureStore read at every sign-in, as the library does
 */
public class FakeAssist(
    private val key: String = "key",
    private val secureStore: SecureStore? = null,
    public val expert: FakeExpert = FakeExpert(),
) : Assist {
    private val closed = AtomicBoolean()
    private val sessions = ArrayList<FakeSession>()

    override suspend fun signIn(account: SandboxAccount): Session {
        try {
            secureStore?.read("device")
        } catch (error: Exception) {
            val why = "the device's secure store did not work: it threw ${error.javaClass.simpleName}"
            throw SignInException.SecureStoreFailed(Advice(why, isRetryable = true))
        }
        if (account.key != key) {
            throw SignInException.Rejected(Advice("the account or the key is wrong", needsSignIn = true))
        }
        val session = FakeSession(account.account, expert)
        val open = synchronized(sessions) { !closed.get() && sessions.add(session) }
        if (!open) throw SignInException.Closed(Advice("the app is closing; nobody can sign in any more"))
        expert.meet(session)
        return session
    }

    override suspend fun shutdown(): Unit = close()

    override fun close() {
        val open = synchronized(sessions) { if (closed.compareAndSet(false, true)) sessions.toList() else emptyList() }
        open.forEach(FakeSession::close)
    }
}
