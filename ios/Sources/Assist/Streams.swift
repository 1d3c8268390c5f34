import AssistAPI

/// A stream of the core: `next` gives each value once, `nil` when it is over for good.
protocol CoreStream: AnyObject, Sendable {
    associatedtype Value: Sendable
    func next() async throws -> Value?
    func close() throws
}

extension Core.SessionStream: CoreStream {}
extension Core.CallStream: CoreStream {}
extension Core.CallEventStream: CoreStream {}
extension Core.EncoderControlStream: CoreStream {}
extension Core.IncomingCallStream: CoreStream {}
extension Core.LinkStream: CoreStream {}
extension Core.VideoStream: CoreStream {}

extension AsyncStream where Element: Sendable {
    /// Pulls from the core when somebody asks: no task of its own, nothing buffered. The core's stream is closed and let
    /// go of once: at its end, when the reading task is cancelled, or with the last copy of this stream.
    init<Source: CoreStream>(
        pulling source: Source?,
        _ convert: @escaping @Sendable (Source.Value) throws -> Element
    ) {
        let held = Pulled(source)
        self.init(unfolding: { await held.next(convert) }, onCancel: { held.end() })
    }
}

private final class Pulled<Source: CoreStream>: Sendable {
    private let source: Locked<Source?>

    init(_ source: Source?) {
        self.source = Locked(source)
    }

    deinit {
        end()
    }

    func end() {
        try? source.take()?.close()
    }

    /// A panic of the core ends the stream as its end does.
    func next<Element: Sendable>(_ convert: @Sendable (Source.Value) throws -> Element) async -> Element? {
        do {
            if let value = try await source.value?.next() {
                return try convert(value)
            }
        } catch {}
        end()
        return nil
    }
}
