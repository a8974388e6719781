package import Assets
import Audit
package import FoundationEssentials
package import HTTPAPI
package import Kernel
package import Postgres

/// The body that moves a grant's end.
package struct ExtendGrant: WireValue {
    package let endsAt: Date

    package init(endsAt: Date) {
        self.endsAt = endsAt
    }

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("endsAt", \.endsAt, note: "Later than the end that it has.")
    }
}

extension Access {
    /// Moves the end of a grant by an administrator's word. The sessions that stand on it go on.
    package func extend(
        _ id: GrantID, _ request: ExtendGrant, at now: Date, audit: AuditDraft, in scope: TenantScope
    ) async throws -> Grant {
        try await database.transaction(in: scope) { transaction in
            let name = try await extend(id, to: request.endsAt, at: now, in: scope, transaction)
            audit.target("grant", id.text, name: name)
            audit.detail("endsAt", .string(Timestamp.text(request.endsAt)))
            try await audit.write(in: transaction)
        }
        return try await find(id, in: scope)
    }

    /// Moves the end of a grant inside the transaction of whatever decided it, such as a ticket; answers its name. Whoever
    /// holds it has as long to use it as from its start. Throws `notActive` for a grant that is over, `emergency` for
    /// emergency access, whose rule says how long it is, and `notLater` for an end that is not later than the one it has.
    package func extend(
        _ id: GrantID, to end: Date, at now: Date, in scope: TenantScope, _ transaction: Transaction
    ) async throws -> String {
        try await move(id, to: end, at: now, in: scope, transaction) { grant in
            UnusedRule(after: grant.unused.after, from: max(now, grant.life.startsAt), to: end)
        }
    }

    /// The same in place of another grant for the same, of which it takes the end, and the time in which to be used.
    package func extend(
        _ id: GrantID, as other: NewGrant, to end: Date, at now: Date, in scope: TenantScope,
        _ transaction: Transaction
    ) async throws -> String {
        try await move(id, to: end, at: now, in: scope, transaction) { grant in
            UnusedRule(after: other.unusedAfter, from: max(other.startsAt, grant.life.startsAt), to: end)
        }
    }

    private func move(
        _ id: GrantID, to end: Date, at now: Date, in scope: TenantScope, _ transaction: Transaction,
        unused: (GrantRow) -> UnusedRule
    ) async throws -> String {
        guard let grant = try await grants.lock(id, in: scope, transaction) else { throw AccessError.notFound }
        guard !grant.isStrict else { throw AccessError.emergency }
        let life = try grant.life.extended(to: end, at: now)
        try await grants.move(
            id, to: life, remindAt: grant.reminder(life, after: now), unused: unused(grant), in: scope, transaction)
        try await outbox.publish(AccessEvents.extended(id, to: end, at: now), in: scope, transaction)
        return grant.name
    }

    /// What there is to know of a grant before it is decided about: nil unless it came from a request of this person.
    package func ticketGrant(
        _ id: GrantID, of user: UserID, in scope: TenantScope, _ transaction: Transaction
    ) async throws -> TicketGrant? {
        guard let grant = try await grants.lock(id, in: scope, transaction), grant.holder == user else { return nil }
        return TicketGrant(id: id, name: grant.name, isStrict: grant.isStrict, life: grant.life)
    }
}

/// A grant that came from a request.
package struct TicketGrant: Sendable, Hashable {
    package let id: GrantID
    package let name: String
    /// Whether it is emergency access.
    package let isStrict: Bool
    package let life: GrantLife
}

/// What a grant from a request opens.
package struct GrantContents: Sendable, Hashable {
    package let assets: [AssetID]
    package let accounts: [AccountName]
    package let protocols: [AccessProtocol]
    package let actions: [AccessAction]
    package let startsAt: Date
}

extension Access {
    /// What a grant opens, for who asks for more of it; nil if there is none.
    package func contents(
        of id: GrantID, in scope: TenantScope, _ transaction: Transaction
    ) async throws -> GrantContents? {
        try await grants.contents(of: id, in: scope, transaction)
    }
}
