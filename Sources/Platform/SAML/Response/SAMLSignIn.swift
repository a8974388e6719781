package import FoundationEssentials

/// What a provider said about somebody, and signed.
package struct SAMLSignIn: Sendable, Hashable {
    package let name: SAMLName
    package let attributes: [SAMLAttribute]
    /// The provider's session, by which it asks to end ours.
    package let sessionIndex: String?
    /// When the provider wants our session to end at the latest.
    package let sessionEnds: Date?
    package let signedInAt: Date
    /// How they proved who they are, in the provider's words (`AuthnContextClassRef`).
    package let context: String?
    /// Whether the assertion itself is signed, and not only the response around it.
    package let isSigned: Bool
    package let isEncrypted: Bool
    /// Until then the caller remembers that this assertion was used, and refuses it the second time.
    package let assertionID: String
    package let replayableUntil: Date
}

package struct SAMLAttribute: Sendable, Hashable {
    package let name: String
    package let nameFormat: String?
    package let friendlyName: String?
    package let values: [String]
}
