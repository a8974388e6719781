import CLDAP
import Glibc

/// libldap as a whole.
enum LDAPLibrary {
    /// Set up once, before the first connection: libldap fills its global state when it is first used, without a lock.
    ///
    /// A server that hangs up must not end the process by SIGPIPE.
    static let isReady: Bool = {
        signal(SIGPIPE, SIG_IGN)
        var handle: OpaquePointer?
        guard ldap_initialize(&handle, nil) == LDAP_SUCCESS else { return false }
        ldap_unbind_ext(handle, nil, nil)
        return true
    }()

    /// TLS 1.2 and later, in the words of the library that libldap was built with.
    static func requireModernTLS(_ handle: OpaquePointer) -> Bool {
        let package = ldap_get_text(handle, LDAP_OPT_X_TLS_PACKAGE)
        defer { ldap_memfree(package) }
        if let package, String(cString: package) == "GnuTLS" {
            return ldap_set_text(
                handle, LDAP_OPT_X_TLS_CIPHER_SUITE, "NORMAL:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2") == LDAP_OPT_SUCCESS
        }
        return ldap_set_number(handle, LDAP_OPT_X_TLS_PROTOCOL_MIN, 0x0303) == LDAP_OPT_SUCCESS
    }

    /// Lends a path under which libldap finds the text, which no file system ever sees.
    static func withFile<Result>(_ text: String, _ body: (String) throws -> Result) rethrows -> Result? {
        let descriptor = ldap_memory_file()
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var bytes = Array(text.utf8)[...]
        while !bytes.isEmpty {
            let written = bytes.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
            guard written > 0 else { return nil }
            bytes = bytes.dropFirst(written)
        }
        return try body("/proc/self/fd/\(descriptor)")
    }

    static func text(of code: Int32) -> String { String(cString: ldap_err2string(code)) }
}

extension Duration {
    /// At least one, so that it never means "do not wait".
    var milliseconds: Int {
        let (seconds, attoseconds) = components
        return max(1, Int(clamping: seconds) * 1000 + Int(attoseconds / 1_000_000_000_000_000))
    }
}
