import Audit
import FoundationEssentials
import Kernel
import Postgres

/// What others hear about people. Whoever holds live sessions listens to those that end them.
enum IdentityEvent: String {
    case userCreated = "user.created"
    case userChanged = "user.changed"
    case userDisabled = "user.disabled"
    case userEnabled = "user.enabled"
    case userLocked = "user.locked"
    case rolesChanged = "user.roles-changed"
    case secondFactorReset = "user.second-factor-reset"
    case recoveryCodeUsed = "user.recovery-code-used"
    case passwordChanged = "user.password-changed"
    case groupChanged = "group.members-changed"
    case groupDeleted = "group.deleted"
    /// The tree has changed, or who administers a part of it.
    case organizationsChanged = "organization.changed"

    func publish(
        _ subject: String, _ data: JSON = [:], at now: Date, in scope: TenantScope, _ tx: Transaction
    ) async throws {
        try await Outbox().publish(DomainEvent(type: rawValue, subject: subject, data: data, at: now), in: scope, tx)
    }

    /// The same about many.
    func publish(
        _ subjects: [(subject: String, data: JSON)], at now: Date, in scope: TenantScope, _ tx: Transaction
    ) async throws {
        let events = subjects.map { DomainEvent(type: rawValue, subject: $0.subject, data: $0.data, at: now) }
        try await Outbox().publish(events, in: scope, tx)
    }
}
