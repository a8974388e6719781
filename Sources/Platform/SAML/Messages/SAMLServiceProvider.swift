package import FoundationEssentials

/// We, as a provider knows us.
package struct SAMLServiceProvider: Sendable {
    package let entityID: String
    /// Where responses are posted to.
    package let assertionConsumer: String
    /// Where requests and answers about signing out are sent to.
    package let logout: String
    /// Where answers go, if not there.
    package let logoutResponse: String?
    package let signing: SAMLKeyPair
    /// The first is published; others still decrypt while a provider has not read the metadata again.
    package let decryption: [SAMLKeyPair]
    /// How far the clocks of the two may be apart.
    package let clockSkew: TimeInterval

    package init(
        entityID: String, assertionConsumer: String, logout: String, logoutResponse: String? = nil,
        signing: SAMLKeyPair,
        decryption: [SAMLKeyPair], clockSkew: TimeInterval = 90
    ) {
        self.entityID = entityID
        self.assertionConsumer = assertionConsumer
        self.logout = logout
        self.logoutResponse = logoutResponse
        self.signing = signing
        self.decryption = decryption
        self.clockSkew = clockSkew
    }

    /// The document that a provider is set up with.
    package func metadata(nameFormats: [String] = []) -> String {
        let formats = nameFormats.map { "<md:NameIDFormat>\(XMLText.escaped($0))</md:NameIDFormat>" }.joined()
        return """
            <?xml version="1.0" encoding="UTF-8"?>
            <md:EntityDescriptor xmlns:md="\(Names.metadata)" xmlns:ds="\(Names.signature)"\
            \(XMLText.attribute("entityID", entityID))>\
            <md:SPSSODescriptor AuthnRequestsSigned="true" WantAssertionsSigned="true" \
            protocolSupportEnumeration="\(Names.protocolSpace)">\
            \(Self.key("signing", signing, ""))\
            \(decryption.first.map { Self.key("encryption", $0, Self.encryptionMethods) } ?? "")\
            \([Names.redirect, Names.post].map(logoutService).joined())\
            \(formats)\
            <md:AssertionConsumerService index="0" isDefault="true" Binding="\(Names.post)"\
            \(XMLText.attribute("Location", assertionConsumer))/>\
            </md:SPSSODescriptor></md:EntityDescriptor>

            """
    }

    private func logoutService(_ binding: String) -> String {
        "<md:SingleLogoutService Binding=\"\(binding)\"\(XMLText.attribute("Location", logout))"
            + "\(XMLText.attribute("ResponseLocation", logoutResponse))/>"
    }

    private static func key(_ use: StaticString, _ pair: SAMLKeyPair, _ methods: String) -> String {
        "<md:KeyDescriptor use=\"\(use)\"><ds:KeyInfo><ds:X509Data><ds:X509Certificate>"
            + Base64Text.encoded(pair.certificate.bytes)
            + "</ds:X509Certificate></ds:X509Data></ds:KeyInfo>\(methods)</md:KeyDescriptor>"
    }

    /// Best first.
    private static let encryptionMethods = [
        Names.encryption11 + "aes256-gcm", Names.encryption11 + "aes128-gcm", Names.encryption + "aes256-cbc",
        Names.encryption + "aes128-cbc", Names.encryption + "rsa-oaep-mgf1p",
    ].map { "<md:EncryptionMethod Algorithm=\"\($0)\"/>" }.joined()
}
