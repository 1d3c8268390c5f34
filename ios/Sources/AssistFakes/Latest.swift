import AssistAPI

/// A value and everybody who follows it: they get it at once, then each time it changed; the slow get the latest.
final class Latest<Value: Sendable>: Sendable {
    private struct State {
        var value: Value
        var isOver = false
        var followers: [Int: AsyncStream<Value>.Continuation] = [:]
        var nextFollower = 0
    }

    private let state: Locked<State>

    init(_ value: Value) {
        state = Locked(State(value: value))
    }

    var value: Value { state.value.value }

    /// Changes the value and says so to the followers.
    func update(_ change: (inout Value) -> Void) {
        state.with { state in
            change(&state.value)
            for follower in state.followers.values {
                follower.yield(state.value)
            }
        }
    }

    /// No change comes any more.
    func finish() {
        let followers = state.with { state in
            state.isOver = true
            defer { state.followers = [:] }
            return state.followers
        }
        for follower in followers.values {
            follower.finish()
        }
    }

    func stream() -> AsyncStream<Value> {
        let (stream, follower) = AsyncStream.makeStream(of: Value.self, bufferingPolicy: .bufferingNewest(1))
        let id = state.with { state -> Int? in
            follower.yield(state.value)
            guard !state.isOver else { return nil }
            state.nextFollower += 1
            state.followers[state.nextFollower] = follower
            return state.nextFollower
        }
        guard let id else {
            follower.finish()
            return stream
        }
        follower.onTermination = { [weak self] _ in
            _ = self?.state.with { $0.followers.removeValue(forKey: id) }
        }
        return stream
    }
}
