import Audit
import Cryptography
import FoundationEssentials
import HTTPAPI
import Kernel
import Messaging
import Postgres
import Stage
import Synchronization
import TestSupport
import Testing

@testable import Tickets

/// Levels that are approved with a passkey: what is asked to be signed, and that the answer counts for nothing else. That
/// what was signed was signed is Identity's to say, and tried with an authenticator there.
@Suite struct PasskeyDecisionTests {
    /// Says of every answer that it is right, and remembers what it was asked.
    private final class Keys: Sendable {
        let proven = Mutex<[[UInt8]]>([])

        var port: PasskeyPort {
            PasskeyPort { challenge, _, _, _ in
                ["challenge": .string(Base64URL.encode(challenge))]
            } proof: { [self] _, challenge, user, _, _, _, _ in
                proven.withLock { $0.append(challenge) }
                return ["passkey": .string(user.text)]
            }
        }
    }

    private struct Office {
        let desk: Desk
        let keys = Keys()
        let ticket: Ticket
        let endpoints: [MountedEndpoint]

        init() async throws {
            desk = try await Desk()
            ticket = try await desk.open([.of(desk.ann, desk.abe, needsPasskey: true), .of(desk.bob)])
            let tickets = Tickets(
                database: desk.stage.database, access: desk.access, messaging: desk.messaging, outbox: Outbox(),
                portal: TicketPortal { _ in "https://acme.example" }, passkeys: keys.port)
            endpoints = desk.stage.mount(TicketRoutes.group, on: tickets)
        }

        func call(_ name: String, _ body: JSON, by user: UserID) async throws -> Answer {
            try await desk.stage.call(endpoints, name, [ticket.id.text], body: body, by: user, in: desk.scope)
        }

        func ask(by user: UserID, _ more: JSON = [:], digest: String? = nil) async throws -> Answer {
            let body: JSON = ["digest": .string(digest ?? ticket.digest)]
            return try await call("tickets.decision-challenge", body.merging(more), by: user)
        }

        func decide(
            by user: UserID, signing question: Answer? = nil, _ more: JSON = [:], digest: String? = nil,
            outcome: String = "approved"
        ) async throws -> Answer {
            var body: JSON = ["outcome": .string(outcome), "digest": .string(digest ?? ticket.digest)]
            if let question {
                let data: JSON = ["challenge": question.json["options"]?["challenge"] ?? .null]
                body = body.merging(["passkey": ["clientDataJSON": .string(Base64URL.encode(data.bytes))]])
            }
            return try await call("tickets.decide", body.merging(more), by: user)
        }
    }

    @Test func `an approval needs the tap, a refusal does not, and the next level neither`() async throws {
        let office = try await Office()
        let plain = try await office.decide(by: office.desk.ann)
        #expect(plain.status == 403 && plain.problem == "ticket-needs-passkey")
        let question = try await office.ask(by: office.desk.ann)
        #expect(question.status == 200 && question.json["level"] == .int(1))
        let done = try await office.decide(by: office.desk.ann, signing: question)
        #expect(done.status == 200 && done.json["level"] == .int(2))
        let after = try await office.desk.read(office.ticket)
        #expect(after.decisions.map(\.hasProof) == [true])
        let proof = try await office.desk.stage.database.first(
            "select proof from ticket_decisions where ticket_id = \(office.ticket.id)", in: office.desk.scope
        ) { try $0.next(JSON.self) }
        #expect(proof?["digest"]?.text == office.ticket.digest && proof?["level"] == .int(1))
        // What was signed can be computed from what is kept.
        let signed = DecisionChallenge(
            ticket: office.ticket.id, level: 1, user: office.desk.ann,
            digest: [UInt8](hexadecimal: office.ticket.digest) ?? [],
            result: [UInt8](hexadecimal: proof?["result"]?.text ?? "") ?? [],
            nonce: [UInt8](hexadecimal: proof?["nonce"]?.text ?? "") ?? [])
        #expect(office.keys.proven.withLock { $0 } == [signed.bytes])
        #expect(try await office.decide(by: office.desk.bob, digest: after.digest)["state"] == "approved")
        let other = try await Office()
        #expect(try await other.decide(by: other.desk.ann, outcome: "rejected")["state"] == "rejected")
    }

