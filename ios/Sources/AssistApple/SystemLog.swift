#if canImport(os)
    import AssistAPI
    import os

    /// Writes the log to the system's. Details are private: they may name people.
    public struct SystemLog: LogSink {
        private let subsystem: String

        /// - Parameter subsystem: groups the lines in Console; the bundle identifier will do.
        public init(subsystem: String) {
            self.subsystem = subsystem
        }

        public func log(_ level: LogLevel, module: String, message: String) {
            let type: OSLogType =
                switch level {
                case .error: .error
                case .warning: .default
                case .information: .info
                case .debug: .debug
                }
            Logger(subsystem: subsystem, category: module).log(level: type, "\(message, privacy: .private)")
        }
    }
#endif
