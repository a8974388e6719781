import HTTPAPI
import Kernel
import Postgres

/// Creates, renames, moves, merges and removes organizations. Where one lies decides who administers it and which grants
/// reach into it, so whoever holds live sessions hears of every change.
struct ChangeOrganizations {
    let database: Database

    func create(_ request: CreateOrganization, _ acting: Acting) async throws -> Organization {
        try await change(acting) { tx in
            let above = request.parent ?? acting.home
            guard let parent = try await OrganizationStore.find(above, in: acting.scope, tx) else {
                throw IdentityError.unknownOrganization("parent")
            }
            let new = Organization(
                id: .new(at: acting.now), parent: parent.id, name: request.name.text, createdAt: acting.now, version: 1)
            acting.audit.target("organization", new.id.text, name: new.name)
            try await OrganizationStore.insert(new, in: acting.scope, tx)
            return new
        }
    }

    func callAsFunction(
        _ id: OrganizationID, to change: ChangeOrganization, from version: Int, _ acting: Acting
    ) async throws -> Organization {
        try await self.change(acting) { tx in
            let before = try await hold(id, acting, tx)
            guard before.version == version else { throw IdentityError.changed }
            if case .set(let name) = change.name, name.text != before.name {
                try await OrganizationStore.rename(id, to: name.text, in: acting.scope, tx)
            }
            if case .set(let parent) = change.parent, parent != before.parent {
                try await move(id, to: parent, acting, tx)
            }
            return try await hold(id, acting, tx)
        }
    }

    func merge(_ id: OrganizationID, into target: OrganizationID, _ acting: Acting) async throws -> Organization {
        try await change(acting) { tx in
            // All people of one are moved: whoever moves some of them holds this first, and then where they go.
            try await RoleStore.holdAdministrators(in: acting.scope, tx)
            let source = try await hold(id, acting, tx)
            guard id != .root(of: acting.scope.tenant) else { throw IdentityError.rootOrganization }
            // It stays as it is, and whoever goes there meanwhile is let pass.
            guard let other = try await OrganizationStore.hold(target, in: acting.scope, tx) else {
                throw IdentityError.unknownOrganization("into")
            }
            guard try await !OrganizationStore.isAbove(id, target, in: acting.scope, tx) else {
                throw IdentityError.organizationInsideItself
            }
            acting.audit.target("organization", source.id.text, name: source.name)
            acting.audit.detail("into", ["id": .string(other.id.text), "name": .string(other.name)])
            try await OrganizationStore.merge(id, into: target, at: acting.now, in: acting.scope, tx)
            return other
        }
    }

    func remove(_ id: OrganizationID, _ acting: Acting) async throws {
        try await change(acting) { tx in
            _ = try await hold(id, acting, tx)
            guard id != .root(of: acting.scope.tenant) else { throw IdentityError.rootOrganization }
            try await OrganizationStore.remove(id, in: acting.scope, tx)
        }
    }

    private func move(
        _ id: OrganizationID, to parent: OrganizationID, _ acting: Acting, _ tx: Transaction
    ) async throws {
        guard id != .root(of: acting.scope.tenant) else { throw IdentityError.rootOrganization }
        guard try await OrganizationStore.find(parent, in: acting.scope, tx) != nil else {
            throw IdentityError.unknownOrganization("parent")
        }
        guard try await !OrganizationStore.isAbove(id, parent, in: acting.scope, tx) else {
            throw IdentityError.organizationInsideItself
        }
        acting.audit.detail("parent", .string(parent.text))
        try await OrganizationStore.move(id, to: parent, in: acting.scope, tx)
    }

    private func hold(_ id: OrganizationID, _ acting: Acting, _ tx: Transaction) async throws -> Organization {
        guard let found = try await OrganizationStore.find(id, in: acting.scope, tx) else {
            throw IdentityError.notFound
        }
        acting.audit.target("organization", id.text, name: found.name)
        return found
    }

    private func change<Value: Sendable>(
        _ acting: Acting, _ body: (Transaction) async throws -> Value
    ) async throws -> Value {
        try await database.transaction(in: acting.scope) { tx in
            try await OrganizationStore.lockTree(in: acting.scope, tx)
            let value = try await body(tx)
            try await acting.audit.write(in: tx)
            try await IdentityEvent.organizationsChanged.publish(
                acting.scope.tenant.text, at: acting.now, in: acting.scope, tx)
            return value
        }
    }
}
