import COpenSSL
package import Cryptography

/// What RADIUS over TLS (RFC 6614) takes: whose servers count, and who we are to them.
package struct RadSec: Sendable {
    /// What stands for the shared secret (RFC 6614 §2.3): TLS is what keeps others out.
    package static let secret = "radsec"

    let authorities: String
    let certificate: String
    let key: Redacted<String>

    /// All of it is PEM: authorities, our certificate with what is above it, and its key.
    package init(authorities: String, certificate: String, key: Redacted<String>) {
        self.authorities = authorities
        self.certificate = certificate
        self.key = key
    }

    /// What is wrong with it; nil for what a server can be asked with.
    package var fault: RadSecFault? {
        do throws(RadSecFault) {
            _ = try context()
            return nil
        } catch {
            return error
        }
    }

    /// Whether the text holds certificates, for those who have no key at hand.
    package static func isCertificates(_ text: String) -> Bool {
        var some = false
        let isWhole = forEachCertificate(in: text) { _ in
            some = true
            return true
        }
        return some && isWhole
    }

    /// Takes milliseconds, for which no event loop has time.
    func context() throws(RadSecFault) -> RadSecContext {
        guard let new = SSL_CTX_new(TLS_client_method()) else { throw .broken }
        let context = RadSecContext(new)
        do throws(RadSecFault) {
            try furnish(new)
            return context
        } catch {
            ERR_clear_error()
            throw error
        }
    }

    /// Whether a passphrase is needed for it. How long one is worked on is said in the text itself, and may be hours.
    private static func isEncrypted(_ text: String) -> Bool {
        ["ENCRYPTED", "Proc-Type:", "DEK-Info:"].contains { text.contains($0) }
    }

    private func furnish(_ context: OpaquePointer) throws(RadSecFault) {
        guard gh_ssl_least_version(context, TLS1_2_VERSION) == 1 else { throw .broken }
        SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nil)
        guard let store = SSL_CTX_get_cert_store(context),
            Self.isCertificates(authorities),
            Self.forEachCertificate(in: authorities, { X509_STORE_add_cert(store, $0) == 1 })
        else { throw .authorities }
        var isFirst = true
        let isChained = Self.forEachCertificate(in: certificate) { one in
            if isFirst {
                isFirst = false
                return SSL_CTX_use_certificate(context, one) == 1
            }
            // The context takes it over, and so one reference more.
            guard X509_up_ref(one) == 1, gh_ssl_add_chain(context, one) == 1 else { return false }
            return true
        }
        guard isChained, !isFirst else { throw .certificate }
        // A key that has a passphrase is none.
        let text = key.reveal()
        guard !Self.isEncrypted(text),
            let own = Self.withBIO(text, { PEM_read_bio_PrivateKey($0, nil, { _, _, _, _ in -1 }, nil) })
        else { throw .key }
        defer { EVP_PKEY_free(own) }
        guard SSL_CTX_use_PrivateKey(context, own) == 1, SSL_CTX_check_private_key(context) == 1 else { throw .key }
    }

    private static func withBIO<Value>(_ text: String, _ body: (OpaquePointer) -> Value?) -> Value? {
        var text = text
        return text.withUTF8 { bytes in
            guard let bio = BIO_new_mem_buf(bytes.baseAddress, Int32(bytes.count)) else { return nil }
            defer { BIO_free(bio) }
            return body(bio)
        }
    }

    /// False if something in it is no certificate, or `body` wants no more.
    private static func forEachCertificate(in text: String, _ body: (OpaquePointer) -> Bool) -> Bool {
        guard !isEncrypted(text) else { return false }
        let result = withBIO(text) { bio -> Bool? in
            // Without the callback OpenSSL would ask whoever sits at the terminal for a passphrase.
            while let certificate = PEM_read_bio_X509(bio, nil, { _, _, _, _ in -1 }, nil) {
                defer { X509_free(certificate) }
                guard body(certificate) else { return false }
            }
            // The end of the text is an error too.
            let reason = ERR_peek_last_error() & 0x7F_FFFF
            ERR_clear_error()
            return reason == UInt(PEM_R_NO_START_LINE)
        }
        return result ?? false
    }
}

