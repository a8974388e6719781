package import Kernel
import Outbound
package import SAML

/// A provider that speaks SAML 2.0, by the redirect binding there and the POST binding back.
package struct SAMLSettings: Sendable {
    package let entityId: String
    package let signOnUrl: String
    package let logoutUrl: String?
    package let logoutResponseUrl: String?
    package let certificates: [SAMLCertificate]
    package let nameFormat: String?
    package let attributes: SAMLAttributes
    package let wantsSignedAssertions: Bool
    package let wantsEncryptedAssertions: Bool
    package let allowsUnsolicited: Bool
    package let clockSkewSeconds: Int

    package init(
        entityId: String, signOnUrl: String, logoutUrl: String?, logoutResponseUrl: String?,
        certificates: [SAMLCertificate], nameFormat: String?, attributes: SAMLAttributes, wantsSignedAssertions: Bool,
        wantsEncryptedAssertions: Bool, allowsUnsolicited: Bool, clockSkewSeconds: Int
    ) {
        self.entityId = entityId
        self.signOnUrl = signOnUrl
        self.logoutUrl = logoutUrl
        self.logoutResponseUrl = logoutResponseUrl
        self.certificates = certificates
        self.nameFormat = nameFormat
        self.attributes = attributes
        self.wantsSignedAssertions = wantsSignedAssertions
        self.wantsEncryptedAssertions = wantsEncryptedAssertions
        self.allowsUnsolicited = allowsUnsolicited
        self.clockSkewSeconds = clockSkewSeconds
    }

    /// The provider as messages are checked against it.
    var identity: SAMLIdentityProvider {
        SAMLIdentityProvider(
            entityID: entityId, signOn: signOnUrl, logout: logoutUrl, logoutResponse: logoutResponseUrl,
            certificates: certificates)
    }
}

extension SAMLSettings: WireValue {
    /// Where a browser may be sent.
    private static let address: Schema<String> = Schema<String>.text(8...2048).map(
        { text throws(Invalid) in
            guard SAMLIdentityProvider.isWebAddress(text), (try? OutboundURL(text)) != nil else {
                throw Invalid("must be an https address without #")
            }
            return text
        }, { $0 })

    private static let certificate: Schema<SAMLCertificate> = Schema<String>.lines(100...20_000).map(
        { text throws(Invalid) in
            do throws(SAMLKeyError) { return try SAMLCertificate(text) } catch { throw Invalid("\(error)") }
        }, \.pem)

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("entityId", \.entityId, .text(1...1024), note: "Exactly as the provider writes it in its messages.")
        Field("signOnUrl", \.signOnUrl, address, note: "Its SingleSignOnService by HTTP-Redirect.")
        Field("logoutUrl", \.logoutUrl, address, note: "Its SingleLogoutService by HTTP-Redirect, if it has one.")
        Field("logoutResponseUrl", \.logoutResponseUrl, address, note: "Where answers go, if not there.")
        Field(
            "certificates", \.certificates,
            Schema<[SAMLCertificate]>.array(of: certificate, 1...SAMLIdentityProvider.mostCertificates),
            note: "As PEM or base64: the one that it signs with, and others while it changes them.")
        Field("nameFormat", \.nameFormat, .text(1...200), note: "The form of NameID that is asked for; any if null.")
        Field("attributes", \.attributes, SAMLAttributes.schema.otherwise(.standard))
        Field(
            "wantsSignedAssertions", \.wantsSignedAssertions, Bool.schema.otherwise(true),
            note: "Whether the assertion itself must be signed; otherwise a signed response around it does.")
        Field("wantsEncryptedAssertions", \.wantsEncryptedAssertions, Bool.schema.otherwise(false))
        Field(
            "allowsUnsolicited", \.allowsUnsolicited, Bool.schema.otherwise(false),
            note: "Whether the provider may begin a sign-in. Whoever has an account there can then have somebody "
                + "else's browser signed in with it.")
        Field(
            "clockSkewSeconds", \.clockSkewSeconds, Schema<Int>.int(0...300).otherwise(60),
            note: "By how much the provider's clock may be wrong.")
    }
}
