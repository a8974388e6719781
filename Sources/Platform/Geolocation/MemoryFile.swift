import CMaxMindDB
import Glibc

/// A copy of a file in memory, as a file without a name.
struct MemoryFile: ~Copyable {
    private let descriptor: Int32
    /// By which this process can open it.
    var path: String { "/proc/self/fd/\(descriptor)" }

    private init() throws(PlaceFileError) {
        descriptor = gatehouse_memory_file("geolocation")
        guard descriptor >= 0 else {
            throw PlaceFileError(description: "does not fit into memory: \(Self.words(errno))")
        }
    }

    static func copy(of path: String, atMost limit: Int) throws(PlaceFileError) -> MemoryFile {
        // A pipe is not waited for.
        let source = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard source >= 0 else { throw PlaceFileError(description: "cannot be read: \(words(errno))") }
        defer { close(source) }
        guard let before = FileStamp(descriptor: source) else { throw PlaceFileError(description: "is no file") }
        guard 1...limit ~= before.size else {
            throw PlaceFileError(description: "has \(before.size) bytes; from 1 to \(limit) is what it can have")
        }
        let copy = try MemoryFile()
        var offset = 0
        while offset < before.size {
            let count = sendfile(copy.descriptor, source, nil, min(before.size - offset, 1 << 20))
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { break }
            offset += count
        }
        guard offset == before.size, FileStamp(descriptor: source) == before else {
            throw PlaceFileError(description: "is being written", isUnfinished: true)
        }
        return copy
    }

    deinit { close(descriptor) }

    private static func words(_ code: Int32) -> String { String(cString: strerror(code)) }
}

/// By what a file that was replaced is told from the one before.
struct FileStamp: Equatable, Sendable {
    let size: Int
    private let device: UInt
    private let number: UInt
    /// When it was written, as whoever wrote it may say: `cp -p` and `rsync --times` say what the other file's was.
    private let written: Moment
    /// When it was last changed in whatever way, as nobody can say but the kernel.
    private let changed: Moment

    private struct Moment: Equatable {
        let seconds: Int
        let nanoseconds: Int

        init(_ time: timespec) { (seconds, nanoseconds) = (time.tv_sec, time.tv_nsec) }
    }

    /// Nil for what is no file.
    init?(path: String) {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        self.init(status)
    }

    init?(descriptor: Int32) {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { return nil }
        self.init(status)
    }

    private init?(_ status: stat) {
        guard status.st_mode & S_IFMT == S_IFREG else { return nil }
        size = Int(status.st_size)
        device = UInt(status.st_dev)
        number = UInt(status.st_ino)
        written = Moment(status.st_mtim)
        changed = Moment(status.st_ctim)
    }
}
