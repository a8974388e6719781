import Cryptography
import Foundation
import GatewayContract
import Kernel
import Outbound
import Postgres
import Synchronization
import TestSupport
import Testing

@testable import ControlPlane

/// Hundreds who wait at one worker for somebody to agree to their sign-in, as the server sees them.
@Suite(.serialized) struct GatewayWaitTests {
    private static let count = 600

    /// A company in which all waiters need Ada's word, and a worker.
    private struct Scene {
        let installation: Installation
        let ada: Person
        let worker: ContractWorker
        /// By which they wait.
        let rule: JSON

        init() async throws {
            installation = try await Installation()
            ada = try await installation.makeTenant("acme")
            worker = try await ContractWorker(installation, name: "one")
            let group = try await ada.call(.post, "/groups", ["name": "waiters"], expecting: 201)
            _ = try await installation.test.superuser().execute(
                """
                with p as (
                  select n, gen_random_uuid() as id, t.tenant_id as tenant,
                    \(Self.header) || sha256(convert_to('waiter' || n, 'UTF8')) as key
                  from generate_series(0, \(GatewayWaitTests.count - 1)) n, tenants t where t.slug = 'acme'
                ), u as (
                  insert into users (tenant_id, user_id, login, name) select tenant, id, 'waiter' || n, 'Waiter ' || n from p
                ), b as (
                  insert into role_bindings (tenant_id, role_id, user_id)
                  select p.tenant, r.role_id, p.id from p join roles r on r.tenant_id = p.tenant and r.built_in = 'user'
                ), g as (
                  insert into group_members (tenant_id, group_id, user_id)
                  select p.tenant, g.group_id, p.id from p join groups g on g.tenant_id = p.tenant and g.name = 'waiters'
                )
                insert into ssh_keys (tenant_id, ssh_key_id, user_id, name, algorithm, fingerprint, public_key)
                select tenant, gen_random_uuid(), id, 'k', 'ssh-ed25519',
                  'SHA256:' || rtrim(encode(sha256(key), 'base64'), '='), key from p
                """)
            let me = try await ada.call(.get, "/me", expecting: 200).json["user"]?["id"]?.text ?? ""
            rule = [
                "name": "four eyes", "who": [["group": .string(group["id"])]], "action": "review",
                "asked": [["user": .string(me)]],
            ]
            try await set([rule])
        }

        /// What the blobs of all keys of the kind begin with.
        private static let header = Array(Household.keyBlob(SigningKey()).dropLast(32))

        func set(_ rules: JSON) async throws {
            guard case .int(let version)? = try await ada.call(.get, "/sign-in-rules", expecting: 200).json["version"]
            else { throw CocoaError(.coderReadCorrupt) }
            try await ada.call(.put, "/sign-in-rules", ["rules": rules], version: Int(version), expecting: 200)
        }

        func admit(_ number: Int, _ proof: AdmissionProof, _ admission: AdmissionID? = nil) async throws
            -> AdmissionAnswer
        {
            let answer = try await worker.post(
                "/admissions",
                AdmissionRequest(
                    tenant: "acme", login: "waiter\(number)", protocol: .ssh,
                    clientAddress: "10.9.\(number / 100).\(number % 100 + 1)", connection: "c\(number)", proof: proof,
                    admission: admission))
            return try AdmissionAnswer.schema.parse(answer.json)
        }

        /// Somebody's key is right, and somebody has to agree.
        func wait(_ number: Int) async throws -> AdmissionID {
            let blob = Self.header + Hash256.of(Array("waiter\(number)".utf8)).bytes
            let proof = PublicKeyProof(algorithm: "ssh-ed25519", publicKey: Bytes(blob))
            let answer = try await admit(number, .publicKey(proof))
            guard case .challenge(let challenge) = answer, challenge.prompts.isEmpty else {
                throw HostileWorkerTests.Unexpected("\(answer)")
            }
            return challenge.admission
        }

        func ask(_ number: Int, _ admission: AdmissionID) async throws -> AdmissionAnswer {
            try await admit(number, .waiting(WaitingProof()), admission)
        }

