import Audit
import FoundationEssentials
import HTTPAPI
import Kernel
import Postgres

import struct Audit.AuditTarget

/// Moves a tenant on in its life. It runs in the tenant's own scope, so that the state, the event that ends live
/// sessions and the line in the tenant's trail commit together; the provider's trail has the gate's record.
///
/// What has happened already is answered with the tenant as it is, and leaves nothing.
struct ChangeTenantState {
    let store: TenantStore

    func callAsFunction(
        _ transition: TenantTransition, _ id: TenantID, by actor: AuditActor, audit: AuditDraft, at now: Date
    ) async throws -> Tenant {
        let scope = TenantScope(tenant: id)
        try await store.database.transaction(in: scope) { tx in
            guard let tenant = try await store.lock(id, in: tx) else { throw TenancyError.notFound }
            audit.target("tenant", id.text, name: tenant.slug.text)
            let life = try tenant.life.after(transition, at: now)
            guard life != tenant.life else { return }
            try await store.setLife(life, of: id, in: tx)
            try await TenantClosings.note(life, after: tenant.life, at: now, in: scope, tx)
            if life.state == .closing { try await store.setCloser(actor.name, of: id, in: tx) }
            try await TenantEvents.publish(transition.kind, tenant, at: now, in: tx)
            try await TenantEvents.record(
                transition.kind, tenant, by: actor, details: Self.details(life), at: now, store.database, in: tx)
            try await TenantStore.announce(tenant, in: tx)
        }
        guard let tenant = try await store.find(id, in: scope) else { throw TenancyError.notFound }
        return tenant
    }

    private static func details(_ life: TenantLife) -> JSON {
        var members: [JSON.Member] = [.init("state", .string(life.state.rawValue))]
        if life.state == .trial, let end = life.trialEndsAt {
            members.append(.init("trialEndsAt", .string(Timestamp.text(end))))
        }
        if let end = life.graceEndsAt { members.append(.init("graceEndsAt", .string(Timestamp.text(end)))) }
        return .object(members)
    }
}

/// Suspends tenants whose trial is over.
struct EndTrials {
    let store: TenantStore

    /// How many there were; the next batch only if this one was full.
    func callAsFunction(at now: Date) async throws -> Int {
        let due = try await store.endedTrials(at: now, limit: 100)
        for id in due {
            let actor = AuditActor.system("end of the trial")
            let tenant = try await ChangeTenantState(store: store)(
                .endTrial, id, by: actor, audit: .discarding, at: now)
            guard tenant.state == .suspended else { continue }
            try await ProviderAuditLog(database: store.database).append(
                AuditEntry(
                    action: TenantEvents.Kind.trialEnded.rawValue, actor: actor,
                    target: AuditTarget("tenant", id, tenant.slug.text), at: now),
                about: id, scope: ProviderScope())
        }
        return due.count
    }
}
