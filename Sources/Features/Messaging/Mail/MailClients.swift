package import Outbound

/// The two ways out for mail: to the server that the installation's configuration names, and past the egress guard to
/// those that tenants name.
package struct MailClients: Sendable {
    private let own: MailClient
    private let guarded: MailClient

    /// `own` may connect anywhere, `guarded` to nothing private.
    package init(own: MailClient, guarded: MailClient) {
        self.own = own
        self.guarded = guarded
    }

    /// Hands a mail to the sender's server; returns when the server has taken it.
    func send(
        _ message: MailText, by sender: MailSender, within timeout: Duration = .seconds(60)
    ) async throws(MailError) {
        var opened: Set<HostPort> = []
        if case .tenant(let hosts) = sender.owner { opened = hosts }
        var mail = OutboundMail(
            server: sender.server, from: message.from, to: message.to, message: message.bytes, opened: opened)
        mail.timeout = timeout
        guard sender.owner != .installation else { return try await own.send(mail) }
        // Letters hold links that let somebody in: whoever lets them go in clear has said so for this very host.
        guard sender.server.security != .none || opened.contains(sender.server.address) else {
            throw .notOpened(sender.server.address)
        }
        try await guarded.send(mail)
    }
}
