import Cryptography
import FoundationEssentials
import JOSE
import Kernel
import Outbound

/// Proves somebody by OpenID Connect: the browser brings a code, and what counts is what the provider itself gives for it.
struct OIDCProver: TokenLogoutProver {
    let settings: OIDCSettings
    let secret: String?
    let provider: IdentityProviderID
    let web: ProviderWeb
    let opened: Set<HostPort>
    let now: Date
    let scope: TenantScope
    /// Whether it can be shown that who comes back with the code had left with it (RFC 7636).
    var knowsPKCE = true
    /// What else stands in the address.
    var more: [(name: String, value: String)] = []
    /// The claims that rules name.
    var naming: [String] = []
    /// Who the claims are about, if it is not the settings that say so.
    var read: (@Sendable (JSON) throws -> ProviderProfile)?

    private var place: OIDCMetadataCache.Place {
        OIDCMetadataCache.Place(tenant: scope.tenant, provider: provider, issuer: settings.issuer)
    }

    private var grant: CodeGrant {
        CodeGrant(
            client: settings.clientId, secret: secret, authentication: settings.clientAuthentication,
            knowsPKCE: knowsPKCE)
    }

    func address(of attempt: BrowserAttempt) async throws -> String {
        let metadata = try await metadata()
        // An administrator may have closed it since it was remembered.
        try mayVisit(metadata.authorization)
        let fields = grant.departure(attempt, scopes: settings.scopes) + [("nonce", attempt.nonce)] + more
        return FormText.adding(fields, to: metadata.authorization.text)
    }

    func prove(_ answer: BrowserAnswer, of attempt: BrowserAttempt) async throws -> BrowserTrial {
        var steps: [ProviderStep] = []
        do {
            let found = try await profile(answer, attempt, &steps)
            return BrowserTrial(answer: .right(found.profile), steps: steps, session: found.session)
        } catch let fault as ProviderFault {
            steps.append(ProviderStep(fault.step, .failed, fault.text))
            let isDeclined = fault.step == .authorization && answer.error != nil
            return BrowserTrial(
                answer: isDeclined ? .declined : fault.isLie ? .untrusted : .unavailable, steps: steps)
        }
    }

    func tryOut() async throws -> [ProviderStep] {
        var steps: [ProviderStep] = []
        do {
            var start = ContinuousClock.now
            // Asked anew, since this is about how the provider is now.
            let metadata = try await fetchMetadata()
            steps.append(.passed(.discovery, metadata.authorization.description, since: start))
            start = .now
            let keys = try await fetchKeys(metadata)
            let usable = keys.keys.filter { settings.allowed.contains($0.algorithm) }
            guard !usable.isEmpty else {
                throw ProviderFault(step: .keys, text: "none of the keys is for an algorithm that is allowed")
            }
            let names = usable.map { "\($0.algorithm.rawValue) \(ProviderWeb.printable($0.id ?? ""))" }
            steps.append(.passed(.keys, names.joined(separator: "; "), since: start))
        } catch let fault as ProviderFault {
            steps.append(ProviderStep(fault.step, .failed, fault.text))
        }
        return steps
    }

    private func profile(
        _ answer: BrowserAnswer, _ attempt: BrowserAttempt, _ steps: inout [ProviderStep]
    ) async throws -> (profile: ProviderProfile, session: ProviderSession) {
        let metadata = try await metadata()
        let code = try self.code(answer, metadata)
        steps.append(ProviderStep(.authorization, .passed, ""))
        var start = ContinuousClock.now
        let tokens = try await exchange(code, attempt, metadata)
        guard let idToken = tokens["id_token"]?.text else {
            throw ProviderFault(step: .token, text: "there is no ID token", isLie: true)
        }
        let accessToken = tokens["access_token"]?.text
        steps.append(.passed(.token, "", since: start))
        start = .now
        var claims = try await claims(of: idToken, attempt, accessToken, metadata)
        steps.append(.passed(.idToken, "", since: start))
        let session = ProviderSession(
            subject: claims["sub"]?.text ?? "", id: claims["sid"]?.text,
            hint: SignOutHint(settings.signsOutBy, idToken: idToken, claims: claims))
        if settings.userinfo, let url = metadata.userinfo, let accessToken {
            start = .now
            let more = try await userinfo(url, accessToken, of: claims)
            // What the ID token says is signed, and stands.
            claims = more.merging(claims)
            steps.append(.passed(.userinfo, "", since: start))
        }
        if let read { return (try read(claims), session) }
        let profile = try settings.claims.profile(
            in: claims, verifiesEmail: settings.verifiesEmail, strictly: false, naming: naming)
        return (profile, session)
    }

    func ended(by text: String) async throws -> LogoutTokenCheck.Ended {
        do {
            let token = try JSONWebToken(parsing: text, allowed: settings.allowed)
            let claims = try await verify(token, try await metadata())
            let check = LogoutTokenCheck(
                issuer: settings.issuer, client: settings.clientId, skew: TimeInterval(settings.clockSkewSeconds),
                now: now)
            return try check(claims, token.header)
        } catch let error as JOSEError {
            throw ProviderFault(step: .idToken, text: error.rawValue, isLie: true)
        } catch let fault as LogoutTokenCheck.Fault {
            throw ProviderFault(step: .idToken, text: fault.rawValue, isLie: true)
        }
    }

