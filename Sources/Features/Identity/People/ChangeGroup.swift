import HTTPAPI
import Kernel
import Postgres

/// Creates, renames, fills and removes groups. What a group is granted reaches its members at once, and leaves them at
/// once: whoever holds live sessions listens to the events.
struct ChangeGroup {
    let database: Database

    func create(_ request: GroupRequest, _ acting: Acting) async throws -> Group {
        let group = Group(
            id: .new(at: acting.now), name: request.name.text, members: 0, createdAt: acting.now, version: 1)
        try await database.transaction(in: acting.scope) { tx in
            acting.audit.target("group", group.id.text, name: group.name)
            try await GroupStore.insert(group, in: acting.scope, tx)
            try await acting.audit.write(in: tx)
        }
        return group
    }

    func rename(_ id: GroupID, _ request: GroupRequest, from version: Int, _ acting: Acting) async throws -> Group {
        try await database.transaction(in: acting.scope) { tx in
            let group = try await holdOwn(id, acting, tx)
            guard group.version == version else { throw IdentityError.changed }
            try await GroupStore.rename(id, to: request.name.text, in: acting.scope, tx)
            try await acting.audit.write(in: tx)
            return Group(
                id: id, name: request.name.text, members: group.members, createdAt: group.createdAt,
                version: version + 1)
        }
    }

    func remove(_ id: GroupID, _ acting: Acting) async throws {
        try await database.transaction(in: acting.scope) { tx in
            let group = try await hold(id, acting, tx)
            // It would be back with the next sync, and without what it was granted.
            guard group.keeper == nil || group.keeper?.leftAt != nil else { throw IdentityError.keptByProvider }
            // First, since where an event belongs is looked up with its subject.
            try await IdentityEvent.groupDeleted.publish(id.text, at: acting.now, in: acting.scope, tx)
            try await GroupStore.remove(id, in: acting.scope, tx)
            try await acting.audit.write(in: tx)
        }
    }

    func add(_ user: UserID, to id: GroupID, _ acting: Acting) async throws {
        try await database.transaction(in: acting.scope) { tx in
            _ = try await holdOwn(id, acting, tx)
            guard let account = try await AccountStore.lock(user, in: acting.scope, tx) else {
                throw IdentityError.notFound
            }
            acting.audit.detail("member", .string(account.login))
            if try await GroupStore.add(user, to: id, in: acting.scope, tx) {
                try await changed(id, user, acting, tx)
            }
            try await acting.audit.write(in: tx)
        }
    }

    func remove(_ user: UserID, from id: GroupID, _ acting: Acting) async throws {
        try await database.transaction(in: acting.scope) { tx in
            _ = try await holdOwn(id, acting, tx)
            acting.audit.detail("member", .string(user.text))
            guard try await GroupStore.remove(user, from: id, in: acting.scope, tx) else {
                throw IdentityError.notFound
            }
            try await changed(id, user, acting, tx)
            try await acting.audit.write(in: tx)
        }
    }

    /// One that people keep: who is in another one, its directory says.
    private func holdOwn(_ id: GroupID, _ acting: Acting, _ tx: Transaction) async throws -> Group {
        let group = try await hold(id, acting, tx)
        guard group.keeper == nil else { throw IdentityError.keptByProvider }
        return group
    }

    private func hold(_ id: GroupID, _ acting: Acting, _ tx: Transaction) async throws -> Group {
        guard let group = try await GroupStore.lock(id, in: acting.scope, tx) else { throw IdentityError.notFound }
        acting.audit.target("group", id.text, name: group.name)
        return group
    }

    private func changed(_ id: GroupID, _ user: UserID, _ acting: Acting, _ tx: Transaction) async throws {
        try await GroupStore.bump(id, in: acting.scope, tx)
        try await IdentityEvent.groupChanged.publish(
            id.text, ["user": .string(user.text)], at: acting.now, in: acting.scope, tx)
    }
}
