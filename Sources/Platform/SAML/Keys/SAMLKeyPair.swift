import CXMLSec
package import FoundationEssentials

/// An RSA key of ours with the certificate that shows it to providers: for signing requests or for having assertions
/// encrypted.
package struct SAMLKeyPair: Sendable {
    package let certificate: SAMLCertificate
    /// Both halves.
    let key: KeyHandle

    /// - Parameter privateKey: PKCS#8 as PEM, not encrypted.
    package init(privateKey: String, certificate: SAMLCertificate) throws(SAMLKeyError) {
        guard XMLLibrary.isReady else { throw .library }
        guard privateKey.utf8.count <= 32 << 10, let bytes = PEM.bytes(privateKey, "PRIVATE KEY") else {
            throw .notAPrivateKey
        }
        defer { ERR_clear_error() }
        let parsed = bytes.withUnsafeBufferPointer { buffer -> OpaquePointer? in
            var next = buffer.baseAddress
            return d2i_AutoPrivateKey(nil, &next, buffer.count)
        }
        guard let key = parsed.map(KeyHandle.init(adopting:)), key.isRSA else { throw .notAPrivateKey }
        guard key.isStrong else { throw .weak }
        guard EVP_PKEY_eq(key.pointer, certificate.key.pointer) == 1 else { throw .notAPair }
        self.key = key
        self.certificate = certificate
    }

    /// A new key with a certificate that it signed itself.
    package static func generate(
        name: String, bits: UInt32 = 3072, from start: Date, until end: Date
    ) throws(SAMLKeyError) -> SAMLKeyPair {
        guard XMLLibrary.isReady else { throw .library }
        defer { ERR_clear_error() }
        guard let key = evp_generate_rsa(bits).map(KeyHandle.init(adopting:)), let certificate = X509_new() else {
            throw .library
        }
        defer { X509_free(certificate) }
        let subject = X509_get_subject_name(certificate)
        // X.520 allows a common name of 64 characters.
        let commonName = Array(String(String.UnicodeScalarView(name.unicodeScalars.prefix(64))).utf8)
        let serial = UInt64.random(in: 1...UInt64(Int64.max))
        guard X509_set_version(certificate, 2) == 1,
            ASN1_INTEGER_set_uint64(X509_get_serialNumber(certificate), serial) == 1,
            X509_NAME_add_entry_by_txt(
                subject, "CN", MBSTRING_FLAG, commonName, CInt(commonName.count), -1, 0) == 1,
            X509_set_issuer_name(certificate, subject) == 1,
            ASN1_TIME_set(X509_getm_notBefore(certificate), time_t(start.timeIntervalSince1970)) != nil,
            ASN1_TIME_set(X509_getm_notAfter(certificate), time_t(end.timeIntervalSince1970)) != nil,
            X509_set_pubkey(certificate, key.pointer) == 1,
            X509_sign(certificate, key.pointer, EVP_sha256()) > 0
        else { throw .library }
        var encoded: UnsafeMutablePointer<UInt8>?
        let count = i2d_X509(certificate, &encoded)
        guard count > 0, let encoded else { throw .library }
        defer { CRYPTO_free(encoded, #file, #line) }
        let bytes = Array(UnsafeBufferPointer(start: encoded, count: Int(count)))
        return SAMLKeyPair(key: key, certificate: try SAMLCertificate(der: bytes))
    }

    private init(key: KeyHandle, certificate: SAMLCertificate) {
        self.key = key
        self.certificate = certificate
    }

    /// PKCS#8 as PEM: to be sealed, and nothing else.
    package func privateKey() throws(SAMLKeyError) -> String {
        guard let memory = BIO_new(BIO_s_mem()) else { throw .library }
        defer { BIO_free_all(memory) }
        guard PEM_write_bio_PKCS8PrivateKey(memory, key.pointer, nil, nil, 0, nil, nil) == 1 else { throw .library }
        var buffer = [UInt8](repeating: 0, count: 16 << 10)
        defer { buffer.withUnsafeMutableBytes { OPENSSL_cleanse($0.baseAddress, $0.count) } }
        let count = BIO_read(memory, &buffer, CInt(buffer.count))
        guard count > 0 else { throw .library }
        return String(decoding: buffer.prefix(Int(count)), as: UTF8.self)
    }

    /// RSA with SHA-256 and PKCS#1 v1.5, as the redirect binding wants it.
    func sign(_ bytes: [UInt8]) throws(SAMLKeyError) -> [UInt8] {
        guard let context = EVP_MD_CTX_new() else { throw .library }
        defer {
            EVP_MD_CTX_free(context)
            ERR_clear_error()
        }
        var count = Int(EVP_PKEY_get_size(key.pointer))
        var signature = [UInt8](repeating: 0, count: count)
        guard EVP_DigestSignInit(context, nil, EVP_sha256(), nil, key.pointer) == 1,
            EVP_DigestSign(context, &signature, &count, bytes, bytes.count) == 1
        else { throw .library }
        return Array(signature.prefix(count))
    }

    /// RSA-OAEP; nil for whatever reason it fails, and nobody is told which.
    func decrypt(_ bytes: [UInt8], digest: OpaquePointer?, mask: OpaquePointer?) -> [UInt8]? {
        guard let context = EVP_PKEY_CTX_new(key.pointer, nil) else { return nil }
        defer {
            EVP_PKEY_CTX_free(context)
            ERR_clear_error()
        }
        var count = Int(EVP_PKEY_get_size(key.pointer))
        var plain = [UInt8](repeating: 0, count: count)
        guard EVP_PKEY_decrypt_init(context) == 1,
            EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_OAEP_PADDING) == 1,
            EVP_PKEY_CTX_set_rsa_oaep_md(context, digest) == 1,
            EVP_PKEY_CTX_set_rsa_mgf1_md(context, mask) == 1,
            EVP_PKEY_decrypt(context, &plain, &count, bytes, bytes.count) == 1
        else { return nil }
        return Array(plain.prefix(count))
    }
}
