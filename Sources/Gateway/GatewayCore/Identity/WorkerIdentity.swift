package import Cryptography
package import GatewayContract
package import Kernel

/// Who a worker is, and what it can read: made at enrolment, kept in one file of mode 0600.
package struct WorkerIdentity: Sendable {
    package let worker: WorkerID
    /// Signs assertions.
    package let signingKey: SigningKey
    /// Opens what is sealed to this worker.
    package let sealingKey: SealingPrivateKey
    /// Opens what was sealed before the last rotation and is still on its way.
    package let formerSealingKey: SealingPrivateKey?
    /// The installation's key, which signs session grants.
    package let serverKey: Bytes

    package init(
        worker: WorkerID, signingKey: SigningKey, sealingKey: SealingPrivateKey,
        formerSealingKey: SealingPrivateKey? = nil, serverKey: Bytes
    ) {
        self.worker = worker
        self.signingKey = signingKey
        self.sealingKey = sealingKey
        self.formerSealingKey = formerSealingKey
        self.serverKey = serverKey
    }
}

extension WorkerIdentity {
    /// What stands in the file.
    struct Stored: WireValue {
        let worker: WorkerID
        let signingKey: Bytes
        let sealingKey: Bytes
        let formerSealingKey: Bytes?
        let serverKey: Bytes

        static let schema: Schema<Self> = .record(Self.init) {
            Field("worker", \.worker)
            Field("signingKey", \.signingKey, Bytes.schema(32...32))
            Field("sealingKey", \.sealingKey, Bytes.schema(32...32))
            Field("formerSealingKey", \.formerSealingKey, Bytes.schema(32...32))
            Field("serverKey", \.serverKey, Bytes.schema(32...32))
        }
    }

    var stored: Stored {
        Stored(
            worker: worker, signingKey: Bytes(signingKey.reveal().reveal()),
            sealingKey: Bytes(sealingKey.reveal().reveal()),
            formerSealingKey: formerSealingKey.map { Bytes($0.reveal().reveal()) }, serverKey: serverKey)
    }

    init(_ stored: Stored) throws {
        self.init(
            worker: stored.worker, signingKey: try SigningKey(seed: stored.signingKey.value),
            sealingKey: try SealingPrivateKey(bytes: stored.sealingKey.value),
            formerSealingKey: try stored.formerSealingKey.map { try SealingPrivateKey(bytes: $0.value) },
            serverKey: stored.serverKey)
    }
}
