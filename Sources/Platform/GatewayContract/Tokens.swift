package import Kernel

/// A client assertion (RFC 7523) against an access token.
package struct TokenRequest: WireValue, Equatable {
    package let assertion: PassedSecret

    package init(assertion: PassedSecret) {
        self.assertion = assertion
    }

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("assertion", \.assertion)
    }
}

/// The bearer token of all other requests.
package struct AccessToken: WireValue, Equatable {
    package let accessToken: PassedSecret
    package let expiresInSeconds: Int

    package init(accessToken: PassedSecret, expiresInSeconds: Int) {
        self.accessToken = accessToken
        self.expiresInSeconds = expiresInSeconds
    }

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("accessToken", \.accessToken)
        Field("expiresInSeconds", \.expiresInSeconds, .int(1...3600))
    }
}

/// New keys of a worker, asked for by both the old and the new signing key.
package struct RotateKeysRequest: WireValue, Equatable {
    package let signingKey: Bytes
    package let sealingKey: Bytes
    package let signatureOld: Bytes
    package let signatureNew: Bytes

    package init(signingKey: Bytes, sealingKey: Bytes, signatureOld: Bytes, signatureNew: Bytes) {
        self.signingKey = signingKey
        self.sealingKey = sealingKey
        self.signatureOld = signatureOld
        self.signatureNew = signatureNew
    }

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("signingKey", \.signingKey, Bytes.schema(32...32))
        Field("sealingKey", \.sealingKey, Bytes.schema(32...32))
        Field("signatureOld", \.signatureOld, Bytes.schema(64...64), note: "By the key in use.")
        Field("signatureNew", \.signatureNew, Bytes.schema(64...64), note: "By the new key.")
    }
}

/// From now on the new keys count; the old signing key dies a little later.
package struct KeysRotated: WireValue, Equatable {
    package let oldKeyValidForSeconds: Int

    package init(oldKeyValidForSeconds: Int) {
        self.oldKeyValidForSeconds = oldKeyValidForSeconds
    }

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("oldKeyValidForSeconds", \.oldKeyValidForSeconds, .int(0...86_400))
    }
}
