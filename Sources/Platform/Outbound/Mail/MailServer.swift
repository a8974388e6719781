/// A server that takes mail, and how it is spoken to.
package struct MailServer: Sendable, Hashable {
    package enum Security: String, Sendable, Hashable, CaseIterable {
        /// TLS from the first byte (port 465).
        case tls
        /// TLS after STARTTLS, or no mail at all (port 587).
        case startTLS = "starttls"
        /// No encryption: for a relay on the same machine.
        case none

        package var port: Int {
            switch self {
            case .tls: 465
            case .startTLS: 587
            case .none: 25
            }
        }
    }

    /// Who signs in to the server.
    package struct Login: Sendable, Hashable, CustomStringConvertible {
        let user: String
        let password: String

        package init(user: String, password: String) throws(MailError) {
            // A control character would end the command that carries it.
            guard !user.isEmpty, user.utf8.count <= 500, password.utf8.count <= 500,
                (user + password).utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F })
            else { throw .invalidServer }
            self.user = user
            self.password = password
        }

        package var description: String { "<redacted>" }
    }

    package let address: HostPort
    package let security: Security
    package let login: Login?

    package init(host: String, port: Int? = nil, security: Security, login: Login? = nil) throws(MailError) {
        let port = port ?? security.port
        let text = host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
        guard let address = try? HostPort(parsing: text) else { throw .invalidServer }
        self.address = address
        self.security = security
        self.login = login
    }

    /// The address in libcurl's words. The path is the name in EHLO, which says nothing of this machine.
    var url: String { "\(security == .tls ? "smtps" : "smtp")://\(address)/gatehouse.invalid" }
}
