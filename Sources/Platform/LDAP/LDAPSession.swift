import CLDAP
import Glibc
import Outbound

/// One connection to one server, encrypted from the first word on. Blocks the thread that uses it.
///
/// The socket is opened here and not by libldap, so that the egress policy decides about the address that is connected
/// to. Referrals are not followed, and the files and the environment that libldap reads change nothing that matters.
final class LDAPSession {
    private static let longestMessage: UInt = 1 << 20
    /// A group with very many members is one message.
    private static let longestLargeMessage: UInt = 16 << 20
    /// What the entries of one page may hold together.
    private static let largestPage = 32 << 20
    private static let wait = 50

    private let handle: OpaquePointer
    private let socket: Int32
    private let watchdog: Watchdog

    init(
        _ server: HostPort, _ directory: LDAPDirectory, egress: EgressPolicy, _ watchdog: Watchdog,
        within limit: Duration
    ) throws(LDAPError) {
        guard LDAPLibrary.isReady else { throw .brokenOff("libldap does not start") }
        let deadline = ContinuousClock.now + limit
        let socket: Int32
        do throws(OutboundError) {
            socket = try GuardedSocket.connect(to: server, egress: egress, timeout: limit)
        } catch {
            if case .timedOut = error { throw .timedOut }
            throw .unreachable(error)
        }
        watchdog.watch(socket, until: deadline)
        var handle: OpaquePointer?
        let scheme = directory.security == .tls ? "ldaps" : "ldap"
        guard ldap_init_fd(socket, Int32(LDAP_PROTO_TCP), "\(scheme)://\(server)", &handle) == LDAP_SUCCESS, let handle
        else {
            watchdog.release()
            close(socket)
            throw .brokenOff("libldap does not take the connection")
        }
        self.handle = handle
        self.socket = socket
        self.watchdog = watchdog
        try encrypt(directory, within: limit)
    }

    deinit {
        watchdog.release()
        ldap_unbind_ext(handle, nil, nil)
    }

    /// What follows has to be answered by then.
    func allow(_ limit: Duration) {
        watchdog.watch(socket, until: .now + limit)
    }

    /// From here on a message may be as long as a large group is.
    func allowLargeMessages() throws(LDAPError) {
        guard ldap_limit_messages(handle, Self.longestLargeMessage) >= 0 else {
            throw .brokenOff("libldap refuses its options")
        }
    }

    /// Proves a name by its password.
    func bind(_ dn: String, _ password: LDAPPassword?) throws(LDAPError) {
        guard !dn.isEmpty == (password != nil), !dn.utf8.contains(0) else { throw .protocolViolation("half a bind") }
        var id: Int32 = 0
        var bytes = password?.bytes.map { CChar(bitPattern: $0) } ?? []
        let begun = ldap_simple_bind_begin(handle, dn, &bytes, UInt(bytes.count), &id)
        guard begun == LDAP_SUCCESS else { throw failure(begun) }
        let message = try next(id, all: true)
        defer { ldap_msgfree(message) }
        // Whatever else has a result code of zero in it is no proof.
        guard ldap_is_bind_response(ldap_msgtype(message)) != 0, ldap_msgid(message) == id else {
            throw .protocolViolation("something else than the answer to a bind")
        }
        try check(message)
    }

    struct Page {
        var entries: [LDAPEntry] = []
        var cookie: [UInt8] = []
        /// The server knows pages, and said whether there is another one.
        var isPaged = false
        /// The server had more, and stopped at the limit.
        var isCut = false
    }

    /// One page of a search. `limit` is the most that the server may return for it.
    func page(
        _ search: LDAPSearch, limit: Int, paged size: Int? = nil, after cookie: [UInt8] = []
    ) throws(LDAPError) -> Page {
        let id = try begin(search, limit: size == nil ? limit : 0, paged: size, after: cookie)
        var page = Page()
        var bytes = 0
        while true {
            let message = try next(id, all: false)
            defer { ldap_msgfree(message) }
            let type = ldap_msgtype(message)
            if ldap_is_entry(type) != 0 {
                guard page.entries.count < limit else {
                    ldap_abandon_ext(handle, id, nil, nil)
                    throw .tooMuch
                }
                let entry = try entry(message)
                bytes += entry.size
                guard bytes <= Self.largestPage else {
                    ldap_abandon_ext(handle, id, nil, nil)
                    throw .tooMuch
                }
                page.entries.append(entry)
            } else if ldap_is_search_end(type) != 0 {
                page.isCut = try end(message, of: &page)
                return page
            } else if ldap_is_reference(type) == 0 {
                throw .protocolViolation("something else than the answer to a search")
            }
        }
    }

    // MARK: encryption

