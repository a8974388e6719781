import Glibc
package import Recording
import Synchronization

/// The folder where recordings lie until they are stored, and its limit.
package final class Spool: Sendable {
    package let path: String
    private let limit: Int
    private let used = Mutex(0)

    /// Makes the folder if it is missing; nobody else may read it.
    package init(path: String, limit: Int) throws(RecordingError) {
        self.path = path
        self.limit = limit
        guard mkdir(path, 0o700) == 0 || errno == EEXIST else {
            throw .system(operation: "create", path: path, code: errno)
        }
        chmod(path, 0o700)
        _ = measure()
    }

    /// Counts the bytes anew.
    package func measure() -> Int {
        let folders = (try? SpoolFolder.all(in: path)) ?? []
        let bytes = folders.reduce(0) { $0 + Int((try? $1.bytes()) ?? 0) }
        used.withLock { $0 = bytes }
        return bytes
    }

    /// Why nothing can be recorded now; nil if it can.
    package var fullReason: String? {
        used.withLock { $0 } < limit ? nil : "the gateway's recording spool is full"
    }
}
