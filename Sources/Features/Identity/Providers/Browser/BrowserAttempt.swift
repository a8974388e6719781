import Cryptography
import HTTPAPI
import Kernel

/// A sign-in that has left for a provider and is to come back: what was sent along, and what nobody but the two sides
/// knows. Everything follows from two random values, one in the browser's cookie and one in the address; the database has
/// only their hashes, so that a copy of it lets nobody finish anything.
struct BrowserAttempt: Sendable {
    static let lifetime: Double = 10 * 60
    static let cookie = "gatehouse-sign-in"

    /// Comes back in the address, once.
    let state: String
    /// Where the browser is sent back to. Each provider has a path of its own, so that one cannot hand in what another
    /// one gave (RFC 9700 §4.4).
    let callback: String
    /// Scheme and host under which the tenant was called. The host is one of the tenant's own: under any other nobody is
    /// served.
    let origin: String
    private let browser: String

    init(state: String, browser: String, provider: IdentityProviderID, at request: RequestFacts) {
        self.init(state: state, browser: browser, provider: provider, origin: request.origin)
    }

    init(state: String, browser: String, provider: IdentityProviderID, origin: String) {
        self.state = state
        self.browser = browser
        self.origin = origin
        callback = "\(origin)/sign-in/callback/\(provider.text)"
    }

    /// Binds an ID token to this attempt.
    var nonce: String { derived("nonce") }
    /// Whose hash the provider has before it hands out a code (RFC 7636).
    var verifier: String { derived("verifier") }
    var challenge: String { Hash256.of(Array(verifier.utf8)).text }

    private func derived(_ purpose: String) -> String {
        Hash256.of(Array("gatehouse \(purpose) ".utf8), Array(browser.utf8), [0], Array(state.utf8)).text
    }
}

/// What came back with the browser. All of it is what anybody can write into an address.
struct BrowserAnswer: Sendable {
    var code: String?
    var error: String?
    var issuer: String?
}

/// What a provider made of it, and how it came to that.
struct BrowserTrial: Sendable {
    enum Answer: Sendable {
        case right(ProviderProfile)
        /// The provider, or the person there, said no.
        case declined
        /// What came back does not stand up to the checks.
        case untrusted
        /// Nothing was learnt.
        case unavailable
    }

    var answer: Answer
    var steps: [ProviderStep]
    /// The session there, if the provider may end it here.
    var session: ProviderSession?

    var cause: String { steps.last { $0.outcome == .failed }?.detail ?? "" }
}

/// A kind of provider that takes the browser: it goes there, and comes back with something to look at.
protocol BrowserProver: Sendable {
    /// Where the browser goes. Throws a `ProviderFault` if the provider cannot be asked.
    func address(of attempt: BrowserAttempt) async throws -> String

    func prove(_ answer: BrowserAnswer, of attempt: BrowserAttempt) async throws -> BrowserTrial

    /// Where somebody who has signed out here can sign out there as well; nil if the provider has no such place.
    func farewell(
        to origin: String, from session: NamedSession?, _ hint: SignOutHint?
    ) async throws -> FarewellPlace?

    /// What can be tried without anybody who signs in.
    func tryOut() async throws -> [ProviderStep]
}

/// One that says by a token of its own that sessions are over.
protocol TokenLogoutProver: BrowserProver {
    /// Whose sessions a provider says are over. Throws a `ProviderFault` if the provider did not say it.
    func ended(by token: String) async throws -> LogoutTokenCheck.Ended
}

extension RequestFacts {
    /// Scheme and host as the client named them.
    var origin: String { "\(isSecure ? "https" : "http")://\(host)" }
}

/// Why a provider cannot be used, in words for administrators.
struct ProviderFault: Error {
    let step: ProviderStep.Name
    let text: String
    /// Whether the provider said something that cannot be true, rather than nothing.
    var isLie = false
}
