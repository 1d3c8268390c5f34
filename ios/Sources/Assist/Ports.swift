import AssistAPI

/// The app's store as the core wants it.
final class SecureStorePort: Core.SecureStore {
    private let store: any SecureStore

    init(_ store: any SecureStore) {
        self.store = store
    }

    func read(name: String) throws -> String? {
        do { return try store.read(name) } catch { throw Core.SecureStoreFailure.Unavailable(reason: error.reason) }
    }

    func write(name: String, text: String) throws {
        do {
            try store.write(text, under: name)
        } catch {
            throw Core.SecureStoreFailure.Unavailable(reason: error.reason)
        }
    }
}

/// The app's log as the core wants it.
final class LogSinkPort: Core.LogSink {
    private let sink: any LogSink

    init(_ sink: any LogSink) {
        self.sink = sink
    }

    func log(level: Core.LogLevel, module: String, message: String) {
        sink.log(LogLevel(level), module: module, message: message)
    }
}
