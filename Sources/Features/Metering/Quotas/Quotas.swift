package import FoundationEssentials
package import Kernel
package import Postgres

/// What a tenant may use at most, held to where it is used.
///
/// What is counted is counted in the transaction that makes it, on the tenant's row of the kind: of two who want the
/// last free place one waits for the other and then finds it taken. What a crash could leave behind is not counted up
/// and down but counted anew, by its leases.
package enum Quotas {
    /// Takes places for things that this transaction makes. Throws `QuotaExceeded` if there are not as many.
    package static func take(
        _ kind: LimitKind, _ count: Int = 1, in scope: TenantScope, at now: Date, _ transaction: Transaction
    ) async throws {
        guard try await takeIfFree(kind, count, in: scope, at: now, transaction) else {
            throw try await refusal(kind, in: scope, transaction)
        }
    }

    /// The same, and false if there are not as many.
    package static func takeIfFree(
        _ kind: LimitKind, _ count: Int = 1, in scope: TenantScope, at now: Date, _ transaction: Transaction
    ) async throws -> Bool {
        let warning = EventID.new(at: now)
        let taken = try await transaction.first(
            QuotaStore.take(kind, count, warning: warning, day: kind.day(of: now), tenant: scope.tenant),
            QuotaStore.decodeTaken)
        guard let taken else { return false }
        if taken.isWarning {
            try await QuotaEvents.warn(taken.use, as: warning, at: now, in: scope, transaction)
        }
        return true
    }

    /// Takes as many as there are, up to so many, and says how many. It asks a few times, and not once for each.
    package static func takeUpTo(
        _ wanted: Int, _ kind: LimitKind, in scope: TenantScope, at now: Date, _ transaction: Transaction
    ) async throws -> Int {
        var (taken, step) = (0, wanted)
        while step > 0, taken < wanted {
            let count = min(step, wanted - taken)
            if try await takeIfFree(kind, count, in: scope, at: now, transaction) {
                taken += count
            } else {
                step = count / 2
            }
        }
        return taken
    }

    /// Gives places back for what this transaction removes or takes out of service.
    package static func give(
        _ kind: LimitKind, _ count: Int = 1, in scope: TenantScope, _ transaction: Transaction
    ) async throws {
        try await transaction.enqueue(QuotaStore.give(kind, count, tenant: scope.tenant))
    }

    /// Lets one more session begin, which this transaction writes down, or throws `QuotaExceeded`: too many hold a lease
    /// already, or the recordings have filled their space.
    ///
    /// The session's lease is the reservation: it counts from here on, and when its worker dies it stops counting by
    /// itself. Costs one statement without limits and two with them.
    package static func admitSession(
        in scope: TenantScope, at now: Date, _ transaction: Transaction
    ) async throws {
        let limits = try await transaction.query(
            QuotaStore.lockForSession(tenant: scope.tenant), QuotaStore.decodeUse)
        if let space = limits.first(where: { $0.kind == .recordedBytes }), let limit = space.limit, space.used >= limit
        {
            throw try await refusal(.recordedBytes, in: scope, transaction)
        }
        guard let sessions = limits.first(where: { $0.kind == .sessions }), let limit = sessions.limit else { return }
        let live = try await transaction.first(QuotaStore.liveSessions(tenant: scope.tenant, at: now)) {
            try $0.next(Int.self)
        }
        let used = live ?? 0
        guard used < limit else { throw try await refusal(.sessions, used: used, in: scope, transaction) }
        try await note(sessions.counting(used + 1), in: scope, at: now, transaction)
    }

    /// Warns once when use reaches the soft limit, and forgets it when use is below again.
    static func note(_ use: QuotaUse, in scope: TenantScope, at now: Date, _ transaction: Transaction) async throws {
        guard use.isNear != use.isWarned else { return }
        let warning = EventID.new(at: now)
        try await transaction.execute(
            QuotaStore.setWarning(use.isNear ? warning : nil, of: use.kind, tenant: scope.tenant))
        if use.isNear { try await QuotaEvents.warn(use, as: warning, at: now, in: scope, transaction) }
    }

    private static func refusal(
        _ kind: LimitKind, used: Int? = nil, in scope: TenantScope, _ transaction: Transaction
    ) async throws -> QuotaExceeded {
        let found = try await transaction.first(QuotaStore.refusal(kind, tenant: scope.tenant)) { row in
            (limit: try row.next(Int?.self), used: try row.next(Int.self), contact: try row.next(String.self))
        }
        // A kind without a row is a mistake of a migration: deny.
        return QuotaExceeded(
            kind: kind, limit: found?.limit ?? 0, used: used ?? found?.used ?? 0, contact: found?.contact ?? "")
    }
}

/// What a tenant uses of one kind, and up to where it may.
package struct QuotaUse: Sendable, Equatable {
    package let kind: LimitKind
    package let limit: Int?
    package let soft: Int?
    package let used: Int
    package let isWarned: Bool

    var isNear: Bool { soft.map { used >= $0 } ?? false }

    func counting(_ used: Int) -> QuotaUse {
        QuotaUse(kind: kind, limit: limit, soft: soft, used: used, isWarned: isWarned)
    }
}

extension LimitKind {
    /// The start of the day in UTC, for what is counted by day; the start of the month, for what is counted by month.
    func day(of time: Date) -> Date? {
        switch self {
        case .webhookDeliveriesPerDay: UTCCalendar.startOfDay(time)
        case .rotationsPerMonth: UTCCalendar.Month(of: time).start
        default: nil
        }
    }
}
