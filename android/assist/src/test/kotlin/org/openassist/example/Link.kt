package org.openassist.example

import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.flow.distinctUntilChanged
import kotlinx.coroutines.flow.map
import kotlinx.coroutines.launch
import org.openassist.Call
import org.openassist.LinkOffer

// docs/kotlin.md shows what follows, word for word; ExampleTest holds it to that and runs it.
// begin
/** Shows how the link is, and asks what is offered because of it: null takes the question away. Until cancelled. */
suspend fun followLink(call: Call, show: (String) -> Unit, ask: (LinkOffer?) -> Unit) = coroutineScope {
    launch { call.link.map { it.words }.distinctUntilChanged().collect { show(it) } }
    launch { call.link.map { it.offer }.distinctUntilChanged().collect { ask(it) } }
}

/** The two buttons of the question. */
suspend fun answer(call: Call, isYes: Boolean) = if (isYes) call.acceptLinkOffer() else call.dismissLinkOffer()
// end
