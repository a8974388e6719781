package import FoundationEssentials
package import HTTPAPI
package import Kernel

// What is locked after failed sign-ins.
extension Identity {
    var lockout: Lockout { Lockout(database: database, tenants: tenants) }

    package func lockedAccounts(
        _ page: PageRequest, at now: Date, in scope: TenantScope
    ) async throws -> Rows<LockedAccount> {
        Rows(try await UserStore.locked(page, at: now, in: scope, database), of: page)
    }

    package func lockedAddresses(
        _ page: PageRequest, at now: Date, in scope: TenantScope
    ) async throws -> Rows<LockedAddress> {
        Rows(try await SignInAddressStore.list(page, at: now, in: scope, database), of: page)
    }

    package func unlockAddress(_ request: UnlockAddressRequest, _ acting: Acting) async throws {
        try await UnlockAddress(database: database)(request, acting)
    }
}
