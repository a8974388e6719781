import Cryptography
import FoundationEssentials
import Kernel
import Outbound
import SAML

/// Proves somebody by SAML 2.0: the browser is sent off with a signed request, and what it posts here in return must be
/// signed by the provider and answer that request.
struct SAMLProver: BrowserProver {
    let settings: SAMLSettings
    let pair: SAMLKeyPair
    let provider: IdentityProviderID
    let opened: Set<HostPort>
    let now: Date
    /// The attributes that rules name.
    var naming: [String] = []

    /// The request of an attempt. Whoever knows it learns nothing about the state, by which the attempt is found again.
    static func request(state: String) -> SAMLMessageID {
        SAMLMessageID("_" + Hash256.of(Array("gatehouse saml request ".utf8), Array(state.utf8)).text)
    }

    /// We, under the name by which the tenant's portal was called.
    func party(at origin: String) -> SAMLServiceProvider {
        let place = "\(origin)/api/v1/auth/identity-providers/\(provider.text)/saml"
        return SAMLServiceProvider(
            entityID: "\(place)/metadata", assertionConsumer: "\(place)/response", logout: "\(place)/logout",
            logoutResponse: "\(origin)/sign-in", signing: pair, decryption: [pair],
            clockSkew: TimeInterval(settings.clockSkewSeconds))
    }

    func metadata(at origin: String) -> String {
        party(at: origin).metadata(nameFormats: settings.nameFormat.map { [$0] } ?? [])
    }

    func address(of attempt: BrowserAttempt) async throws -> String {
        try mayVisit(settings.signOnUrl)
        let request = AuthnRequest(
            id: Self.request(state: attempt.state), issuedAt: now, nameFormat: settings.nameFormat)
        do {
            return try request.address(
                at: settings.identity, from: party(at: attempt.origin), relayState: attempt.state)
        } catch {
            throw ProviderFault(step: .authorization, text: "\(error)")
        }
    }

    /// What came back was posted before the browser got here, and then this is not asked.
    func prove(_ answer: BrowserAnswer, of attempt: BrowserAttempt) async throws -> BrowserTrial {
        BrowserTrial(
            answer: .untrusted, steps: [ProviderStep(.response, .failed, "the provider has posted no response")])
    }

    /// Checking signatures, and all the more decrypting, takes a core for a while: not one that answers requests.
    private static let checks = BlockingPool(threads: 2, waiting: 200)

    /// What a posted response says. It is used once: the caller sees to that by the assertion's ID.
    func read(
        _ form: String, expecting expectation: ResponseCheck.Expectation, at origin: String
    ) async throws -> (trial: BrowserTrial, signIn: SAMLSignIn?) {
        do {
            return try await Self.checks.run { check(form, expecting: expectation, at: origin) }
        } catch is BlockingPool.Busy {
            throw IdentityError.busy
        }
    }

    private func check(
        _ form: String, expecting expectation: ResponseCheck.Expectation, at origin: String
    ) -> (trial: BrowserTrial, signIn: SAMLSignIn?) {
        let start = ContinuousClock.now
        let signIn: SAMLSignIn
        do throws(SAMLError) {
            signIn = try ResponseCheck(of: settings.identity, for: party(at: origin))(
                form, expecting: expectation, at: now)
        } catch {
            let isDeclined = if case .status = error { true } else { false }
            let step = ProviderStep(.response, .failed, "\(error)", milliseconds: start.milliseconds)
            return (BrowserTrial(answer: isDeclined ? .declined : .untrusted, steps: [step]), nil)
        }
        var steps: [ProviderStep] = []
        do throws(ProviderFault) {
            try checkForm(of: signIn)
            let words = [signIn.isSigned ? "signed" : "in a signed response", signIn.isEncrypted ? "encrypted" : nil]
            steps.append(
                ProviderStep(
                    .response, .passed, words.compactMap { $0 }.joined(separator: ", "),
                    milliseconds: start.milliseconds))
            var session = session(of: signIn.name, index: signIn.sessionIndex, at: origin)
            session.ends = signIn.sessionEnds
            let profile = try settings.attributes.profile(in: signIn, naming: naming)
            steps.append(ProviderStep(.claims, .passed, Self.names(of: signIn)))
            return (BrowserTrial(answer: .right(profile), steps: steps, session: session), signIn)
        } catch {
            steps.append(ProviderStep(error.step, .failed, error.text))
            return (BrowserTrial(answer: .untrusted, steps: steps), nil)
        }
    }

