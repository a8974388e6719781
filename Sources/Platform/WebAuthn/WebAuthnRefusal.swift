/// Why a passkey's answer does not count; the words stand in the audit trail.
package enum WebAuthnRefusal: String, Error, CaseIterable {
    case malformed
    case type
    case challenge
    case origin
    case crossOrigin = "cross-origin"
    case relyingParty = "relying-party"
    case userPresence = "user-presence"
    case userVerification = "user-verification"
    case backupState = "backup-state"
    case algorithm
    case key
    case attestation
    case model
    /// Nobody whom the company knows has issued the certificate that vouches for the key, or it is for other models.
    case issuer
    case credential
    case userHandle = "user-handle"
    case signature
    /// The counter did not grow: there may be a copy of the authenticator.
    case counter
}