/// What cannot be used.
package enum RadSecFault: Error, Sendable {
    case authorities
    case certificate
    /// No key as PEM, one with a passphrase, or that of another certificate.
    case key
    case broken
}

/// What a connection's TLS is begun with. Safe because nobody changes it once it is made, and OpenSSL counts who
/// holds it.
final class RadSecContext: @unchecked Sendable {
    fileprivate let pointer: OpaquePointer

    fileprivate init(_ pointer: OpaquePointer) { self.pointer = pointer }

    deinit { SSL_CTX_free(pointer) }
}

/// One connection's TLS, without a socket: bytes of the network go in and come out. It stays on its event loop.
final class RadSecEngine {
    private let ssl: OpaquePointer
    private let incoming: OpaquePointer
    private let outgoing: OpaquePointer

    /// `host` is the name or address that the server's certificate has to be for.
    init(_ context: RadSecContext, host: String) throws(RadSecFault) {
        guard let ssl = SSL_new(context.pointer) else { throw .broken }
        guard let incoming = BIO_new(BIO_s_mem()), let outgoing = BIO_new(BIO_s_mem()) else {
            SSL_free(ssl)
            throw .broken
        }
        gh_bio_never_ends(incoming)
        gh_bio_never_ends(outgoing)
        SSL_set_bio(ssl, incoming, outgoing)
        SSL_set_connect_state(ssl)
        (self.ssl, self.incoming, self.outgoing) = (ssl, incoming, outgoing)
        let parameters = SSL_get0_param(ssl)
        if X509_VERIFY_PARAM_set1_ip_asc(parameters, host) != 1 {
            ERR_clear_error()
            guard X509_VERIFY_PARAM_set1_host(parameters, host, host.utf8.count) == 1, gh_ssl_name(ssl, host) == 1
            else { throw .broken }
        }
    }

    deinit { SSL_free(ssl) }

    enum Progress: Equatable {
        /// More has to come, or the handshake is not over.
        case waits
        case ready
        case failed(String)
    }

    func receive(_ bytes: [UInt8]) {
        guard !bytes.isEmpty else { return }
        _ = BIO_write(incoming, bytes, Int32(bytes.count))
    }

    func shakeHands() -> Progress {
        ERR_clear_error()
        let code = SSL_do_handshake(ssl)
        return code == 1 ? .ready : progress(code)
    }

    func write(_ bytes: [UInt8]) -> Progress {
        ERR_clear_error()
        let code = SSL_write(ssl, bytes, Int32(bytes.count))
        return code > 0 ? .ready : progress(code)
    }

    /// What the server has said, as far as it has come.
    func read() -> (bytes: [UInt8], Progress) {
        var all: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4096)
        while true {
            ERR_clear_error()
            let count = SSL_read(ssl, &buffer, Int32(buffer.count))
            guard count > 0 else { return (all, progress(count)) }
            all += buffer[..<Int(count)]
        }
    }

    /// What is to be sent.
    func takeOutgoing() -> [UInt8] {
        var all: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4096)
        while true {
            let count = BIO_read(outgoing, &buffer, Int32(buffer.count))
            guard count > 0 else { return all }
            all += buffer[..<Int(count)]
        }
    }

    private func progress(_ code: Int32) -> Progress {
        switch SSL_get_error(ssl, code) {
        case SSL_ERROR_WANT_READ, SSL_ERROR_WANT_WRITE: return .waits
        case SSL_ERROR_ZERO_RETURN: return .failed("the server has ended the connection")
        default: return .failed(reason)
        }
    }

    /// Of the server's certificate, or of the handshake.
    private var reason: String {
        let verdict = SSL_get_verify_result(ssl)
        if verdict != Int(X509_V_OK), let words = X509_verify_cert_error_string(verdict) {
            return "its certificate does not count: \(String(cString: words))"
        }
        let code = ERR_get_error()
        guard code != 0, let words = ERR_reason_error_string(code) else { return "the server has ended the handshake" }
        return "no TLS with it: \(String(cString: words))"
    }
}