    func tryOut() async throws -> [ProviderStep] {
        var steps: [ProviderStep] = []
        do throws(ProviderFault) {
            try mayVisit(settings.signOnUrl)
            steps.append(ProviderStep(.authorization, .passed, settings.signOnUrl))
        } catch {
            steps.append(ProviderStep(.authorization, .failed, error.text))
        }
        let keys = settings.certificates.map { certificate in
            "\(ProviderWeb.printable(certificate.subject)) until \(Timestamp.text(certificate.notAfter)) "
                + "SHA-256 \(certificate.fingerprint)"
        }
        steps.append(ProviderStep(.keys, .passed, keys.joined(separator: "; ")))
        return steps
    }

    func farewell(
        to origin: String, from session: NamedSession?, _ hint: SignOutHint?
    ) async throws -> FarewellPlace? {
        guard let session, let name = SAMLName(written: session.name), let address = settings.logoutUrl else {
            return nil
        }
        try mayVisit(address)
        let request = LogoutRequest(name: name, sessionIndexes: session.session.map { [$0] } ?? [])
        let url = try request.address(at: settings.identity, from: party(at: origin), issuedAt: now, relayState: nil)
        return url.map { FarewellPlace(url: $0) }
    }

    /// By what a session is found when the provider ends it. A part that only says again who the two sides are, or that
    /// nothing is said about the format, may be there or not.
    func session(of name: SAMLName, index: String?, at origin: String) -> ProviderSession {
        let unspecified = "urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified"
        let plain = SAMLName(
            name.value, format: name.format == unspecified ? nil : name.format,
            qualifier: name.qualifier == settings.entityId ? nil : name.qualifier,
            serviceQualifier: name.serviceQualifier == party(at: origin).entityID ? nil : name.serviceQualifier)
        return ProviderSession(
            subject: plain.written, id: index, named: NamedSession(name: name.written, session: index))
    }

    /// What the administrator asked for beyond what every response must have.
    private func checkForm(of signIn: SAMLSignIn) throws(ProviderFault) {
        func fault(_ text: String) -> ProviderFault { ProviderFault(step: .response, text: text, isLie: true) }
        guard signIn.isSigned || !settings.wantsSignedAssertions else {
            throw fault("only the response is signed, and not the assertion in it")
        }
        guard signIn.isEncrypted || !settings.wantsEncryptedAssertions else {
            throw fault("the assertion is not encrypted")
        }
        // Both are kept, to be said again when the session ends.
        guard signIn.name.written.utf8.count <= 5000, signIn.sessionIndex?.utf8.count ?? 0 <= 1000 else {
            throw fault("the NameID with its qualifiers, or the SessionIndex, is too long")
        }
        guard settings.attributes.dependsOnNameID else { return }
        guard settings.nameFormat == nil || signIn.name.format == settings.nameFormat else {
            throw fault("the NameID has another format than was asked for")
        }
        // The same value of another directory is somebody else.
        guard signIn.name.qualifier == nil || signIn.name.qualifier == settings.entityId else {
            throw fault("the NameID is of another provider (NameQualifier)")
        }
    }

    /// The names of what is there, so that an administrator sees what can be asked for.
    private static func names(of signIn: SAMLSignIn) -> String {
        let names = signIn.attributes.map { ProviderWeb.printable($0.name) }.joined(separator: "; ")
        return String(names.unicodeScalars.prefix(1000))
    }

    /// People are sent only to where requests would go.
    private func mayVisit(_ address: String) throws(ProviderFault) {
        guard let url = try? OutboundURL(address), url.isSecure || opened.contains(url.destination) else {
            throw ProviderFault(
                step: .authorization,
                text: "the address is not encrypted: only a host and port that an administrator opened may be plain")
        }
    }
}

extension SAMLName {
    /// All parts as one text, for the database.
    var written: String {
        [value, format ?? "", qualifier ?? "", serviceQualifier ?? ""].joined(separator: "\u{1}")
    }

    init?(written text: String) {
        let parts = text.split(separator: "\u{1}", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 4 else { return nil }
        func part(_ index: Int) -> String? { parts[index].isEmpty ? nil : parts[index] }
        self.init(parts[0], format: part(1), qualifier: part(2), serviceQualifier: part(3))
    }
}

extension ContinuousClock.Instant {
    /// How long ago it was.
    fileprivate var milliseconds: Int {
        let took = (ContinuousClock.now - self).components
        return Int(took.seconds) * 1000 + Int(took.attoseconds / 1_000_000_000_000_000)
    }
}
