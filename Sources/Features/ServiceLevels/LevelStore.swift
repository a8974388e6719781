import FoundationEssentials
import HTTPAPI
import Kernel
import Postgres

/// One bucket of one tenant's requests.
struct LevelRow: Sendable, Equatable {
    let tenant: TenantID
    let slug: String
    let name: String
    let bucket: Int
    let requests: Int
    let failures: Int
}

/// The rows of service levels.
enum LevelStore {
    static func rows(
        _ question: LevelQuestion, in scope: ProviderScope, _ database: Database
    ) async throws -> [LevelRow] {
        try await database.query(
            """
            select l.tenant_id, t.slug, t.name, l.bucket, sum(l.requests)::bigint, sum(l.failures)::bigint
            from service_levels l join tenant_settings t on t.tenant_id = l.tenant_id
            where l.hour >= \(question.from) and l.hour < \(question.to)
              and (\(question.tenant)::uuid is null or l.tenant_id = \(question.tenant))
            group by l.tenant_id, t.slug, t.name, l.bucket order by t.slug, l.bucket
            """, in: scope
        ) {
            LevelRow(
                tenant: try $0.next(), slug: try $0.next(), name: try $0.next(), bucket: try $0.next(),
                requests: try $0.next(), failures: try $0.next())
        }
    }

    static func add(
        _ tallies: [TenantID: TenantLevels.Tally], at now: Date, _ database: Database
    ) async throws {
        let hour = Date(timeIntervalSince1970: (now.timeIntervalSince1970 / 3600).rounded(.down) * 3600)
        var (tenants, buckets, requests, failures): ([TenantID], [Int], [Int], [Int]) = ([], [], [], [])
        // In one order, so that two nodes that add at once wait for each other and never in a circle.
        for (tenant, tally) in tallies.sorted(by: { $0.key.text < $1.key.text }) {
            for bucket in tally.requests.indices where tally.requests[bucket] > 0 {
                tenants.append(tenant)
                buckets.append(bucket)
                requests.append(tally.requests[bucket])
                failures.append(tally.failures[bucket])
            }
        }
        try await database.execute(
            """
            insert into service_levels (tenant_id, hour, bucket, requests, failures)
            select n.tenant, \(hour), n.bucket, n.requests, n.failures
            from unnest(\(tenants)::uuid[], \(buckets)::int[], \(requests)::bigint[], \(failures)::bigint[])
              as n (tenant, bucket, requests, failures)
            where exists (select from tenants t where t.tenant_id = n.tenant)
            on conflict on constraint service_levels_pk do update
              set requests = service_levels.requests + excluded.requests,
                failures = service_levels.failures + excluded.failures
            """, in: SystemScope(reason: "count how tenants are served"))
    }
}
