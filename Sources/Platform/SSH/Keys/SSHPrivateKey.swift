import CLibSSH
import Glibc

/// A private key in memory. Its secret stays inside libssh, which wipes it when the key is freed.
package final class SSHPrivateKey: @unchecked Sendable {
    // Safe because libssh only reads a key after it was imported, and each use duplicates it or signs with it.

    let handle: ssh_key
    package let publicKey: SSHPublicKey

    private init(_ handle: ssh_key) throws(SSHError) {
        self.handle = handle
        var publicHandle: ssh_key?
        guard ssh_pki_export_privkey_to_pubkey(handle, &publicHandle) == SSH_OK, let publicHandle else {
            ssh_key_free(handle)
            throw SSHError.badKey("a private key without its public half")
        }
        defer { ssh_key_free(publicHandle) }
        do {
            publicKey = try SSHPublicKey(publicHandle)
        } catch {
            ssh_key_free(handle)
            throw error
        }
    }

    deinit {
        ssh_key_free(handle)
    }

    /// Reads an OpenSSH or PEM private key. An empty passphrase is passed on purpose: with none at all OpenSSL would ask
    /// at the terminal of the process.
    package convenience init(text: String, passphrase: String = "") throws(SSHError) {
        SSHLibrary.prepare()
        var handle: ssh_key?
        guard ssh_pki_import_privkey_base64(text, passphrase, nil, nil, &handle) == SSH_OK, let handle else {
            throw SSHError.badKey("not a private key that can be read, or a wrong passphrase")
        }
        try self.init(handle)
    }

    /// A fresh Ed25519 key.
    package static func generate() throws(SSHError) -> SSHPrivateKey {
        SSHLibrary.prepare()
        var handle: ssh_key?
        guard ssh_pki_generate(SSH_KEYTYPE_ED25519, 0, &handle) == SSH_OK, let handle else {
            throw SSHError.badKey("cannot make a key")
        }
        return try SSHPrivateKey(handle)
    }

    /// The key in OpenSSH's format, unencrypted.
    package func text() throws(SSHError) -> String {
        var base64: UnsafeMutablePointer<CChar>?
        guard ssh_pki_export_privkey_base64(handle, nil, nil, nil, &base64) == SSH_OK, let base64 else {
            throw SSHError.badKey("a private key that cannot be exported")
        }
        defer {
            explicit_bzero(base64, strlen(base64))
            ssh_string_free_char(base64)
        }
        return String(cString: base64)
    }

    /// The key kept in a file of mode 0600, made when it is missing. A file that others may read is refused.
    package static func loadOrCreate(at path: String) throws(SSHError) -> SSHPrivateKey {
        if let text = try read(path) { return try SSHPrivateKey(text: text) }
        let key = try generate()
        let text = try key.text()
        let temporary = "\(path).\(getpid()).new"
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw SSHError.system("cannot create \(temporary)", errno) }
        defer { unlink(temporary) }
        let written = text.utf8.withContiguousStorageIfAvailable { write(descriptor, $0.baseAddress, $0.count) } ?? -1
        guard written == text.utf8.count, fsync(descriptor) == 0 else {
            let number = errno
            close(descriptor)
            throw SSHError.system("cannot write \(temporary)", number)
        }
        close(descriptor)
        // Whoever comes second, when two start at once, reads what the first one made.
        guard link(temporary, path) == 0 || errno == EEXIST else {
            throw SSHError.system("cannot create \(path)", errno)
        }
        guard let text = try read(path) else { throw SSHError.system("cannot read \(path)", ENOENT) }
        return try SSHPrivateKey(text: text)
    }

    private static func read(_ path: String) throws(SSHError) -> String? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        if descriptor < 0, errno == ENOENT { return nil }
        guard descriptor >= 0 else { throw SSHError.system("cannot open \(path)", errno) }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & 0o077 == 0, status.st_uid == geteuid() else {
            throw SSHError.badKey("\(path) must belong to this user and be readable by nobody else (mode 0600)")
        }
        var bytes = [UInt8](repeating: 0, count: 64 * 1024)
        let count = Glibc.read(descriptor, &bytes, bytes.count)
        guard count > 0 else { throw SSHError.badKey("\(path) is empty") }
        defer { bytes.withUnsafeMutableBytes { explicit_bzero($0.baseAddress!, $0.count) } }
        return String(decoding: bytes[..<count], as: UTF8.self)
    }
}
