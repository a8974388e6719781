import Assets
import Audit
package import FoundationEssentials
package import HTTPAPI
package import Kernel
import Postgres

extension Vault {
    /// Gives a secret back before the end. What others have is not found.
    package func checkIn(
        _ id: CheckOutID, by user: UserID, at now: Date, audit: AuditDraft, in scope: TenantScope
    ) async throws -> CheckOut {
        try await end(id, of: user, because: .checkedIn, at: now, audit: audit, in: scope)
    }

    /// Takes a secret back from whoever has it. What they have seen they know: it is to be replaced as well.
    package func revoke(
        _ id: CheckOutID, because reason: String, at now: Date, audit: AuditDraft, in scope: TenantScope
    ) async throws -> CheckOut {
        audit.detail("reason", .string(reason))
        return try await end(id, because: .revoked, at: now, audit: audit, in: scope)
    }

    /// Marks check-outs whose time is over and tells who listens. Showing does not wait for it: it compares times.
    ///
    /// Returns how many were ended; call again while it is 500. What stands in the way in one company keeps no other's
    /// open, and is thrown when all have had their turn.
    package func endDueCheckOuts(at now: Date) async throws -> Int {
        try await sweep(checkOuts.due(at: now, database)) { ids, scope, transaction in
            let over = try await checkOuts.lock(ids, in: scope, transaction).filter { $0.endsAt <= now }
            return try await end(over, because: .time, at: now, in: scope, transaction)
        }
    }

    /// Does what is due in each company in a transaction of its own, and counts it; throws a failure once all had their turn.
    func sweep(
        _ due: [(tenant: TenantID, checkOuts: [CheckOutID])],
        _ work: ([CheckOutID], TenantScope, Transaction) async throws -> Int
    ) async throws -> Int {
        var count = 0
        var failure: (any Error)?
        for (tenant, ids) in due {
            let scope = TenantScope(tenant: tenant)
            do {
                count += try await database.transaction(in: scope) { try await work(ids, scope, $0) }
            } catch {
                failure = error
            }
        }
        if let failure { throw failure }
        return count
    }

    /// Ends what somebody has who is disabled.
    package func endCheckOuts(of user: UserID, at now: Date, in scope: TenantScope) async throws {
        try await database.transaction(in: scope) { transaction in
            let held = try await checkOuts.lock(of: user, in: scope, transaction)
            _ = try await end(held, because: .holderGone, at: now, in: scope, transaction)
        }
    }

    /// `holder` is the only one who may, where it matters.
    private func end(
        _ id: CheckOutID, of holder: UserID? = nil, because cause: CheckOut.EndCause, at now: Date, audit: AuditDraft,
        in scope: TenantScope
    ) async throws -> CheckOut {
        try await database.transaction(in: scope) { transaction in
            guard let held = try await checkOuts.lock(id, in: scope, transaction),
                holder == nil || held.user == holder
            else { throw VaultError.notFound }
            audit.target("account", held.account.text, name: held.accountName.text)
            audit.detail("checkOut", .string(id.text))
            audit.detail("request", .string("#\(held.number)"))
            audit.detail("user", .string(held.user.text))
            guard held.state == .active, now < held.endsAt else { throw VaultError.checkOutOver }
            _ = try await end([held], because: cause, at: now, in: scope, transaction)
            try await audit.write(in: transaction)
        }
        guard let over = try await checkOuts.find(id, in: scope, database) else { throw VaultError.notFound }
        return over
    }

    private func end(
        _ held: [CheckOut], because cause: CheckOut.EndCause, at now: Date, in scope: TenantScope,
        _ transaction: Transaction
    ) async throws -> Int {
        let open = held.filter { $0.state == .active }
        try await checkOuts.end(open.map(\.id), because: cause, at: now, in: scope, transaction)
        try await Outbox().publish(
            open.map { VaultEvents.checkedIn($0, because: cause, at: now) }, in: scope, transaction)
        return open.count
    }
}
