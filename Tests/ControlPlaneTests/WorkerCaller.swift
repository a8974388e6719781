import Cryptography
import Foundation
import GatewayContract
import HTTPAPI
import Kernel
import Outbound
import Recording
import TestSupport
import Testing

@testable import ControlPlane

/// A worker that serves a household: each call about an admission or a session is about a fresh one.
struct WorkerCaller: Caller {
    private let house: Household
    private let worker: ContractWorker
    private let key: [UInt8]
    private let folder = TemporaryFolder()

    var operations: [HTTPAPI.Operation] { Catalogue.worker }
    var seesTenants: Bool { false }

    init(serving house: Household) async throws {
        self.house = house
        worker = try await ContractWorker(house.person.installation, name: "serving-\(house.person.slug)")
        key = try await house.openServer()
    }

    func prepare(_ operation: HTTPAPI.Operation, naming other: Household?) async throws -> ReadyCall? {
        // A worker names what it was given; of another household it knows nothing.
        guard other == nil else { return nil }
        switch operation.name {
        // It does not end by itself.
        case "workerEvents.watch": return nil
        case "worker.admit": return { try await admit() }
        case "worker.targets":
            let admission = try await admission()
            return { try await worker.post("/targets", TargetsRequest(admission: admission, page: 0)) }
        case "worker.openSession":
            let admission = try await admission()
            return { try await worker.post("/sessions", Household.ask(admission)) }
        case "worker.requestable", "worker.requestPath", "worker.askAccess", "worker.requests", "worker.request",
            "worker.decideRequest", "worker.withdrawRequest", "worker.emergency", "worker.takeEmergency":
            return try await request(operation.name, admission: try await admission())
        case "worker.health":
            return {
                try await worker.post(
                    "/health", HealthReport(sessions: 0, load: 0, spoolBytes: 0, version: "1", program: "x"))
            }
        case "worker.rotateKeys": return try await rotation()
        case _ where operation.isPublic: return try await enrolment(operation.name)
        default: return try await call(about: try await session(), operation.name)
        }
    }

    /// About a request of the person's own, a fresh one where it is to change.
    private func request(_ name: String, admission: AdmissionID) async throws -> ReadyCall? {
        let asset = try #require(AssetID(house.ids["assets"] ?? ""))
        let wish = RequestWish(asset: asset, name: "web-1", account: "root", durationSeconds: 3600)
        let ask = NewRequest(admission: admission, wish: wish, reason: "Disk is full")
        switch name {
        case "worker.requestable":
            return {
                try await worker.post("/requestable", RequestableQuestion(admission: admission, words: "", page: 0))
            }
        case "worker.requestPath":
            return {
                try await worker.post("/requests/path", RequestPathQuestion(admission: admission, wish: wish))
            }
        case "worker.askAccess": return { try await worker.post("/requests", ask) }
        case "worker.requests":
            return { try await worker.post("/requests/list", RequestListQuestion(admission: admission, view: .mine)) }
        case "worker.request":
            let ticket = try #require(TicketID(house.ids["tickets"] ?? ""))
            return {
                try await worker.post("/requests/show", RequestQuestion(admission: admission, ticket: ticket))
            }
        case "worker.emergency":
            return { try await worker.post("/emergency", EmergencyQuestion(admission: admission)) }
        // Nobody else of the household is there who asks, and nobody decides their own; a person has fifty open requests at
        // most, so that there is not a fresh one for each call that takes one back.
        default: return nil
        }
    }

    private func call(about grant: SessionGrant, _ name: String) async throws -> ReadyCall? {
        let (session, recording) = (grant.session, grant.recording.id.text)
        let counters = Counters(seconds: 9, bytesIn: 9, bytesOut: 9, recordedBytes: 9, commands: 9)
        switch name {
        case "worker.facts":
            let command = CommandFact(line: "id", verdict: .allow, confidence: .high, offsetUs: 0)
            let failure = FailedFact(phase: "relay", cause: "the target went away")
            let events: [FactEvent] = [.connected(ConnectedFact()), .command(command), .failed(failure)]
            let facts = events.enumerated().map { SessionFact(sequence: $0.offset + 1, at: Date(), event: $0.element) }
            return { try await worker.post("/sessions/\(session.text)/facts", FactsReport(facts: facts)) }
        case "worker.end":
            let end = SessionEnd(
                sequence: 9, reason: .exited, text: nil, exitStatus: 0, counters: counters, chain: nil)
            return { try await worker.post("/sessions/\(session.text)/end", end) }
        case "worker.hostKey":
            let report = HostKeyReport(
                session: session, algorithm: "ssh-ed25519", key: Bytes(Household.keyBlob(SigningKey())))
            return { try await worker.post("/host-keys", report) }
        case "worker.leases":
            let report = SessionReport(session: session, sequence: 1, state: .live, counters: counters)
            return { try await worker.post("/leases", LeaseRequest(sessions: [report])) }
        case "worker.resume": return { try await worker.post("/recordings/\(recording)/resume", Nothing()) }
        case "worker.segment":
            let bytes = try await container(of: grant, showing: "$ ")
            return { try await worker.put("/recordings/\(recording)/segments/1", bytes) }
        default: return nil
        }
    }

