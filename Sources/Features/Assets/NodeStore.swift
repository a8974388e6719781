import Kernel
import Postgres

/// The SQL of the tree: nodes and the closure of what lies above what.
struct NodeStore: Sendable {
    func all(in scope: TenantScope, _ database: Database) async throws -> [Node] {
        try await database.query(
            """
            select n.node_id, n.parent_id, n.name,
                (select count(*) from asset_nodes an where an.tenant_id = n.tenant_id and an.node_id = n.node_id), n.version,
                (select o.user_id || ' ' || o.name from user_directory o
                    where o.tenant_id = n.tenant_id and o.user_id = n.owner_id)
            from nodes n
            where n.tenant_id = \(scope.tenant)
            order by (select count(*) from node_closure c
                where c.tenant_id = n.tenant_id and c.descendant_id = n.node_id), n.name
            """, in: scope, Self.node)
    }

    func find(_ id: NodeID, in scope: TenantScope, _ transaction: Transaction) async throws -> Node? {
        try await transaction.first(
            """
            select n.node_id, n.parent_id, n.name,
                (select count(*) from asset_nodes an where an.tenant_id = n.tenant_id and an.node_id = n.node_id), n.version,
                (select o.user_id || ' ' || o.name from user_directory o
                    where o.tenant_id = n.tenant_id and o.user_id = n.owner_id)
            from nodes n where n.tenant_id = \(scope.tenant) and n.node_id = \(id) for update of n
            """, Self.node)
    }

    /// Lets one change of a tenant's tree happen at a time: two moves at once could make a circle, or miss a branch.
    func lockTree(in scope: TenantScope, _ transaction: Transaction) async throws {
        _ = try await transaction.execute(
            "select pg_advisory_xact_lock(hashtextextended('nodes ' || \(scope.tenant)::uuid::text, 0))")
    }

    func insert(_ node: Node, in scope: TenantScope, _ transaction: Transaction) async throws {
        try await named {
            _ = try await transaction.execute(
                """
                insert into nodes (tenant_id, node_id, parent_id, name, owner_id)
                values (\(scope.tenant), \(node.id), \(node.parent), \(node.name), \(node.owner?.id))
                """)
        }
        _ = try await transaction.execute(
            """
            insert into node_closure (tenant_id, ancestor_id, descendant_id, depth)
            select \(scope.tenant)::uuid, c.ancestor_id, \(node.id)::uuid, c.depth + 1 from node_closure c
            where c.tenant_id = \(scope.tenant) and c.descendant_id = \(node.parent)
            union all select \(scope.tenant)::uuid, \(node.id)::uuid, \(node.id)::uuid, 0
            """)
    }

    func update(_ node: Node, in scope: TenantScope, _ transaction: Transaction) async throws {
        try await named {
            _ = try await transaction.execute(
                """
                update nodes set name = \(node.name), parent_id = \(node.parent), version = \(node.version)
                where tenant_id = \(scope.tenant) and node_id = \(node.id)
                """)
        }
    }

    func setOwner(
        of id: NodeID, to owner: Owner?, in scope: TenantScope, _ transaction: Transaction
    ) async throws {
        _ = try await transaction.execute(
            "update nodes set owner_id = \(owner?.id) where tenant_id = \(scope.tenant) and node_id = \(id)")
    }

    func isAbove(
        _ ancestor: NodeID, _ descendant: NodeID, in scope: TenantScope, _ transaction: Transaction
    ) async throws -> Bool {
        try await transaction.first(
            """
            select true from node_closure
            where tenant_id = \(scope.tenant) and ancestor_id = \(ancestor) and descendant_id = \(descendant)
            """
        ) { row in try row.next() } ?? false
    }

    /// Hangs the node with everything below it under its new parent.
    func move(_ id: NodeID, to parent: NodeID?, in scope: TenantScope, _ transaction: Transaction) async throws {
        _ = try await transaction.execute(
            """
            delete from node_closure link using node_closure below, node_closure above
            where link.tenant_id = \(scope.tenant) and below.tenant_id = link.tenant_id
                and above.tenant_id = link.tenant_id and below.ancestor_id = \(id) and above.descendant_id = \(id)
                and above.depth > 0 and link.ancestor_id = above.ancestor_id
                and link.descendant_id = below.descendant_id
            """)
        _ = try await transaction.execute(
            """
            insert into node_closure (tenant_id, ancestor_id, descendant_id, depth)
            select \(scope.tenant)::uuid, above.ancestor_id, below.descendant_id, above.depth + below.depth + 1
            from node_closure above, node_closure below
            where above.tenant_id = \(scope.tenant) and below.tenant_id = above.tenant_id
                and above.descendant_id = \(parent) and below.ancestor_id = \(id)
            """)
    }

    func delete(_ id: NodeID, in scope: TenantScope, _ transaction: Transaction) async throws {
        do {
            _ = try await transaction.execute(
                "delete from nodes where tenant_id = \(scope.tenant) and node_id = \(id)")
        } catch let error as DatabaseError where error.constraint == "nodes_parent_fk" {
            throw AssetError.nodeNotEmpty
        }
    }

    private func named(_ work: () async throws -> Void) async throws {
        do {
            try await work()
        } catch let error as DatabaseError where error.constraint == "nodes_name_uq" {
            throw AssetError.nodeNameTaken
        } catch let error as DatabaseError where error.constraint == "nodes_parent_fk" {
            throw AssetError.unknownNode
        }
    }

    private static func node(_ row: inout Row) throws -> Node {
        Node(
            id: try row.next(), parent: try row.next(), name: try row.next(), assetCount: try row.next(),
            version: try row.next(), owner: try row.next())
    }
}
