import Audit
package import FoundationEssentials
package import HTTPAPI
package import Kernel
import Postgres

extension Tickets {
    /// The report as lines for a spreadsheet; that it was taken along stands in the trail.
    package func reportFile(
        _ period: TicketReportPeriod, at now: Date, audit: AuditDraft, in scope: TenantScope
    ) async throws -> Download {
        let report = try await report(period, at: now, in: scope)
        try await database.transaction(in: scope) { transaction in
            if let from = period.from { audit.detail("from", .string(Timestamp.text(from))) }
            audit.detail("to", .string(Timestamp.text(period.to ?? now)))
            try await audit.write(in: transaction)
        }
        return Download(fileName: "requests.csv", bytes: SpreadsheetText.bytes(report.lines))
    }
}

extension TicketReport {
    var lines: [[String]] {
        func cells(_ seconds: Int?) -> String { seconds.map(String.init) ?? "" }
        let titles = ["part", "id", "name", "requests", "approved", "rejected", "median seconds", "slow seconds"]
        let total = [
            "all", "", "", String(opened), String(approved), String(rejected), cells(medianSeconds), cells(slowSeconds),
        ]
        let parts = [("kind", kinds), ("approver", approvers), ("asset", assets)].flatMap { part, lines in
            lines.map { line in
                [
                    part, line.id, line.name, String(line.count), String(line.approved), String(line.rejected),
                    cells(line.medianSeconds), cells(line.slowSeconds),
                ]
            }
        }
        let states = [("open", open), ("withdrawn", withdrawn), ("expired", expired)].map { state, count in
            ["state", state, "", String(count), "", "", "", ""]
        }
        return [titles, total] + states + parts
    }
}
