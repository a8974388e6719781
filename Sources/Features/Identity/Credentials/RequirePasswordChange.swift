import HTTPAPI
import Kernel
import Postgres

/// Has somebody choose another password at the next sign-in. What they have open goes on: whoever must be out at once is
/// signed out.
struct RequirePasswordChange {
    let database: Database
    let catalogue: PermissionCatalogue

    func callAsFunction(_ user: UserID, _ acting: Acting) async throws -> User {
        try await database.transaction(in: acting.scope) { tx in
            guard let account = try await AccountStore.lock(user, in: acting.scope, tx) else {
                throw IdentityError.notFound
            }
            acting.audit.target("user", user.text, name: account.login)
            try await acting.mayHandle(user, catalogue, tx)
            guard account.passwordHash != nil else { throw IdentityError.noPasswordHere }
            try await AccountStore.requireChange(of: user, in: acting.scope, tx)
            try await acting.audit.write(in: tx)
            guard let shown = try await UserStore.find(user, in: acting.scope, tx) else { throw IdentityError.notFound }
            return shown
        }
    }
}
