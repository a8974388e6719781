package import FoundationEssentials
package import HTTPAPI
package import Kernel
import Postgres

// Identity providers.
extension Identity {
    var providerSignIn: ProviderSignIn {
        ProviderSignIn(
            database: database, keys: keys, directories: settings.directories,
            catalogue: settings.catalogue, tenants: tenants)
    }

    var changeProviders: ChangeProviders {
        ChangeProviders(database: database, keys: keys, catalogue: settings.catalogue)
    }

    package func identityProviders(_ page: PageRequest, in scope: TenantScope) async throws -> Rows<IdentityProvider> {
        Rows(try await IdentityProviderStore.list(page, in: scope, database), of: page)
    }

    package func identityProvider(_ id: IdentityProviderID, in scope: TenantScope) async throws -> IdentityProvider {
        guard let found = try await IdentityProviderStore.find(id, in: scope, database) else {
            throw IdentityError.notFound
        }
        return found.provider
    }

    package func createIdentityProvider(
        _ request: CreateIdentityProvider, _ acting: Acting
    ) async throws -> IdentityProvider {
        try await changeProviders.create(request, acting)
    }

    package func changeIdentityProvider(
        _ id: IdentityProviderID, to change: ChangeIdentityProvider, from version: Int, _ acting: Acting
    ) async throws -> IdentityProvider {
        try await changeProviders(id, to: change, from: version, acting)
    }

    private var removeProvider: RemoveProvider { RemoveProvider(database: database, changing: changeProviders) }

    package func removeIdentityProvider(_ id: IdentityProviderID, _ acting: Acting) async throws {
        try await removeProvider(id, acting)
    }

    package func removal(
        ofIdentityProvider id: IdentityProviderID, in scope: TenantScope, at now: Date
    ) async throws -> ProviderRemoval {
        try await removeProvider.foresee(id, in: scope, at: now)
    }

    package func testIdentityProvider(
        _ id: IdentityProviderID, _ request: TestIdentityProvider, _ acting: Acting
    ) async throws -> ProviderTest {
        try await TestProvider(database: database, signIn: providerSignIn)(id, request, acting)
    }

    package func beginProviderTrial(
        _ id: IdentityProviderID, _ request: RequestFacts, _ response: ResponseDraft, _ acting: Acting
    ) async throws -> BrowserDeparture {
        try await TryProviderInBrowser(database: database, providers: providerSignIn).begin(
            id, request, response, acting)
    }

    package func finishProviderTrial(
        _ id: IdentityProviderID, _ body: FinishBrowserSignIn, _ request: RequestFacts, _ acting: Acting
    ) async throws -> ProviderTest {
        try await TryProviderInBrowser(database: database, providers: providerSignIn).finish(
            id, body, request, acting)
    }

    package func farewells(
        _ request: RequestFacts, _ caller: TenantAPI.Caller, _ acting: Acting
    ) async throws -> Farewells {
        Farewells(
            items: try await SignOutByProvider(database: database, providers: providerSignIn).farewells(
                request, caller, acting))
    }

    package func readMetadata(_ request: ReadMetadata, in scope: TenantScope) async throws -> SAMLMetadataReply {
        try await ReadSAMLMetadata(providers: providerSignIn)(request, in: scope)
    }

    package func identityLinks(
        of id: IdentityProviderID, _ page: PageRequest, in scope: TenantScope
    ) async throws -> Rows<IdentityLink> {
        _ = try await identityProvider(id, in: scope)
        return Rows(try await IdentityLinkStore.list(of: id, page, in: scope, database), of: page)
    }

    package func removeIdentityLink(
        of user: UserID, at id: IdentityProviderID, _ acting: Acting
    ) async throws {
        try await changeProviders.unlink(user, from: id, acting)
    }
}