        func look(_ list: [AdmissionID]) async throws -> [AdmissionID] {
            let answer = try await worker.post("/waiting", WaitingList(admissions: list))
            return try WaitingNews.schema.parse(answer.json).admissions
        }

        /// The last one first.
        func tickets(of number: Int) async throws -> [TicketID] {
            try await installation.test.superuser().query(
                """
                select t.ticket_id from tickets t
                join users u on u.tenant_id = t.tenant_id and u.user_id = t.requester_id
                where u.login = \("waiter\(number)") and t.kind = 'sign-in' order by t.number desc
                """
            ) { try $0.next(TicketID.self) }
        }

        func ticket(of number: Int) async throws -> TicketID {
            try #require(try await tickets(of: number).first)
        }

        /// So many questions at the same moment about one who waits.
        func ask(_ number: Int, _ admission: AdmissionID, times: Int) async throws -> [AdmissionAnswer] {
            try await withThrowingTaskGroup(of: AdmissionAnswer.self) { group in
                for _ in 0..<times { group.addTask { try await ask(number, admission) } }
                return try await group.reduce(into: [AdmissionAnswer]()) { $0.append($1) }
            }
        }

        func decide(_ number: Int, _ outcome: String) async throws {
            let ticket = try await ticket(of: number)
            let shown = try await ada.call(.get, "/tickets/\(ticket.text)", expecting: 200)
            try await ada.call(
                .post, "/tickets/\(ticket.text)/decision",
                ["outcome": .string(outcome), "digest": .string(shown["digest"])], expecting: 200)
        }

        func state(of number: Int) async throws -> String {
            let ticket = try await ticket(of: number)
            return try await ada.call(.get, "/tickets/\(ticket.text)", expecting: 200)["state"]
        }

        /// The server's figures that have no label.
        func figure(_ name: String) async throws -> Double? {
            let text = String(
                decoding: try await installation.fetch("/metrics", host: "127.0.0.1").body, as: UTF8.self)
            let line = text.split(separator: "\n").first { $0.hasPrefix("gatehouse_\(name) ") }
            return line?.split(separator: " ").last.flatMap { Double($0) }
        }
    }

    /// What a worker's stream has said about those who wait.
    private final class Ear: Sendable {
        private let heard = Mutex<[AdmissionID]>([])
        var all: [AdmissionID] { heard.withLock { $0 } }

        func forget() { heard.withLock { $0 = [] } }

        func listen(_ stream: OutboundStream) async throws {
            var parser = ServerSentEventParser(lastEventID: nil)
            for try await bytes in stream {
                for event in try parser.receive(bytes) {
                    guard let json = try? JSONParser.parse(Array(event.data.utf8)),
                        let known = try? WorkerEvent.schema.parse(json), known.kind == .decision,
                        let admission = known.admission
                    else { continue }
                    heard.withLock { $0.append(admission) }
                }
            }
        }
    }

