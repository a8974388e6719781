import Audit
import FoundationEssentials
import Kernel
import Postgres

/// What others hear about people. Whoever holds live sessions listens to those that end them.
enum IdentityEvent: String, CaseIterable {
    case userCreated = "user.created"
    case userChanged = "user.changed"
    case userDisabled = "user.disabled"
    case userEnabled = "user.enabled"
    case userLocked = "user.locked"
    /// At their identity provider, and so everywhere.
    case signedOutByProvider = "user.signed-out-by-provider"
    case rolesChanged = "user.roles-changed"
    /// A role for a while is over; `because` is `time`, or `taken-back` when somebody took it.
    case roleEnded = "user.role-ended"
    case secondFactorReset = "user.second-factor-reset"
    case recoveryCodeUsed = "user.recovery-code-used"
    case passwordChanged = "user.password-changed"
    /// Somebody bound an account at a provider to theirs, or undid that.
    case identityBound = "user.identity-bound"
    case identityUnbound = "user.identity-unbound"
    /// Somebody came in from where, or with what, they have not come before.
    case signInUnfamiliar = "sign-in.unfamiliar"
    /// Somebody came in whom a rule asks to tell of.
    case signInNoticed = "sign-in.noticed"
    /// An administrator signed one of somebody's browsers out.
    case browserSignedOut = "user.browser-signed-out"
    /// An administrator signed somebody out everywhere.
    case userSignedOut = "user.signed-out"
    /// Somebody signed in who may be signed in only once; `sessions` says whether those on assets end, too.
    case signedInElsewhere = "user.signed-in-elsewhere"
    /// A role was made; the subject of these is the role.
    case roleCreated = "role.created"
    /// Whoever holds the role may do something else from now on.
    case roleChanged = "role.changed"
    case roleDeleted = "role.deleted"
    /// Somebody wants administrators to be divided, or no longer; the subject is the tenant.
    case dutiesProposed = "duty-separation.proposed"
    case dutiesChanged = "duty-separation.changed"
    case groupChanged = "group.members-changed"
    case groupDeleted = "group.deleted"
    /// The tree has changed, or who administers a part of it.
    case organizationsChanged = "organization.changed"
    /// Codes go to people's telephones another way; the subject is the gateway, or the tenant for their order.
    case smsGatewaysChanged = "sms-gateways.changed"
    /// Another service says whose face it was, or another key signs for it; the subject is the tenant.
    case faceComponentChanged = "face-component.changed"

    /// Whether it ends what is open, or may, or somebody has to hear of it at once.
    private var isUrgent: Bool {
        switch self {
        case .userDisabled, .signedOutByProvider, .browserSignedOut, .userSignedOut, .signedInElsewhere,
            .rolesChanged, .roleChanged, .groupChanged, .groupDeleted, .organizationsChanged,
            .smsGatewaysChanged, .faceComponentChanged, .dutiesProposed, .dutiesChanged:
            true
        case .roleCreated, .roleDeleted, .userCreated, .userChanged, .userEnabled, .userLocked, .secondFactorReset,
            .roleEnded, .recoveryCodeUsed, .passwordChanged, .identityBound, .identityUnbound, .signInUnfamiliar,
            .signInNoticed:
            false
        }
    }

    /// What its data may have. Webhooks send nothing else of it.
    private var members: [String] {
        switch self {
        case .userDisabled: ["reason"]
        case .roleEnded: ["role", "name", "organization", "organizationName", "because"]
        case .recoveryCodeUsed: ["left"]
        case .signInUnfamiliar:
            ["entrance", "clientAddress", "userAgent", "place", "isNewAddress", "isNewBrowser", "isNewCity", "at"]
        case .signInNoticed:
            ["user", "login", "name", "entrance", "clientAddress", "rule", "ruleName"]
        case .signedInElsewhere: ["sessions"]
        case .identityBound, .identityUnbound: ["provider"]
        case .smsGatewaysChanged: ["change", "name", "by", "at"]
        case .faceComponentChanged: ["change", "by", "at"]
        case .groupChanged: ["user", "changes"]
        case .dutiesProposed: ["on", "user"]
        case .dutiesChanged: ["on"]
        case .userCreated, .userChanged, .userEnabled, .userLocked, .signedOutByProvider, .rolesChanged,
            .secondFactorReset, .passwordChanged, .browserSignedOut, .userSignedOut, .roleCreated, .roleChanged,
            .roleDeleted, .groupDeleted, .organizationsChanged:
            []
        }
    }

    static let syncFinished = "identity-sync.finished"
    /// Many people were created at once. Nobody outside hears it: `user.created` follows for each who is listened for.
    static let imported = "identity-sync.imported"

    static var kinds: [(type: String, members: [String])] {
        allCases.map { ($0.rawValue, $0.members) } + [(syncFinished, ["run", "outcome"])]
    }

    static func publishImported(
        _ users: JSON, by provider: String, at now: Date, in scope: TenantScope, _ tx: Transaction
    ) async throws {
        let event = DomainEvent(type: imported, subject: provider, data: ["users": users], at: now)
        try await Outbox().publish(event, in: scope, tx)
    }

    func publish(
        _ subject: String, _ data: JSON = [:], at now: Date, in scope: TenantScope, _ tx: Transaction
    ) async throws {
        let event = DomainEvent(type: rawValue, subject: subject, data: data, at: now, isUrgent: isUrgent)
        try await Outbox().publish(event, in: scope, tx)
    }

    /// The same about many, some at a time.
    func publish<Thing>(
        _ things: [Thing], at now: Date, in scope: TenantScope, _ tx: Transaction,
        about: (Thing) -> (subject: String, data: JSON)
    ) async throws {
        for start in stride(from: 0, to: things.count, by: 1000) {
            let events = things[start..<min(start + 1000, things.count)].map { thing in
                let (subject, data) = about(thing)
                return DomainEvent(type: rawValue, subject: subject, data: data, at: now, isUrgent: isUrgent)
            }
            try await Outbox().publish(events, in: scope, tx)
        }
    }
}
