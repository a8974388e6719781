import FoundationEssentials
import Kernel
import Postgres

/// The statements about who goes where.
enum PlacementStore {
    static func workers() -> SQL {
        """
        select w.worker_id, w.pool, w.region, w.labels, w.state, w.last_seen_at,
          coalesce((w.health ->> 'sessions')::bigint, 0), coalesce((w.health ->> 'load')::bigint, 0),
          coalesce((w.health ->> 'processors')::bigint, 1), w.ssh_endpoint, w.web_endpoint
        from workers w where w.state = 'active'
        """
    }

    static func decode(_ row: inout Row, at now: Date) throws -> PlacedWorker {
        PlacedWorker(
            id: try row.next(), place: try WorkerPlace(&row), state: try row.next(),
            isConnected: now.timeIntervalSince(try row.next(Date.self)) < Worker.deadAfter, sessions: try row.next(),
            load: try row.next(), processors: try row.next(), sshEndpoint: try row.next(),
            webEndpoint: try row.next())
    }

    /// One row: what binds a tenant, and the rules that hold for it.
    static func terms(of tenant: TenantID) -> SQL {
        """
        select p.pools, p.labels, t.rules, r.rules from (select 1) as one
        left join tenant_pinnings p on p.tenant_id = \(tenant)
        left join tenant_endpoint_rules t on t.tenant_id = \(tenant)
        left join provider_endpoint_rules r on r.single
        """
    }

    /// Where a worker stands, and what binds a tenant.
    static func standing(of worker: WorkerID, for tenant: TenantID) -> SQL {
        """
        select w.pool, w.region, w.labels, p.pools, p.labels from workers w
        left join tenant_pinnings p on p.tenant_id = \(tenant)
        where w.worker_id = \(worker)
        """
    }

    static func pinning(of tenant: TenantID) -> SQL {
        "select pools, labels from tenant_pinnings where tenant_id = \(tenant)"
    }

    /// Fails for a tenant that does not exist.
    static func pin(_ tenant: TenantID, to pinning: TenantPinning, at now: Date) -> SQL {
        """
        insert into tenant_pinnings (tenant_id, pools, labels, updated_at)
        values (\(tenant), \(pinning.pools), \(pinning.labels.json), \(now))
        on conflict (tenant_id) do update set
          pools = excluded.pools, labels = excluded.labels, updated_at = excluded.updated_at
        """
    }

    static func unpin(_ tenant: TenantID) -> SQL {
        "delete from tenant_pinnings where tenant_id = \(tenant)"
    }

    static func rules(of tenant: TenantID) -> SQL {
        "select rules from tenant_endpoint_rules where tenant_id = \(tenant)"
    }

    static func setRules(_ rules: [EndpointRule], of tenant: TenantID, at now: Date) -> SQL {
        """
        insert into tenant_endpoint_rules (tenant_id, rules, updated_at) values (\(tenant), \(rules.json), \(now))
        on conflict (tenant_id) do update set rules = excluded.rules, updated_at = excluded.updated_at
        """
    }

    static func providerRules() -> SQL { "select rules from provider_endpoint_rules where single" }

    static func setProviderRules(_ rules: [EndpointRule], at now: Date) -> SQL {
        """
        insert into provider_endpoint_rules (rules, updated_at) values (\(rules.json), \(now))
        on conflict (single) do update set rules = excluded.rules, updated_at = excluded.updated_at
        """
    }
}

extension TenantPinning {
    /// Columns `pools`, `labels`, null where a tenant is bound to nothing.
    init(_ row: inout Row) throws {
        let pools: [String]? = try row.next()
        let labels: JSON? = try row.next()
        self = pools.map { TenantPinning(pools: $0, labels: .init(labels ?? [:])) } ?? .shared
    }
}

extension [EndpointRule] {
    private static let list = Schema<[EndpointRule]>.array(of: EndpointRule.schema, 0...100)

    /// As they are stored.
    var json: JSON { (try? JSONParser.parse(Self.list.bytes(of: self))) ?? .null }

    /// What an older version wrote and this one does not understand leads nowhere.
    init(stored json: JSON?) {
        self = json.flatMap { try? Self.list.parse($0) } ?? []
    }
}
