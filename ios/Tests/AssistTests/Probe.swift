import AssistGenerated

/// What only a library that was built for tests exports.
enum Probe {
    static func panicNow() throws {
        try AssistGenerated.panicNow()
    }

    static func panicLater() async throws {
        try await AssistGenerated.panicLater()
    }

    static func liveStreams() throws -> Int64 {
        try AssistGenerated.liveStreams()
    }
}
