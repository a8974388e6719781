import Kernel

/// A provider that may be asked about a login.
struct ProviderCandidate: Sendable {
    let provider: IdentityProvider
    let sealedSecret: [UInt8]?
    /// Whether the account with this login has come in through it before, or its own program has named the person.
    let isLinked: Bool
}

/// Which providers are asked about a login, and in which order. Pure.
enum ProviderChoice {
    /// - A person who has come in through providers is asked about there, and nowhere else.
    /// - Somebody with an account that no provider knows is asked about only where that would link the two.
    /// - Somebody unknown is asked about at the providers of their mail domain, or at all if none names it.
    /// - A provider that takes the browser is never told a password; who belongs there is asked about nowhere else either.
    static func candidates(
        _ enabled: [ProviderCandidate], for login: Login, hasAccount: Bool
    ) -> [ProviderCandidate] {
        home(enabled.filter(\.provider.settings.provesPeople), of: login, hasAccount: hasAccount).filter {
            !$0.provider.settings.takesBrowsers
        }
    }

    private static func home(
        _ enabled: [ProviderCandidate], of login: Login, hasAccount: Bool
    ) -> [ProviderCandidate] {
        let linked = enabled.filter(\.isLinked)
        if !linked.isEmpty { return linked }
        let possible = hasAccount ? enabled.filter(\.provider.linksUsers) : enabled
        guard let at = login.text.lastIndex(of: "@") else { return possible }
        let domain = login.text[login.text.index(after: at)...]
        let atHome = possible.filter { $0.provider.domains.contains { $0.text == domain } }
        return atHome.isEmpty ? possible.filter(\.provider.domains.isEmpty) : atHome
    }
}
