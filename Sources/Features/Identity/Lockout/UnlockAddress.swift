import HTTPAPI
import Kernel
import Postgres

/// Ends the lock of an address before its time.
struct UnlockAddress {
    let database: Database

    func callAsFunction(_ request: UnlockAddressRequest, _ acting: Acting) async throws {
        acting.audit.target("address", request.address)
        try await database.transaction(in: acting.scope) { tx in
            guard try await SignInAddressStore.unlock(request.address, at: acting.now, in: acting.scope, tx) else {
                throw IdentityError.notFound
            }
            try await acting.audit.write(in: tx)
        }
    }
}
