import Foundation
import Glibc

/// Files that only their owner may read, replaced as a whole.
enum PrivateFile {
    /// Writes the file by way of a neighbour, so that nobody ever finds half of it.
    static func write(_ bytes: [UInt8], to path: String, mode: mode_t = 0o600) throws {
        let temporary = "\(path).\(getpid()).new"
        unlink(temporary)
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode)
        guard descriptor >= 0 else { throw failure("cannot create", temporary) }
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else {
                let failure = failure("cannot write", temporary)
                close(descriptor)
                unlink(temporary)
                throw failure
            }
            rest = rest.dropFirst(count)
        }
        fchmod(descriptor, mode)
        fsync(descriptor)
        close(descriptor)
        guard rename(temporary, path) == 0 else { throw failure("cannot replace", path) }
    }

    static func read(_ path: String) -> [UInt8]? {
        FileManager.default.contents(atPath: path).map(Array.init)
    }

    /// Makes a folder that only its owner may enter, with what is above it.
    static func folder(_ path: String, mode: mode_t = 0o700) throws {
        do {
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        } catch {
            throw failure("cannot create", path)
        }
        guard chmod(path, mode) == 0 else { throw failure("cannot change the mode of", path) }
    }

    private static func failure(_ what: String, _ path: String) -> CommandFailure {
        let hint = errno == ENOSPC ? " Free some space and try again." : ""
        return CommandFailure(
            "\(what.prefix(1).uppercased() + what.dropFirst()) \(path): \(String(cString: strerror(errno))).\(hint)")
    }
}