    @Test(.timeLimit(.minutes(10)))
    func `six hundred who wait hold no call, are told of in one, and hear at once, each what is theirs`()
        async throws
    {
        let scene = try await Scene()
        let ear = Ear()
        let stream = try await scene.installation.stream(
            "/events", on: "workers", bearer: scene.worker.token, api: "/worker/v1")
        try await withThrowingTaskGroup(of: Void.self) { listening in
            listening.addTask { try await ear.listen(stream) }
            defer { listening.cancelAll() }
            // Who has sat down is told of while the others do: nobody is taken for gone.
            let waiting = try await withThrowingTaskGroup(of: [Int: AdmissionID].self) { group in
                for first in 0..<8 {
                    group.addTask {
                        var found: [Int: AdmissionID] = [:]
                        for number in stride(from: first, to: Self.count, by: 8) {
                            found[number] = try await scene.wait(number)
                            if found.count.isMultiple(of: 5) { _ = try await scene.look(Array(found.values)) }
                        }
                        return found
                    }
                }
                var all: [Int: AdmissionID] = [:]
                for try await some in group { all.merge(some) { $1 } }
                return all
            }
            #expect(waiting.count == Self.count)
            // The stream, and the question for the figures themselves.
            #expect(try await scene.figure("http_requests_waiting") == 0)
            let working = try #require(try await scene.figure("http_requests_in_flight"))
            #expect(working <= 2)
            let list = Array(waiting.values)
            #expect(try await scene.look(list) == [])
            #expect(ear.all == [])

            func hears(_ number: Int) async throws {
                try await eventually("\(number) is told of") { ear.all == [waiting[number]!] }
                ear.forget()
            }
            guard case .challenge = try await scene.ask(1, waiting[1]!) else {
                throw HostileWorkerTests.Unexpected("let in without a word")
            }
            try await scene.decide(1, "approved")
            try await hears(1)
            #expect(try await scene.look(list) == [waiting[1]!])
            // Another connection's question is worth nothing.
            guard case .refused = try await scene.ask(2, waiting[1]!) else {
                throw HostileWorkerTests.Unexpected("let somebody else in")
            }
            guard case .admitted = try await scene.ask(1, waiting[1]!),
                case .refused = try await scene.ask(1, waiting[1]!)
            else { throw HostileWorkerTests.Unexpected("not let in, or twice") }
            try await scene.decide(2, "rejected")
            try await hears(2)
            guard case .refused(let refusal) = try await scene.ask(2, waiting[2]!) else {
                throw HostileWorkerTests.Unexpected("let in though refused")
            }
            #expect(refusal.text == "Nobody agreed to this sign-in.")
            // Whoever leaves is asked about no more, and whoever is shut out is told.
            _ = try await scene.admit(3, .gone(GoneProof()), waiting[3]!)
            #expect(try await scene.state(of: 3) == "withdrawn")
            #expect(try await Set(scene.look(list)) == Set([1, 2, 3].map { waiting[$0]! }))
            ear.forget()
            // The rules change: all who wait are asked about again, and let in.
            try await scene.set([])
            let rest = Set(waiting.filter { $0.key == 0 || $0.key > 3 }.values)
            try await eventually("all are told of") { Set(ear.all).isSuperset(of: rest) }
            #expect(Set(ear.all) == rest)
            guard case .admitted = try await scene.ask(4, waiting[4]!) else {
                throw HostileWorkerTests.Unexpected("kept out by a rule that is gone")
            }
        }
    }

    @Test(.timeLimit(.minutes(5)))
    func `of many questions at once about one who waits one asks others, and one lets them in`() async throws {
        let scene = try await Scene()
        let admission = try await scene.wait(1)
        // Another rule, by which they have to be asked about again.
        try await scene.set([scene.rule])
        let waiting = try await scene.ask(1, admission, times: 8)
        #expect(waiting.allSatisfy { if case .challenge = $0 { true } else { false } }, "\(waiting)")
        #expect(try await scene.tickets(of: 1).count == 2)
        try await scene.decide(1, "approved")
        let answers = try await scene.ask(1, admission, times: 8)
        #expect(answers.count { if case .admitted = $0 { true } else { false } } == 1, "\(answers)")
        #expect(answers.count { if case .refused = $0 { true } else { false } } == 7, "\(answers)")
        // Nobody was asked again, and the others have taken nothing from whoever is in.
        #expect(try await scene.tickets(of: 1).count == 2)
        #expect(try await scene.worker.post("/targets", TargetsRequest(admission: admission, page: 0)).status == 200)

        // One leaves while they are asked about: they are in, or nobody is asked about them.
        let second = try await scene.wait(2)
        try await scene.decide(2, "approved")
        let (looks, gone) = try await withThrowingTaskGroup(of: AdmissionAnswer.self) { group in
            for _ in 0..<4 { group.addTask { try await scene.admit(2, .gone(GoneProof()), second) } }
            let looks = try await scene.ask(2, second, times: 4)
            return (looks, try await group.reduce(into: [AdmissionAnswer]()) { $0.append($1) })
        }
        #expect(gone.allSatisfy { if case .refused = $0 { true } else { false } }, "\(gone)")
        let isIn = looks.contains { if case .admitted = $0 { true } else { false } }
        let reached = try await scene.worker.post("/targets", TargetsRequest(admission: second, page: 0)).status
        #expect((reached == 200) == isIn, "\(looks)")
        #expect(try await scene.tickets(of: 2).count == 1)
    }
}
