import Cryptography
import FoundationEssentials
import HTTPAPI
package import Kernel
import WebAuthn

/// What a browser needs to make a passkey; the names are those of WebAuthn's JSON (§5.1.8).
package struct PasskeyCreationOptions: WireValue {
    static let timeout = 300_000

    package let rp: PasskeyParty
    package let user: PasskeyUser
    package let challenge: [UInt8]
    package let pubKeyCredParams: [PasskeyParameter]
    package let timeout: Int
    package let excludeCredentials: [PasskeyDescriptor]
    package let authenticatorSelection: PasskeySelection
    package let attestation: String

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("rp", \.rp)
        Field("user", \.user)
        Field("challenge", \.challenge, .base64URL(16...64))
        Field("pubKeyCredParams", \.pubKeyCredParams, count: 1...10)
        Field("timeout", \.timeout, .int(1...600_000))
        Field("excludeCredentials", \.excludeCredentials, count: 0...Passkey.most)
        Field("authenticatorSelection", \.authenticatorSelection)
        Field("attestation", \.attestation, .text(1...20))
    }
}

/// What a browser needs to use a passkey (§5.1.9).
package struct PasskeyRequestOptions: WireValue {
    package let challenge: [UInt8]
    package let rpId: String
    package let timeout: Int
    package let allowCredentials: [PasskeyDescriptor]
    package let userVerification: String

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("challenge", \.challenge, .base64URL(16...64))
        Field("rpId", \.rpId, .text(1...253))
        Field("timeout", \.timeout, .int(1...600_000))
        Field(
            "allowCredentials", \.allowCredentials, count: 0...Passkey.most,
            note: "Empty where any passkey of the host may answer.")
        Field("userVerification", \.userVerification, .text(1...20))
    }
}

package struct PasskeyParty: WireValue {
    package let id: String
    package let name: String

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("id", \.id, .text(1...253))
        Field("name", \.name, .text(1...200))
    }
}

package struct PasskeyUser: WireValue {
    package let id: [UInt8]
    package let name: String
    package let displayName: String

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("id", \.id, .base64URL(1...64))
        Field("name", \.name, .text(1...200))
        Field("displayName", \.displayName, .text(1...200))
    }
}

package struct PasskeyParameter: WireValue {
    package let type: String
    package let alg: Int

    /// Best first.
    static let all = PasskeyAlgorithm.allCases.map { PasskeyParameter(type: "public-key", alg: $0.rawValue) }

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("type", \.type, .text(1...20))
        Field("alg", \.alg, .int(-65_536...65_536))
    }
}

package struct PasskeyDescriptor: WireValue {
    package let type: String
    package let id: [UInt8]
    package let transports: [String]

    init(id: [UInt8], transports: [String]) {
        self.init(type: "public-key", id: id, transports: transports)
    }

    private init(type: String, id: [UInt8], transports: [String]) {
        self.type = type
        self.id = id
        self.transports = transports
    }

    package static let schema: Schema<Self> = .record(Self.init(type:id:transports:)) {
        Field("type", \.type, .text(1...20))
        Field("id", \.id, .base64URL(1...1023))
        Field("transports", \.transports, .array(of: .text(1...20), 0...10))
    }
}

package struct PasskeySelection: WireValue {
    package let residentKey: String
    package let userVerification: String

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("residentKey", \.residentKey, .text(1...20))
        Field("userVerification", \.userVerification, .text(1...20))
    }
}

extension Schema<[UInt8]> {
    /// Bytes as base64url without padding.
    static func base64URL(_ count: ClosedRange<Int>) -> Schema<[UInt8]> {
        let length = (count.lowerBound * 4 + 2) / 3...(count.upperBound * 4 + 2) / 3
        return Schema<String>.string(length, pattern: "^[A-Za-z0-9_-]*$", "must be base64url without padding") { text in
            text.utf8.allSatisfy {
                0x30...0x39 ~= $0 || 0x41...0x5A ~= $0 || 0x61...0x7A ~= $0 || $0 == 0x2D || $0 == 0x5F
            }
        }.map(
            { text throws(Invalid) in
                guard let bytes = Base64URL.decode(text), count.contains(bytes.count) else {
                    throw Invalid("must be base64url without padding")
                }
                return bytes
            }, { Base64URL.encode($0) })
    }
}
