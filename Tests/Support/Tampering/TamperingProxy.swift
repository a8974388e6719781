import Foundation
import Glibc
package import Postgres
import Synchronization

/// Stands between an application and its PostgreSQL, on a unix socket of its own, and changes scopes on the way.
///
/// So a test can take the scope away from one store call at a time, without a hook in the product and without building
/// it again. Two threads for each connection, which end with it.
package final class TamperingProxy: Sendable {
    package let tampering = Tampering()
    /// Where the application finds the database now.
    package let configuration: DatabaseConfiguration
    private let folder = TemporaryFolder(prefix: "gatehouse-tamper")
    private let listener: Int32

    package init(before server: DatabaseConfiguration) throws {
        var configuration = server
        configuration.host = folder.path
        self.configuration = configuration
        listener = try UnixSocket.listen("\(folder.path)/.s.PGSQL.\(server.port)")
        let target = "\(server.host)/.s.PGSQL.\(server.port)"
        Thread.detachNewThread { [listener, tampering] in
            while true {
                let application = accept(listener, nil, nil)
                guard application >= 0 else { break }
                guard let database = try? UnixSocket.connect(target) else {
                    close(application)
                    continue
                }
                Wire(application, database, tampering).start()
            }
            close(listener)
        }
    }

    deinit {
        // Wakes the thread, which closes it.
        shutdown(listener, Int32(SHUT_RDWR))
    }
}

/// The two sockets of one connection.
private final class Wire: Sendable {
    private let application: Int32
    private let database: Int32
    private let state: Mutex<TamperedConnection>

    init(_ application: Int32, _ database: Int32, _ tampering: Tampering) {
        self.application = application
        self.database = database
        state = Mutex(TamperedConnection(tampering))
    }

    deinit {
        close(application)
        close(database)
    }

    func start() {
        Thread.detachNewThread { [self] in
            carry(from: application, to: database) { bytes in state.withLock { $0.application(bytes) } }
        }
        Thread.detachNewThread { [self] in
            carry(from: database, to: application) { bytes in state.withLock { $0.server(bytes) } }
        }
    }

    private func carry(from source: Int32, to target: Int32, _ change: ([UInt8]) -> [UInt8]) {
        var buffer = [UInt8](repeating: 0, count: 64 << 10)
        while true {
            let count = read(source, &buffer, buffer.count)
            if count < 0, errno == EINTR { continue }
            guard count > 0, UnixSocket.write(change(Array(buffer[..<count])), to: target) else { break }
        }
        shutdown(application, Int32(SHUT_RDWR))
        shutdown(database, Int32(SHUT_RDWR))
    }
}

private enum UnixSocket {
    struct Failure: Error {
        let number = errno
    }

    static func listen(_ path: String) throws -> Int32 {
        try open(path) { descriptor, address, length in
            bind(descriptor, address, length) == 0 && Glibc.listen(descriptor, 64) == 0
        }
    }

    static func connect(_ path: String) throws -> Int32 {
        try open(path) { descriptor, address, length in Glibc.connect(descriptor, address, length) == 0 }
    }

    private static func open(
        _ path: String, _ use: (Int32, UnsafePointer<sockaddr>, socklen_t) -> Bool
    ) throws -> Int32 {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let bytes = Array(path.utf8)
        guard bytes.count < MemoryLayout.size(ofValue: address.sun_path) else { throw Failure() }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw Failure() }
        let isOpen = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                use(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        guard isOpen else {
            defer { close(descriptor) }
            throw Failure()
        }
        return descriptor
    }

    /// False when the other end is gone.
    static func write(_ bytes: [UInt8], to descriptor: Int32) -> Bool {
        var sent = 0
        while sent < bytes.count {
            let count = bytes.withUnsafeBytes { buffer in
                send(descriptor, buffer.baseAddress! + sent, bytes.count - sent, Int32(MSG_NOSIGNAL))
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return false }
            sent += count
        }
        return true
    }
}
