import FoundationEssentials
import Kernel
import Outbound

/// Proves somebody by OAuth 2: the browser brings a code, and what counts is what the provider says to whoever has
/// exchanged it. Nothing is signed, so all of it has to come from there, by TLS.
struct OAuth2Prover: BrowserProver {
    let settings: OAuth2Settings
    let secret: String?
    let provider: IdentityProviderID
    let web: ProviderWeb
    let opened: Set<HostPort>
    let scope: TenantScope
    /// What rules name of the person.
    var naming: [String] = []

    private var grant: CodeGrant {
        CodeGrant(client: settings.clientId, secret: secret, authentication: settings.clientAuthentication)
    }

    func address(of attempt: BrowserAttempt) async throws -> String {
        let url = try place(settings.authorizationUrl, .authorization)
        return FormText.adding(grant.departure(attempt, scopes: settings.scopes), to: url.text)
    }

    func prove(_ answer: BrowserAnswer, of attempt: BrowserAttempt) async throws -> BrowserTrial {
        try await BrowserTrial.of(answer) { steps throws in
            let code = try answer.requiredCode
            steps.append(ProviderStep(.authorization, .passed, ""))
            var start = ContinuousClock.now
            let token = try await token(for: code, attempt)
            steps.append(.passed(.token, "", since: start))
            start = .now
            let url = try place(settings.userinfoUrl, .userinfo)
            let request = try CodeGrant.asking(url, with: token, opened: opened)
            let claims = try await web.object(request, for: .userinfo, of: provider, in: scope)
            steps.append(.passed(.userinfo, "", since: start))
            return try settings.claims.profile(
                in: claims, verifiesEmail: settings.verifiesEmail, strictly: true, naming: naming)
        }
    }

    func farewell(
        to origin: String, from session: NamedSession?, _ hint: SignOutHint?
    ) async throws -> FarewellPlace? { nil }

    /// Asks for a token with a code that nobody gave: whoever knows the client says that the code is no good.
    func tryOut() async throws -> [ProviderStep] {
        var steps: [ProviderStep] = []
        do {
            let url = try place(settings.authorizationUrl, .authorization)
            steps.append(ProviderStep(.authorization, .passed, url.description))
            let start = ContinuousClock.now
            let attempt = BrowserAttempt(nobody: provider)
            let request = grant.exchange("none", attempt, at: try place(settings.tokenUrl, .token), opened: opened)
            let response = try await web.fetch(
                request, accept: "application/json", limit: ProviderWeb.largest, for: .token, of: provider, in: scope)
            let word = (try? JSONParser.parse(response.body))?["error"]?.text
            guard let word, word != "invalid_client", word != "unauthorized_client" else {
                throw ProviderFault(
                    step: .token, text: "status \(response.status) \(ProviderWeb.printable(word ?? ""))", isLie: true)
            }
            steps.append(.passed(.token, ProviderWeb.printable(word), since: start))
        } catch let fault as ProviderFault {
            steps.append(ProviderStep(fault.step, .failed, fault.text))
        }
        return steps
    }

    private func token(for code: String, _ attempt: BrowserAttempt) async throws -> String {
        let request = grant.exchange(code, attempt, at: try place(settings.tokenUrl, .token), opened: opened)
        let answer = try await web.object(request, for: .token, of: provider, in: scope)
        guard let token = answer["access_token"]?.text else {
            // Some say no with the status of a yes.
            let word = answer["error"]?.text.map(ProviderWeb.printable) ?? "there is no access token"
            throw ProviderFault(step: .token, text: word, isLie: true)
        }
        guard answer["token_type"].map({ $0.text?.lowercased() == "bearer" }) ?? true else {
            throw ProviderFault(step: .token, text: "the token is no bearer token", isLie: true)
        }
        return token
    }

    private func place(_ text: String, _ step: ProviderStep.Name) throws -> OutboundURL {
        try OutboundURL.visited(text, opened: opened, step)
    }
}

extension OutboundURL {
    /// An address that requests, and people, may be sent to: one that is encrypted, or that an administrator opened.
    static func visited(
        _ text: String, opened: Set<HostPort>, _ step: ProviderStep.Name
    ) throws(ProviderFault) -> OutboundURL {
        guard let url = try? OutboundURL(text) else { throw ProviderFault(step: step, text: "there is no address") }
        guard url.isSecure || opened.contains(url.destination) else {
            throw ProviderFault(
                step: step,
                text: "\(url) is not encrypted: only a host and port that an administrator opened may be plain")
        }
        return url
    }
}

extension BrowserAnswer {
    /// The code, unless the provider or the person there said no.
    var requiredCode: String {
        get throws(ProviderFault) {
            if let error {
                throw ProviderFault(step: .authorization, text: ProviderWeb.printable(error), isLie: true)
            }
            guard let code else { throw ProviderFault(step: .authorization, text: "there is no code", isLie: true) }
            return code
        }
    }
}

extension BrowserTrial {
    /// What came of asking about an answer.
    static func of(
        _ answer: BrowserAnswer, _ ask: (inout [ProviderStep]) async throws -> ProviderProfile
    ) async throws -> BrowserTrial {
        var steps: [ProviderStep] = []
        do {
            let profile = try await ask(&steps)
            return BrowserTrial(answer: .right(profile), steps: steps)
        } catch let fault as ProviderFault {
            steps.append(ProviderStep(fault.step, .failed, fault.text))
            let isDeclined = fault.step == .authorization && answer.error != nil
            return BrowserTrial(
                answer: isDeclined ? .declined : fault.isLie ? .untrusted : .unavailable, steps: steps)
        }
    }
}

extension BrowserAttempt {
    /// One that never left, to ask what becomes of it.
    init(nobody provider: IdentityProviderID) {
        self.init(state: "", browser: "", provider: provider, origin: "https://localhost")
    }
}
