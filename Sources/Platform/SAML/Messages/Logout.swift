package import FoundationEssentials

/// Asks to end sessions (core §3.7.1): what we send to a provider, and what it sends to us.
package struct LogoutRequest: Sendable, Hashable {
    /// An older one is refused.
    package static let longestAge = TimeCheck.longest

    package let id: SAMLMessageID
    package let name: SAMLName
    /// All sessions of the person if empty.
    package let sessionIndexes: [String]

    package init(id: SAMLMessageID = SAMLMessageID(), name: SAMLName, sessionIndexes: [String]) {
        self.id = id
        self.name = name
        self.sessionIndexes = sessionIndexes
    }

    /// Where to send the browser; nil if the provider has no address for it.
    package func address(
        at provider: SAMLIdentityProvider, from party: SAMLServiceProvider, issuedAt: Date, relayState: String?
    ) throws(SAMLError) -> String? {
        guard let destination = provider.logout else { return nil }
        let indexes = sessionIndexes.map { "<samlp:SessionIndex>\(XMLText.escaped($0))</samlp:SessionIndex>" }
        let xml =
            LogoutMessage.opening("LogoutRequest", id, destination, party, issuedAt) + ">"
            + LogoutMessage.issuer(party) + name.xml + indexes.joined() + "</samlp:LogoutRequest>"
        return try RedirectBinding.address(
            destination, .request, xml, relayState: relayState, signedBy: party.signing)
    }

    /// What a provider asks, in a query as it arrived.
    package static func read(
        query: String, from provider: SAMLIdentityProvider, to party: SAMLServiceProvider, at now: Date
    ) throws(SAMLError) -> (LogoutRequest, relayState: String?, issuedAt: Date) {
        let (message, relayState) = try LogoutMessage.message(query, .request, provider)
        let (request, issuedAt) = try read(message, provider, party, now)
        return (request, relayState, issuedAt)
    }

    /// What a provider asks, in the field `SAMLRequest` of a form: here the signature is in the message.
    package static func read(
        form: String, from provider: SAMLIdentityProvider, to party: SAMLServiceProvider, at now: Date
    ) throws(SAMLError) -> (LogoutRequest, issuedAt: Date) {
        let limits = LogoutMessage.limits
        guard form.utf8.count <= limits.bytes / 2 * 3 else { throw .tooLarge }
        guard let bytes = Base64Text.decoded(form) else { throw .notBase64 }
        let document: XMLDocument
        do { document = try XMLDocument(bytes, limits: limits) } catch { throw .notXML(error) }
        try MessageShape.check(document.root)
        let verifier = SignatureVerifier(certificates: provider.certificates, limits: limits)
        guard let signed = try verifier.verified(document, at: []) else { throw .unsigned }
        return try read(signed.root, provider, party, now)
    }

    private static func read(
        _ message: XMLElement, _ provider: SAMLIdentityProvider, _ party: SAMLServiceProvider, _ now: Date
    ) throws(SAMLError) -> (LogoutRequest, issuedAt: Date) {
        let issuedAt = try LogoutMessage.check(message, "LogoutRequest", provider, party, now)
        if let end = message["NotOnOrAfter"] { try TimeCheck(now, skew: party.clockSkew).isBefore(end) }
        let indexes = message.children("SessionIndex", in: Names.protocolSpace).map(\.text)
        guard indexes.count <= 100 else { throw .tooLarge }
        let id = SAMLMessageID(try MessageShape.identifier(of: message))
        return (LogoutRequest(id: id, name: try SAMLName(in: message), sessionIndexes: indexes), issuedAt)
    }
}

/// Says what became of a request to end sessions (core §3.7.2).
package struct LogoutResponse: Sendable, Hashable {
    package let inResponseTo: SAMLMessageID
    /// Nil for success.
    package let failure: SAMLStatus?

    package init(inResponseTo: SAMLMessageID, failure: SAMLStatus? = nil) {
        self.inResponseTo = inResponseTo
        self.failure = failure
    }

    /// Where to send the browser; nil if the provider has no address for it.
    package func address(
        at provider: SAMLIdentityProvider, from party: SAMLServiceProvider, issuedAt: Date, relayState: String?
    ) throws(SAMLError) -> String? {
        guard let destination = provider.logoutResponse ?? provider.logout else { return nil }
        let code =
            failure.map {
                "<samlp:StatusCode Value=\"\(SAMLStatus.responder.rawValue)\">"
                    + "<samlp:StatusCode Value=\"\($0.rawValue)\"/></samlp:StatusCode>"
            } ?? "<samlp:StatusCode Value=\"\(Names.success)\"/>"
        let xml =
            LogoutMessage.opening("LogoutResponse", SAMLMessageID(), destination, party, issuedAt)
            + "\(XMLText.attribute("InResponseTo", inResponseTo.text))>" + LogoutMessage.issuer(party)
            + "<samlp:Status>\(code)</samlp:Status></samlp:LogoutResponse>"
        return try RedirectBinding.address(
            destination, .response, xml, relayState: relayState, signedBy: party.signing)
    }

    /// What a provider answers to one request of ours, in a query as it arrived.
    package static func read(
        query: String, to request: SAMLMessageID, from provider: SAMLIdentityProvider, to party: SAMLServiceProvider,
        at now: Date
    ) throws(SAMLError) -> (LogoutResponse, relayState: String?) {
        let (message, relayState) = try LogoutMessage.message(query, .response, provider)
        try LogoutMessage.check(message, "LogoutResponse", provider, party, now)
        guard message["InResponseTo"].isExactly(request.text) else { throw .inResponseTo }
        let failure = try SAMLStatus.failure(in: message)
        return (LogoutResponse(inResponseTo: request, failure: failure), relayState)
    }
}

/// What both have in common.
private enum LogoutMessage {
    static func opening(
        _ name: StaticString, _ id: SAMLMessageID, _ destination: String, _ party: SAMLServiceProvider, _ now: Date
    ) -> String {
        "<samlp:\(name) xmlns:samlp=\"\(Names.protocolSpace)\" xmlns:saml=\"\(Names.assertion)\""
            + "\(XMLText.attribute("ID", id.text)) Version=\"2.0\""
            + "\(XMLText.attribute("IssueInstant", SAMLInstant.text(now)))"
            + "\(XMLText.attribute("Destination", destination))"
    }

    static func issuer(_ party: SAMLServiceProvider) -> String {
        "<saml:Issuer>\(XMLText.escaped(party.entityID))</saml:Issuer>"
    }

    static let limits = XMLLimits(bytes: 64 << 10, nodes: 500)

    static func message(
        _ query: String, _ parameter: RedirectBinding.Parameter, _ provider: SAMLIdentityProvider
    ) throws(SAMLError) -> (XMLElement, relayState: String?) {
        try RedirectBinding.message(query, parameter, certificates: provider.certificates, limits: limits)
    }

    /// When it was issued. Whoever has it can send it again for as long as it is recent.
    @discardableResult static func check(
        _ message: XMLElement, _ name: String, _ provider: SAMLIdentityProvider, _ party: SAMLServiceProvider,
        _ now: Date
    ) throws(SAMLError) -> Date {
        guard message.isNamed(name, in: Names.protocolSpace), message["Version"] == "2.0" else { throw .notTheMessage }
        guard message.only("Issuer", in: Names.assertion)?.isEntity(provider.entityID) == true else { throw .issuer }
        guard message["Destination"].isExactly(party.logout) else { throw .destination }
        guard let issued = message["IssueInstant"] else { throw .time }
        return try TimeCheck(now, skew: party.clockSkew).isRecent(issued)
    }
}
