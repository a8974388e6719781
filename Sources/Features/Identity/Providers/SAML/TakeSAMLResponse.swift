import Cryptography
import FoundationEssentials
import HTTPAPI
import Kernel
import Outbound
import Postgres
import SAML

/// Takes what a provider has a browser post here.
///
/// The browser sends none of its cookies along, since it is the provider's page that posts. So nobody is signed in by
/// this: what the response says is kept with the attempt that it answers, and the browser is sent on to the portal with a
/// code, which comes back with state, code and cookie as from any provider. The cookie is that of the browser that began,
/// the code that of the browser that posted: they have to be one.
struct TakeSAMLResponse {
    /// Room for the longest response that is read, and for the signs that a form escapes.
    static let limit = 600 << 10

    let database: Database
    let providers: ProviderSignIn

    func callAsFunction(_ id: IdentityProviderID, _ form: [UInt8], _ visit: Visit) async throws -> Onward {
        guard let candidate = try await IdentityProviderStore.find(id, in: visit.scope, database),
            case .saml(let settings) = candidate.provider.settings
        else { throw IdentityError.notFound }
        guard let response = FormText.decoded("SAMLResponse", in: form) else { throw Problem(.malformed) }
        let relayed = FormText.decoded("RelayState", in: form) ?? ""
        let prover = try await providers.samlProver(for: candidate, settings, at: visit.now, in: visit.scope)
        if try await BrowserAttemptStore.isAway(relayed, at: id, now: visit.now, in: visit.scope, database) {
            let read = try await prover.read(
                response, expecting: .answer(to: SAMLProver.request(state: relayed)), at: visit.request.origin)
            return try await keep(read.0, read.1, state: relayed, prover, visit)
        }
        if settings.allowsUnsolicited, candidate.provider.enabled {
            let (read, signIn) = try await prover.read(
                response, expecting: .unsolicited, at: visit.request.origin)
            // Whoever has a browser post something else does not get its cookie changed.
            guard let signIn else { return onward(id, state: "over", visit) }
            let state = try await begin(id, returnTo: try? ReturnPath(parsing: relayed), visit)
            return try await keep(read, signIn, state: state, prover, visit)
        }
        return onward(id, state: "over", visit)
    }

    private func keep(
        _ read: BrowserTrial, _ signIn: SAMLSignIn?, state: String, _ prover: SAMLProver, _ visit: Visit
    ) async throws -> Onward {
        let code = RandomToken()
        try await database.transaction(in: visit.scope) { tx in
            var trial = read
            if let signIn,
                try await !SAMLAssertionStore.use(
                    signIn.assertionID, of: prover.provider, until: signIn.replayableUntil, in: visit.scope, tx)
            {
                let step = ProviderStep(.response, .failed, "the assertion was used before")
                trial = BrowserTrial(answer: .untrusted, steps: [step])
            }
            try await BrowserAttemptStore.keep(
                KeptTrial(trial), of: state, code: code, at: prover.provider, now: visit.now, in: visit.scope, tx)
        }
        return onward(prover.provider, state: state, code: code.text.reveal(), visit)
    }

    /// A sign-in that nobody here began: the browser gets its cookie now.
    private func begin(_ id: IdentityProviderID, returnTo: ReturnPath?, _ visit: Visit) async throws -> String {
        let browser = Depart.browser(of: visit.request)
        let state = RandomToken().text.reveal()
        try await database.transaction(in: visit.scope) { tx in
            try await BrowserAttemptStore.insert(
                state: state, browser: browser, provider: id, traveller: .visitor, returnTo: returnTo,
                from: visit.request.clientAddress, at: visit.now, in: visit.scope, tx)
        }
        visit.response.set(Cookie(BrowserAttempt.cookie, browser, maxAge: Int(BrowserAttempt.lifetime)))
        return state
    }

    private func onward(_ id: IdentityProviderID, state: String, code: String? = nil, _ visit: Visit) -> Onward {
        let more = code.map { "&code=\($0)" } ?? ""
        return Onward(to: "\(visit.request.origin)/sign-in/callback/\(id.text)?state=\(state)\(more)")
    }
}
