package import FoundationEssentials
package import HTTPAPI
package import Kernel
package import Postgres

/// Looks whether the host names that companies have of their own lead to their portals. Links are made with such a name
/// only then: one that is mistyped, or not pointed here yet, would lead an invitation nowhere.
package struct CheckHostName: Sendable {
    /// The slug of the company whose portal answers at a host name, seen from outside; nil if none does.
    package typealias Probe = @Sendable (CustomHostName, TenantScope) async throws -> String?

    /// One that leads to the portal is looked at again after this time, one that does not sooner.
    static let rest: TimeInterval = 3600
    static let patience: TimeInterval = 60

    private let database: Database
    private let probe: Probe

    package init(database: Database, probe: @escaping Probe) {
        self.database = database
        self.probe = probe
    }

    /// What the last look showed.
    package func standing(in scope: TenantScope) async throws -> HostNameStanding {
        guard let found = try await database.first(HostNameStore.standing(in: scope), in: scope, HostNameStore.decode)
        else { throw TenancyError.notFound }
        return found.standing
    }

    /// Looks now.
    package func look(
        at now: Date, audit: AuditDraft = .discarding, in scope: TenantScope
    ) async throws -> HostNameStanding {
        audit.target("setting", Setting.hostName.name)
        guard let found = try await database.first(HostNameStore.standing(in: scope), in: scope, HostNameStore.decode)
        else { throw TenancyError.notFound }
        guard let name = found.standing.name else { return found.standing }
        let answers: Bool
        do {
            answers = try await probe(name, scope) == found.slug
        } catch is CancellationError {
            throw CancellationError()
        } catch {
            // It does not resolve, or nobody who is trusted answers: it does not lead here.
            answers = false
        }
        audit.detail("name", .string(name.text))
        audit.detail("leadsHere", .bool(answers))
        try await database.execute(HostNameStore.note(name, leadsHere: answers, at: now, in: scope), in: scope)
        return try await standing(in: scope)
    }

    /// Looks at those whose last look is long ago, twenty at once; returns how many.
    package func lookAround(at now: Date) async throws -> Int {
        let due = try await database.query(
            HostNameStore.due(at: now, limit: 20), in: SystemScope(reason: "look at host names")
        ) { TenantScope(tenant: try $0.next()) }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for scope in due { group.addTask { _ = try await look(at: now, in: scope) } }
            try await group.waitForAll()
        }
        return due.count
    }
}

/// Whether a company's own host name leads to its portal.
package struct HostNameStanding: WireValue, Sendable, Equatable {
    package let name: CustomHostName?
    /// Since when it does; nil if it does not.
    package let leadsHereSince: Date?
    package let checkedAt: Date?

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("name", \.name, note: "Null if the company has none.")
        Field("leadsHereSince", \.leadsHereSince, note: "Null while it does not lead to the company's portal.")
        Field("checkedAt", \.checkedAt, note: "When it was looked at last.")
    }
}
