import HTTPAPI
import Kernel
import Postgres

// A person's own accounts at identity providers.
extension Identity {
    private var bindIdentity: BindIdentity {
        BindIdentity(database: database, providers: providerSignIn, settings: settings)
    }

    func ownIdentities(_ acting: Acting) async throws -> OwnIdentities {
        try await database.transaction(in: acting.scope) { tx in
            let items = try await IdentityBindingStore.identities(of: acting.user, in: acting.scope, tx)
            // Who they are comes from a provider: nothing is bound besides.
            let isKnown = try await IdentityLinkStore.isVouchedFor(acting.user, in: acting.scope, tx)
            let bindable =
                isKnown ? [] : try await IdentityBindingStore.bindable(for: acting.user, in: acting.scope, tx)
            return OwnIdentities(items: items, bindable: bindable)
        }
    }

    func beginBinding(
        _ body: BeginBinding, _ caller: TenantAPI.Caller, _ request: RequestFacts, _ response: ResponseDraft,
        _ acting: Acting
    ) async throws -> BrowserDeparture {
        try await bindIdentity.begin(body, in: caller.session, request, response, acting)
    }

    func proposeBinding(
        _ body: FinishBrowserSignIn, _ caller: TenantAPI.Caller, _ request: RequestFacts, _ acting: Acting
    ) async throws -> ProposedBinding {
        try await bindIdentity.arrive(body, in: caller.session, request, acting)
    }

    func confirmBinding(_ body: ConfirmBinding, _ caller: TenantAPI.Caller, _ acting: Acting) async throws {
        try await bindIdentity.confirm(body, in: caller.session, acting)
    }

    func unbind(_ provider: IdentityProviderID, _ acting: Acting) async throws {
        try await bindIdentity.undo(provider, acting)
    }
}
