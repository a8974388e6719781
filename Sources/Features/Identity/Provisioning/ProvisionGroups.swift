import Audit
import FoundationEssentials
import HTTPAPI
import Kernel
import Postgres

/// Does to groups what a provider's program says. They are the provider's: what their members get here, its rules say.
struct ProvisionGroups {
    let context: ProvisioningContext

    private var scope: TenantScope { context.scope }
    private var provider: IdentityProviderID { context.provider }
    private var now: Date { context.now }

    func create(_ body: JSON) async throws -> ProvisionedGroupID {
        let record = try SCIMRecord(.group, body: body)
        let change = try MemberChange(body: body)
        let name = try name(record)
        context.concerns(name)
        return try await context.database.transaction(in: scope) { tx in
            let standing = try await context.begin(tx)
            guard try await ProvisionedGroupStore.count(of: provider, in: scope, tx) < ProvisionedGroup.most else {
                throw SCIMFault.refused("There are \(ProvisionedGroup.most) groups at most.")
            }
            let group = ProvisionedGroup(
                id: .new(at: now), name: name, externalId: record.text("externalId"), createdAt: now, changedAt: now,
                version: 1)
            try await ProvisionedGroupStore.insert(group, of: provider, in: scope, tx)
            let people = try await exchange(change, group.id, tx)
            try await settle(people, standing, tx)
            try await audit("provisioned-group.created", group.id, name, people.count, standing, tx)
            return group.id
        }
    }

    func replace(_ id: ProvisionedGroupID, _ body: JSON) async throws {
        let record = try SCIMRecord(.group, body: body)
        let members = try MemberChange(body: body)
        try await change(id) { _ throws(SCIMFault) in (record, members) }
    }

    func patch(_ id: ProvisionedGroupID, _ body: JSON) async throws {
        let patch = try SCIMPatch(body: body)
        try await change(id) { old throws(SCIMFault) in
            var (record, members) = (old.record, MemberChange())
            for operation in patch.operations {
                if let attribute = try operation.target(in: .group), attribute.name == "members" {
                    try members.apply(operation, attribute)
                } else {
                    try record.apply(operation)
                }
            }
            return (record, members)
        }
    }

    func remove(_ id: ProvisionedGroupID) async throws {
        try await context.database.transaction(in: scope) { tx in
            let standing = try await context.begin(tx)
            let old = try await hold(id, tx)
            try context.require(old.tag)
            let people = try await ProvisionedGroupStore.everybody(in: id, in: scope, tx)
            try await ProvisionedGroupStore.remove(id, in: scope, tx)
            try await settle(people, standing, tx)
            try await audit("provisioned-group.removed", id, old.name, people.count, standing, tx)
        }
    }

    private func change(
        _ id: ProvisionedGroupID,
        _ make: (ProvisionedGroup) throws(SCIMFault) -> (record: SCIMRecord, members: MemberChange)
    ) async throws {
        try await context.database.transaction(in: scope) { tx in
            let standing = try await context.begin(tx)
            let old = try await hold(id, tx)
            try context.require(old.tag)
            let (record, members) = try make(old)
            let (name, externalId) = (try name(record), record.text("externalId"))
            var people = try await exchange(members, id, tx)
            let isRenamed = name != old.name || externalId != old.externalId
            guard isRenamed || !people.isEmpty else { return }
            try await ProvisionedGroupStore.update(id, name: name, externalId: externalId, at: now, in: scope, tx)
            // Another name is another group to the rules.
            if isRenamed { people += try await ProvisionedGroupStore.everybody(in: id, in: scope, tx) }
            try await settle(people, standing, tx)
            try await audit("provisioned-group.changed", id, name, people.count, standing, tx)
        }
    }

    /// Those whose membership is another one now.
    private func exchange(
        _ change: MemberChange, _ id: ProvisionedGroupID, _ tx: Transaction
    ) async throws -> [UserID] {
        guard !change.isNothing else { return [] }
        let people = try await ProvisionedGroupStore.change(change, of: id, at: provider, in: scope, tx)
        if !change.added.isEmpty {
            let there = try await ProvisionedGroupStore.count(Array(change.added), in: id, in: scope, tx)
            guard there == change.added.count else {
                throw SCIMFault.invalid(.invalidValue, "members names somebody who is not provisioned")
            }
        }
        guard try await ProvisionedGroupStore.size(of: id, in: scope, tx) <= ProvisionedGroup.mostMembers else {
            throw SCIMFault.invalid(.tooMany, "a group has at most \(ProvisionedGroup.mostMembers) members")
        }
        return people
    }

    private func settle(
        _ people: [UserID], _ standing: ProvisioningContext.Standing, _ tx: Transaction
    ) async throws {
        try await SettleProvisioned(exchange: context.exchange(standing))(Array(Set(people)), tx)
    }

    private func hold(_ id: ProvisionedGroupID, _ tx: Transaction) async throws -> ProvisionedGroup {
        guard let group = try await ProvisionedGroupStore.lock(id, of: provider, in: scope, tx) else {
            throw IdentityError.notFound
        }
        context.concerns(group.name)
        return group
    }

    private func name(_ record: SCIMRecord) throws(SCIMFault) -> String {
        guard let name = record.text("displayName"), !name.allSatisfy(\.isWhitespace) else {
            throw .invalid(.invalidValue, "displayName is missing")
        }
        return name
    }

    private func audit(
        _ action: String, _ id: ProvisionedGroupID, _ name: String, _ count: Int,
        _ standing: ProvisioningContext.Standing, _ tx: Transaction
    ) async throws {
        try await context.audit(
            action, kind: "provisioned-group", id: id.text, name: name, standing,
            details: ["people": .int(Int64(count))], tx)
    }
}
