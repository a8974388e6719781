package import FoundationEssentials
package import Kernel

/// A person's own accounts at providers, and where they could bind one.
package struct OwnIdentities: WireValue {
    package let items: [OwnIdentity]
    package let bindable: [BindableProvider]

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("items", \.items, count: 0...IdentityProvider.most)
        Field("bindable", \.bindable, count: 0...IdentityProvider.most, note: "Where the person may bind an account.")
    }
}

/// One of them.
package struct OwnIdentity: WireValue {
    package let provider: IdentityProviderID
    package let name: String
    package let kind: String
    package let enabled: Bool
    package let boundByUser: Bool
    package let account: String?
    package let createdAt: Date
    package let lastSignInAt: Date?

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("provider", \.provider)
        Field("name", \.name, .text(1...100))
        Field("kind", \.kind, .text(1...20))
        Field("enabled", \.enabled, note: "Whether the provider lets anybody in now.")
        Field("boundByUser", \.boundByUser, note: "Whether the person bound it, and can undo that.")
        Field("account", \.account, .text(1...500), note: "What it was called there when it was bound.")
        Field("createdAt", \.createdAt)
        Field("lastSignInAt", \.lastSignInAt)
    }
}

/// A provider at which the person may bind an account.
package struct BindableProvider: WireValue {
    package let id: IdentityProviderID
    package let name: String
    package let kind: String

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("id", \.id)
        Field("name", \.name, .text(1...100))
        Field("kind", \.kind, .text(1...20))
    }
}

/// The body that begins a binding.
package struct BeginBinding: WireValue {
    package let provider: IdentityProviderID

    package static let schema: Schema<Self> = .record(Self.init) { Field("provider", \.provider) }
}

/// Which account would be bound to whom: nothing is bound before the person says yes.
package struct ProposedBinding: WireValue {
    package let token: String
    package let provider: String
    package let account: String
    package let login: String
    package let name: String
    package let expiresAt: Date

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("token", \.token, .text(1...200), note: "For the answer, from this browser and this session only.")
        Field("provider", \.provider, .text(1...100))
        Field("account", \.account, .text(1...500), note: "What it is called there.")
        Field("login", \.login, .text(1...64), note: "The person here.")
        Field("name", \.name, .text(1...200))
        Field("expiresAt", \.expiresAt)
    }
}

/// The body that says yes.
package struct ConfirmBinding: WireValue {
    package let token: String

    package static let schema: Schema<Self> = .record(Self.init) { Field("token", \.token, .text(1...200)) }
}
