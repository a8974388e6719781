package import FoundationEssentials

/// Decides whether a response that a browser posted says that somebody signed in (profiles §4.1.4.3).
///
/// Pure: no clock, no network, no memory. That a request is answered once, by the browser that began, and that an
/// assertion is used once, is the caller's to see to, with `SAMLMessageID` and `SAMLSignIn.assertionID`.
package struct ResponseCheck: Sendable {
    /// What the response must answer.
    package enum Expectation: Sendable, Hashable {
        case answer(to: SAMLMessageID)
        /// A sign-in that the provider began. Whoever has an account there can have somebody else's browser sent here
        /// with it, so an administrator has to want it.
        case unsolicited
    }

    private let provider: SAMLIdentityProvider
    private let party: SAMLServiceProvider
    private let verifier: SignatureVerifier

    package init(of provider: SAMLIdentityProvider, for party: SAMLServiceProvider) {
        self.provider = provider
        self.party = party
        verifier = SignatureVerifier(certificates: provider.certificates, limits: .message)
    }

    /// - Parameter form: the field `SAMLResponse`.
    package func callAsFunction(
        _ form: String, expecting expectation: Expectation, at now: Date
    ) throws(SAMLError) -> SAMLSignIn {
        // Four characters for three bytes, and room for line ends.
        guard form.utf8.count <= XMLLimits.message.bytes / 2 * 3 else { throw .tooLarge }
        guard let bytes = Base64Text.decoded(form) else { throw .notBase64 }
        let document: XMLDocument
        do { document = try XMLDocument(bytes, limits: .message) } catch { throw .notXML(error) }
        guard document.root.isNamed("Response", in: Names.protocolSpace), document.root["Version"] == "2.0" else {
            throw .notTheMessage
        }
        try MessageShape.check(document.root)
        if let failure = try SAMLStatus.failure(in: document.root) { throw .status(failure) }
        guard MessageShape.assertions(in: document.root) == 1 else { throw .notOneAssertion }

        let signed = try verifier.verified(document, at: [])
        let response = signed ?? document
        let assertion = try verifiedAssertion(in: response, isSigned: signed != nil)
        try checkResponse(response.root, isSigned: signed != nil, expectation, now)
        return try AssertionCheck(provider: provider, party: party, expectation: expectation, now: now)(assertion)
    }

    private func verifiedAssertion(in response: XMLDocument, isSigned: Bool) throws(SAMLError) -> VerifiedAssertion {
        guard
            let position = response.root.children.firstIndex(where: {
                $0.isNamed("Assertion", in: Names.assertion) || $0.isNamed("EncryptedAssertion", in: Names.assertion)
            })
        else { throw .notOneAssertion }
        let element = response.root.children[position]
        guard element.name == "EncryptedAssertion" else {
            if let verified = try verifier.verified(response, at: [position]) {
                return VerifiedAssertion(element: verified.root, isSigned: true)
            }
            guard isSigned else { throw .unsigned }
            return VerifiedAssertion(element: element)
        }
        guard !party.decryption.isEmpty else { throw .noDecryptionKey }
        let namespaces = response.namespaces(at: [position])
        var refusal = SAMLError.undecryptable
        for pair in party.decryption {
            do throws(SAMLError) {
                let content = try Decryption.content(of: element, with: pair)
                return try decryptedAssertion(content, namespaces, isSigned: isSigned)
            } catch { refusal = error }
        }
        // Algorithms stand in the clear. Everything after that is one answer: who could tell a wrong padding from a
        // wrong signature could decrypt what others were sent.
        throw refusal == .encryptionAlgorithm ? refusal : .undecryptable
    }

    /// - Parameter namespaces: of the place where it was, which what was encrypted may lean on.
    private func decryptedAssertion(
        _ content: [UInt8], _ namespaces: String, isSigned: Bool
    ) throws(SAMLError) -> VerifiedAssertion {
        let document: XMLDocument
        let wrapped = Array("<_\(namespaces)>".utf8) + content + Array("</_>".utf8)
        do { document = try XMLDocument(wrapped, limits: .message) } catch { throw .notXML(error) }
        guard document.root.children.count == 1, document.root.trimmedText.isEmpty,
            document.root.children[0].isNamed("Assertion", in: Names.assertion),
            MessageShape.assertions(in: document.root) == 1
        else { throw .notOneAssertion }
        try MessageShape.check(document.root)
        if let verified = try verifier.verified(document, at: [0]) {
            return VerifiedAssertion(element: verified.root, isSigned: true, isEncrypted: true)
        }
        guard isSigned else { throw .unsigned }
        return VerifiedAssertion(element: document.root.children[0], isEncrypted: true)
    }

    private func checkResponse(
        _ response: XMLElement, isSigned: Bool, _ expectation: Expectation, _ now: Date
    ) throws(SAMLError) {
        let issuers = response.children("Issuer", in: Names.assertion)
        guard issuers.count <= 1, issuers.allSatisfy({ $0.isEntity(provider.entityID) }) else { throw .issuer }
        // Who signs a message says where it goes (bindings §3.5.5.2).
        guard
            response["Destination"].isExactly(party.assertionConsumer) || (response["Destination"] == nil && !isSigned)
        else {
            throw .destination
        }
        switch expectation {
        case .answer(let request):
            guard let answered = response["InResponseTo"] else { throw .unsolicited }
            guard answered.isExactly(request.text) else { throw .inResponseTo }
        case .unsolicited:
            guard response["InResponseTo"] == nil else { throw .inResponseTo }
        }
        guard let issued = response["IssueInstant"] else { throw .time }
        try TimeCheck(now, skew: party.clockSkew).isRecent(issued)
    }
}

extension XMLElement {
    /// Whether an `Issuer` names this entity, by an entity ID and no other kind of name.
    func isEntity(_ name: String) -> Bool {
        children.isEmpty && trimmedText.isExactly(name) && [nil, Names.entityFormat].contains(self["Format"])
    }
}
