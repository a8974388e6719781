package import FoundationEssentials

/// Asks a provider to sign somebody in (core §3.4).
package struct AuthnRequest: Sendable {
    package let id: SAMLMessageID
    package let issuedAt: Date
    /// The form of name that is wanted; any if nil.
    package let nameFormat: String?
    /// Whether somebody who is signed in there must prove it again.
    package let isForced: Bool

    package init(id: SAMLMessageID = SAMLMessageID(), issuedAt: Date, nameFormat: String? = nil, isForced: Bool = false)
    {
        self.id = id
        self.issuedAt = issuedAt
        self.nameFormat = nameFormat
        self.isForced = isForced
    }

    /// Where to send the browser.
    package func address(
        at provider: SAMLIdentityProvider, from party: SAMLServiceProvider, relayState: String?
    ) throws(SAMLError) -> String {
        try RedirectBinding.address(
            provider.signOn, .request, xml(at: provider, from: party), relayState: relayState, signedBy: party.signing)
    }

    func xml(at provider: SAMLIdentityProvider, from party: SAMLServiceProvider) -> String {
        "<samlp:AuthnRequest xmlns:samlp=\"\(Names.protocolSpace)\" xmlns:saml=\"\(Names.assertion)\""
            + "\(XMLText.attribute("ID", id.text)) Version=\"2.0\""
            + "\(XMLText.attribute("IssueInstant", SAMLInstant.text(issuedAt)))"
            + "\(XMLText.attribute("Destination", provider.signOn))\(isForced ? " ForceAuthn=\"true\"" : "")"
            + " ProtocolBinding=\"\(Names.post)\""
            + "\(XMLText.attribute("AssertionConsumerServiceURL", party.assertionConsumer))>"
            + "<saml:Issuer>\(XMLText.escaped(party.entityID))</saml:Issuer>"
            + "<samlp:NameIDPolicy\(XMLText.attribute("Format", nameFormat)) AllowCreate=\"true\"/>"
            + "</samlp:AuthnRequest>"
    }
}
