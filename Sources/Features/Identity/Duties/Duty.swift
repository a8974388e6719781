package import HTTPAPI
import Kernel

/// What administrators are divided into where nobody is to do another's work.
package enum Duty: String, Sendable, CaseIterable, WireValue {
    /// What there is: assets, accounts, people, identity providers.
    case system
    /// Who may do what with it: grants, roles, groups, rules about signing in, settings.
    case security
    /// What was done with it: the trail, sessions, recordings.
    case audit

    package var role: BuiltInRole {
        switch self {
        case .system: .systemAdministrator
        case .security: .securityAdministrator
        case .audit: .auditAdministrator
        }
    }

    init?(_ role: BuiltInRole?) {
        guard let found = Self.allCases.first(where: { $0.role == role }) else { return nil }
        self = found
    }
}

extension PermissionCatalogue {
    /// Whose work takes a permission. What changes something is one duty's alone; some of what reads is needed by another
    /// one to do its own work. One that nobody has put here is no duty's, and opens nothing where duties are separated.
    private static let work: [String: Set<Duty>] = [
        "accounts.manage": [.system], "accounts.read": [.system, .security], "assets.manage": [.system],
        "assets.read": [.system, .security], "endpoints.manage": [.system], "endpoints.read": [.system],
        "identity-providers.manage": [.system], "identity-providers.read": [.system], "invoices.read": [.system],
        // By mail people come in: who decides about access does not read it.
        "mail-server.manage": [.system], "mail-server.read": [.system, .security],
        "provisioning.use": [.system], "usage.read": [.system], "users.manage": [.system],
        "users.read": [.system, .security], "webhooks.manage": [.system], "webhooks.read": [.system],
        // A link is a person's password: who gives roles would come in with it as those to whom they were given.
        "sign-in-links.issue": [.system], "sign-in-links.read": [.system, .security],

        "access.explain": [.security, .audit], "access.try": [.security], "accounts.reveal": [.security],
        "approval-rules.manage": [.security],
        "break-glass.manage": [.security],
        "break-glass.read": [.security], "check-outs.manage": [.security], "check-outs.read": [.security],
        "flows.manage": [.security], "flows.read": [.security],
        "grants.manage": [.security], "grants.read": [.security], "groups.manage": [.security],
        "groups.read": [.system, .security], "keys.manage": [.security], "keys.read": [.security],
        // Who knows the secrets of a messenger's app could click for approvers.
        "messenger-channels.manage": [.security], "messenger-channels.read": [.security],
        "notices.manage": [.system], "notices.read": [.system],
        "online.manage": [.security], "online.read": [.security], "organization-settings.manage": [.security],
        "organization-settings.read": [.security], "organizations.manage": [.security],
        "organizations.read": [.system, .security, .audit], "roles.manage": [.security],
        "roles.read": [.system, .security, .audit], "sessions.terminate": [.security], "settings.manage": [.security],
        "settings.read": [.security], "sign-in-locks.manage": [.security], "sign-in-locks.read": [.security],
        "sign-in-rules.manage": [.security], "sign-in-rules.read": [.security], "support.manage": [.security],
        "support.read": [.security], "tickets.read": [.security],

        "audit.read": [.audit], "commands.read": [.audit], "recordings.key": [.audit],
        "sessions.read": [.security, .audit], "sessions.replay": [.audit],

        // Two people of two duties decide together about the division itself.
        "duties.manage": [.system, .security], "duties.read": [.system, .security, .audit],
    ]

    /// Whose work it takes; all of them for what every person may do about what is their own.
    package func duties(of permission: Permission) -> Set<Duty> {
        if permissions(of: .user).contains(permission) { return Set(Duty.allCases) }
        return Self.work[permission.code] ?? []
    }

    /// What the work of a duty takes, with what every person may do.
    package func permissions(of duty: Duty) -> Set<Permission> { all.filter { duties(of: $0).contains(duty) } }

    /// The duties of which somebody can have all of these permissions.
    package func duties(fitting permissions: Set<Permission>) -> Set<Duty> {
        Set(Duty.allCases.filter { permissions.isSubset(of: self.permissions(of: $0)) })
    }

    /// What is left of somebody's permissions where duties are separated: all, or what every person may do if they are of
    /// two duties, or come by the roles of two.
    package func separated(_ permissions: Set<Permission>, by roles: [BuiltInRole] = []) -> Set<Permission> {
        let isOfOne = Set(roles.compactMap(Duty.init)).count < 2 && !duties(fitting: permissions).isEmpty
        return isOfOne ? permissions : permissions.intersection(self.permissions(of: .user))
    }

    /// Whether the permissions are no administrator's.
    func isPlain(_ permissions: Set<Permission>) -> Bool { permissions.isSubset(of: self.permissions(of: .user)) }
}
