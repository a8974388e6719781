package import Outbound

/// Through which server mail goes, and in whose name.
package struct MailSender: Sendable {
    /// Whose word it is that the server is there.
    package enum Owner: Sendable, Equatable {
        /// The installation's configuration names it: it may be anywhere.
        case installation
        /// A tenant names it: on the Internet, or one of the private hosts that its administrators opened.
        case tenant(opened: Set<HostPort>)
    }

    package let server: MailServer
    package let from: MailAddress
    package let name: String
    package let owner: Owner

    package init(server: MailServer, from: MailAddress, name: String, owner: Owner = .installation) {
        self.server = server
        self.from = from
        self.name = name
        self.owner = owner
    }
}
