import Audit
import FoundationEssentials
import Kernel
import Postgres
import Tenancy

/// What slows guessing down, whichever way it comes: failures are counted by account and by address.
///
/// An account that is locked takes no proof from anywhere, except where its person came in from lately: there only the
/// failures from there count. So whoever guesses from elsewhere neither finds the password nor keeps its owner out. The
/// lock is silent, since it would tell that the account exists; an address is told that it is locked, and for how long,
/// since it learns nothing by it.
struct Lockout: Sendable {
    /// An attempt that may be checked, and is counted until it turns out right.
    struct Reservation: Sendable {
        let counter: AttemptCounter
        /// The familiar address by whose failures it is counted; nil for the account's.
        let familiar: SourceAddress?

        var locksAccount: Bool { familiar == nil && counter.lockedUntil != nil }
    }

    let database: Database
    let tenants: TenantSettings

    func limits(in scope: TenantScope) async throws -> AttemptLimits {
        AttemptLimits(
            most: try await tenants.value(of: Setting.lockoutAccountFailures, in: scope),
            longest: TimeInterval(try await tenants.value(of: Setting.lockoutLongest, in: scope) * 60))
    }

    /// Refuses an address that is locked, before anything else is looked at.
    func admit(_ address: String?, at now: Date, in scope: TenantScope) async throws {
        guard let source = SourceAddress(address) else { return }
        let end = try await SignInAddressStore.lockedUntil(source, at: now, in: scope, database)
        try await admit(address, lockedUntil: end, at: now, in: scope)
    }

    /// The same where that was read already.
    func admit(_ address: String?, lockedUntil end: Date?, at now: Date, in scope: TenantScope) async throws {
        guard let end, try await !isTrusted(address, in: scope) else { return }
        throw IdentityError.addressLocked(seconds: max(1, Int(end.timeIntervalSince(now).rounded(.up))))
    }

    /// Counts a proof that was wrong by the address that it came from. Afterwards, unlike an account's: what guesses in
    /// parallel gain by that is bounded by the accounts' counters and by how many passwords are hashed at a time, and
    /// nobody's right password waits for the row of the whole office.
    func count(
        _ account: Account?, _ reservation: Reservation?, from address: String?, at now: Date, in scope: TenantScope
    ) async throws {
        guard let source = SourceAddress(address) else { return }
        let accounts = try await limits(in: scope)
        let isTrusted = try await isTrusted(address, in: scope)
        let addresses = AttemptLimits(
            most: try await tenants.value(of: Setting.lockoutAddressFailures, in: scope), longest: accounts.longest)
        let window = TimeInterval(try await tenants.value(of: Setting.lockoutWindow, in: scope) * 60)
        try await database.transaction(in: scope) { tx in
            // Asked in any case: who measures the time learns nothing about the account.
            let own = try await FamiliarAddressStore.counter(
                of: account?.id ?? UserID.new(at: now), at: source, now, in: scope, tx)
            if let account, let reservation, reservation.familiar == nil, let counter = own {
                try await FamiliarAddressStore.setCounter(
                    counter.failing(at: now, within: accounts), of: account.id, at: source, in: scope, tx)
            }
            guard !isTrusted else { return }
            let failures = try await SignInAddressStore.fail(source, since: now - window, at: now, in: scope, tx)
            guard let wait = addresses.wait(after: failures) else { return }
            try await SignInAddressStore.lock(source, until: now + wait, in: scope, tx)
            let entry = AuditEntry(
                action: "sign-in-address.locked", actor: .system("sign-in"),
                target: AuditTarget(kind: "address", id: source.text),
                details: ["failures": .int(Int64(failures)), "seconds": .int(Int64(wait))], clientAddress: address,
                at: now)
            try await AuditLog(database: database).append(entry, in: scope, tx)
        }
    }

    private func isTrusted(_ address: String?, in scope: TenantScope) async throws -> Bool {
        guard let address, let trusted = try await tenants.value(of: Setting.lockoutTrusted, in: scope) else {
            return false
        }
        return trusted.contains(address)
    }

    /// Whether a proof for an account may be looked at, and by which failures it counts. Nothing is written yet.
    static func reservation(
        for account: Account, from address: String?, within limits: AttemptLimits, at now: Date,
        in scope: TenantScope, _ tx: Transaction
    ) async throws -> Reservation? {
        if let counter = account.counter.reserving(at: now, within: limits) {
            return Reservation(counter: counter, familiar: nil)
        }
        guard let source = SourceAddress(address),
            let own = try await FamiliarAddressStore.counter(of: account.id, at: source, now, in: scope, tx),
            let counter = own.reserving(at: now, within: limits)
        else { return nil }
        return Reservation(counter: counter, familiar: source)
    }

    /// Counts the proof.
    static func keep(
        _ reservation: Reservation, of user: UserID, in scope: TenantScope, _ tx: Transaction
    ) async throws {
        guard let source = reservation.familiar else {
            return try await AccountStore.setCounter(reservation.counter, of: user, in: scope, tx)
        }
        try await FamiliarAddressStore.setCounter(reservation.counter, of: user, at: source, in: scope, tx)
    }

    /// Gives a counted proof back. The account is one that the transaction holds.
    static func refund(
        _ reservation: Reservation, times: Int = 1, of account: Account, within limits: AttemptLimits, at now: Date,
        in scope: TenantScope, _ tx: Transaction
    ) async throws {
        func refunded(_ counter: AttemptCounter) -> AttemptCounter {
            (0..<times).reduce(counter) { counter, _ in counter.refunding(at: now, within: limits) }
        }
        if let source = reservation.familiar {
            guard let own = try await FamiliarAddressStore.counter(of: account.id, at: source, now, in: scope, tx)
            else { return }
            try await FamiliarAddressStore.setCounter(refunded(own), of: account.id, at: source, in: scope, tx)
        } else {
            try await AccountStore.setCounter(refunded(account.counter), of: account.id, in: scope, tx)
        }
    }
}
