import AssistAPI

/// Elements that are each taken once, in order, by whoever asks; what nobody took waits.
final class Inbox<Element: Sendable>: Sendable {
    private struct State {
        var waiting: [Element] = []
        var takers: [Int: CheckedContinuation<Element?, Never>] = [:]
        var lastTaker = 0
        var isOver = false
    }

    private let state = Locked(State())

    func put(_ element: Element) {
        let taker = state.with { state -> CheckedContinuation<Element?, Never>? in
            guard !state.isOver else { return nil }
            guard let first = state.takers.keys.min() else {
                state.waiting.append(element)
                return nil
            }
            return state.takers.removeValue(forKey: first)
        }
        taker?.resume(returning: element)
    }

    /// What waits can still be taken.
    func finish() {
        let takers = state.with { state in
            state.isOver = true
            defer { state.takers = [:] }
            return state.takers
        }
        for taker in takers.values {
            taker.resume(returning: nil)
        }
    }

    func stream() -> AsyncStream<Element> {
        AsyncStream { [self] in await next() }
    }

    private func next() async -> Element? {
        let taker = state.with { state in
            state.lastTaker += 1
            return state.lastTaker
        }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let answer = state.with { state -> Element?? in
                    if !state.waiting.isEmpty { return state.waiting.removeFirst() }
                    if state.isOver || Task.isCancelled { return .some(nil) }
                    state.takers[taker] = continuation
                    return nil
                }
                if let answer { continuation.resume(returning: answer) }
            }
        } onCancel: {
            state.with { $0.takers.removeValue(forKey: taker) }?.resume(returning: nil)
        }
    }
}
