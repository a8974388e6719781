import Cryptography
import Foundation
import GatewayContract
import Kernel
import Outbound
import Testing

/// A worker as the server sees it: an identity of its own, and whatever it wants to ask.
struct ContractWorker {
    let installation: Installation
    let id: WorkerID
    let serverKey: Bytes
    let signing: SigningKey
    let sealing: SealingPrivateKey
    let token: String

    /// The keys of a worker, and how it asks to be one by a token of the provider.
    struct Identity {
        let signing = SigningKey()
        let sealing = SealingPrivateKey()
        let request: JSON

        init(_ installation: Installation, name: String, pool: String) async throws {
            let prepared = try await installation.provider(.post, "/worker-enrolments", ["pool": .string(pool)])
            let enrolment = PassedSecret(prepared["token"])
            let asked = try await installation.call(
                .post, "/worker/v1/enrolment-challenge", json(EnrolmentChallengeRequest(token: enrolment)),
                on: "workers")
            let challenge = try EnrolmentChallenge.schema.parse(asked.json)
            let keys = (Bytes(signing.verifyingKey.bytes), Bytes(sealing.publicKey.bytes))
            let text = ProofText.enrolment(
                token: enrolment, challenge: challenge.challenge, signingKey: keys.0, sealingKey: keys.1)
            request = json(
                EnrolRequest(
                    token: enrolment, signingKey: keys.0, sealingKey: keys.1, signature: Bytes(try signing.sign(text)),
                    name: name, sshEndpoint: "\(name).example:2222", webEndpoint: "wss://\(name).example",
                    version: "1"))
        }
    }

    /// Enrols with a token of the provider, and signs in.
    init(_ installation: Installation, name: String, pool: String = "default") async throws {
        let identity = try await Identity(installation, name: name, pool: pool)
        let answer = try await installation.call(.post, "/worker/v1/enrol", identity.request, on: "workers")
        let enrolled = try Enrolled.schema.parse(answer.json)
        self.installation = installation
        signing = identity.signing
        sealing = identity.sealing
        id = enrolled.worker
        serverKey = enrolled.serverKey
        let assertion = try Self.assertion(of: enrolled.worker, by: signing)
        token = try await Self.token(installation, for: assertion)["accessToken"]
    }

    static func assertion(of worker: WorkerID, by key: SigningKey) throws -> PassedSecret {
        try WorkerAssertion(worker: worker, issuedAt: Date(), id: UUID().uuidString).signed { try key.sign($0) }
    }

    static func token(_ installation: Installation, for assertion: PassedSecret) async throws -> Answer {
        try await installation.call(
            .post, "/worker/v1/tokens", json(TokenRequest(assertion: assertion)), on: "workers")
    }

    static func json<Value: WireValue>(_ value: Value) -> JSON {
        (try? JSONParser.parse(Value.schema.bytes(of: value))) ?? .null
    }

    func post<Body: WireValue>(_ path: String, _ body: Body) async throws -> Answer {
        try await installation.call(.post, "/worker/v1" + path, Self.json(body), on: "workers", bearer: token)
    }

    func put(_ path: String, _ bytes: [UInt8]) async throws -> Answer {
        try await installation.call(
            .put, "/worker/v1" + path, on: "workers", bearer: token,
            headers: ["Content-Type": "application/octet-stream"], raw: bytes)
    }

    /// Somebody with a key, let in.
    func admit(_ login: String, of tenant: String, key: [UInt8]) async throws -> Answer {
        try await post(
            "/admissions",
            AdmissionRequest(
                tenant: tenant, login: login, protocol: .ssh, clientAddress: "192.0.2.1", connection: "c",
                proof: .publicKey(PublicKeyProof(algorithm: "ssh-ed25519", publicKey: Bytes(key)))))
    }
}