    func farewell(
        to origin: String, from session: NamedSession?, _ hint: SignOutHint?
    ) async throws -> FarewellPlace? {
        guard let url = try await metadata().endSession else { return nil }
        try mayVisit(url)
        let fields = [
            (name: "client_id", value: settings.clientId),
            (name: "post_logout_redirect_uri", value: origin + "/sign-in"),
        ]
        switch (settings.signsOutBy, hint) {
        case (.form, .token(let token)?):
            return FarewellPlace(url: url.text, fields: [(name: "id_token_hint", value: token)] + fields)
        case (.address, .person(let name)?):
            return FarewellPlace(url: FormText.adding(fields + [(name: "logout_hint", value: name)], to: url.text))
        // Nothing is kept, or what was kept when the settings said another way.
        default: return FarewellPlace(url: FormText.adding(fields, to: url.text))
        }
    }

    private func code(_ answer: BrowserAnswer, _ metadata: OIDCMetadata) throws -> String {
        func fault(_ text: String) -> ProviderFault { ProviderFault(step: .authorization, text: text, isLie: true) }
        // Whose answer it is comes first, for errors too (RFC 9207 §2.4).
        if answer.issuer != nil || metadata.namesIssuer {
            guard answer.issuer == settings.issuer else { throw fault("the answer is another issuer's") }
        }
        if let error = answer.error { throw fault(ProviderWeb.printable(error)) }
        guard let code = answer.code else { throw fault("there is no code") }
        return code
    }

    private func exchange(
        _ code: String, _ attempt: BrowserAttempt, _ metadata: OIDCMetadata
    ) async throws -> JSON {
        let request = grant.exchange(code, attempt, at: metadata.token, opened: opened)
        return try await web.object(request, for: .token, of: provider, in: scope)
    }

    private func claims(
        of text: String, _ attempt: BrowserAttempt, _ accessToken: String?, _ metadata: OIDCMetadata
    ) async throws -> JSON {
        do {
            let token = try JSONWebToken(parsing: text, allowed: settings.allowed)
            let claims = try await verify(token, metadata)
            let check = IDTokenCheck(
                issuer: settings.issuer, client: settings.clientId, nonce: attempt.nonce,
                skew: TimeInterval(settings.clockSkewSeconds), now: now)
            try check(claims, token.header, accessToken: accessToken)
            return claims
        } catch let error as JOSEError {
            throw ProviderFault(step: .idToken, text: error.rawValue, isLie: true)
        } catch let fault as IDTokenCheck.Fault {
            throw ProviderFault(step: .idToken, text: fault.rawValue, isLie: true)
        }
    }

    /// With the keys that are known, or once more with the ones of now: providers change their keys without a word.
    private func verify(_ token: JSONWebToken, _ metadata: OIDCMetadata) async throws -> JSON {
        if let keys = web.metadata.keys(of: place, at: now) {
            do {
                return try token.verified(by: keys)
            } catch JOSEError.unknownKey where web.metadata.mayRefetch(place, at: now) {
                return try token.verified(by: try await fetchKeys(metadata))
            }
        }
        return try token.verified(by: try await fetchKeys(metadata))
    }

    private func userinfo(_ url: OutboundURL, _ accessToken: String, of claims: JSON) async throws -> JSON {
        let request = try CodeGrant.asking(url, with: accessToken, opened: opened)
        let more = try await web.object(request, for: .userinfo, of: provider, in: scope)
        // A token that was swapped for somebody else's brings somebody else's claims (OpenID Connect Core §5.3.4).
        guard let subject = more["sub"]?.text, subject == claims["sub"]?.text else {
            throw ProviderFault(step: .userinfo, text: "the claims are somebody else's", isLie: true)
        }
        return more
    }

    private func metadata() async throws -> OIDCMetadata {
        if let known = web.metadata.metadata(of: place, at: now) { return known }
        return try await fetchMetadata()
    }

    private func fetchMetadata() async throws -> OIDCMetadata {
        guard let url = try? OutboundURL(settings.discovery) else {
            throw ProviderFault(step: .discovery, text: "the issuer is no address")
        }
        let json = try await web.object(
            OutboundRequest(.get, url, opened: opened), for: .discovery, of: provider, in: scope)
        let metadata = try OIDCMetadata(json, of: settings.issuer)
        // What leads nowhere is not remembered: the provider may be right again in a minute.
        try mayVisit(metadata.authorization)
        web.metadata.keep(metadata, of: place, at: now)
        return metadata
    }

    private func fetchKeys(_ metadata: OIDCMetadata) async throws -> JSONWebKeySet {
        let json = try await web.object(
            OutboundRequest(.get, metadata.keys, opened: opened), for: .keys, of: provider, in: scope)
        do {
            let keys = try JSONWebKeySet(parsing: json.bytes)
            web.metadata.keep(keys, of: place, at: now)
            return keys
        } catch {
            throw ProviderFault(step: .keys, text: error.rawValue, isLie: true)
        }
    }

    /// People are sent only to where requests would go.
    private func mayVisit(_ url: OutboundURL) throws {
        guard url.isSecure || opened.contains(url.destination) else {
            throw ProviderFault(step: .discovery, text: "\(url) is not encrypted", isLie: true)
        }
    }
}
