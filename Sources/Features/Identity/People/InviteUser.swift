import Cryptography
import FoundationEssentials
import HTTPAPI
import Kernel
import Postgres

/// Makes the link by which a person comes in and chooses a password; the one before stops working.
struct InviteUser {
    let settings: IdentitySettings

    func callAsFunction(_ id: UserID, _ database: Database, _ acting: Acting) async throws -> Invitation {
        try await database.transaction(in: acting.scope) { tx in
            guard let account = try await AccountStore.lock(id, in: acting.scope, tx), account.isActive else {
                throw IdentityError.notFound
            }
            acting.audit.target("user", id.text, name: account.login)
            // The link is as good as the person's password: nobody makes one for somebody who may do more.
            try await acting.mayHandle(id, settings.catalogue, tx)
            // Nor for an administrator who has not come in yet, in a browser that somebody left open.
            let theirs = try await RoleStore.permissions(
                of: id, at: acting.now, settings.catalogue, in: acting.scope, tx
            ).all
            if !settings.catalogue.isPlain(theirs), let problem = acting.stepUp { throw problem }
            let url = try await link(for: id, at: acting.now, in: acting.scope, tx)
            try await acting.audit.write(in: tx)
            return Invitation(url: url)
        }
    }

    func link(for id: UserID, at now: Date, in scope: TenantScope, _ tx: Transaction) async throws -> String {
        let names = try await tx.first(
            """
            select slug, case when host_name_verified_at is not null then host_name end from tenants
            where tenant_id = \(scope.tenant)
            """
        ) { (slug: try $0.next(String.self), own: try $0.next(String?.self)) }
        guard let names else { throw IdentityError.notFound }
        try await SignInStore.removeAll(of: id, in: scope, tx)
        return try await firstLink(for: id, to: names.slug, at: names.own, at: now, in: scope, tx)
    }

    /// For somebody who has no link yet, in a tenant whose slug and own host name are known.
    func firstLink(
        for id: UserID, to slug: String, at host: String?, at now: Date, in scope: TenantScope, _ tx: Transaction
    ) async throws -> String {
        let token = RandomToken()
        try await SignInStore.insert(.invitation(at: now), of: id, token: token, from: nil, at: now, in: scope, tx)
        return settings.portal.invitation(to: slug, at: host, token: token.text.reveal())
    }
}
