package import Cryptography
import GatewayContract
package import Outbound

/// Makes this machine a worker, by a one-time token.
package struct Enrolment: Sendable {
    private let api: ControlPlaneAPI

    package init(address: String, http: HTTPClient) {
        api = ControlPlaneAPI(http: http, base: ControlPlaneClient.base(address))
    }

    /// What the control plane is told about the worker.
    package struct Description: Sendable {
        package let name: String
        package let sshEndpoint: String
        package let webEndpoint: String
        package let version: String

        package init(name: String, sshEndpoint: String, webEndpoint: String, version: String) {
            self.name = name
            self.sshEndpoint = sshEndpoint
            self.webEndpoint = webEndpoint
            self.version = version
        }
    }

    /// Proves that the keys are held, and returns the identity. The token is spent.
    package func callAsFunction(token: Redacted<String>, _ description: Description) async throws -> WorkerIdentity {
        let secret = PassedSecret(token.reveal())
        let signingKey = SigningKey()
        let sealingKey = SealingPrivateKey()
        let signingBytes = Bytes(signingKey.verifyingKey.bytes)
        let sealingBytes = Bytes(sealingKey.publicKey.bytes)
        let challenge: EnrolmentChallenge = try await api.post(
            "enrolment-challenge", EnrolmentChallengeRequest(token: secret))
        let text = ProofText.enrolment(
            token: secret, challenge: challenge.challenge, signingKey: signingBytes, sealingKey: sealingBytes)
        let enrolled: Enrolled = try await api.post(
            "enrol",
            EnrolRequest(
                token: secret, signingKey: signingBytes, sealingKey: sealingBytes,
                signature: Bytes(try signingKey.sign(text)), name: description.name,
                sshEndpoint: description.sshEndpoint, webEndpoint: description.webEndpoint,
                version: description.version))
        return WorkerIdentity(
            worker: enrolled.worker, signingKey: signingKey, sealingKey: sealingKey, serverKey: enrolled.serverKey)
    }
}
