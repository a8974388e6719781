import HTTPAPI
package import Kernel
import Postgres

/// The body that says from where a token counts.
package struct TokenSources: WireValue {
    package let sources: [AddressSet]

    package init(sources: [AddressSet]) {
        self.sources = sources
    }

    package static let schema: Schema<Self> = .record(Self.init) {
        Field(
            "sources", \.sources, .array(of: AddressSet.schema, 0...50),
            note: "Addresses, networks and ranges from which it may be used; none means from anywhere.")
    }
}

/// Says anew from where one's own token counts.
struct ChangeToken {
    let database: Database

    func callAsFunction(_ id: APITokenID, _ request: TokenSources, _ acting: Acting) async throws -> APIToken {
        try await database.transaction(in: acting.scope) { tx in
            let token = try await APITokenStore.set(
                request.sources, of: id, of: acting.user, in: acting.scope, tx)
            guard let token else { throw IdentityError.notFound }
            acting.audit.target("token", id.text, name: token.name)
            acting.audit.detail("sources", .array(request.sources.map { .string($0.text) }))
            try await acting.audit.write(in: tx)
            return token
        }
    }
}

extension Identity {
    package func setTokenSources(
        _ id: APITokenID, _ request: TokenSources, _ acting: Acting
    ) async throws -> APIToken {
        try await ChangeToken(database: database)(id, request, acting)
    }
}