    /// There is no LDAP_OPT_NETWORK_TIMEOUT: with it libldap shakes hands in a loop that asks for bytes again and again, and a
    /// server that says nothing takes a whole core until the watchdog barks, which is what ends the handshake in any case.
    private func encrypt(_ directory: LDAPDirectory, within limit: Duration) throws(LDAPError) {
        let milliseconds = limit.milliseconds
        guard ldap_set_number(handle, LDAP_OPT_PROTOCOL_VERSION, 3) == LDAP_OPT_SUCCESS,
            ldap_set_off(handle, LDAP_OPT_REFERRALS) == LDAP_OPT_SUCCESS,
            ldap_set_number(handle, LDAP_OPT_DEREF, 0) == LDAP_OPT_SUCCESS,
            ldap_set_timeout(handle, LDAP_OPT_TIMEOUT, milliseconds) == LDAP_OPT_SUCCESS,
            ldap_set_number(handle, LDAP_OPT_X_TLS_REQUIRE_CERT, LDAP_OPT_X_TLS_DEMAND) == LDAP_OPT_SUCCESS,
            LDAPLibrary.requireModernTLS(handle), ldap_limit_messages(handle, Self.longestMessage) >= 0
        else { throw .brokenOff("libldap refuses its options") }
        let isTrusted: Bool? =
            if let authorities = directory.authorities {
                LDAPLibrary.withFile(authorities, trust)
            } else {
                trust("/etc/ssl/certs/ca-certificates.crt")
            }
        guard isTrusted == true else { throw .notEncrypted("the authorities' certificates cannot be read") }
        let code =
            directory.security == .tls ? ldap_install_tls(handle) : ldap_start_tls_s(handle, nil, nil)
        guard code == LDAP_SUCCESS else {
            if watchdog.hasBarked || code == LDAP_TIMEOUT { throw .timedOut }
            throw .notEncrypted(words(code))
        }
        // A socket that is encrypted from here on, or none.
        guard ldap_tls_inplace(handle) != 0 else { throw .notEncrypted("the connection stayed in clear") }
    }

    private func trust(_ path: String) -> Bool {
        ldap_set_text(handle, LDAP_OPT_X_TLS_CACERTFILE, path) == LDAP_OPT_SUCCESS
            && ldap_set_number(handle, LDAP_OPT_X_TLS_NEWCTX, 0) == LDAP_OPT_SUCCESS
    }

    // MARK: messages

    private func next(_ id: Int32, all: Bool) throws(LDAPError) -> OpaquePointer {
        while true {
            var message: OpaquePointer?
            let type = ldap_await(handle, id, all ? 1 : 0, Self.wait, &message)
            if type > 0, let message { return message }
            if watchdog.hasBarked { throw .timedOut }
            guard type == 0 else { throw failure(ldap_get_number(handle, LDAP_OPT_RESULT_CODE)) }
        }
    }

    /// Throws what a result says, unless it is success.
    private func check(_ message: OpaquePointer) throws(LDAPError) {
        var code: Int32 = 0
        var text: UnsafeMutablePointer<CChar>?
        let parsed = ldap_parse_result(handle, message, &code, nil, &text, nil, nil, 0)
        defer { ldap_memfree(text) }
        guard parsed == LDAP_SUCCESS else { throw failure(parsed) }
        if code == LDAP_REFERRAL { throw .referral }
        guard code == LDAP_SUCCESS else {
            throw .refused(code: Int(code), Self.printable(text.map { String(cString: $0) } ?? ""))
        }
    }

    private func failure(_ code: Int32) -> LDAPError {
        if watchdog.hasBarked || code == LDAP_TIMEOUT { return .timedOut }
        return .brokenOff(words(code))
    }

    private func words(_ code: Int32) -> String {
        let more = ldap_get_text(handle, LDAP_OPT_DIAGNOSTIC_MESSAGE)
        defer { ldap_memfree(more) }
        let text = more.map { String(cString: $0) } ?? ""
        return Self.printable(text.isEmpty ? LDAPLibrary.text(of: code) : "\(LDAPLibrary.text(of: code)), \(text)")
    }

    /// A server's words, as a line that can be shown.
    private static func printable(_ text: String) -> String {
        String(
            String.UnicodeScalarView(text.unicodeScalars.prefix(300).filter { $0.value >= 0x20 && $0.value != 0x7F }))
    }

    // MARK: searches

