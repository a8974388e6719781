import Audit
package import FoundationEssentials
package import HTTPAPI
package import Kernel
import Postgres

extension Assets {
    /// Adds a node under its parent, or at the top.
    package func createNode(
        _ request: CreateNode, by arranging: Arranging? = nil, at now: Date, audit: AuditDraft, in scope: TenantScope
    ) async throws -> Node {
        try await database.transaction(in: scope) { transaction in
            var node = Node(id: .new(at: now), parent: request.parent, name: request.name, assetCount: 0, version: 1)
            if let owner = request.owner { node.owner = try await OwnerStore.find(owner, in: scope, transaction) }
            try await nodes.lockTree(in: scope, transaction)
            try await check(request.parent, in: scope, transaction)
            try await nodes.insert(node, in: scope, transaction)
            try await ArrangementStore.note(
                arranging, Arranged(owner: node.owner != nil), of: node.id, at: now, in: scope, transaction)
            audit.target("node", node.id.text, name: node.name)
            try await audit.write(in: transaction)
            return node
        }
    }

    /// Renames or moves a node; everything below moves with it.
    package func changeNode(
        _ id: NodeID, to change: ChangeNode, from version: Int?, by arranging: Arranging? = nil, at now: Date,
        audit: AuditDraft, in scope: TenantScope
    ) async throws -> Node {
        try await database.transaction(in: scope) { transaction in
            try await nodes.lockTree(in: scope, transaction)
            guard var node = try await nodes.find(id, in: scope, transaction) else { throw AssetError.notFound }
            guard node.version == version else { throw AssetError.changed }
            let parent = change.parent.applied(to: node.parent)
            let isMoved = parent != node.parent
            if isMoved { try await check(parent, in: scope, transaction) }
            if isMoved, let parent, try await nodes.isAbove(id, parent, in: scope, transaction) {
                throw AssetError.nodeInsideItself
            }
            node.name = change.name.applied(to: node.name)
            node.parent = parent
            node.version += 1
            try await nodes.update(node, in: scope, transaction)
            let owned = node.owner?.id
            if case .set(let owner) = change.owner {
                node.owner = if let owner { try await OwnerStore.find(owner, in: scope, transaction) } else { nil }
                try await nodes.setOwner(of: id, to: node.owner, in: scope, transaction)
                audit.detail("owner", node.owner.map { .string($0.id.text) } ?? .null)
            }
            let settles = arranging?.looksAfterFlows ?? false
            let said = Arranged(
                owner: settles ? change.owner.isSet : owned != node.owner?.id,
                rest: settles ? change.parent.isSet : isMoved)
            try await ArrangementStore.note(arranging, said, of: id, at: now, in: scope, transaction)
            if isMoved { try await nodes.move(id, to: parent, in: scope, transaction) }
            audit.target("node", node.id.text, name: node.name)
            try await audit.write(in: transaction)
            if isMoved { try await outbox.publish(AssetEvents.moved(node, at: now), in: scope, transaction) }
            return node
        }
    }

    /// The references of the database see past a scope's organizations, so the parent is looked for.
    private func check(_ parent: NodeID?, in scope: TenantScope, _ transaction: Transaction) async throws {
        if let parent, try await nodes.find(parent, in: scope, transaction) == nil { throw AssetError.unknownNode }
    }

    /// Removes a node that has no nodes below it; its assets stay.
    package func deleteNode(_ id: NodeID, at now: Date, audit: AuditDraft, in scope: TenantScope) async throws {
        try await database.transaction(in: scope) { transaction in
            try await nodes.lockTree(in: scope, transaction)
            guard let node = try await nodes.find(id, in: scope, transaction) else { throw AssetError.notFound }
            // First, since where an event belongs is looked up with its subject.
            try await outbox.publish(AssetEvents.deleted(node, at: now), in: scope, transaction)
            try await nodes.delete(id, in: scope, transaction)
            audit.target("node", node.id.text, name: node.name)
            try await audit.write(in: transaction)
        }
    }
}
