import Glibc
import Kernel

/// An open folder. Everything is reached from it part by part and without following links, so that neither a key nor a
/// link that somebody planted leads out of the store.
final class Folder: Sendable {
    private static let temporary = ".part-"
    private let number: Int32
    private let path: String

    private init(number: Int32, path: String) {
        self.number = number
        self.path = path
    }

    deinit { close(number) }

    /// The root itself may be a link: that is the administrator's choice.
    convenience init(creatingRoot path: String) throws(ObjectStoreError) {
        var number = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        if number < 0, errno == ENOENT, mkdir(path, 0o700) == 0 || errno == EEXIST {
            number = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        }
        guard number >= 0 else { throw .system(operation: "open", path: path, code: errno) }
        self.init(number: number, path: path)
    }

    func descend(_ parts: ArraySlice<String>, creating: Bool) throws(ObjectStoreError) -> Folder {
        var folder = self
        for part in parts { folder = try folder.child(part, creating: creating) }
        return folder
    }

    func descendIfThere(_ parts: ArraySlice<String>) throws(ObjectStoreError) -> Folder? {
        do throws(ObjectStoreError) {
            return try descend(parts, creating: false)
        } catch .system(_, _, ENOENT) {
            return nil
        } catch .system(_, _, ENOTDIR) {
            return nil
        }
    }

    private func child(_ name: String, creating: Bool) throws(ObjectStoreError) -> Folder {
        if creating, mkdirat(number, name, 0o700) == 0 {
            guard fsync(number) == 0 else { throw failure("sync", name) }
        }
        let child = openat(number, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
        guard child >= 0 else { throw failure("open", name) }
        return Folder(number: child, path: "\(path)/\(name)")
    }

    /// Writes under another name, syncs, renames, syncs the folder: after a crash the object is the old or the new one.
    func replace(_ name: String, with bytes: [UInt8]) throws(ObjectStoreError) {
        var random = SystemRandomNumberGenerator()
        let temporary = Self.temporary + String(random.next(), radix: 36)
        let file = openat(number, temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw failure("create", name) }
        defer { close(file) }
        do throws(ObjectStoreError) {
            try write(bytes, to: file, name)
            guard fsync(file) == 0 else { throw failure("sync", name) }
            guard renameat(number, temporary, number, name) == 0 else { throw failure("rename", name) }
        } catch {
            unlinkat(number, temporary, 0)
            throw error
        }
        guard fsync(number) == 0 else { throw failure("sync the folder of", name) }
    }

    private func write(_ bytes: [UInt8], to file: Int32, _ name: String) throws(ObjectStoreError) {
        var done = 0
        while done < bytes.count {
            let count = bytes.withUnsafeBytes {
                Glibc.write(file, $0.baseAddress.map { $0 + done }, bytes.count - done)
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw failure("write", name) }
            done += count
        }
    }

    func contents(of name: String) throws(ObjectStoreError) -> [UInt8]? {
        let file = openat(number, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK)
        if file < 0, errno == ENOENT { return nil }
        guard file >= 0 else { throw failure("open", name) }
        defer { close(file) }
        var facts = stat()
        guard fstat(file, &facts) == 0 else { throw failure("stat", name) }
        guard facts.st_mode & S_IFMT == S_IFREG else { return nil }
        var bytes = [UInt8](repeating: 0, count: Int(facts.st_size))
        var done = 0
        while done < bytes.count {
            let count = bytes.withUnsafeMutableBytes { buffer in
                read(file, buffer.baseAddress.map { $0 + done }, buffer.count - done)
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw failure("read", name) }
            done += count
        }
        return bytes
    }

    func remove(_ name: String) throws(ObjectStoreError) {
        guard unlinkat(number, name, 0) == 0 || errno == ENOENT || errno == EISDIR else {
            throw failure("remove", name)
        }
    }

    /// Calls the body with the path of every object below, from the root of the store.
    func walk(under parts: [String], _ body: (String) throws -> Void) throws {
        for name in try names() where !name.hasPrefix(".") {
            let parts = parts + [name]
            if let folder = try descendIfThere([name]) {
                try folder.walk(under: parts, body)
            } else if isFile(name) {
                try body(parts.joined(separator: "/"))
            }
        }
    }

    private func isFile(_ name: String) -> Bool {
        var facts = stat()
        return fstatat(number, name, &facts, AT_SYMLINK_NOFOLLOW) == 0 && facts.st_mode & S_IFMT == S_IFREG
    }

    private func names() throws(ObjectStoreError) -> [String] {
        let copy = openat(number, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard copy >= 0, let stream = fdopendir(copy) else { throw failure("list", ".") }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            names.append(
                withUnsafeBytes(of: entry.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) })
        }
        return names
    }

    private func failure(_ operation: String, _ name: String) -> ObjectStoreError {
        .system(operation: operation, path: "\(path)/\(name)", code: errno)
    }
}
