package import FoundationEssentials

/// A provider, as its metadata describe it: who it is, where it is asked, and which keys speak for it.
package struct SAMLIdentityProvider: Sendable, Hashable {
    package let entityID: String
    /// Where a browser is sent to sign in, by the redirect binding.
    package let signOn: String
    /// Where a browser is sent to sign out; nil if the provider has no such thing for the redirect binding.
    package let logout: String?
    /// Where answers about signing out go, if not to the same address.
    package let logoutResponse: String?
    package let certificates: [SAMLCertificate]
    /// When the metadata must have been read again.
    package let validUntil: Date?

    package init(
        entityID: String, signOn: String, logout: String? = nil, logoutResponse: String? = nil,
        certificates: [SAMLCertificate], validUntil: Date? = nil
    ) {
        self.entityID = entityID
        self.signOn = signOn
        self.logout = logout
        self.logoutResponse = logoutResponse
        self.certificates = certificates
        self.validUntil = validUntil
    }
}
