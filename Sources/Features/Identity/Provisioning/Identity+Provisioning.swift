package import HTTPAPI
package import Kernel
import Postgres

// People and groups as a provider's own program says them.
extension Identity {
    /// Who sends a request to `/scim/v2`.
    package var provisioningAuthenticator: ProvisioningAuthenticator { ProvisioningAuthenticator(database: database) }

    private var manageProvisioning: ManageProvisioning {
        ManageProvisioning(database: database, changing: changeProviders, catalogue: settings.catalogue)
    }

    package func provisioning(of id: IdentityProviderID, in scope: TenantScope) async throws -> Provisioning {
        _ = try await identityProvider(id, in: scope)
        return try await ProvisioningStore.find(id, in: scope, database) ?? .initial
    }

    package func changeProvisioning(
        of id: IdentityProviderID, to change: ChangeProvisioning, from version: Int, _ acting: Acting
    ) async throws -> Provisioning {
        try await manageProvisioning.change(id, to: change, from: version, acting)
    }

    package func provisioningClients(
        of id: IdentityProviderID, _ page: PageRequest, in scope: TenantScope
    ) async throws -> Rows<ProvisioningClient> {
        _ = try await identityProvider(id, in: scope)
        return Rows(try await ProvisioningStore.clients(of: id, page, in: scope, database), of: page)
    }

    package func createProvisioningClient(
        _ request: CreateProvisioningClient, of id: IdentityProviderID, _ acting: Acting
    ) async throws -> ProvisioningToken {
        try await manageProvisioning.create(request, of: id, acting)
    }

    package func rotateProvisioningClient(
        _ client: ProvisioningClientID, of id: IdentityProviderID, _ request: RotateProvisioningClient,
        _ acting: Acting
    ) async throws -> ProvisioningToken {
        try await manageProvisioning.rotate(client, of: id, request, acting)
    }

    package func removeProvisioningClient(
        _ client: ProvisioningClientID, of id: IdentityProviderID, _ acting: Acting
    ) async throws {
        try await manageProvisioning.remove(client, of: id, acting)
    }

    package func provisioningCalls(
        of id: IdentityProviderID, _ page: PageRequest, in scope: TenantScope
    ) async throws -> Rows<ProvisioningCall> {
        _ = try await identityProvider(id, in: scope)
        return Rows(try await ProvisioningStore.calls(of: id, page, in: scope, database), of: page)
    }
}
