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

@Suite struct RoleKindTests {
    private final class Given: Sendable {
        let loans = Mutex<[(loan: RoleDesk.Loan, by: [UserID])]>([])
    }

    /// Says of every tap that it is right: that is Identity's to say.
    private static let keys = PasskeyPort { challenge, _, _, _ in
        ["challenge": .string(Base64URL.encode(challenge))]
    } proof: { _, _, user, _, _, _, _ in
        ["passkey": .string(user.text)]
    }

    @Test func `a role is lent once, for as long as was agreed, by the word of those who agreed`() async throws {
        let desk = try await Desk()
        try await desk.makeFlow()
        let given = Given()
        let role = RoleID.new()
        let tickets = Tickets(
            database: desk.stage.database, access: desk.access, messaging: desk.messaging, outbox: Outbox(),
            portal: TicketPortal { _ in "https://acme.example" },
            kinds: [
                RoleKind(
                    desk: RoleDesk { id, _, _, _ in
                        id == role ? (role: "Auditor", organization: "Acme") : nil
                    } lend: { loan, by, _ in
                        given.loans.withLock { $0.append((loan, by)) }
                        return by[0]
                    })
            ], passkeys: Self.keys)
        let endpoints = desk.stage.mount(TicketRoutes.group, on: tickets)
        func ask(_ role: RoleID, _ more: JSON = [:]) async throws -> Answer {
            let body: JSON = [
                "kind": "role", "reason": "The yearly audit",
                "content": ["role": .string(role.text), "durationSeconds": 7_200],
            ]
            return try await desk.stage.call(
                endpoints, "tickets.open", body: body.merging(more), by: desk.rita, in: desk.scope)
        }
        #expect(try await ask(.new()).problem == "invalid-fields")
        #expect(try await ask(role, ["assets": [.string(desk.asset.text)]]).problem == "invalid-fields")
        // Nothing lets a role through without people.
        _ = try await tickets.createFlow(
            SaveFlow(
                name: "Roles", isDefault: false, conditions: FlowConditions(kinds: [RoleKind.kind]),
                approvesLowRisk: true,
                levels: [
                    FlowLevel(name: "First", approvers: [.user(desk.ann)]),
                    FlowLevel(name: "Second", approvers: [.user(desk.bob)]),
                ]), at: desk.stage.now, audit: .discarding, in: desk.scope)
        let asked = try await ask(role)
        #expect(asked.status == 201 && asked["flowName"] == "Roles", "\(asked.json)")
        #expect(asked["risk"] == "high")
        let id = try #require(TicketID(asked["id"]))
        let card = try await tickets.card(for: id, in: desk.scope)
        #expect(card.facts.first == TicketFact("role", ["Auditor"]))
        for user in [desk.ann, desk.bob] {
            #expect(given.loans.withLock { $0.isEmpty })
            let shown = try await tickets.find(id, for: user, at: desk.stage.now, in: desk.scope)
            let answer: JSON = ["outcome": "approved", "digest": .string(shown.digest)]
            func decide(_ body: JSON) async throws -> Answer {
                try await desk.stage.call(endpoints, "tickets.decide", [id.text], body: body, by: user, in: desk.scope)
            }
            #expect(try await decide(answer).problem == "ticket-needs-passkey")
            let question = try await desk.stage.call(
                endpoints, "tickets.decision-challenge", [id.text], body: ["digest": .string(shown.digest)], by: user,
                in: desk.scope)
            let data: JSON = ["challenge": question.json["options"]?["challenge"] ?? .null]
            let decided = try await decide(
                answer.merging(["passkey": ["clientDataJSON": .string(Base64URL.encode(data.bytes))]]))
            #expect(decided.status == 200, "\(decided.json)")
        }
        let loans = given.loans.withLock { $0 }
        #expect(loans.count == 1 && loans.first.map { Set($0.by) } == [desk.ann, desk.bob])
        #expect(loans.first?.loan.until == desk.stage.now.addingTimeInterval(7_200))
        #expect(loans.first?.loan.user == desk.rita)
        let lent = try await desk.stage.trail.records("order by at, audit_event_id", in: desk.scope)
            .filter { $0.action == "role.lent" }
        #expect(lent.count == 1)
        #expect(lent.first?.details["givenBy"]?.text == loans.first?.by[0].text)
        #expect(lent.first?.details["user"]?.text == desk.rita.text)
        #expect(
            lent.first?.details["until"]?.text == Timestamp.text(desk.stage.now.addingTimeInterval(7_200)))
    }
}
