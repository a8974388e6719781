package import FoundationEssentials
package import Kernel

/// Of which time somebody wants to know how requests were answered.
package struct TicketReportPeriod: WireValue, Equatable {
    package let from: Date?
    package let to: Date?

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("from", \.from, Date.schema, note: "Opened since then; thirty days ago if absent.")
        Field("to", \.to, Date.schema, note: "Before when; now if absent.")
    }
}

/// How requests of a time were answered.
package struct TicketReport: WireValue, Sendable, Equatable {
    package let opened: Int
    package let approved: Int
    package let rejected: Int
    package let withdrawn: Int
    package let expired: Int
    package let open: Int
    package let medianSeconds: Int?
    package let slowSeconds: Int?
    package let approvers: [TicketReportLine]
    package let assets: [TicketReportLine]
    package let kinds: [TicketReportLine]

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("opened", \.opened, .count)
        Field("approved", \.approved, .count)
        Field("rejected", \.rejected, .count)
        Field("withdrawn", \.withdrawn, .count)
        Field("expired", \.expired, .count)
        Field("open", \.open, .count)
        Field("medianSeconds", \.medianSeconds, .count, note: "Half of those decided were decided within.")
        Field("slowSeconds", \.slowSeconds, .count, note: "Nineteen of twenty were decided within.")
        Field(
            "approvers", \.approvers, count: 0...TicketReport.most,
            note: "Who answered most; their times are from the opening of the level.")
        Field("assets", \.assets, count: 0...TicketReport.most, note: "What was asked for most.")
        Field("kinds", \.kinds, count: 0...TicketReport.most)
    }

    /// How many lines a part has at most, those with most requests.
    static let most = 50
}

/// One approver, asset or kind.
package struct TicketReportLine: WireValue, Sendable, Equatable {
    package let id: String
    package let name: String
    package let count: Int
    package let approved: Int
    package let rejected: Int
    package let medianSeconds: Int?
    package let slowSeconds: Int?

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("id", \.id, .text(1...100))
        Field("name", \.name, .text(0...200))
        Field("count", \.count, .count)
        Field("approved", \.approved, .count)
        Field("rejected", \.rejected, .count)
        Field("medianSeconds", \.medianSeconds, .count)
        Field("slowSeconds", \.slowSeconds, .count)
    }
}

extension Schema where Value == Int {
    fileprivate static var count: Schema<Int> { .int(0...Int(Int32.max)) }
}

extension Tickets {
    private static let usual: TimeInterval = 30 * 24 * 3600
    /// What was longer ago than this before the end is left out.
    private static let longest: TimeInterval = 366 * 24 * 3600

    /// How the requests that lie in the scope were answered.
    package func report(
        _ period: TicketReportPeriod, at now: Date, in scope: TenantScope
    ) async throws -> TicketReport {
        let to = period.to ?? now
        let from = max(period.from ?? to.addingTimeInterval(-Self.usual), to.addingTimeInterval(-Self.longest))
        return try await TicketReportStore().report(from: from, to: to, in: scope, database)
    }
}