    @Test func `a tap counts once, for its person, its request, its content and its time`() async throws {
        let office = try await Office()
        let (ann, abe) = (office.desk.ann, office.desk.abe)
        func refused(_ answer: Answer) -> Bool { answer.problem == "ticket-needs-passkey" }
        // Somebody else's.
        let hers = try await office.ask(by: ann)
        #expect(refused(try await office.decide(by: abe, signing: hers)))
        // It was used up by the attempt.
        #expect(refused(try await office.decide(by: ann, signing: hers)))
        // A newer question takes the place of the one before.
        let old = try await office.ask(by: ann)
        let new = try await office.ask(by: ann)
        #expect(refused(try await office.decide(by: ann, signing: old)))
        // For less than was signed, and for more.
        let less: JSON = ["durationSeconds": 600]
        #expect(refused(try await office.decide(by: ann, signing: new, less)))
        let narrowed = try await office.ask(by: ann, less)
        #expect(refused(try await office.decide(by: ann, signing: narrowed)))
        // Too late.
        let late = try await office.ask(by: ann)
        office.desk.stage.wait(300)
        #expect(refused(try await office.decide(by: ann, signing: late)))
        #expect(try await office.desk.read(office.ticket).decisions.isEmpty)
        // As it was signed.
        let right = try await office.ask(by: ann, less)
        #expect(try await office.decide(by: ann, signing: right, less).json["durationSeconds"] == .int(600))
        // The other one's question is about something that is decided.
        let stale = try await office.decide(by: abe)
        #expect(stale.problem == "not-your-decision")
    }

    @Test func `questions that nobody answered are forgotten`() async throws {
        let office = try await Office()
        let (stage, scope) = (office.desk.stage, office.desk.scope)
        _ = try await office.ask(by: office.desk.ann)
        stage.wait(200)
        _ = try await office.ask(by: office.desk.abe)
        stage.wait(101)
        try await office.desk.tickets.pruneChallenges(at: stage.now)
        #expect(try await stage.count("select count(*) from decision_challenges", in: scope) == 1)
    }

    @Test func `who could not decide is asked nothing`() async throws {
        let office = try await Office()
        let zoe = try await office.desk.stage.makeUser("zoe", in: office.desk.scope)
        #expect(try await office.ask(by: zoe).status == 404)
        #expect(try await office.ask(by: office.desk.rita).problem == "own-ticket")
        #expect(try await office.ask(by: office.desk.bob).problem == "not-your-decision")
        let wrong = String(repeating: "0", count: 64)
        #expect(try await office.ask(by: office.desk.ann, digest: wrong).problem == "ticket-changed")
        #expect(try await office.ask(by: office.desk.ann, ["durationSeconds": 7200]).problem == "ticket-wider")
    }

    @Test func `messages and links cannot approve such a level, and can refuse it`() async throws {
        let office = try await Office()
        let desk = office.desk
        func click(_ outcome: TicketOutcome, level: Int = 1) async throws -> TicketCard {
            try await desk.tickets.decide(
                fromMessenger: MessengerClick(
                    ticket: office.ticket.id, level: level, user: desk.ann, outcome: outcome,
                    digest: office.ticket.digest, channel: .slack),
                at: desk.stage.now, audit: .discarding, in: desk.scope)
        }
        await #expect(throws: TicketError.needsPasskey) { try await click(.approved) }
        await #expect(throws: TicketError.levelDone) { try await click(.rejected, level: 2) }
        let card = try await click(.rejected)
        #expect(card.state == .rejected && card.decisions.map(\.channel) == [.slack])
        await #expect(throws: TicketError.notOpen) { try await click(.rejected) }
    }

    @Test func `a late answer is told who decided, when, and how things stand`() async throws {
        let desk = try await Desk()
        try await desk.makeFlow()
        let ticket = try await desk.open()
        try await desk.decide(ticket, by: desk.abe, duration: 600)
        func answer(by user: UserID) async throws -> Answer {
            try await desk.stage.call(
                desk.endpoints, "tickets.decide", [ticket.id.text],
                body: ["outcome": "approved", "digest": .string(ticket.digest)], by: user, in: desk.scope)
        }
        let stale = try await answer(by: desk.bob)
        #expect(stale.problem == "ticket-changed")
        let meanwhile = try #require(stale.json["meanwhile"])
        #expect(meanwhile["state"] == "open" && meanwhile["level"] == .int(2))
        guard case .array(let decisions)? = meanwhile["decisions"], let first = decisions.first else {
            Issue.record("no decisions")
            return
        }
        #expect(first["user"]?["name"] == "Abe" && first["decidedAt"]?.text == Timestamp.text(desk.stage.now))
        guard case .array(let changes)? = first["changes"] else {
            Issue.record("no changes")
            return
        }
        #expect(changes == [["label": "duration", "before": ["3600"], "after": ["600"]]])
        // The same answer once more.
        let again = try await answer(by: desk.abe)
        #expect(again.problem == "not-your-decision" && again.json["meanwhile"]?["level"] == .int(2))
        // What somebody may not know of, they are not told.
        let zoe = try await desk.stage.makeUser("zoe", in: desk.scope)
        let nothing = try await answer(by: zoe)
        #expect(nothing.status == 404 && nothing.json["meanwhile"] == nil)
    }
}
