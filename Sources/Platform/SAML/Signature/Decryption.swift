import CXMLSec

/// The algorithms of XML encryption that are allowed, with the keys in them.
enum Decryption {
    /// What is in an `EncryptedData`, with the one key that was encrypted for us: beside it, or in its `KeyInfo`.
    static func content(of encrypted: XMLElement, with pair: SAMLKeyPair) throws(SAMLError) -> [UInt8] {
        guard let data = encrypted.only("EncryptedData", in: Names.encryption) else { throw .undecryptable }
        var keys: [XMLElement] = []
        encrypted.visit { if $0.isNamed("EncryptedKey", in: Names.encryption) { keys.append($0) } }
        guard keys.count == 1, let key = keys.first else { throw .undecryptable }
        let cipher = try ContentCipher(method(data)["Algorithm"])
        let (digest, mask) = try paddingDigests(method(key))
        guard let wrapped = value(of: key), let sealed = value(of: data) else { throw .undecryptable }
        guard let secret = pair.decrypt(wrapped, digest: digest, mask: mask), secret.count == cipher.keyBytes,
            let content = cipher.open(sealed, with: secret)
        else { throw .undecryptable }
        return content
    }

    private static func method(_ element: XMLElement) throws(SAMLError) -> XMLElement {
        guard let method = element.only("EncryptionMethod", in: Names.encryption) else { throw .encryptionAlgorithm }
        return method
    }

    /// The bytes are in the document; a reference to somewhere else is not followed.
    private static func value(of element: XMLElement) -> [UInt8]? {
        element.only("CipherData", in: Names.encryption)?.only("CipherValue", in: Names.encryption)
            .flatMap { Base64Text.decoded($0.text) }
    }

    /// The digests of OAEP. SHA-1 is no weakness in this place, where nobody looks for collisions.
    private static func paddingDigests(_ method: XMLElement) throws(SAMLError) -> (OpaquePointer?, OpaquePointer?) {
        guard method.children("OAEPparams", in: Names.encryption).isEmpty else { throw .encryptionAlgorithm }
        let digest = try digest(method.only("DigestMethod", in: Names.signature)?["Algorithm"])
        switch method["Algorithm"] {
        case Names.encryption + "rsa-oaep-mgf1p": return (digest, EVP_sha1())
        case Names.encryption11 + "rsa-oaep":
            return (digest, try maskDigest(method.only("MGF", in: Names.encryption11)?["Algorithm"]))
        default: throw .encryptionAlgorithm
        }
    }

    private static func digest(_ name: String?) throws(SAMLError) -> OpaquePointer? {
        switch name {
        case nil, Names.signature + "sha1": EVP_sha1()
        case Names.encryption + "sha256": EVP_sha256()
        case "http://www.w3.org/2001/04/xmldsig-more#sha384": EVP_sha384()
        case Names.encryption + "sha512": EVP_sha512()
        default: throw .encryptionAlgorithm
        }
    }

    private static func maskDigest(_ name: String?) throws(SAMLError) -> OpaquePointer? {
        switch name {
        case nil, Names.encryption11 + "mgf1sha1": EVP_sha1()
        case Names.encryption11 + "mgf1sha256": EVP_sha256()
        case Names.encryption11 + "mgf1sha384": EVP_sha384()
        case Names.encryption11 + "mgf1sha512": EVP_sha512()
        default: throw .encryptionAlgorithm
        }
    }
}

/// AES in the two modes that XML encryption knows.
private struct ContentCipher {
    let keyBytes: Int
    private let isAuthenticated: Bool

    init(_ name: String?) throws(SAMLError) {
        switch name {
        case Names.encryption + "aes128-cbc": (keyBytes, isAuthenticated) = (16, false)
        case Names.encryption + "aes192-cbc": (keyBytes, isAuthenticated) = (24, false)
        case Names.encryption + "aes256-cbc": (keyBytes, isAuthenticated) = (32, false)
        case Names.encryption11 + "aes128-gcm": (keyBytes, isAuthenticated) = (16, true)
        case Names.encryption11 + "aes192-gcm": (keyBytes, isAuthenticated) = (24, true)
        case Names.encryption11 + "aes256-gcm": (keyBytes, isAuthenticated) = (32, true)
        default: throw .encryptionAlgorithm
        }
    }

    func open(_ sealed: [UInt8], with key: [UInt8]) -> [UInt8]? {
        isAuthenticated ? openGCM(sealed, key) : openCBC(sealed, key)
    }

    /// Twelve bytes of nonce in front, sixteen of tag behind.
    private func openGCM(_ sealed: [UInt8], _ key: [UInt8]) -> [UInt8]? {
        guard sealed.count > 28 else { return nil }
        let cipher =
            switch keyBytes {
            case 16: EVP_aes_128_gcm()
            case 24: EVP_aes_192_gcm()
            default: EVP_aes_256_gcm()
            }
        return run(
            cipher, key, nonce: Array(sealed.prefix(12)), Array(sealed.dropFirst(12).dropLast(16)),
            tag: Array(sealed.suffix(16)))
    }

    /// One block of vector in front, and a padding of which only the last byte means something. A wrong length of it is
    /// not told from a wrong text: what is left is read, and refused, as any other.
    private func openCBC(_ sealed: [UInt8], _ key: [UInt8]) -> [UInt8]? {
        guard sealed.count >= 32, sealed.count % 16 == 0 else { return nil }
        let cipher =
            switch keyBytes {
            case 16: EVP_aes_128_cbc()
            case 24: EVP_aes_192_cbc()
            default: EVP_aes_256_cbc()
            }
        guard let plain = run(cipher, key, nonce: Array(sealed.prefix(16)), Array(sealed.dropFirst(16)), tag: nil),
            let last = plain.last
        else { return nil }
        return plain.dropLast((1...16).contains(last) ? Int(last) : 0)
    }

    private func run(
        _ cipher: OpaquePointer?, _ key: [UInt8], nonce: [UInt8], _ sealed: [UInt8], tag: [UInt8]?
    ) -> [UInt8]? {
        guard let context = EVP_CIPHER_CTX_new() else { return nil }
        defer {
            EVP_CIPHER_CTX_free(context)
            ERR_clear_error()
        }
        var plain = [UInt8](repeating: 0, count: sealed.count + 16)
        var count: CInt = 0
        var rest = [UInt8](repeating: 0, count: 32)
        var restCount: CInt = 0
        guard EVP_DecryptInit_ex(context, cipher, nil, key, nonce) == 1, EVP_CIPHER_CTX_set_padding(context, 0) == 1,
            EVP_DecryptUpdate(context, &plain, &count, sealed, CInt(sealed.count)) == 1
        else { return nil }
        if let tag, evp_read_tag(context, tag, CInt(tag.count)) != 1 { return nil }
        guard EVP_DecryptFinal_ex(context, &rest, &restCount) == 1 else { return nil }
        return Array(plain.prefix(Int(count))) + rest.prefix(Int(restCount))
    }
}
