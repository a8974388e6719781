import HTTPAPI
package import Kernel
import WebAuthn

/// What the browser brings back of a passkey that was made.
package struct PasskeyAttestation: WireValue {
    package let clientDataJSON: [UInt8]
    package let attestationObject: [UInt8]
    package let transports: [String]

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("clientDataJSON", \.clientDataJSON, .base64URL(1...ClientData.longest))
        Field("attestationObject", \.attestationObject, .base64URL(1...RegistrationResponse.longest))
        Field(
            "transports", \.transports,
            .array(
                of: .string(1...20, pattern: "^[a-z-]*$", "must be a word") {
                    $0.utf8.allSatisfy { 0x61...0x7A ~= $0 || $0 == 0x2D }
                }, 0...10
            )
            .otherwise([]),
            note: "How the authenticator can be reached, as the browser says.")
    }
}

/// What the browser brings back of a passkey that was used.
package struct PasskeyAssertion: WireValue {
    package let id: [UInt8]
    package let clientDataJSON: [UInt8]
    package let authenticatorData: [UInt8]
    package let signature: [UInt8]
    package let userHandle: [UInt8]?

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("id", \.id, .base64URL(1...1023))
        Field("clientDataJSON", \.clientDataJSON, .base64URL(1...ClientData.longest))
        Field("authenticatorData", \.authenticatorData, .base64URL(1...AssertionResponse.longestData))
        Field("signature", \.signature, .base64URL(1...AssertionResponse.longestSignature))
        Field("userHandle", \.userHandle, Schema<[UInt8]>.base64URL(1...64).optional)
    }
}

/// A passkey that signs somebody in, or confirms that it is them.
package struct UsePasskeyRequest: WireValue {
    package let credential: PasskeyAssertion

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("credential", \.credential)
    }
}

/// A sign-in's token and the passkey that goes on with it.
package struct PasskeyFactorRequest: WireValue {
    package let token: String
    package let credential: PasskeyAssertion
    package let remember: Bool

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("token", \.token, .text(1...200))
        Field("credential", \.credential)
        Field(
            "remember", \.remember, Bool.schema.otherwise(false),
            note: "Not to be asked again in this browser, for as many days as the company allows.")
    }
}

/// The body that adds a passkey.
package struct AddPasskeyRequest: WireValue {
    package let name: String
    package let credential: PasskeyAttestation

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("name", \.name, .text(1...100))
        Field("credential", \.credential)
    }
}

/// A sign-in's token and the passkey that becomes the person's first second factor.
package struct EnrolPasskeyRequest: WireValue {
    package let token: String
    package let name: String
    package let credential: PasskeyAttestation

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("token", \.token, .text(1...200))
        Field("name", \.name, .text(1...100))
        Field("credential", \.credential)
    }
}
