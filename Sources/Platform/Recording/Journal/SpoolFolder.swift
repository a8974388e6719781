import Glibc
package import Kernel

/// The files of one recording in a worker's spool: `<spool>/<recording id>/container.ghr` and `journal.<n>`, where n is
/// the number of the frame that the journal will become.
package struct SpoolFolder: Sendable, Hashable {
    package let path: String

    package init(path: String) {
        self.path = path
    }

    package init(spool: String, recording: RecordingID) {
        path = "\(spool)/\(recording.text)"
    }

    package var container: String { "\(path)/container.ghr" }

    func journal(_ number: UInt64) -> String { "\(path)/journal.\(number)" }

    /// The file of a journal that is not needed any more, to be used again.
    func spare(_ number: UInt64) -> String { "\(path)/spare.\(number)" }

    /// The recordings that lie in a spool, finished or not; anything else in there is left alone.
    package static func all(in spool: String) throws(RecordingError) -> [SpoolFolder] {
        try names(in: spool).filter { RecordingID($0) != nil }.sorted().map { SpoolFolder(path: "\(spool)/\($0)") }
    }

    /// Whether the worker died before the header was in the file and anything was recorded: there is nothing to recover,
    /// and the folder can be removed. False for a folder that is being made just now.
    package var isStillborn: Bool {
        var facts = stat()
        guard stat(path, &facts) == 0, time(nil) - facts.st_mtim.tv_sec >= Self.making,
            let journals = try? journals(), journals.isEmpty
        else { return false }
        do throws(RecordingError) {
            let file = try Descriptor(opening: container, O_RDWR)
            try file.lock()
            _ = try ContainerWalk(file)
            return false
        } catch .damaged(let fault) {
            return fault.isUnbegun
        } catch .system(_, _, ENOENT) {
            return true
        } catch {
            return false
        }
    }

    /// Seconds that making a recording takes at most.
    private static let making = 5

    /// Removes everything, once it is stored elsewhere.
    package func remove() throws(RecordingError) {
        for number in try journals() { try removeJournal(number) }
        try removeSpares()
        try Self.unlinkIfThere(container)
        try Self.unlinkIfThere("\(path)/container.cut")
        guard rmdir(path) == 0 || errno == ENOENT else {
            throw .system(operation: "remove", path: path, code: errno)
        }
    }

    /// The bytes that the recording takes in the spool.
    package func bytes() throws(RecordingError) -> UInt64 {
        var total: UInt64 = 0
        for name in try Self.names(in: path) {
            var facts = stat()
            if stat("\(path)/\(name)", &facts) == 0 { total += UInt64(facts.st_size) }
        }
        return total
    }

    func create() throws(RecordingError) {
        guard mkdir(path, 0o700) == 0 else { throw .system(operation: "create", path: path, code: errno) }
    }

    /// The numbers of the journals, in order.
    func journals() throws(RecordingError) -> [UInt64] { try numbers("journal.") }

    func removeJournal(_ number: UInt64) throws(RecordingError) {
        try Self.unlinkIfThere(journal(number))
    }

    /// Takes a journal out of use, but keeps its file. False if there is none.
    func retireJournal(_ number: UInt64) throws(RecordingError) -> Bool {
        guard rename(journal(number), spare(number)) == 0 else {
            if errno == ENOENT { return false }
            throw .system(operation: "rename", path: journal(number), code: errno)
        }
        return true
    }

    func removeSpares() throws(RecordingError) {
        for number in try numbers("spare.") { try removeSpare(number) }
    }

    func removeSpare(_ number: UInt64) throws(RecordingError) {
        try Self.unlinkIfThere(spare(number))
    }

    private func numbers(_ prefix: String) throws(RecordingError) -> [UInt64] {
        try Self.names(in: path).compactMap { $0.hasPrefix(prefix) ? UInt64($0.dropFirst(prefix.count)) : nil }.sorted()
    }

    /// Makes new names durable.
    func sync() throws(RecordingError) {
        for folder in [path, path + "/.."] {
            let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
            guard descriptor >= 0 else { throw .system(operation: "open", path: folder, code: errno) }
            defer { close(descriptor) }
            guard fsync(descriptor) == 0 else { throw .system(operation: "sync", path: folder, code: errno) }
        }
    }

    private static func unlinkIfThere(_ path: String) throws(RecordingError) {
        guard unlink(path) == 0 || errno == ENOENT else {
            throw .system(operation: "remove", path: path, code: errno)
        }
    }

    private static func names(in folder: String) throws(RecordingError) -> [String] {
        guard let stream = opendir(folder) else { throw .system(operation: "list", path: folder, code: errno) }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) {
                String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names
    }
}
