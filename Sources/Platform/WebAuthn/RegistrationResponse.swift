import CFido2
package import FoundationEssentials

/// What a browser brings back when somebody has made a passkey (WebAuthn §7.1).
package struct RegistrationResponse: Sendable {
    package static let longest = 32 * 1024

    package let clientData: ClientData
    private let attestationObject: [UInt8]

    package init(clientDataJSON: [UInt8], attestationObject: [UInt8]) throws(WebAuthnRefusal) {
        guard attestationObject.count <= Self.longest else { throw .malformed }
        clientData = try ClientData(clientDataJSON)
        self.attestationObject = attestationObject
    }

    /// The new passkey, if everything about it is as it was asked for.
    package func verified(
        challenge: [UInt8], for party: RelyingParty, needsVerification: Bool, policy: AttestationPolicy,
        at now: Date
    ) throws(WebAuthnRefusal) -> NewPasskey {
        try clientData.check(.create, challenge: challenge, for: party)
        let object = try AttestationObject(attestationObject)
        let data = try AuthenticatorData(object.authenticatorData)
        try data.check(for: party, needsVerification: needsVerification)
        guard let credential = data.credential else { throw .malformed }
        guard let algorithm = PasskeyAlgorithm(rawValue: credential.algorithm) else { throw .algorithm }
        let proof = try FidoCredential(algorithm, data, clientData, party)
        try proof.check(object, policy, model: credential.model, at: now)
        let key = PasskeyPublicKey(algorithm: algorithm, bytes: proof.publicKey)
        try key.with { _ in }
        return NewPasskey(
            id: credential.id, key: key, signCount: Int(data.signCount), model: credential.model,
            isVerified: data.flags.contains(.userVerified), isBackupEligible: data.flags.contains(.backupEligible))
    }
}

/// A passkey that has just been made.
package struct NewPasskey: Sendable, Equatable {
    package let id: [UInt8]
    package let key: PasskeyPublicKey
    package let signCount: Int
    /// The AAGUID; zero if the authenticator does not tell.
    package let model: UUID
    package let isVerified: Bool
    /// Whether it may be copied to other devices of its person, as those of phones are.
    package let isBackupEligible: Bool
}

/// The outermost map: format, statement, and what the authenticator says.
struct AttestationObject {
    let format: String
    /// CBOR as it came.
    let statement: [UInt8]
    let authenticatorData: [UInt8]

    init(_ bytes: [UInt8]) throws(WebAuthnRefusal) {
        var reader = CBORReader(bytes)
        var (format, statement, data): (String?, [UInt8]?, [UInt8]?)
        for _ in 0..<(try reader.mapCount()) {
            switch try reader.text() {
            case "fmt" where format == nil: format = try reader.text()
            case "authData" where data == nil: data = Array(bytes[try reader.byteString()])
            case "attStmt" where statement == nil:
                let start = reader.at
                try reader.skip()
                statement = Array(bytes[start..<reader.at])
            default: throw .malformed
            }
        }
        guard let format, let statement, let data, reader.isAtEnd else { throw .malformed }
        self.format = format
        self.statement = statement
        authenticatorData = data
    }

    var hasStatement: Bool { statement != [0xA0] }
}
