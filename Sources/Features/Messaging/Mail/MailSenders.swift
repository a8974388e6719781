package import Kernel
import Outbound
package import Postgres
package import Tenancy

/// Through which server mail goes: a tenant's own if it has set one, else the installation's. One that does not answer is
/// no reason to take the other: a tenant's letters would come from somebody else.
package struct MailSenders: Sendable {
    private let installation: MailSender?
    private let settings: TenantSettings
    private let openings: EgressOpenings

    /// `installation` is nil for one whose configuration names no server.
    package init(installation: MailSender?, settings: TenantSettings, openings: EgressOpenings) {
        self.installation = installation
        self.settings = settings
        self.openings = openings
    }

    /// For a tenant's mail, or the provider's for nil. Never inside a transaction: it opens a secret.
    package func sender(for tenant: TenantID?) async throws -> MailSender? {
        guard let tenant else { return installation }
        return try await own(in: TenantScope(tenant: tenant)) ?? installation
    }

    /// The tenant's own, or nil.
    package func own(in scope: TenantScope) async throws -> MailSender? {
        guard let setting = try await settings.opened(Setting.mailServer, in: scope) else { return nil }
        return try MailSender(
            setting, name: try await settings.value(of: Setting.name, in: scope).text,
            opened: try await openings(in: scope))
    }

    /// Whether there is a server at all, asked in the transaction that writes a letter.
    package func isThere(for tenant: TenantID?, in transaction: Transaction) async throws -> Bool {
        if installation != nil { return true }
        guard let tenant else { return false }
        return try await TenantSettings.isSet(Setting.mailServer, in: TenantScope(tenant: tenant), transaction)
    }
}

extension MailSender {
    fileprivate init(_ setting: MailServerSetting, name: String, opened: Set<HostPort>) throws(MailError) {
        let security: MailServer.Security =
            switch setting.security {
            case .starttls: .startTLS
            case .tls: .tls
            case .none: .none
            }
        var login: MailServer.Login?
        if let user = setting.user {
            login = try MailServer.Login(user: user, password: setting.password?.reveal() ?? "")
        }
        self.init(
            server: try MailServer(host: setting.host, port: setting.port, security: security, login: login),
            from: try MailAddress(setting.from), name: name, owner: .tenant(opened: opened))
    }
}
