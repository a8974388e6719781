package import Logging
import Synchronization

/// All that was logged, to be looked at.
package final class LogPage: Sendable {
    private let lines = Mutex<[String]>([])

    package init() {}

    package var text: String { lines.withLock { $0.joined(separator: "\n") } }

    package struct Handler: LogHandler {
        let page: LogPage
        package var metadata: Logger.Metadata = [:]
        package var logLevel = Logger.Level.trace

        package init(page: LogPage) {
            self.page = page
        }

        package subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        package func log(event: LogEvent) {
            page.lines.withLock { $0.append("\(event.level) \(event.message) \(event.metadata ?? [:])") }
        }
    }
}
