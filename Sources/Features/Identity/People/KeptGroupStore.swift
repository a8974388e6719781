import FoundationEssentials
import Kernel
import Postgres

/// The rows of groups that a provider's directory fills.
enum KeptGroupStore {
    static func keepsAny(
        _ provider: IdentityProviderID, in scope: TenantScope, _ tx: Transaction
    ) async throws -> Bool {
        try await tx.first(
            """
            select exists (
              select from groups where tenant_id = \(scope.tenant) and identity_provider_id = \(provider))
            """
        ) { try $0.next() } ?? true
    }

    /// How many the directory has, as far as is known.
    static func count(of provider: IdentityProviderID, in scope: TenantScope, _ tx: Transaction) async throws -> Int {
        try await tx.first(
            """
            select count(*) from groups
            where tenant_id = \(scope.tenant) and identity_provider_id = \(provider) and left_at is null
            """
        ) { try $0.next() } ?? 0
    }

    /// Takes people out of all that the provider keeps, or one person. Tells of each group who it was.
    static func empty(
        _ provider: IdentityProviderID, of person: UserID?, at now: Date, in scope: TenantScope, _ tx: Transaction
    ) async throws -> [(group: GroupID, people: [UserID])] {
        let emptied = try await tx.query(
            """
            with gone as (
              delete from group_members m using groups g
              where m.tenant_id = \(scope.tenant) and g.tenant_id = m.tenant_id and g.group_id = m.group_id
                and g.identity_provider_id = \(provider) and (\(person)::uuid is null or m.user_id = \(person))
              returning m.group_id, m.user_id
            ), told as (
              update groups g set version = version + 1
              where g.tenant_id = \(scope.tenant) and g.group_id in (select group_id from gone)
            )
            select group_id, array_agg(user_id) from gone group by group_id
            """
        ) { (group: try $0.next(GroupID.self), people: try $0.next([UserID].self)) }
        try await IdentityEvent.groupChanged.publish(emptied, at: now, in: scope, tx) { group, people in
            (group.text, ["changes": .int(Int64(people.count))])
        }
        return emptied
    }

    /// From here on people keep them.
    static func release(_ provider: IdentityProviderID, in scope: TenantScope, _ tx: Transaction) async throws {
        try await tx.execute(
            """
            update groups set identity_provider_id = null, directory_id = null, left_at = null, version = version + 1
            where tenant_id = \(scope.tenant) and identity_provider_id = \(provider)
            """)
    }
}
