import CFido2

/// What a browser brings back when somebody has used a passkey (WebAuthn §7.2).
package struct AssertionResponse: Sendable {
    package static let longestData = 2048
    package static let longestSignature = 512

    package let credentialID: [UInt8]
    package let clientData: ClientData
    private let authenticatorData: [UInt8]
    private let signature: [UInt8]
    private let userHandle: [UInt8]?

    package init(
        credentialID: [UInt8], clientDataJSON: [UInt8], authenticatorData: [UInt8], signature: [UInt8],
        userHandle: [UInt8]?
    ) throws(WebAuthnRefusal) {
        guard 1...AuthenticatorData.longestID ~= credentialID.count, authenticatorData.count <= Self.longestData,
            1...Self.longestSignature ~= signature.count
        else { throw .malformed }
        self.credentialID = credentialID
        clientData = try ClientData(clientDataJSON)
        self.authenticatorData = authenticatorData
        self.signature = signature
        self.userHandle = userHandle
    }

    /// What the passkey is known to be.
    package struct Known: Sendable {
        let key: PasskeyPublicKey
        let signCount: Int
        let isBackupEligible: Bool
        let userHandle: [UInt8]

        package init(key: PasskeyPublicKey, signCount: Int, isBackupEligible: Bool, userHandle: [UInt8]) {
            self.key = key
            self.signCount = signCount
            self.isBackupEligible = isBackupEligible
            self.userHandle = userHandle
        }
    }

    /// The counter to keep, if everything is as it was asked for. `needsUserHandle` where nothing else has said who it is.
    package func verified(
        by known: Known, challenge: [UInt8], for party: RelyingParty, needsVerification: Bool, needsUserHandle: Bool
    ) throws(WebAuthnRefusal) -> Int {
        try clientData.check(.get, challenge: challenge, for: party)
        guard userHandle.map({ $0 == known.userHandle }) ?? !needsUserHandle else { throw .userHandle }
        let data = try AuthenticatorData(authenticatorData)
        try data.check(for: party, needsVerification: needsVerification)
        guard data.credential == nil else { throw .malformed }
        guard data.flags.contains(.backupEligible) == known.isBackupEligible else { throw .backupState }
        guard try known.key.with({ verifies($0, known.key.algorithm, data, party) }) else { throw .signature }
        let count = Int(data.signCount)
        // Zero on both sides: the authenticator does not count.
        guard count > known.signCount || count == 0 && known.signCount == 0 else { throw .counter }
        return count
    }

    private func verifies(
        _ key: UnsafeRawPointer, _ algorithm: PasskeyAlgorithm, _ data: AuthenticatorData, _ party: RelyingParty
    ) -> Bool {
        Fido.prepare()
        var assertion = fido_assert_new()
        defer { fido_assert_free(&assertion) }
        guard let assertion else { return false }
        let known = [("hmac-secret", FIDO_EXT_HMAC_SECRET), ("credBlob", FIDO_EXT_CRED_BLOB)]
        let mask = known.reduce(Int32(0)) { data.extensions[$1.0] == nil ? $0 : $0 | $1.1 }
        return fido_assert_set_clientdata_hash(assertion, clientData.hash, clientData.hash.count) == FIDO_OK
            && fido_assert_set_rp(assertion, party.id) == FIDO_OK
            && fido_assert_set_count(assertion, 1) == FIDO_OK
            && fido_assert_set_authdata_raw(assertion, 0, data.bytes, data.bytes.count) == FIDO_OK
            && fido_assert_set_sig(assertion, 0, signature, signature.count) == FIDO_OK
            && fido_assert_set_extensions(assertion, mask) == FIDO_OK
            && fido_assert_set_up(assertion, FIDO_OPT_TRUE) == FIDO_OK
            && fido_assert_verify(assertion, 0, Int32(algorithm.rawValue), key) == FIDO_OK
    }
}
