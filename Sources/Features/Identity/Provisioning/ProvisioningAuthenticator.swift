import Cryptography
package import FoundationEssentials
package import HTTPAPI
import Kernel
package import Postgres
import Tenancy

/// Which program sends a request to `/scim/v2`. Its token is good there and nowhere else, and nothing else is good there.
package struct ProvisioningAuthenticator: Sendable {
    private let database: Database
    private let now: @Sendable () -> Date

    package init(database: Database, now: @escaping @Sendable () -> Date = { Date() }) {
        self.database = database
        self.now = now
    }

    package func callAsFunction(_ request: Incoming) async throws -> Authenticated<ProvisioningAPI.Caller> {
        guard let scope = request.tenant else { throw Problem(.notFound) }
        guard case .bearer(let token) = try request.credential(cookie: Cookie.webSessionName),
            token.hasPrefix(ProvisioningClient.prefix)
        else { throw Problem.unauthenticated() }
        let now = now()
        let hash = RandomToken.hash(of: token).bytes
        guard let client = try await ProvisioningStore.client(byHash: hash, at: now, in: scope, database) else {
            throw Problem.unauthenticated("The token is not good here, or no longer.")
        }
        if let closure = TenantClosure(client.tenant, at: now) { throw TenancyError.closed(closure).problem }
        if client.lastUsedAt.map({ now >= $0 + WebSessionLife.touch }) ?? true {
            try await ProvisioningStore.touch(client.id, at: now, in: scope, database)
        }
        return Authenticated(
            caller: ProvisioningAPI.Caller(
                scope: scope, provider: client.provider, client: client.id, name: client.name),
            permissions: [.provisioning], means: .bearer)
    }
}
