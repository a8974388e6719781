package import HTTPAPI
package import Identity
import Kernel
import Postgres

/// As what somebody of the provider asks to be let in.
package enum SupportRole: String, Sendable, CaseIterable, WireValue, SQLBindable, SQLDecodable {
    case auditor, administrator

    /// What a support person of this role may do inside: what the tenant's own people of the role may, without what is
    /// theirs alone. Nobody of the provider sees a secret, opens a session, decides a request or makes ways in for later.
    ///
    /// Where the tenant's duties are separated, they are of one as well: an auditor's is the audit, an administrator's the
    /// system.
    package func permissions(_ catalogue: PermissionCatalogue, dutiesSeparated: Bool = false) -> Set<Permission> {
        let all = catalogue.permissions(of: self == .auditor ? .auditor : .administrator)
            .filter { !Self.denied.contains($0.code) }
        guard dutiesSeparated else { return all }
        return all.intersection(catalogue.permissions(of: self == .auditor ? Duty.audit : Duty.system))
    }

    private static let denied: Set<String> = [
        "accounts.reveal", "recordings.key", "keys.manage", "users.manage", "roles.manage", "support.manage",
        "duties.manage", "sign-in-links.issue", "sign-in-rules.manage", "profile.use",
        "assets.mine", "assets.requestable", "secrets.mine", "sessions.mine", "terminals.open", "tickets.open",
        "tickets.decide",
        "tickets.delegate",
        "events.follow",
    ]
}
