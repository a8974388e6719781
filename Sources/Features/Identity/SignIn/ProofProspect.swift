import FoundationEssentials
import Kernel
import Postgres
import Tenancy

/// What a look at a login tells before the turn of its password comes. Nothing is held: whoever goes on makes sure that it
/// is still so.
struct ProofProspect {
    let addressLockedUntil: Date?
    let door: TenantDoor.Found
    let account: Account?

    /// Nil if there is no such tenant.
    static func look(
        _ login: Login, from source: SourceAddress?, at now: Date, in scope: TenantScope, _ database: Database
    ) async throws -> ProofProspect? {
        try await database.first(
            """
            select a.locked_until, t.state, t.trial_ends_at, t.grace_ends_at, exists (
                select from identity_providers p where p.tenant_id = \(scope.tenant) and p.enabled),
              u.user_id is not null, \(fragment: AccountStore.proofColumns)
            from tenants t
            left join users u on u.tenant_id = \(scope.tenant) and u.login = \(login)
            left join sign_in_addresses a on a.tenant_id = \(scope.tenant) and a.address = \(source?.text)
              and a.locked_until > \(now)
            where t.tenant_id = \(scope.tenant)
            """, in: scope
        ) { row in
            let (end, door): (Date?, TenantDoor.Found) = (try row.next(), try TenantDoor.Found(&row))
            let account = try row.next(Bool.self) ? try AccountStore.accountForProof(&row) : nil
            return ProofProspect(addressLockedUntil: end, door: door, account: account)
        }
    }
}

extension ProvePassword {
    /// Refuses an address that is locked, before anything else is looked at. Returns the account where nothing but its own
    /// password can let anybody in: it is counted in one step, if it is still the same then.
    func admit(
        _ login: Login?, from address: String?, at now: Date, in scope: TenantScope
    ) async throws -> Account? {
        guard leavesCount, let login,
            let prospect = try await ProofProspect.look(
                login, from: SourceAddress(address), at: now, in: scope, database)
        else {
            try await lockout.admit(address, at: now, in: scope)
            return nil
        }
        try await lockout.admit(address, lockedUntil: prospect.addressLockedUntil, at: now, in: scope)
        let isPlain = TenantClosure(prospect.door.life, at: now) == nil && !prospect.door.hasProviders
        return isPlain ? prospect.account : nil
    }

    /// Counts the attempt at an account that was seen; nil if it is not the same any more, or there is more to it than its
    /// own counter. Of those who try at once, one finds the counter that it saw.
    func reserve(_ seen: Account, at now: Date, in scope: TenantScope) async throws -> Attempt? {
        let limits = try await lockout.limits(in: scope)
        guard seen.isActive, seen.passwordHash != nil,
            let counter = seen.counter.reserving(at: now, within: limits),
            try await AccountStore.setCounter(counter, of: seen, in: scope, database)
        else { return nil }
        return Attempt(account: seen, reserved: Lockout.Reservation(counter: counter, familiar: nil))
    }
}
