import Cryptography
import Foundation
import GatewayContract
import Kernel
import Outbound
import TestSupport
import Testing

@testable import ControlPlane

/// In front of a gateway that both companies share.
extension CrossTenantTests {
    @Test func `the menu of a gateway shows and opens nothing of another company`() async throws {
        let installation = try await Installation()
        let acme = try await Household(installation.makeTenant("acme"))
        let bolt = try await Household(installation.makeTenant("bolt"))
        let worker = try await GatewayWorker(enrolledAt: installation)
        let theirs = try await acme.reachableAsset("acme-only")
        let own = try await bolt.reachableAsset("bolt-only")
        let admission = try await worker.admit(bolt)

        func menu(_ words: String?) async throws -> [String] {
            let page = try await worker.call(
                "/targets", TargetsRequest(admission: admission, words: words, page: 0), expecting: 200)
            return page.items.compactMap { $0["name"]?.text }
        }
        #expect(try await menu(nil) == ["bolt-only"])
        #expect(try await menu("only") == ["bolt-only"])
        for words in ["acme-only", "acme", theirs] { #expect(try await menu(words) == [], "\(words)") }

        func open(_ asset: String) async throws -> String {
            let answer = try await worker.call(
                "/sessions",
                SessionRequest(
                    admission: admission, target: SessionTarget(account: "root", asset: asset), protocol: .ssh,
                    channel: .shell, clientAddress: "192.0.2.1"))
            return answer.comparable(without: [asset])
        }
        let none = "ast_\(UserID.new().text.dropFirst(4))"
        // As long as the other name, because the answer repeats it.
        #expect(try await open("acme-only") == open("none-only"))
        #expect(try await open(theirs) == open(none))
        #expect(try await open(own) != open(none))
        // An admission is good for its own company only, whatever the request says.
        let other = try await worker.admit(acme)
        let page = try await worker.call("/targets", TargetsRequest(admission: other, page: 0), expecting: 200)
        #expect(page.items.compactMap { $0["name"]?.text } == ["acme-only"])
    }
}

extension Household {
    /// An asset that Ada herself may reach.
    fileprivate func reachableAsset(_ name: String) async throws -> String {
        let me = try await person.call(.get, "/me", expecting: 200).json["user"]?["id"]?.text ?? ""
        let asset = try await person.call(
            .post, "/assets", ["name": .string(name), "address": "192.0.2.7"], expecting: 201)["id"]
        try await person.call(
            .post, "/accounts",
            ["asset": .string(asset), "name": "root", "kind": "password", "secret": "a secret of no use"],
            expecting: 201)
        try await person.call(
            .post, "/grants",
            [
                "name": .string(name), "users": [.string(me)], "assets": [.string(asset)],
                "accounts": [["kind": "all"]], "protocols": ["ssh"], "actions": ["connect"],
            ], expecting: 201)
        return asset
    }
}

/// A gateway worker, as the server knows it.
private struct GatewayWorker {
    let installation: Installation
    let token: String

    init(enrolledAt installation: Installation) async throws {
        self.installation = installation
        let (signing, sealing) = (SigningKey(), SealingPrivateKey())
        let enrolment = try await installation.provider(.post, "/worker-enrolments", ["pool": "default"])["token"]
        func call(_ path: String, _ body: JSON) async throws -> Answer {
            let answer = try await installation.call(.post, "/worker/v1" + path, body, on: "workers")
            #expect(answer.status < 300, "\(path): \(answer.text)")
            return answer
        }
        let challenge = try await call("/enrolment-challenge", ["token": .string(enrolment)])
        let keys = (signing: Bytes(signing.verifyingKey.bytes), sealing: Bytes(sealing.publicKey.bytes))
        let text = ProofText.enrolment(
            token: PassedSecret(enrolment), challenge: try #require(Bytes(base64URL: challenge["challenge"])),
            signingKey: keys.signing, sealingKey: keys.sealing)
        let signature = Bytes(try signing.sign(text))
        let enrolled = try await call(
            "/enrol",
            [
                "token": .string(enrolment), "signingKey": .string(keys.signing.base64URL),
                "sealingKey": .string(keys.sealing.base64URL), "signature": .string(signature.base64URL),
                "name": "shared", "sshEndpoint": "127.0.0.1:2222", "webEndpoint": "ws://127.0.0.1:9000", "version": "1",
            ])
        let id = try #require(WorkerID(enrolled["worker"]))
        let assertion = WorkerAssertion(worker: id, issuedAt: Date(), id: Hex.encode(SecureRandom.bytes(16)))
        let signed = try assertion.signed { try signing.sign($0) }
        let request = try JSONParser.parse(TokenRequest.schema.bytes(of: TokenRequest(assertion: signed)))
        token = try await call("/tokens", request)["accessToken"]
    }

    func call<Body: WireValue>(_ path: String, _ body: Body, expecting status: Int? = nil) async throws -> Answer {
        let json = try JSONParser.parse(Body.schema.bytes(of: body))
        let answer = try await installation.call(.post, "/worker/v1" + path, json, on: "workers", bearer: token)
        if let status { #expect(answer.status == status, "\(path): \(answer.text)") }
        return answer
    }

    /// Lets the household's Ada in by a new key of hers.
    func admit(_ house: Household) async throws -> AdmissionID {
        let folder = TemporaryFolder()
        try await ChildProcess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", folder.file("key")])
        let line = try await ChildProcess.run(["cat", folder.file("key.pub")])
        try await house.person.call(
            .post, "/me/ssh-keys", ["name": "gateway", "publicKey": .string(line)], expecting: 201)
        let blob = try #require(Data(base64Encoded: String(line.split(separator: " ")[1])))
        let proof = PublicKeyProof(algorithm: "ssh-ed25519", publicKey: Bytes(Array(blob)))
        let answer = try await call(
            "/admissions",
            AdmissionRequest(
                tenant: house.person.slug, login: house.person.login, protocol: .ssh, clientAddress: "192.0.2.1",
                connection: Hex.encode(SecureRandom.bytes(8)), proof: .publicKey(proof)), expecting: 200)
        return try #require(AdmissionID(answer["admission"]), "\(answer.text)")
    }
}
