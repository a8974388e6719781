import FoundationEssentials
import Kernel
import Postgres

/// Keeps usage by hour: every hour is added up once it is over, and again if something of it comes in later.
///
/// Nothing is ever added to a sum: a touched hour is computed anew from its events, so a run that is repeated, broken
/// off or overtaken by another changes nothing twice.
struct RollUpUsage {
    /// How far back a run looks for what came in: longer than any transaction or difference of clocks.
    private static let overlap: TimeInterval = 600
    /// The most that one transaction adds up.
    private static let stretch: TimeInterval = 7 * 86_400
    private static let scope = SystemScope(reason: "usage roll-up")

    let database: Database

    /// Adds up what is new.
    func callAsFunction(at now: Date) async throws {
        while try await advance(at: now) {}
    }

    /// Whether there is more to do.
    private func advance(at now: Date) async throws -> Bool {
        try await database.transaction(in: Self.scope) { transaction in
            let mark = try await transaction.first(UsageStore.lockMark) { try UsageMark(&$0) }
            guard let mark else { return false }
            let begin = try await begin(after: mark.hoursThrough, at: now, transaction)
            let end = max(begin, min(now.startOfHour, begin + Self.stretch))
            // What comes late comes after the mark, but for what was under way when it was set.
            let late = try await transaction.query(
                UsageStore.late(since: mark.receivedThrough - Self.overlap, before: mark.hoursThrough)
            ) { row in (tenant: try row.next(TenantID.self), hour: try row.next(Date.self)) }
            if !late.isEmpty {
                try await transaction.execute(UsageStore.rollUp(late.map(\.tenant), late.map(\.hour)))
            }
            if begin < end { try await transaction.execute(UsageStore.rollUp(from: begin, to: end)) }
            try await transaction.execute(UsageStore.setMark(UsageMark(receivedThrough: now, hoursThrough: end)))
            return end < now.startOfHour
        }
    }

    /// Where to go on: after a long pause, or at the very first, where there is something.
    private func begin(after mark: Date, at now: Date, _ transaction: Transaction) async throws -> Date {
        guard now.timeIntervalSince(mark) > Self.stretch else { return mark }
        let first = try await transaction.first(UsageStore.firstEvent(since: mark)) { try $0.next(Date?.self) }
        return max(mark, ((first ?? nil) ?? now).startOfHour)
    }

    /// Computes all hours between two times anew, as if nothing were there. Whole hours only: both ends are moved
    /// outwards.
    func rebuild(from start: Date, to end: Date) async throws {
        let first = start.startOfHour
        let last = end == end.startOfHour ? end : end.startOfHour + 3600
        try await database.transaction(in: Self.scope) { transaction in
            try await transaction.execute(UsageStore.rollUp(from: first, to: last))
            try await transaction.execute(UsageStore.clear(from: first, to: last))
        }
    }
}

/// How far the roll-ups have come.
struct UsageMark {
    let receivedThrough: Date
    let hoursThrough: Date
}

extension UsageMark {
    init(_ row: inout Row) throws {
        self.init(receivedThrough: try row.next(), hoursThrough: try row.next())
    }
}

extension Date {
    fileprivate var startOfHour: Date {
        Date(timeIntervalSince1970: (timeIntervalSince1970 / 3600).rounded(.down) * 3600)
    }
}
