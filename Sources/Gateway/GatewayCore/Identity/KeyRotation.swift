import Cryptography
import GatewayContract
package import Logging
import ServiceLifecycle

/// Replaces the worker's keys every day: both the old and the new signing key sign the change.
package struct KeyRotation: Service {
    private let client: ControlPlaneClient
    private let identity: IdentityStore
    private let interval: Duration
    private let logger: Logger

    package init(
        client: ControlPlaneClient, identity: IdentityStore, interval: Duration = .seconds(86_400), logger: Logger
    ) {
        self.client = client
        self.identity = identity
        self.interval = interval
        self.logger = logger
    }

    package func run() async throws {
        await cancelWhenGracefulShutdown {
            while (try? await Task.sleep(for: interval)) != nil {
                do {
                    try await rotate()
                } catch {
                    logger.error(
                        "The worker's keys were not rotated; the old ones stay", metadata: ["error": "\(error)"])
                }
            }
        }
    }

    /// Rotates now.
    package func rotate() async throws {
        let old = identity.current
        let signingKey = SigningKey()
        let sealingKey = SealingPrivateKey()
        let signingBytes = Bytes(signingKey.verifyingKey.bytes)
        let sealingBytes = Bytes(sealingKey.publicKey.bytes)
        let text = ProofText.rotation(of: old.worker, signingKey: signingBytes, sealingKey: sealingBytes)
        let _: KeysRotated = try await client.post(
            "keys/rotate",
            RotateKeysRequest(
                signingKey: signingBytes, sealingKey: sealingBytes,
                signatureOld: Bytes(try old.signingKey.sign(text)), signatureNew: Bytes(try signingKey.sign(text))))
        try identity.replace(
            by: WorkerIdentity(
                worker: old.worker, signingKey: signingKey, sealingKey: sealingKey, formerSealingKey: old.sealingKey,
                serverKey: old.serverKey))
    }
}
