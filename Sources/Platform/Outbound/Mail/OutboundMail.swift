/// A mail on its way to one recipient, with its envelope.
package struct OutboundMail: Sendable {
    package let server: MailServer
    package let from: MailAddress
    package let to: MailAddress
    /// The message with its headers (RFC 5322), lines ending in CR LF.
    package let message: [UInt8]
    /// What an administrator has opened for this mail, on top of the client's egress policy.
    package let opened: Set<HostPort>
    package var connectTimeout: Duration = .seconds(10)
    package var timeout: Duration = .seconds(60)

    package init(
        server: MailServer, from: MailAddress, to: MailAddress, message: [UInt8], opened: Set<HostPort> = []
    ) {
        self.server = server
        self.from = from
        self.to = to
        self.message = message
        self.opened = opened
    }
}
