package import FoundationEssentials
package import Kernel
import Postgres

/// One line of the audit trail, before it is written.
package struct AuditEntry: Sendable, Equatable {
    /// What was done, as `<kind>.<verb>`: `ticket.approved`.
    package let action: String
    package let actor: AuditActor
    package let target: AuditTarget?
    package let outcome: AuditOutcome
    /// Small facts that explain the line; never a secret.
    package let details: JSON
    package let traceID: String
    package let clientAddress: String?
    package let at: Date

    package init(
        action: String, actor: AuditActor, target: AuditTarget? = nil, outcome: AuditOutcome = .success,
        details: JSON = [:], traceID: String = "", clientAddress: String? = nil, at: Date
    ) {
        self.action = action
        self.actor = actor
        self.target = target
        self.outcome = outcome
        self.details = details
        self.traceID = traceID
        self.clientAddress = clientAddress
        self.at = at
    }
}

/// Who did it. The name is kept as it was, because people are renamed and deleted.
package struct AuditActor: Sendable, Equatable {
    package enum Kind: String, Sendable, CaseIterable, SQLBindable, SQLDecodable {
        case user, worker, system, provider
        /// Nobody who is known: a sign-in that failed.
        case nobody
    }

    package let kind: Kind
    /// The id in its text form; none for the system and for nobody.
    package let id: String?
    package let name: String

    /// An actor that was put together before; the other functions make new ones.
    package init(kind: Kind, id: String?, name: String) {
        self.kind = kind
        self.id = id
        self.name = name
    }

    package static func user(_ id: UserID, _ name: String) -> AuditActor {
        AuditActor(kind: .user, id: id.text, name: name)
    }
    package static func worker(_ id: WorkerID, _ name: String) -> AuditActor {
        AuditActor(kind: .worker, id: id.text, name: name)
    }
    package static func provider(_ id: ProviderOperatorID, _ name: String) -> AuditActor {
        AuditActor(kind: .provider, id: id.text, name: name)
    }
    /// Work that nobody asked for at that moment, such as an expiry; the name says which.
    package static func system(_ name: String) -> AuditActor {
        AuditActor(kind: .system, id: nil, name: name)
    }
    /// Somebody who only claims a name.
    package static func nobody(_ claimedName: String) -> AuditActor {
        AuditActor(kind: .nobody, id: nil, name: claimedName)
    }
}

/// What it was done to.
package struct AuditTarget: Sendable, Equatable {
    package let kind: String
    package let id: String?
    package let name: String?

    package init(kind: String, id: String?, name: String? = nil) {
        self.kind = kind
        self.id = id
        self.name = name
    }

    package init<Kind: IDKind>(_ kind: String, _ id: ID<Kind>, _ name: String? = nil) {
        self.init(kind: kind, id: id.text, name: name)
    }
}

/// How it ended.
package enum AuditOutcome: String, Sendable, CaseIterable, SQLBindable, SQLDecodable {
    case success, refused, failed
}
