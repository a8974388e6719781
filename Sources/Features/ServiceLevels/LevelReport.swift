package import FoundationEssentials
import HTTPAPI
package import Kernel
import Observability

/// Of which time, and perhaps of which tenant, service levels are asked for.
package struct LevelQuestion: WireValue, Equatable {
    package let tenant: TenantID?
    package let from: Date
    package let to: Date

    package init(tenant: TenantID? = nil, from: Date, to: Date) throws(Invalid) {
        guard to > from else { throw Invalid("must be after the start", field: "to") }
        self.tenant = tenant
        self.from = from
        self.to = to
    }

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("tenant", \.tenant, note: "Only this tenant.")
        Field("from", \.from, note: "The first hour.")
        Field("to", \.to, note: "The hour after the last one.")
    }
}

/// How one tenant was served. Times are estimates from a histogram: exact at its bounds, in between on a straight line.
package struct LevelItem: WireValue, Equatable {
    package let tenant: TenantID
    package let slug: String
    package let name: String
    package let requests: Int
    package let failures: Int
    package let p50Microseconds: Int
    package let p95Microseconds: Int
    package let p99Microseconds: Int

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("tenant", \.tenant)
        Field("slug", \.slug, .text(1...40))
        Field("name", \.name, .text(1...200))
        Field("requests", \.requests, .int(0...Int.max))
        Field("failures", \.failures, .int(0...Int.max), note: "Answers of 500 and above: the installation's fault.")
        Field("p50Microseconds", \.p50Microseconds, .int(0...Int.max))
        Field("p95Microseconds", \.p95Microseconds, .int(0...Int.max))
        Field("p99Microseconds", \.p99Microseconds, .int(0...Int.max))
    }

    /// One item for each tenant, in the order of the rows.
    static func list(of rows: [LevelRow]) -> [LevelItem] {
        var order: [LevelRow] = []
        var counts: [TenantID: (requests: [Int], failures: Int)] = [:]
        for row in rows {
            if counts[row.tenant] == nil { order.append(row) }
            var entry = counts[row.tenant] ?? (Array(repeating: 0, count: Histogram.seconds.count + 1), 0)
            entry.requests[min(row.bucket, Histogram.seconds.count)] += row.requests
            entry.failures += row.failures
            counts[row.tenant] = entry
        }
        return order.compactMap { row in
            guard let entry = counts[row.tenant] else { return nil }
            func quantile(_ share: Double) -> Int { Quantile.microseconds(share, of: entry.requests) }
            return LevelItem(
                tenant: row.tenant, slug: row.slug, name: row.name, requests: entry.requests.reduce(0, +),
                failures: entry.failures, p50Microseconds: quantile(0.5), p95Microseconds: quantile(0.95),
                p99Microseconds: quantile(0.99))
        }
    }
}

/// How tenants were served.
package struct LevelReport: WireValue, Equatable {
    package let items: [LevelItem]

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("items", \.items, count: 0...100_000)
    }
}

/// The time within which a share of requests was answered, from the counts of a histogram.
enum Quantile {
    static func microseconds(_ share: Double, of counts: [Int]) -> Int {
        let total = counts.reduce(0, +)
        guard total > 0 else { return 0 }
        let wanted = share * Double(total)
        var below = 0
        for (bucket, count) in counts.enumerated() where count > 0 {
            guard Double(below + count) >= wanted else {
                below += count
                continue
            }
            let bounds = Histogram.seconds
            let start = bucket == 0 ? 0 : bounds[bucket - 1]
            // Above the last bound nothing is known but that it was longer.
            guard bucket < bounds.count else { return Int((start * 1e6).rounded()) }
            let part = (wanted - Double(below)) / Double(count)
            return Int(((start + (bounds[bucket] - start) * part) * 1e6).rounded())
        }
        return Int(((Histogram.seconds.last ?? 0) * 1e6).rounded())
    }
}
