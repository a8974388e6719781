import Glibc

/// An open file that closes itself. All of its calls may block: never use one on a thread that serves others, except to
/// append to a journal, which is the point of it.
final class Descriptor: Sendable {
    let path: String
    private let number: Int32

    init(opening path: String, _ flags: Int32, mode: mode_t = 0o600) throws(RecordingError) {
        self.path = path
        number = open(path, flags | O_CLOEXEC | O_NOFOLLOW, mode)
        guard number >= 0 else { throw .system(operation: "open", path: path, code: errno) }
    }

    deinit { close(number) }

    /// Writes everything at the offset, or throws; then a part of it may stand there, to be overwritten.
    func write(_ bytes: [UInt8], at offset: UInt64) throws(RecordingError) {
        var done = 0
        while done < bytes.count {
            let count = bytes.withUnsafeBytes {
                pwrite(number, $0.baseAddress.map { $0 + done }, bytes.count - done, off_t(offset) + done)
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw failure("write") }
            done += count
        }
    }

    /// Up to `count` bytes at the offset; fewer only at the end of the file.
    func read(_ count: Int, at offset: UInt64) throws(RecordingError) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        var done = 0
        while done < count {
            let got = bytes.withUnsafeMutableBytes {
                pread(number, $0.baseAddress.map { $0 + done }, count - done, off_t(offset) + done)
            }
            if got < 0, errno == EINTR { continue }
            guard got >= 0 else { throw failure("read") }
            guard got > 0 else { break }
            done += got
        }
        if done < count { bytes.removeLast(count - done) }
        return bytes
    }

    func size() throws(RecordingError) -> UInt64 {
        var facts = stat()
        guard fstat(number, &facts) == 0 else { throw failure("stat") }
        return UInt64(facts.st_size)
    }

    func truncate(to size: UInt64) throws(RecordingError) {
        guard ftruncate(number, off_t(size)) == 0 else { throw failure("truncate") }
    }

    func syncData() throws(RecordingError) {
        guard fdatasync(number) == 0 else { throw failure("sync") }
    }

    /// Takes the file for this process alone until the descriptor is gone.
    func lock() throws(RecordingError) {
        guard flock(number, LOCK_EX | LOCK_NB) == 0 else {
            throw errno == EWOULDBLOCK ? .inUse(path: path) : failure("lock")
        }
    }

    func unlock() { _ = flock(number, LOCK_UN) }

    private func failure(_ operation: String) -> RecordingError {
        .system(operation: operation, path: path, code: errno)
    }
}