    private func begin(
        _ search: LDAPSearch, limit: Int, paged size: Int?, after cookie: [UInt8]
    ) throws(LDAPError) -> Int32 {
        var control: UnsafeMutablePointer<LDAPControl>?
        if let size {
            var bytes = cookie.map { CChar(bitPattern: $0) }
            let made = bytes.withUnsafeMutableBufferPointer { buffer in
                var value = berval(bv_len: UInt(buffer.count), bv_val: buffer.baseAddress)
                return ldap_create_page_control(handle, Int32(size), &value, 0, &control)
            }
            guard made == LDAP_SUCCESS else { throw failure(made) }
        }
        defer { if let control { ldap_control_free(control) } }
        var controls: [UnsafeMutablePointer<LDAPControl>?] = [control, nil]
        var names: [UnsafeMutablePointer<CChar>?] = search.attributes.map { strdup($0) } + [nil]
        defer { for name in names { free(name) } }
        let scope = search.isBaseOnly ? ldap_scope_base() : ldap_scope_subtree()
        var id: Int32 = 0
        let begun = controls.withUnsafeMutableBufferPointer { controls in
            ldap_search_ext(
                handle, search.base, scope, search.filter, &names, 0, control == nil ? nil : controls.baseAddress, nil,
                nil, Int32(limit), &id)
        }
        guard begun == LDAP_SUCCESS else {
            if begun == LDAP_FILTER_ERROR { throw .refused(code: Int(begun), "the filter is not valid") }
            throw failure(begun)
        }
        return id
    }

    /// Names and values are copied once, from where they stand in the message.
    private func entry(_ message: OpaquePointer) throws(LDAPError) -> LDAPEntry {
        var element: OpaquePointer?
        var dn = berval()
        let begun = ldap_get_dn_ber(handle, message, &element, &dn)
        defer { if element != nil { ber_free(element, 0) } }
        guard begun == LDAP_SUCCESS, element != nil, dn.bv_val != nil else {
            throw .protocolViolation("an entry without a name")
        }
        // Of a large directory there are very many entries, with a few attributes each.
        var attributes: [String: [[UInt8]]] = [:]
        attributes.reserveCapacity(8)
        while true {
            var name = berval()
            var values: UnsafeMutablePointer<berval>?
            let read = ldap_get_attribute_ber(handle, message, element, &name, &values)
            guard read == LDAP_SUCCESS else { throw .protocolViolation("an entry that cannot be read") }
            guard name.bv_val != nil else { break }
            let found = Self.bytes(values)
            if values != nil { ber_memfree(values) }
            if !found.isEmpty { attributes[Self.text(name).lowercased(), default: []] += found }
        }
        return LDAPEntry(dn: Self.text(dn), attributes: attributes)
    }

    private static func text(_ value: berval) -> String {
        String(decoding: UnsafeRawBufferPointer(start: value.bv_val, count: Int(value.bv_len)), as: UTF8.self)
    }

    /// Those of a list that ends with a null.
    private static func bytes(_ values: UnsafeMutablePointer<berval>?) -> [[UInt8]] {
        guard let values else { return [] }
        var result: [[UInt8]] = []
        while let start = values[result.count].bv_val {
            result.append(Array(UnsafeRawBufferPointer(start: start, count: Int(values[result.count].bv_len))))
        }
        return result
    }

    /// Whether the server stopped at the limit; leaves the cookie of the next page.
    private func end(_ message: OpaquePointer, of page: inout Page) throws(LDAPError) -> Bool {
        var controls: UnsafeMutablePointer<UnsafeMutablePointer<LDAPControl>?>?
        var code: Int32 = 0
        guard ldap_parse_result(handle, message, &code, nil, nil, nil, &controls, 0) == LDAP_SUCCESS else {
            throw .protocolViolation("a result that cannot be read")
        }
        defer { if controls != nil { ldap_controls_free(controls) } }
        if code == LDAP_SIZELIMIT_EXCEEDED { return true }
        try check(message)
        if let control = ldap_control_find("1.2.840.113556.1.4.319", controls, nil) {
            var count: ber_int_t = 0
            var cookie = berval()
            guard ldap_parse_pageresponse_control(handle, control, &count, &cookie) == LDAP_SUCCESS else {
                throw .protocolViolation("a page of which nobody knows whether it is the last")
            }
            page.isPaged = true
            page.cookie = Array(UnsafeRawBufferPointer(start: cookie.bv_val, count: Int(cookie.bv_len)))
            ber_memfree(cookie.bv_val)
        }
        return false
    }
}

/// What is searched, and where.
package struct LDAPSearch: Sendable, Hashable {
    package let base: String
    /// Only the entry at the base.
    package let isBaseOnly: Bool
    package let filter: String
    package let attributes: [String]

    package init(base: String, isBaseOnly: Bool = false, filter: String, attributes: [String]) {
        self.base = base
        self.isBaseOnly = isBaseOnly
        self.filter = filter
        self.attributes = attributes
    }
}
