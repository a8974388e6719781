import CXMLSec
package import FoundationEssentials

/// A certificate that a provider signs with. It is a wrapping for a key that was pinned: neither who issued it nor its
/// dates decide anything, as metadata say it (SAML metadata interoperability profile §2.6.1).
package struct SAMLCertificate: Sendable {
    /// The DER form.
    package let bytes: [UInt8]
    package let notAfter: Date
    /// The subject's name in one line, for people to read.
    package let subject: String
    let key: KeyHandle

    /// From PEM, or from the base64 that metadata have.
    package init(_ text: String) throws(SAMLKeyError) {
        guard text.utf8.count <= 32 << 10, let bytes = PEM.bytes(text, "CERTIFICATE") else { throw .notACertificate }
        try self.init(der: bytes)
    }

    package init(der bytes: [UInt8]) throws(SAMLKeyError) {
        guard XMLLibrary.isReady else { throw .library }
        defer { ERR_clear_error() }
        let parsed = bytes.withUnsafeBufferPointer { buffer -> OpaquePointer? in
            var next = buffer.baseAddress
            guard let certificate = d2i_X509(nil, &next, buffer.count) else { return nil }
            // Nothing may follow.
            guard next == buffer.baseAddress.map({ $0 + buffer.count }) else {
                X509_free(certificate)
                return nil
            }
            return certificate
        }
        guard let certificate = parsed else { throw .notACertificate }
        defer { X509_free(certificate) }
        guard let key = X509_get_pubkey(certificate).map(KeyHandle.init(adopting:)) else { throw .notACertificate }
        guard key.isStrong else { throw .weak }
        var end = tm()
        guard ASN1_TIME_to_tm(X509_get0_notAfter(certificate), &end) == 1 else { throw .notACertificate }
        self.key = key
        self.bytes = bytes
        notAfter = Date(timeIntervalSince1970: TimeInterval(timegm(&end)))
        subject = Self.line(certificate)
    }

    package var pem: String { PEM.armoured(bytes, "CERTIFICATE") }

    /// Lower-case hexadecimal SHA-256 of the DER form, as people compare it.
    package var fingerprint: String {
        var digest = [UInt8](repeating: 0, count: Int(EVP_MAX_MD_SIZE))
        var count: UInt32 = 0
        guard EVP_Digest(bytes, bytes.count, &digest, &count, EVP_sha256(), nil) == 1 else { return "" }
        let digits = Array("0123456789abcdef".utf8)
        return String(
            decoding: digest.prefix(Int(count)).flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }

    private static func line(_ certificate: OpaquePointer) -> String {
        guard let memory = BIO_new(BIO_s_mem()) else { return "" }
        defer { BIO_free(memory) }
        guard x509_print_subject(memory, certificate) >= 0 else { return "" }
        var buffer = [UInt8](repeating: 0, count: 512)
        let count = BIO_read(memory, &buffer, CInt(buffer.count))
        return String(decoding: buffer.prefix(max(0, Int(count))), as: UTF8.self)
    }
}

extension SAMLCertificate: Hashable {
    package static func == (one: Self, other: Self) -> Bool { one.bytes == other.bytes }
    package func hash(into hasher: inout Hasher) { hasher.combine(bytes) }
}
