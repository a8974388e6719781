import Audit
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
                    })
            ])
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
        let asked = try await ask(role)
        #expect(asked.status == 201, "\(asked.json)")
        let id = try #require(TicketID(asked["id"]))
        let card = try await tickets.card(for: id, in: desk.scope)
        #expect(card.facts.first == TicketFact("role", ["Auditor"]))
        for user in [desk.ann, desk.bob] {
            #expect(given.loans.withLock { $0.isEmpty })
            let shown = try await tickets.find(id, for: user, at: desk.stage.now, in: desk.scope)
            let decided = try await desk.stage.call(
                endpoints, "tickets.decide", [id.text],
                body: ["outcome": "approved", "digest": .string(shown.digest)], by: user, in: desk.scope)
            #expect(decided.status == 200, "\(decided.json)")
        }
        let loans = given.loans.withLock { $0 }
        #expect(loans.count == 1 && loans.first.map { Set($0.by) } == [desk.ann, desk.bob])
        #expect(loans.first?.loan.until == desk.stage.now.addingTimeInterval(7_200))
        #expect(loans.first?.loan.user == desk.rita)
    }
}
