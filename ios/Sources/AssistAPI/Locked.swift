import Foundation

/// A value behind a lock, held for moments only and never while foreign code runs.
package final class Locked<Value>: @unchecked Sendable {
    private let lock = NSLock()
    private var guarded: Value

    package init(_ value: Value) {
        guarded = value
    }

    /// The value now.
    package var value: Value { with { $0 } }

    /// Reads or changes it.
    package func with<Result, Failure>(
        _ body: (inout Value) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        lock.lock()
        defer { lock.unlock() }
        return try body(&guarded)
    }

    /// Takes the value out of an optional: the first caller gets it.
    package func take<Wrapped>() -> Wrapped? where Value == Wrapped? {
        with { value in
            defer { value = nil }
            return value
        }
    }
}
