import Assets
import FoundationEssentials
import HTTPAPI
import Kernel
import Postgres

/// The SQL behind trials. It reads in sets, whatever was done by however many people: a test holds its plans.
struct TrialStore: Sendable {
    /// What people did, grouped.
    struct Deeds {
        var deeds: [TrialDeeds] = []
        var count = 0
        /// From when on everything is there; nil if that is all of it.
        var from: Date?
    }

    /// Sessions that were opened, the newest up to the limit.
    func sessions(
        from: Date, to: Date, limit: Int, in scope: TenantScope, _ transaction: Transaction
    ) async throws -> Deeds {
        let rows = try await transaction.query(Self.sessions(from: from, to: to, limit: limit, in: scope)) { row in
            (
                user: try row.next(UserID.self), asset: try row.next(AssetID.self), account: try row.next(String.self),
                way: try row.next(String.self), times: try row.next([Int].self)
            )
        }
        var found = Deeds()
        found.count = rows.reduce(0) { $0 + $1.times.count }
        if found.count == limit { found.from = Self.first(rows.map(\.times)) }
        found.deeds = rows.compactMap { row in
            (try? AccountName(parsing: row.account)).map { account in
                TrialDeeds(
                    user: row.user, asset: row.asset, account: account,
                    protocol: AccessProtocol(rawValue: row.way) ?? .ssh, times: Self.moments(row.times))
            }
        }
        return found
    }

    static func sessions(from: Date, to: Date, limit: Int, in scope: TenantScope) -> SQL {
        """
        select o.user_id, o.asset_id, o.account_name, o.protocol,
            array_agg((extract(epoch from o.created_at) * 1000000)::bigint)
        from (select s.user_id, s.asset_id, s.account_name, s.protocol, s.created_at from session_openings s
            where s.tenant_id = \(scope.tenant) and s.created_at >= \(from) and s.created_at <= \(to)
            order by s.created_at desc limit \(limit)) o
        group by o.user_id, o.asset_id, o.account_name, o.protocol
        """
    }

    /// What was refused by what grants say or do not say, the newest up to the limit. The trail has the words that people
    /// used: assets are found by the names that they have now.
    func attempts(
        from: Date, to: Date, limit: Int, in scope: TenantScope, _ transaction: Transaction
    ) async throws -> Deeds {
        let rows = try await transaction.query(Self.attempts(from: from, to: to, limit: limit, in: scope)) { row in
            (actor: try row.next(String.self), target: try row.next(String.self), times: try row.next([Int].self))
        }
        let wanted = rows.map { AttemptTarget($0.target) }
        let known = try await targets(wanted.compactMap(\.self), in: scope, transaction)
        var found = Deeds()
        let count = rows.reduce(0) { $0 + $1.times.count }
        if count == limit { found.from = Self.first(rows.map(\.times)) }
        var times: [AttemptKey: [Int]] = [:]
        for (row, target) in zip(rows, wanted) {
            guard let target, let user = UserID(row.actor), let asset = known[target.asset] else { continue }
            found.count += row.times.count
            times[AttemptKey(user: user, asset: asset, account: target.account), default: []] += row.times
        }
        found.deeds = times.map { key, times in
            TrialDeeds(
                user: key.user, asset: key.asset, account: key.account, protocol: .ssh, times: Self.moments(times))
        }
        return found
    }

    static func attempts(from: Date, to: Date, limit: Int, in scope: TenantScope) -> SQL {
        """
        select o.actor_id, o.target_name, array_agg((extract(epoch from o.at) * 1000000)::bigint)
        from (select a.actor_id, a.target_name, a.at from refused_openings a
            where a.tenant_id = \(scope.tenant) and a.at >= \(from) and a.at <= \(to)
                and a.reasons ?| \(DecisionReason.Code.allCases.map(\.rawValue))::text[]
                and a.actor_id is not null and a.target_name is not null
            order by a.at desc limit \(limit)) o
        group by o.actor_id, o.target_name
        """
    }

    /// One asset may be asked for by its name and by its id.
    private struct AttemptKey: Hashable {
        let user: UserID
        let asset: AssetID
        let account: AccountName?
    }

    private func targets(
        _ wanted: [AttemptTarget], in scope: TenantScope, _ transaction: Transaction
    ) async throws -> [String: AssetID] {
        let names = Array(Set(wanted.map(\.asset)))
        let ids = names.compactMap(AssetID.init)
        guard !names.isEmpty else { return [:] }
        let found = try await transaction.query(
            """
            select asset_id, name from asset_directory
            where tenant_id = \(scope.tenant) and (name = any(\(names)::text[]) or asset_id = any(\(ids)::uuid[]))
            """
        ) { row in (id: try row.next(AssetID.self), name: try row.next(String.self)) }
        return found.reduce(into: [:]) { known, asset in
            known[asset.name] = asset.id
            known[asset.id.text] = asset.id
        }
    }

