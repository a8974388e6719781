import Cryptography
import FoundationEssentials
import Kernel

/// The tokens by which apps, and not people, are known to messengers: each is had once and used for as long as it is good,
/// however many come in at a time. Vendors slow those down who ask more often.
actor AppTokens {
    struct Token: Sendable, Equatable {
        let text: String
        let seconds: TimeInterval

        /// A little is left of it when it is given up: clocks differ, and what it is used for takes its time.
        init(_ text: String, lasting: JSON?) throws(ProviderFault) {
            guard case .int(let seconds)? = lasting, 1...86_400 ~= seconds, text.utf8.count <= 8192 else {
                throw ProviderFault(step: .application, text: "the token has no end", isLie: true)
            }
            self.text = text
            self.seconds = max(TimeInterval(seconds) - 300, TimeInterval(seconds) / 2)
        }
    }

    /// Whose token it is: another secret, or another address, is another app.
    struct Place: Hashable, Sendable {
        let tenant: TenantID
        let provider: IdentityProviderID
        let app: Hash256

        init(_ settings: MessengerSettings, secret: String, provider: IdentityProviderID, in scope: TenantScope) {
            tenant = scope.tenant
            self.provider = provider
            let words = [
                settings.vendor.rawValue, settings.organization, settings.clientId, settings.apiUrl ?? "",
                settings.signInUrl ?? "", secret,
            ]
            app = .of(Array(words.joined(separator: "\n").utf8))
        }
    }

    private typealias Outcome = Result<String, any Error>
    private static let most = 5000

    private var tokens: [Place: (text: String, until: Date)] = [:]
    private var waiting: [Place: [CheckedContinuation<Outcome, Never>]] = [:]

    /// The token of an app; `stale` is one that the messenger has just refused. Who comes while it is asked for waits, and
    /// gets what comes of that.
    func token(
        of place: Place, unless stale: String? = nil, at now: Date, _ fetch: @Sendable () async throws -> Token
    ) async throws -> String {
        if let kept = tokens[place], now < kept.until, kept.text != stale { return kept.text }
        if waiting[place] != nil {
            return try await withCheckedContinuation { waiting[place]?.append($0) }.get()
        }
        waiting[place] = []
        let outcome: Outcome
        do {
            let token = try await fetch()
            if tokens.count >= Self.most { tokens.removeAll(keepingCapacity: true) }
            tokens[place] = (token.text, now + token.seconds)
            outcome = .success(token.text)
        } catch {
            outcome = .failure(error)
        }
        for one in waiting.removeValue(forKey: place) ?? [] { one.resume(returning: outcome) }
        return try outcome.get()
    }
}
