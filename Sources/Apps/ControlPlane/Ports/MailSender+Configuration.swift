import Kernel
import Messaging
import Outbound
import Tenancy

extension MailSender {
    /// What the configuration says, or why it cannot be meant so.
    init(_ settings: ServerConfiguration.MailSettings) throws {
        guard let security = MailServer.Security(rawValue: settings.security) else {
            throw ConfigurationError("/mail/security must be tls, starttls or none")
        }
        do {
            let login = try settings.user.map {
                try MailServer.Login(user: $0, password: settings.password?.reveal() ?? "")
            }
            self.init(
                server: try MailServer(host: settings.host, port: settings.port, security: security, login: login),
                from: try MailAddress(settings.from), name: settings.name)
        } catch {
            throw ConfigurationError("/mail: \(error)")
        }
    }
}

extension LetterBox {
    /// Letters through the mailer.
    init(_ mailer: Mailer) {
        self.init { letter, tenant, now, transaction in
            try await mailer.send(letter, for: tenant, at: now, in: transaction)
        }
    }
}
