import FoundationEssentials
import HTTPAPI
import Kernel
import Postgres

/// The SQL of assets.
struct AssetStore: Sendable {
    /// One sub-select for each kind of part: they are what a page costs, so each part is one text; see AssetParts.
    private static let columns: SQL = """
        a.asset_id, a.name, a.platform, a.address, a.port, a.description, a.state,
        array(select n.node_id from asset_nodes n
            where n.tenant_id = a.tenant_id and n.asset_id = a.asset_id order by n.node_id),
        array(select l.key || E'\\n' || l.value from asset_labels l
            where l.tenant_id = a.tenant_id and l.asset_id = a.asset_id order by l.key, l.value),
        array(select h.host_key_id || ' ' || h.state || ' ' || h.fingerprint || ' ' || h.algorithm from host_keys h
            where h.tenant_id = a.tenant_id and h.asset_id = a.asset_id order by h.seen_at),
        a.created_at, a.version,
        (select o.user_id || ' ' || o.name from user_directory o
            where o.tenant_id = a.tenant_id and o.user_id = a.owner_id)
        """

    func list(_ page: PageRequest, in scope: TenantScope, _ database: Database) async throws -> [Asset] {
        try await database.query(
            "select \(fragment: Self.columns) from assets a where a.tenant_id = \(scope.tenant) \(page)", in: scope,
            Self.asset)
    }

    func find(_ id: AssetID, in scope: TenantScope, _ database: Database) async throws -> Asset? {
        try await database.first(
            """
            select \(fragment: Self.columns) from assets a
            where a.tenant_id = \(scope.tenant) and a.asset_id = \(id)
            """, in: scope, Self.asset)
    }

    func find(named name: AssetName, in scope: TenantScope, _ database: Database) async throws -> Asset? {
        try await database.first(
            """
            select \(fragment: Self.columns) from assets a
            where a.tenant_id = \(scope.tenant) and a.name = \(name)
            """, in: scope, Self.asset)
    }

    func names(of ids: [AssetID], in scope: TenantScope, _ database: Database) async throws -> [AssetID: AssetName] {
        let rows = try await database.query(
            "select asset_id, name from assets where tenant_id = \(scope.tenant) and asset_id = any(\(ids))", in: scope
        ) { row in (try row.next() as AssetID, try AssetName(parsing: row.next())) }
        return Dictionary(rows, uniquingKeysWith: { first, _ in first })
    }

    func requestable(
        _ page: PageRequest, in scope: TenantScope, _ database: Database
    ) async throws -> [RequestableAsset] {
        try await database.query(
            """
            select a.asset_id, a.name, a.platform from assets a
            where a.tenant_id = \(scope.tenant) and a.state = 'active' \(page)
            """, in: scope
        ) { row in
            RequestableAsset(
                id: try row.next(), name: try AssetName(parsing: row.next()), platform: try row.next())
        }
    }

    func requestable(
        matching words: [String], after count: Int, limit: Int, in scope: TenantScope, _ database: Database
    ) async throws -> [RequestableAsset] {
        try await database.query(
            """
            select a.asset_id, a.name, a.platform from assets a
            where a.tenant_id = \(scope.tenant) and a.state = 'active'
              and not exists (
                select from unnest(\(words)::text[]) w (word) where strpos(lower(a.name), lower(w.word)) = 0)
            order by a.name, a.asset_id offset \(count) limit \(limit)
            """, in: scope
        ) { row in
            RequestableAsset(
                id: try row.next(), name: try AssetName(parsing: row.next()), platform: try row.next())
        }
    }

    func lock(_ id: AssetID, in scope: TenantScope, _ transaction: Transaction) async throws -> Asset? {
        try await transaction.first(
            """
            select \(fragment: Self.columns) from assets a
            where a.tenant_id = \(scope.tenant) and a.asset_id = \(id) for update of a
            """, Self.asset)
    }

