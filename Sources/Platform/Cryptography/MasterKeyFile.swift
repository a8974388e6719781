import Glibc

/// The file of the master key: appears complete or not at all, and is refused if others may touch it.
struct MasterKeyFile {
    let path: String

    /// The text of the file, or nil if there is none.
    func read() throws(MasterKeyError) -> String? {
        let file = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
        if file < 0, errno == ENOENT { return nil }
        if file < 0, errno == ELOOP { throw .notAFile(path: path) }
        guard file >= 0 else { throw failure("open") }
        defer { close(file) }
        var facts = stat()
        guard fstat(file, &facts) == 0 else { throw failure("stat") }
        guard facts.st_mode & S_IFMT == S_IFREG else { throw .notAFile(path: path) }
        guard facts.st_uid == geteuid() else { throw .owner(path: path, user: facts.st_uid) }
        guard facts.st_mode & 0o077 == 0 else { throw .permissions(path: path, mode: facts.st_mode & 0o777) }
        var bytes = [UInt8](repeating: 0, count: 512)
        defer { explicit_bzero(&bytes, bytes.count) }
        let count = pread(file, &bytes, bytes.count, 0)
        guard count >= 0 else { throw failure("read") }
        return String(decoding: bytes.prefix(count), as: UTF8.self)
    }

    /// Makes the file; false if somebody else was quicker.
    ///
    /// Written under another name and then linked: a crash leaves no half key behind, and `link` never replaces one.
    func create(text: String) throws(MasterKeyError) -> Bool {
        let temporary = "\(path).\(Hex.encode(SecureRandom.bytes(8)))"
        let file = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard file >= 0 else { throw failure("create") }
        defer {
            close(file)
            unlink(temporary)
        }
        let bytes = Array(text.utf8)
        guard fchmod(file, 0o600) == 0, write(file, bytes, bytes.count) == bytes.count, fsync(file) == 0 else {
            throw failure("write")
        }
        guard link(temporary, path) == 0 else {
            if errno == EEXIST { return false }
            throw failure("create")
        }
        try syncFolder()
        return true
    }

    private func syncFolder() throws(MasterKeyError) {
        let folder = path.lastIndex(of: "/").map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
        let file = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard file >= 0 else { throw failure("open the folder of") }
        defer { close(file) }
        guard fsync(file) == 0 else { throw failure("sync the folder of") }
    }

    private func failure(_ operation: String) -> MasterKeyError {
        .system(path: path, operation: operation, code: errno)
    }
}