    private static func first(_ times: [[Int]]) -> Date? { times.compactMap { $0.min() }.min().map(moment) }
    private static func moments(_ times: [Int]) -> [Date] { times.sorted().map(moment) }
    private static func moment(_ microseconds: Int) -> Date {
        Date(timeIntervalSince1970: Double(microseconds) / 1_000_000)
    }
}

/// What somebody asked for, as the trail has it: `root on web-1`, or `? on web-1` where no account was named.
struct AttemptTarget: Sendable, Hashable {
    let account: AccountName?
    let asset: String

    init?(_ text: String) {
        // Neither an account's name has blanks nor an asset's.
        let words = text.split(separator: " ", omittingEmptySubsequences: false)
        guard words.count == 3, words[1] == "on", let asset = words.last, !asset.isEmpty else { return nil }
        let name = String(words[0])
        if name == "?" {
            account = nil
        } else {
            guard let parsed = try? AccountName(parsing: name) else { return nil }
            account = parsed
        }
        self.asset = String(asset)
    }
}

extension TrialStore {
    /// People by their ids, with their groups.
    func people(
        _ ids: [UserID], in scope: TenantScope, _ transaction: Transaction
    ) async throws -> [PolicyPerson] {
        try await transaction.query(Self.people(ids, in: scope)) { row in
            PolicyPerson(
                id: try row.next(), name: try row.next(), login: try row.next(), isActive: try row.next(),
                groups: Set(try row.next([GroupID].self)))
        }
    }

    static func people(_ ids: [UserID], in scope: TenantScope) -> SQL {
        """
        select u.user_id, u.name, u.login, u.state = 'active',
            array(select m.group_id from user_groups m where m.tenant_id = u.tenant_id and m.user_id = u.user_id)
        from user_directory u where u.tenant_id = \(scope.tenant) and u.user_id = any(\(ids)::uuid[])
        """
    }

    /// Assets by their ids, with the folders and organizations that they lie in, and their accounts.
    func assets(
        _ ids: [AssetID], in scope: TenantScope, _ transaction: Transaction
    ) async throws -> [PolicyAsset] {
        try await transaction.query(Self.assets(ids, in: scope)) { row in
            PolicyAsset(
                id: try row.next(), name: try row.next(), isActive: try row.next(),
                nodes: Set(try row.next([NodeID].self)), organizations: Set(try row.next([OrganizationID].self)),
                accounts: Set(try row.next([String].self).map(AccountName.init(parsing:))))
        }
    }

    static func assets(_ ids: [AssetID], in scope: TenantScope) -> SQL {
        """
        select a.asset_id, a.name, a.state = 'active',
            array(select n.node_id from asset_ancestors n
                where n.tenant_id = a.tenant_id and n.asset_id = a.asset_id),
            array(select y.ancestor_id from organization_ancestry y
                where y.tenant_id = a.tenant_id and y.org_id = a.org_id),
            array(select c.name from account_directory c
                where c.tenant_id = a.tenant_id and c.asset_id = a.asset_id)
        from asset_directory a where a.tenant_id = \(scope.tenant) and a.asset_id = any(\(ids)::uuid[])
        """
    }

    /// Whether the tenant is one in which anything is allowed.
    func isOpen(_ scope: TenantScope, _ transaction: Transaction) async throws -> Bool {
        try await transaction.first(
            "select state in ('trial', 'active') from tenant_settings where tenant_id = \(scope.tenant)"
        ) { row in try row.next() } ?? false
    }

    /// How far each time zone is ahead of UTC, and since when. Clocks are moved at whole quarters of an hour.
    func clocks(
        _ zones: Set<String>, from: Date, to: Date, _ transaction: Transaction
    ) async throws -> [String: ZoneClock] {
        guard !zones.isEmpty else { return [:] }
        let start = Date(timeIntervalSince1970: (from.timeIntervalSince1970 / 900).rounded(.down) * 900)
        let rows = try await transaction.query(
            """
            select q.zone, q.at, q.ahead from (
                select z.zone, m.at, t.ahead,
                    lag(t.ahead) over (partition by z.zone order by m.at) as earlier
                from unnest(\(Array(zones))::text[]) as z (zone)
                cross join generate_series(\(start)::timestamptz, \(to)::timestamptz, interval '15 minutes') as m (at)
                cross join lateral (select
                    extract(epoch from (m.at at time zone z.zone) - (m.at at time zone 'UTC'))::int as ahead) t) q
            where q.earlier is distinct from q.ahead order by q.zone, q.at
            """
        ) { row in (zone: try row.next(String.self), from: try row.next(Date.self), seconds: try row.next(Int.self)) }
        return Dictionary(grouping: rows, by: \.zone).mapValues { rows in
            ZoneClock(offsets: rows.map { ($0.from, $0.seconds) })
        }
    }
}
