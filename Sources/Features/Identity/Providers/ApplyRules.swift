import FoundationEssentials
import HTTPAPI
import Kernel
import Postgres

/// Gives somebody who comes in what the provider's rules say, and takes back what rules gave before and no longer say.
/// What was given by hand stays, and so does the last administrator.
struct ApplyRules {
    let exchange: RuleExchange
    let user: UserID

    private var provider: IdentityProvider { exchange.provider }
    private var now: Date { exchange.now }
    private var scope: TenantScope { exchange.scope }

    func callAsFunction(_ groups: [String], in tx: Transaction) async throws {
        let rules = GroupRules.matching(provider.rules, groups)
        try await setRoles(try await roles(of: rules, tx), tx)
        try await setGroups(Set(rules.compactMap(\.group)), tx)
    }

    private func roles(of rules: [ProviderRule], _ tx: Transaction) async throws -> Set<RoleID> {
        let names = Array(Set(rules.compactMap(\.role)))
        guard !names.isEmpty else { return [] }
        let all = try await RoleStore.resolve(names, PermissionCatalogue([]), in: scope, tx).ids
        return all.subtracting(try await exchange.withheld(tx))
    }

    private func setRoles(_ wanted: Set<RoleID>, _ tx: Transaction) async throws {
        let given = try await IdentityLinkStore.givenRoles(to: user, by: provider.id, in: scope, tx)
        var changes: [RuleExchange.Change] = []
        if !given.isSubset(of: wanted) { try await RoleStore.holdAdministrators(in: scope, tx) }
        for role in given.subtracting(wanted) {
            try await IdentityLinkStore.takeBack(role, from: user, by: provider.id, in: scope, tx)
            guard try await !RoleStore.hasAdministrator(in: scope, tx) else {
                changes.append(.init(user, role: role, isAdded: false))
                continue
            }
            _ = try await IdentityLinkStore.give(role, to: user, by: provider.id, in: scope, tx)
        }
        for role in wanted.subtracting(given) {
            if try await IdentityLinkStore.give(role, to: user, by: provider.id, in: scope, tx) {
                changes.append(.init(user, role: role, isAdded: true))
            }
        }
        try await exchange.tellRoles(changes, sparing: [], tx)
    }

    private func setGroups(_ wanted: Set<GroupID>, _ tx: Transaction) async throws {
        let given = try await IdentityLinkStore.givenGroups(to: user, by: provider.id, in: scope, tx)
        for group in given.subtracting(wanted) {
            try await IdentityLinkStore.noteTakenBack(group, from: user, by: provider.id, in: scope, tx)
            if try await GroupStore.remove(user, from: group, in: scope, tx) { try await changed(group, tx) }
        }
        for group in wanted.subtracting(given) where try await GroupStore.add(user, to: group, in: scope, tx) {
            try await IdentityLinkStore.noteGiven(group, to: user, by: provider.id, in: scope, tx)
            try await changed(group, tx)
        }
    }

    private func changed(_ group: GroupID, _ tx: Transaction) async throws {
        try await GroupStore.bump(group, in: scope, tx)
        try await IdentityEvent.groupChanged.publish(group.text, ["user": .string(user.text)], at: now, in: scope, tx)
    }
}