    private func admit() async throws -> Answer {
        try await worker.admit(house.person.login, of: house.person.slug, key: key)
    }

    private func admission() async throws -> AdmissionID {
        let answer = try await admit()
        guard case .admitted(let admitted) = try AdmissionAnswer.schema.parse(answer.json) else {
            throw Refusal(text: answer.text)
        }
        return admitted.admission
    }

    private func session() async throws -> SessionGrant {
        let answer = try await worker.post("/sessions", Household.ask(try await admission()))
        guard case .granted(let signed) = try SessionAnswer.schema.parse(answer.json) else {
            throw Refusal(text: answer.text)
        }
        return try signed.opened(by: worker.serverKey.value, for: worker.id, now: Date())
    }

    private struct Refusal: Error {
        let text: String
    }

    struct Recorded {
        let tenant: TenantID
        let session: SessionID
        let recording: RecordingID
    }

    /// A session in which a text was shown, whose recording is stored and sealed.
    func record(_ text: String) async throws -> Recorded {
        let grant = try await session()
        let recording = grant.recording.id
        let stored = try await put(
            "/recordings/\(recording.text)/segments/1", try await container(of: grant, showing: text))
        #expect(stored.status == 200, "\(stored.text)")
        try await eventually("the recording is sealed", within: .seconds(20)) {
            let path = "/sessions/\(grant.session.text)/recording/receipt"
            return try await house.person.call(.get, path).status == 200
        }
        return Recorded(tenant: grant.tenant, session: grant.session, recording: recording)
    }

    func put(_ path: String, _ bytes: [UInt8]) async throws -> Answer {
        try await worker.put(path, bytes)
    }

    /// The whole recording of a session in which one line was shown.
    private func container(of grant: SessionGrant, showing text: String) async throws -> [UInt8] {
        let key = try RecordingKey(
            bytes: SealedField.recordingKey.open(
                grant.recording.sealedKey, with: worker.sealing.reveal().reveal(), session: grant.session))
        let now = Date()
        let spool = folder.file(grant.session.text)
        try FileManager.default.createDirectory(atPath: spool, withIntermediateDirectories: true)
        let writer = try RecordingWriter(
            header: RecordingHeader(
                recording: grant.recording.id, session: grant.session, tenant: grant.tenant, worker: worker.id,
                kind: .terminal, started: RecordingInstant(now), key: grant.recording.tenantKey,
                wrapped: grant.recording.wrappedKey.value, screen: .init(term: "xterm", columns: 80, rows: 24)),
            key: key, spool: spool, options: RecordingOptions(), engine: RecordingEngine(sealers: 1, syncers: 1))
        _ = try writer.append(.output, Array(text.utf8), at: now)
        try writer.finish(reason: "exited", exit: 0, at: now)
        await writer.closed()
        return try RecordingSegment.plan(writer.folder, from: 1).flatMap { try $0.read() }
    }

    /// Two workers of one name are refused.
    private static func name() -> String { "w" + Hex.encode(SecureRandom.bytes(6)) }

    /// Of a worker of its own, which has other keys afterwards.
    private func rotation() async throws -> ReadyCall {
        let worker = try await ContractWorker(house.person.installation, name: Self.name())
        let new = SigningKey()
        let keys = (signing: Bytes(new.verifyingKey.bytes), sealing: Bytes(SealingPrivateKey().publicKey.bytes))
        let text = ProofText.rotation(of: worker.id, signingKey: keys.signing, sealingKey: keys.sealing)
        let request = RotateKeysRequest(
            signingKey: keys.signing, sealingKey: keys.sealing,
            signatureOld: Bytes(try worker.signing.sign(text)), signatureNew: Bytes(try new.sign(text)))
        return { try await worker.post("/keys/rotate", request) }
    }

    private func enrolment(_ name: String) async throws -> ReadyCall? {
        let installation = house.person.installation
        switch name {
        case let name where name.hasSuffix(".token"):
            let assertion = try ContractWorker.assertion(of: worker.id, by: worker.signing)
            return { try await ContractWorker.token(installation, for: assertion) }
        case let name where name.hasSuffix(".enrol"):
            let identity = try await ContractWorker.Identity(installation, name: Self.name(), pool: "default")
            return { try await installation.call(.post, "/worker/v1/enrol", identity.request, on: "workers") }
        default:
            let token = PassedSecret(
                try await installation.provider(.post, "/worker-enrolments", ["pool": "default"])["token"])
            return {
                try await installation.call(
                    .post, "/worker/v1/enrolment-challenge",
                    ContractWorker.json(EnrolmentChallengeRequest(token: token)), on: "workers")
            }
        }
    }
}
