import Cryptography
import Foundation
import GatewayContract
import HTTPAPI
import Hosting
import Kernel
import Outbound
import Postgres
import TestSupport
import Testing

@testable import ControlPlane

/// Two workers of one installation, of which the second was taken over: it has an identity that is good, and asks for
/// everything that it could have heard of.
@Suite(.serialized) struct HostileWorkerTests {
    /// What the honest worker has in hand.
    struct Loot {
        let admission: AdmissionID
        let signed: SignedGrant
        let grant: SessionGrant
        let assertion: PassedSecret
    }

    struct Scene {
        let installation: Installation
        let household: Household
        let honest: ContractWorker
        let hostile: ContractWorker
        let loot: Loot

        init() async throws {
            installation = try await Installation()
            household = try await Household(installation.makeTenant("acme"))
            honest = try await ContractWorker(installation, name: "honest")
            hostile = try await ContractWorker(installation, name: "hostile")
            let key = try await household.openServer()
            let answer = try await honest.admit("ada", of: "acme", key: key)
            guard case .admitted(let admitted) = try AdmissionAnswer.schema.parse(answer.json) else {
                throw Unexpected(answer.text)
            }
            let opened = try await honest.post("/sessions", Household.ask(admitted.admission))
            guard case .granted(let signed) = try SessionAnswer.schema.parse(opened.json) else {
                throw Unexpected(opened.text)
            }
            loot = Loot(
                admission: admitted.admission, signed: signed,
                grant: try signed.opened(by: honest.serverKey.value, for: honest.id, now: Date()),
                assertion: try ContractWorker.assertion(of: honest.id, by: honest.signing))
        }

        /// Everything that is kept about the session, as the database has it.
        func evidence() async throws -> [String] {
            try await installation.test.superuser().query(
                """
                select to_jsonb(s)::text from sessions s where session_id = \(loot.grant.session)
                union all select to_jsonb(r)::text from recordings r where recording_id = \(loot.grant.recording.id)
                union all select count(*)::text from recording_segments
                union all select count(*)::text from commands where session_id = \(loot.grant.session)
                union all select to_jsonb(a)::text from admissions a
                union all select state || signing_key::text || sealing_key::text from workers
                  where worker_id = \(honest.id)
                """, { try $0.next(String.self) })
        }
    }

    struct Unexpected: Error, CustomStringConvertible {
        let description: String
        init(_ text: String) { description = text }
    }

