import Logging
import Observability
import Synchronization

/// Every line that anything in this process logs, at the finest level, as the server would print it.
final class LogBook: Sendable {
    static let shared: LogBook = {
        let book = LogBook()
        LoggingSystem.bootstrap { label in book.handler(label) }
        return book
    }()

    private let bytes = Mutex<[UInt8]>([])

    func handler(_ label: String) -> JSONLogHandler {
        JSONLogHandler(label: label, level: .trace) { [self] line in bytes.withLock { $0 += line } }
    }

    var text: String { bytes.withLock { String(decoding: $0, as: UTF8.self) } }
}
