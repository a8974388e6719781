package import FoundationEssentials
package import HTTPAPI
package import Kernel
package import Postgres

extension Identity {
    /// Those of these people who may use a permission now, somewhere: they and their company are let in, and a role of theirs
    /// has it. For what they do without being signed in, such as in a messenger.
    package func who(
        of users: [UserID], may permission: Permission, at now: Date, in scope: TenantScope, _ tx: Transaction
    ) async throws -> Set<UserID> {
        guard !users.isEmpty else { return [] }
        let people = try await tx.query(
            """
            select \(fragment: Authenticator.person(nil, at: now)) from users u
            join tenants t on t.tenant_id = u.tenant_id
            where u.tenant_id = \(scope.tenant) and u.user_id = any(\(users))
            """
        ) { try Authenticator.person(&$0, nil) }
        return Set(
            people.compactMap { person in
                let reach = try? person.admitted(at: now).reach(settings.catalogue, in: scope)
                return reach?.anywhere.contains(permission) == true ? person.user : nil
            })
    }

    /// A person as a caller, for what they ask for at a gateway: with what they may do, and where. Nil if they or their company
    /// are not let in.
    package func caller(
        _ user: UserID, at now: Date, in scope: TenantScope
    ) async throws -> TenantAPI.Caller? {
        let person = try await database.first(
            """
            select \(fragment: Authenticator.person(nil, at: now)) from users u
            join tenants t on t.tenant_id = u.tenant_id
            where u.tenant_id = \(scope.tenant) and u.user_id = \(user)
            """, in: scope
        ) { try Authenticator.person(&$0, nil) }
        guard let person = try? person?.admitted(at: now),
            let reach = try? person.reach(settings.catalogue, in: scope)
        else { return nil }
        return TenantAPI.Caller(scope: scope, user: person.user, name: person.name, reach: reach)
    }
}