    @Test func `with everything that one worker holds, nothing of another one's session is read or changed`()
        async throws
    {
        let scene = try await Scene()
        let (hostile, loot) = (scene.hostile, scene.loot)
        let before = try await scene.evidence()
        let session = loot.grant.session.text
        let recording = loot.grant.recording.id.text
        let fact = SessionFact(
            sequence: 1, at: Date(),
            event: .command(CommandFact(line: "rm -rf /", verdict: .allow, confidence: .high, offsetUs: 0)))
        let counters = Counters(seconds: 9, bytesIn: 9, bytesOut: 9, recordedBytes: 9, commands: 9)
        let report = SessionReport(session: loot.grant.session, sequence: 1 << 50, state: .live, counters: counters)
        let answersOfAnother = AdmissionRequest(
            tenant: "acme", login: "ada", protocol: .ssh, clientAddress: "192.0.2.1", connection: "c",
            proof: .answers(AnswersProof(answers: [PassedSecret("a"), PassedSecret("b")])), admission: loot.admission)
        let wish = RequestWish(asset: loot.grant.asset.id, name: "web-1", account: "root", durationSeconds: 3600)
        let keys = (Bytes(SigningKey().verifyingKey.bytes), Bytes(SealingPrivateKey().publicKey.bytes))
        let ownRotation = ProofText.rotation(of: scene.honest.id, signingKey: keys.0, sealingKey: keys.1)
        let attempts: [(operation: String, status: Int, answer: Answer)] = [
            (
                "worker.targets", 404,
                try await hostile.post("/targets", TargetsRequest(admission: loot.admission, page: 0))
            ),
            (
                "worker.requestable", 404,
                try await hostile.post(
                    "/requestable", RequestableQuestion(admission: loot.admission, words: "", page: 0))
            ),
            (
                "worker.requestPath", 404,
                try await hostile.post("/requests/path", RequestPathQuestion(admission: loot.admission, wish: wish))
            ),
            (
                "worker.askAccess", 404,
                try await hostile.post(
                    "/requests", NewRequest(admission: loot.admission, wish: wish, reason: "because"))
            ),
            (
                "worker.requests", 404,
                try await hostile.post("/requests/list", RequestListQuestion(admission: loot.admission, view: .inbox))
            ),
            (
                "worker.request", 404,
                try await hostile.post("/requests/show", RequestQuestion(admission: loot.admission, ticket: .new()))
            ),
            (
                "worker.decideRequest", 404,
                try await hostile.post(
                    "/requests/decision",
                    RequestDecision(
                        admission: loot.admission, ticket: .new(), isApproval: true, comment: "",
                        digest: String(repeating: "a", count: 64), code: PassedSecret("123456")))
            ),
            (
                "worker.withdrawRequest", 404,
                try await hostile.post(
                    "/requests/withdrawal", RequestQuestion(admission: loot.admission, ticket: .new()))
            ),
            (
                "worker.emergency", 404,
                try await hostile.post("/emergency", EmergencyQuestion(admission: loot.admission))
            ),
            (
                "worker.takeEmergency", 404,
                try await hostile.post(
                    "/requests/emergency",
                    NewEmergency(
                        admission: loot.admission, wish: wish, reason: "because", code: PassedSecret("123456")))
            ),
            (
                "worker.review", 404,
                try await hostile.post("/reviews", ReviewRequest(admission: loot.admission, ticket: .new()))
            ),
            // Of somebody else's it hears what it would of those who are not there.
            ("worker.waiting", 200, try await hostile.post("/waiting", WaitingList(admissions: [loot.admission]))),
            ("worker.openSession", 404, try await hostile.post("/sessions", Household.ask(loot.admission))),
            ("worker.facts", 404, try await hostile.post("/sessions/\(session)/facts", FactsReport(facts: [fact]))),
            (
                "worker.end", 404,
                try await hostile.post(
                    "/sessions/\(session)/end",
                    SessionEnd(
                        sequence: 1 << 50, reason: .exited, text: nil, exitStatus: 0, counters: counters, chain: nil))
            ),
            (
                "worker.hostKey", 404,
                try await hostile.post(
                    "/host-keys",
                    HostKeyReport(session: loot.grant.session, algorithm: "ssh-ed25519", key: Bytes([1])))
            ),
            ("worker.segment", 404, try await hostile.put("/recordings/\(recording)/segments/1", [1, 2, 3])),
            ("worker.resume", 404, try await hostile.post("/recordings/\(recording)/resume", Nothing())),
            ("worker.leases", 200, try await hostile.post("/leases", LeaseRequest(sessions: [report]))),
            ("worker.admit", 200, try await hostile.post("/admissions", answersOfAnother)),
            (
                "worker.rotateKeys", 403,
                try await hostile.post(
                    "/keys/rotate",
                    RotateKeysRequest(
                        signingKey: keys.0, sealingKey: keys.1,
                        signatureOld: Bytes(try hostile.signing.sign(ownRotation)),
                        signatureNew: Bytes(try hostile.signing.sign(ownRotation))))
            ),
            (
                "worker.health", 200,
                try await hostile.post(
                    "/health", HealthReport(sessions: 0, load: 0, spoolBytes: 0, version: "1", program: "x"))
            ),
        ]
        for (operation, status, answer) in attempts {
            #expect(answer.status == status, "\(operation): \(answer.text)")
            for secret in ["Ada", "web-1", loot.grant.user.id.text, loot.grant.asset.id.text, loot.grant.tenant.text] {
                #expect(!answer.text.contains(secret), "\(operation) tells \(secret)")
            }
        }
        // Nothing that a worker can ask was left out; its events are its own by the token alone.
        let asked = Set(Catalogue.worker.filter { !$0.isPublic }.map(\.name)).subtracting(["workerEvents.watch"])
        #expect(asked == Set(attempts.map(\.operation)))
        let lease = try LeaseAnswer.schema.parse(
            attempts.first { $0.operation == "worker.leases" }?.answer.json ?? .null)
        #expect(lease.sessions == [SessionLease(session: loot.grant.session, state: .unknown)])
        #expect(lease.tenants == [])
        guard
            case .refused = try AdmissionAnswer.schema.parse(
                attempts.first { $0.operation == "worker.admit" }?.answer.json ?? .null)
        else { throw Unexpected("somebody else's admission goes on") }

        let after = try await scene.evidence()
        #expect(before == after)
    }

