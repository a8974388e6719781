import Glibc
import Kernel
import Synchronization

/// The worker's identity in use, and its file.
package final class IdentityStore: Sendable {
    package enum Failure: Error, CustomStringConvertible, Equatable {
        case missing(String)
        case notPrivate(String)
        case damaged(String)
        case system(String, Int32)

        package var description: String {
            switch self {
            case .missing(let path): "\(path) does not exist: enrol this worker first (gatehouse-worker enrol)"
            case .notPrivate(let path): "\(path) must belong to this user and be readable by nobody else (mode 0600)"
            case .damaged(let path): "\(path) is no worker identity: enrol this worker again"
            case .system(let what, let code): "\(what): \(String(cString: strerror(code)))"
            }
        }
    }

    private let path: String
    private let identity: Mutex<WorkerIdentity>

    /// Reads the file.
    package convenience init(loading path: String) throws(Failure) {
        self.init(path: path, try Self.read(path))
    }

    /// Writes a new identity; an older one is replaced.
    package convenience init(saving identity: WorkerIdentity, to path: String) throws(Failure) {
        try Self.write(identity, to: path)
        self.init(path: path, identity)
    }

    private init(path: String, _ identity: WorkerIdentity) {
        self.path = path
        self.identity = Mutex(identity)
    }

    package var current: WorkerIdentity { identity.withLock { $0 } }

    /// Puts another identity in its place, on the disk first.
    package func replace(by next: WorkerIdentity) throws(Failure) {
        try Self.write(next, to: path)
        identity.withLock { $0 = next }
    }

    private static func read(_ path: String) throws(Failure) -> WorkerIdentity {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw errno == ENOENT ? .missing(path) : .system("cannot open \(path)", errno)
        }
        defer { close(descriptor) }
        var facts = stat()
        guard fstat(descriptor, &facts) == 0, facts.st_mode & 0o077 == 0, facts.st_uid == geteuid() else {
            throw .notPrivate(path)
        }
        var bytes = [UInt8](repeating: 0, count: 16 * 1024)
        let count = Glibc.read(descriptor, &bytes, bytes.count)
        guard count > 0, let json = try? JSONParser.parse(Array(bytes[..<count])),
            let stored = try? WorkerIdentity.Stored.schema.parse(json), let identity = try? WorkerIdentity(stored)
        else { throw .damaged(path) }
        return identity
    }

    private static func write(_ identity: WorkerIdentity, to path: String) throws(Failure) {
        let bytes = WorkerIdentity.Stored.schema.bytes(of: identity.stored)
        let temporary = "\(path).new"
        unlink(temporary)
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw .system("cannot create \(temporary)", errno) }
        let isWritten = Glibc.write(descriptor, bytes, bytes.count) == bytes.count && fsync(descriptor) == 0
        let code = errno
        close(descriptor)
        guard isWritten, rename(temporary, path) == 0 else {
            unlink(temporary)
            throw .system("cannot write \(path)", isWritten ? errno : code)
        }
    }
}
