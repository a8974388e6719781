package import Outbound

/// Servers that hold the same entries, and how they are spoken to.
package struct LDAPDirectory: Sendable, Hashable {
    /// There is no way without encryption: what goes over the wire is people's passwords.
    package enum Security: String, Sendable, CaseIterable {
        /// The LDAP port, encrypted before anything else is said.
        case startTLS = "start-tls"
        /// The LDAPS port.
        case tls
    }

    /// Tried in this order.
    package let servers: [HostPort]
    package let security: Security
    /// Whose certificates count, as PEM; the operating system's authorities if nil.
    package let authorities: String?
    /// For finding people; an anonymous bind if nil.
    package let account: Account?
    /// How long one server may take for one answer.
    package let timeout: Duration

    package struct Account: Sendable, Hashable {
        package let dn: String
        package let password: LDAPPassword

        package init(dn: String, password: LDAPPassword) {
            self.dn = dn
            self.password = password
        }
    }

    package init(
        servers: [HostPort], security: Security, authorities: String?, account: Account?,
        timeout: Duration = .seconds(5)
    ) {
        self.servers = servers
        self.security = security
        self.authorities = authorities
        self.account = account
        self.timeout = timeout
    }
}

/// A password that is not empty. A bind with an empty one succeeds for every name (RFC 4513 §5.1.2), so there is none.
package struct LDAPPassword: Sendable, Hashable, CustomStringConvertible, CustomReflectable {
    private let text: String

    package init?(_ text: String) {
        guard !text.isEmpty, text.utf8.count <= 1024 else { return nil }
        self.text = text
    }

    var bytes: [UInt8] { Array(text.utf8) }
    package var description: String { "<password>" }
    package var customMirror: Mirror { Mirror(self, children: []) }
}

/// One entry as a search returned it.
package struct LDAPEntry: Sendable, Equatable {
    package let dn: String
    /// By the attribute's name in lower case.
    package let attributes: [String: [[UInt8]]]

    package init(dn: String, attributes: [String: [[UInt8]]]) {
        self.dn = dn
        self.attributes = attributes
    }

    /// The values that are text; bytes that are none are left out.
    package func texts(_ attribute: String) -> [String] {
        (attributes[attribute.lowercased()] ?? []).compactMap { String(validating: $0, as: UTF8.self) }
    }

    package func text(_ attribute: String) -> String? {
        for value in attributes[attribute.lowercased()] ?? [] {
            if let text = String(validating: value, as: UTF8.self) { return text }
        }
        return nil
    }

    /// How many bytes it holds.
    var size: Int {
        attributes.reduce(dn.utf8.count) { sum, attribute in
            attribute.value.reduce(sum + attribute.key.utf8.count) { $0 + $1.count }
        }
    }
}
