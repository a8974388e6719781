import CLibSSH
import FoundationEssentials

/// A public key as it goes over the wire.
package struct SSHPublicKey: Sendable, Hashable {
    /// `ssh-ed25519`, `ecdsa-sha2-nistp256`, `ssh-rsa` and so on.
    package let algorithm: String
    package let blob: [UInt8]
    /// `SHA256:` and unpadded base64.
    package let fingerprint: String

    /// Parses the algorithm and the base64 of an `authorized_keys` line.
    package init(algorithm: String, base64: String) throws(SSHError) {
        var handle: ssh_key?
        guard ssh_pki_import_pubkey_base64(base64, ssh_key_type_from_name(algorithm), &handle) == SSH_OK, let handle
        else { throw SSHError.badKey("not a public key of the kind \(SSHLibrary.printable(algorithm, limit: 40))") }
        defer { ssh_key_free(handle) }
        try self.init(handle)
    }

    /// A key from its blob (RFC 4253 §6.6), which must be of the kind it is said to be.
    package init(algorithm: String, blob: [UInt8]) throws(SSHError) {
        try self.init(algorithm: algorithm, base64: Data(blob).base64EncodedString())
        guard self.algorithm == algorithm, self.blob == blob else {
            throw SSHError.badKey(
                "a key of the kind \(self.algorithm), not \(SSHLibrary.printable(algorithm, limit: 40))")
        }
    }

    init(_ key: ssh_key) throws(SSHError) {
        var base64: UnsafeMutablePointer<CChar>?
        guard ssh_pki_export_pubkey_base64(key, &base64) == SSH_OK, let base64,
            let data = Data(base64Encoded: String(cString: base64)),
            let name = text(ssh_key_type_to_char(ssh_key_type(key)))
        else { throw SSHError.badKey("a public key that cannot be read") }
        defer { ssh_string_free_char(base64) }
        blob = Array(data)
        algorithm = Self.name(in: blob) ?? name
        fingerprint = try Self.fingerprint(of: key)
    }

    package var base64: String { Data(blob).base64EncodedString() }

    /// The name that the blob starts with: for ECDSA libssh's own name leaves out the curve.
    private static func name(in blob: [UInt8]) -> String? {
        guard blob.count > 4 else { return nil }
        let length = blob[..<4].reduce(0) { $0 << 8 | Int($1) }
        guard 1...64 ~= length, blob.count >= 4 + length else { return nil }
        return String(decoding: blob[4..<4 + length], as: UTF8.self)
    }

    private static func fingerprint(of key: ssh_key) throws(SSHError) -> String {
        var hash: UnsafeMutablePointer<UInt8>?
        var length = 0
        guard ssh_get_publickey_hash(key, SSH_PUBLICKEY_HASH_SHA256, &hash, &length) == 0, let hash else {
            throw SSHError.badKey("a public key without a fingerprint")
        }
        defer {
            var hash: UnsafeMutablePointer<UInt8>? = hash
            ssh_clean_pubkey_hash(&hash)
        }
        let base64 = Data(bytes: hash, count: length).base64EncodedString()
        return "SHA256:" + base64.prefix { $0 != "=" }
    }

    /// The host key algorithms to offer so that a key of this kind is shown.
    var signatureAlgorithms: [String] {
        algorithm == "ssh-rsa" ? ["rsa-sha2-512", "rsa-sha2-256"] : [algorithm]
    }
}