    @Test func `another one's grant and identity are worth nothing`() async throws {
        let scene = try await Scene()
        let (hostile, loot) = (scene.hostile, scene.loot)
        #expect(throws: GrantFault.forAnotherWorker) {
            try loot.signed.opened(by: hostile.serverKey.value, for: hostile.id, now: Date())
        }
        for field in [SealedField.secret, .recordingKey] {
            let sealed = field == .secret ? loot.grant.sealedSecret : loot.grant.recording.sealedKey
            #expect(throws: (any Error).self) {
                try field.open(sealed, with: hostile.sealing.reveal().reveal(), session: loot.grant.session)
            }
            // For its own session id neither: what is sealed names the session that it is for.
            #expect(throws: (any Error).self) {
                try field.open(sealed, with: scene.honest.sealing.reveal().reveal(), session: .new())
            }
        }
        // An assertion counts once, and only with the key of who it names.
        #expect(try await ContractWorker.token(scene.installation, for: loot.assertion).status == 200)
        #expect(try await ContractWorker.token(scene.installation, for: loot.assertion).status == 401)
        let forged = try ContractWorker.assertion(of: scene.honest.id, by: hostile.signing)
        #expect(try await ContractWorker.token(scene.installation, for: forged).status == 401)
        let mixed = hostile.token.split(separator: ".").enumerated().map { index, part in
            index == 1 ? scene.honest.id.text[...] : part
        }.joined(separator: ".")
        let answer = try await scene.installation.call(
            .post, "/worker/v1/leases", ContractWorker.json(LeaseRequest(sessions: [])), on: "workers", bearer: mixed)
        #expect(answer.status == 401)
        // A worker is no person and no operator.
        for (host, path) in [("acme", "/api/v1/sessions"), ("provider", "/provider/v1/tenants")] {
            let answer = try await scene.installation.call(.get, path, on: host, bearer: hostile.token)
            #expect(answer.status == 401, "\(answer.text)")
        }
    }

    @Test func `quarantine voids everything at once, and a tenant's pool is closed to the workers of others`()
        async throws
    {
        let scene = try await Scene()
        let (honest, hostile) = (scene.honest, scene.hostile)
        #expect(try await scene.installation.provider(.post, "/workers/\(honest.id.text)/quarantine").status == 200)
        let answers = [
            try await honest.post("/leases", LeaseRequest(sessions: [])),
            try await honest.post("/sessions", Household.ask(scene.loot.admission)),
            try await honest.post(
                "/health", HealthReport(sessions: 0, load: 0, spoolBytes: 0, version: "1", program: "x")),
            try await ContractWorker.token(
                scene.installation, for: ContractWorker.assertion(of: honest.id, by: honest.signing)),
        ]
        for answer in answers { #expect(answer.status == 401, "\(answer.text)") }
        let session = try await scene.household.person.call(
            .get, "/sessions/\(scene.loot.grant.session.text)", expecting: 200)
        #expect(session["endReason"] == "worker-quarantined")

        // Bound to a pool of its own, the tenant does not exist for a worker of another one but as a place to go to.
        let tenant = scene.loot.grant.tenant.text
        let own = try await ContractWorker(scene.installation, name: "own", pool: "acme")
        let pinned = try await scene.installation.call(
            .put, "/provider/v1/tenants/\(tenant)/pinning", ["pools": ["acme"]], on: "provider",
            bearer: scene.installation.providerToken)
        #expect(pinned.status == 200, "\(pinned.text)")
        let key = Household.keyBlob(SigningKey())
        let line = "ssh-ed25519 \(Data(key).base64EncodedString()) ada"
        try await scene.household.person.call(
            .post, "/me/ssh-keys", ["name": "second", "publicKey": .string(line)], expecting: 201)
        let refused = try await hostile.admit("ada", of: "acme", key: key)
        #expect(
            try AdmissionAnswer.schema.parse(refused.json)
                == .refused(
                    AdmissionRefused(text: "This gateway does not serve you. Connect to own.example port 2222.")))
        guard
            case .admitted = try AdmissionAnswer.schema.parse(
                (try await own.admit("ada", of: "acme", key: key)).json)
        else { throw Unexpected("its own worker refuses") }
        let gateway = try await scene.household.person.call(.get, "/my/gateway", expecting: 200)
        #expect(gateway["sshHost"] == "own.example")
    }
}
