package import Outbound

/// Through which server mail goes, and in whose name.
package struct MailSender: Sendable {
    package let server: MailServer
    package let from: MailAddress
    package let name: String
    /// Private hosts that an administrator opened for the server.
    package let opened: Set<HostPort>

    package init(server: MailServer, from: MailAddress, name: String, opened: Set<HostPort> = []) {
        self.server = server
        self.from = from
        self.name = name
        self.opened = opened
    }
}
