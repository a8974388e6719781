import CFido2

/// A certificate of a maker of authenticators, in OpenSSL's hands.
final class MakerCertificate {
    let pointer: OpaquePointer

    /// Nil for what is no certificate, or one with something after it.
    init?(der: [UInt8]) {
        let pointer: OpaquePointer? = der.withUnsafeBufferPointer { bytes in
            guard let start = bytes.baseAddress else { return nil }
            var at: UnsafePointer<UInt8>? = start
            guard let read = d2i_X509(nil, &at, bytes.count) else { return nil }
            guard at == start + bytes.count else {
                X509_free(read)
                return nil
            }
            return read
        }
        ERR_clear_error()
        guard let pointer else { return nil }
        self.pointer = pointer
    }

    deinit { X509_free(pointer) }

    /// Whether it says outright that it is an authority's; what older certificates imply does not count.
    var isAuthority: Bool { X509_check_ca(pointer) == 1 }

    /// What WebAuthn §8.2.1 demands of the certificate that vouches for a key.
    var isForAttestation: Bool {
        guard X509_get_version(pointer) == 2, X509_check_ca(pointer) == 0,
            let name = X509_get_subject_name(pointer)
        else { return false }
        var unit = [CChar](repeating: 0, count: 64)
        let count = Int(X509_NAME_get_text_by_NID(name, NID_organizationalUnitName, &unit, Int32(unit.count)))
        return count > 0 && unit[..<count].elementsEqual("Authenticator Attestation".utf8.map { CChar($0) })
    }

    /// The model for which it vouches (1.3.6.1.4.1.45724.1.1.4): nil where it names none, or names it in another way than
    /// once, and as nothing that must be understood.
    var model: [UInt8]? {
        guard let kind = OBJ_txt2obj("1.3.6.1.4.1.45724.1.1.4", 1) else { return nil }
        defer { ASN1_OBJECT_free(kind) }
        let at = X509_get_ext_by_OBJ(pointer, kind, -1)
        guard at >= 0, X509_get_ext_by_OBJ(pointer, kind, at) < 0, let found = X509_get_ext(pointer, at),
            X509_EXTENSION_get_critical(found) == 0, let value = X509_EXTENSION_get_data(found),
            let start = ASN1_STRING_get0_data(value)
        else { return nil }
        let count = Int(ASN1_STRING_length(value))
        var next: UnsafePointer<UInt8>? = start
        guard let inner = d2i_ASN1_OCTET_STRING(nil, &next, count) else {
            ERR_clear_error()
            return nil
        }
        defer { ASN1_OCTET_STRING_free(inner) }
        guard next == start + count, ASN1_STRING_length(inner) == 16, let bytes = ASN1_STRING_get0_data(inner) else {
            return nil
        }
        return Array(UnsafeBufferPointer(start: bytes, count: 16))
    }

    var subject: String {
        guard let target = BIO_new(BIO_s_mem()) else { return "" }
        defer { BIO_free(target) }
        guard gh_certificate_name(target, pointer) >= 0 else { return "" }
        // As much of it as is kept.
        var text = [UInt8](repeating: 0, count: 1000)
        let count = BIO_read(target, &text, Int32(text.count))
        return String(decoding: text[..<Int(max(count, 0))], as: UTF8.self)
    }

    /// Until when it is valid, in seconds since 1970.
    var end: Int? {
        var fields = tm()
        guard ASN1_TIME_to_tm(X509_get0_notAfter(pointer), &fields) == 1 else { return nil }
        return timegm(&fields)
    }
}
