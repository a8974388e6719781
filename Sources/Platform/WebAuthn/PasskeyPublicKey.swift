import CFido2

/// How a passkey signs, by COSE's numbers.
package enum PasskeyAlgorithm: Int, Sendable, CaseIterable {
    case es256 = -7
    case edDSA = -8
    case rs256 = -257
}

/// The public key of a passkey, in libfido2's raw form: `x ‖ y`, the 32 bytes of Ed25519, or `n ‖ e`.
package struct PasskeyPublicKey: Sendable, Equatable {
    package let algorithm: PasskeyAlgorithm
    package let bytes: [UInt8]

    package init(algorithm: PasskeyAlgorithm, bytes: [UInt8]) {
        self.algorithm = algorithm
        self.bytes = bytes
    }

    /// Hands libfido2's key to `body`. A point that is not on the curve is none.
    func with<Value>(_ body: (UnsafeRawPointer) -> Value) throws(WebAuthnRefusal) -> Value {
        switch algorithm {
        case .es256:
            var key = es256_pk_new()
            defer { es256_pk_free(&key) }
            guard let key, es256_pk_from_ptr(key, bytes, bytes.count) == FIDO_OK else { throw .key }
            return body(UnsafeRawPointer(key))
        case .edDSA:
            var key = eddsa_pk_new()
            defer { eddsa_pk_free(&key) }
            guard let key, eddsa_pk_from_ptr(key, bytes, bytes.count) == FIDO_OK else { throw .key }
            return body(UnsafeRawPointer(key))
        case .rs256:
            var key = rs256_pk_new()
            defer { rs256_pk_free(&key) }
            guard let key, rs256_pk_from_ptr(key, bytes, bytes.count) == FIDO_OK else { throw .key }
            return body(UnsafeRawPointer(key))
        }
    }
}
