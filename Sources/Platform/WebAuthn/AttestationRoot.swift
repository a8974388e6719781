import CFido2
package import Cryptography
package import FoundationEssentials

/// A certificate authority for whose authenticators a company takes the word.
package struct AttestationRoot: Sendable, Hashable {
    package static let longest = 8 * 1024

    package let der: [UInt8]
    /// Whose it is, as RFC 4514 writes names.
    package let subject: String
    package let end: Date

    package var fingerprint: Hash256 { Hash256.of(der) }

    /// Exactly one certificate in PEM, that of an authority.
    package init(pem: String) throws(AttestationRootFault) {
        guard pem.utf8.count <= Self.longest, let der = Self.certificate(in: pem) else { throw .notACertificate }
        try self.init(der: der)
    }

    package init(der: [UInt8]) throws(AttestationRootFault) {
        guard der.count <= Self.longest, let certificate = MakerCertificate(der: der), let end = certificate.end else {
            throw .notACertificate
        }
        guard certificate.isAuthority else { throw .notAnAuthority }
        self.der = der
        subject = certificate.subject
        self.end = Date(timeIntervalSince1970: Double(end))
    }

    private static func certificate(in pem: String) -> [UInt8]? {
        // One, and nothing but it: OpenSSL would pass over what stands around, and ask the terminal for a passphrase.
        let edge = "-----BEGIN CERTIFICATE-----"
        let text = pem.trimmed
        guard text.hasPrefix(edge), text.hasSuffix("-----END CERTIFICATE-----"),
            text.split(separator: "-----BEGIN").count == 1
        else { return nil }
        return Array(text.utf8).withUnsafeBufferPointer { bytes in
            guard let bio = BIO_new_mem_buf(bytes.baseAddress, Int32(bytes.count)) else { return nil }
            defer {
                BIO_free(bio)
                ERR_clear_error()
            }
            guard let read = PEM_read_bio_X509(bio, nil, { _, _, _, _ in -1 }, nil) else { return nil }
            defer { X509_free(read) }
            var out: UnsafeMutablePointer<UInt8>?
            let count = i2d_X509(read, &out)
            guard count > 0, let out else { return nil }
            defer { CRYPTO_free(out, #file, #line) }
            return Array(UnsafeBufferPointer(start: out, count: Int(count)))
        }
    }
}

/// Why a certificate is no root.
package enum AttestationRootFault: Error, Sendable {
    case notACertificate
    /// It does not say that it may issue others.
    case notAnAuthority
}

extension String {
    fileprivate var trimmed: Substring {
        var text = self[...]
        while text.first?.isWhitespace == true { text.removeFirst() }
        while text.last?.isWhitespace == true { text.removeLast() }
        return text
    }
}