    func insert(_ asset: Asset, in scope: TenantScope, _ transaction: Transaction) async throws {
        do {
            _ = try await transaction.execute(
                """
                insert into assets (tenant_id, asset_id, name, platform, address, port, description, state, created_at,
                    owner_id)
                values (\(scope.tenant), \(asset.id), \(asset.name), \(asset.platform), \(asset.address), \(asset.port),
                    \(asset.description), \(asset.state), \(asset.createdAt), \(asset.owner?.id))
                """)
        } catch let error as DatabaseError where error.constraint == "assets_name_uq" {
            throw AssetError.nameTaken
        }
        try await replaceNodes(of: asset, in: scope, transaction)
        try await replaceLabels(of: asset, in: scope, transaction)
    }

    /// Writes everything of the asset but its host keys; its version must still be the one that was read.
    func update(_ asset: Asset, in scope: TenantScope, _ transaction: Transaction) async throws {
        do {
            _ = try await transaction.execute(
                """
                update assets set name = \(asset.name), address = \(asset.address), port = \(asset.port),
                    description = \(asset.description), state = \(asset.state), version = \(asset.version)
                where tenant_id = \(scope.tenant) and asset_id = \(asset.id)
                """)
        } catch let error as DatabaseError where error.constraint == "assets_name_uq" {
            throw AssetError.nameTaken
        }
        try await replaceNodes(of: asset, in: scope, transaction)
        try await replaceLabels(of: asset, in: scope, transaction)
    }

    func setOwner(
        of id: AssetID, to owner: Owner?, in scope: TenantScope, _ transaction: Transaction
    ) async throws {
        _ = try await transaction.execute(
            "update assets set owner_id = \(owner?.id) where tenant_id = \(scope.tenant) and asset_id = \(id)")
    }

    func delete(_ id: AssetID, in scope: TenantScope, _ transaction: Transaction) async throws {
        _ = try await transaction.execute(
            "delete from assets where tenant_id = \(scope.tenant) and asset_id = \(id)")
    }

    private func replaceNodes(of asset: Asset, in scope: TenantScope, _ transaction: Transaction) async throws {
        do {
            _ = try await transaction.execute(
                "delete from asset_nodes where tenant_id = \(scope.tenant) and asset_id = \(asset.id)")
            _ = try await transaction.execute(
                """
                insert into asset_nodes (tenant_id, node_id, asset_id)
                select distinct \(scope.tenant)::uuid, node, \(asset.id)::uuid from unnest(\(asset.nodes)::uuid[]) as node
                """)
        } catch let error as DatabaseError where error.constraint == "asset_nodes_node_fk" || error.isOutOfScope {
            throw AssetError.unknownNode
        }
    }

    private func replaceLabels(of asset: Asset, in scope: TenantScope, _ transaction: Transaction) async throws {
        _ = try await transaction.execute(
            "delete from asset_labels where tenant_id = \(scope.tenant) and asset_id = \(asset.id)")
        _ = try await transaction.execute(
            """
            insert into asset_labels (tenant_id, key, value, asset_id)
            select distinct \(scope.tenant)::uuid, label.key, label.value, \(asset.id)::uuid
            from unnest(\(asset.labels.map(\.key))::text[], \(asset.labels.map(\.value))::text[]) as label (key, value)
            """)
    }

    private static func asset(_ row: inout Row) throws -> Asset {
        let id: AssetID = try row.next()
        let name = try AssetName(parsing: row.next())
        let platform: Asset.Platform = try row.next()
        let address = try AssetAddress(parsing: row.next())
        let port: Int = try row.next()
        let description: String = try row.next()
        let state: Asset.State = try row.next()
        let nodes: [NodeID] = try row.next()
        let labels: [AssetLabel] = try row.next()
        let hostKeys: [HostKey] = try row.next()
        return Asset(
            id: id, name: name, platform: platform, address: address, port: port, description: description,
            state: state, nodes: nodes, labels: labels, hostKeys: hostKeys, createdAt: try row.next(),
            version: try row.next(), owner: try row.next())
    }
}
