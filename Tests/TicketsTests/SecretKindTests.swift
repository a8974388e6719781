import Access
import Assets
import Audit
import FoundationEssentials
import HTTPAPI
import Kernel
import Postgres
import Stage
import Synchronization
import TestSupport
import Testing

@testable import Tickets

@Suite struct SecretKindTests {
    /// Whoever keeps secrets, as far as requests see them.
    private final class Keeper: Sendable {
        let account = AccountID.new()
        let loans = Mutex<[SecretDesk.Loan]>([])
        let isTaken = Mutex(false)
        let isDenied = Mutex(false)
        /// How often somebody looked whether there is a secret.
        let looks = Mutex(0)
        /// What it is called now.
        let name = Mutex("root")

        var desk: SecretDesk {
            SecretDesk { _, _, _, _ in
                !self.isDenied.withLock { $0 }
            } find: { wish, _, _ in
                self.looks.withLock { $0 += 1 }
                guard wish.account.text == self.name.withLock({ $0 }) else { return nil }
                return .init(account: self.account, form: "password", isTaken: self.isTaken.withLock { $0 })
            } lend: { loan, _ in
                if self.isTaken.withLock({ $0 }) { throw TicketError.secretIsOut }
                self.loans.withLock { $0.append(loan) }
            }
        }
    }

    private struct Office {
        let desk: Desk
        let keeper = Keeper()
        let tickets: Tickets
        let endpoints: [MountedEndpoint]

        init() async throws {
            desk = try await Desk()
            try await desk.makeFlow()
            tickets = Tickets(
                database: desk.stage.database, access: desk.access, messaging: desk.messaging, outbox: Outbox(),
                portal: TicketPortal { _ in "https://acme.example" }, kinds: [SecretRequestKind(desk: keeper.desk)])
            endpoints = desk.stage.mount(TicketRoutes.group, on: tickets)
        }

        func ask(_ more: JSON = [:]) async throws -> Answer {
            let body: JSON = [
                "kind": "secret", "reason": "The network is down, the console is not",
                "assets": [.string(desk.asset.text)], "accounts": ["root"], "durationSeconds": 3_600,
            ]
            return try await desk.stage.call(
                endpoints, "tickets.open", body: body.merging(more), by: desk.rita, in: desk.scope)
        }

        func decide(_ id: TicketID, by user: UserID, _ more: JSON = [:]) async throws -> Answer {
            let shown = try await tickets.find(id, for: user, at: desk.stage.now, in: desk.scope)
            let body: JSON = ["outcome": "approved", "digest": .string(shown.digest)]
            return try await desk.stage.call(
                endpoints, "tickets.decide", [id.text], body: body.merging(more), by: user, in: desk.scope)
        }
    }

    @Test func `one account of one asset is asked for, whose secret is kept, for a week at most`() async throws {
        let office = try await Office()
        let past = Timestamp.text(office.desk.stage.now.addingTimeInterval(-3_600))
        let wrong: [JSON] = [
            ["assets": []], ["accounts": []], ["accounts": ["root", "deploy"]], ["accounts": ["deploy"]],
            ["assets": [.string(office.desk.asset.text), .string(office.desk.other.text)]],
            ["durationSeconds": 604_801], ["startsAt": .string(past)],
        ]
        for more in wrong {
            let answer = try await office.ask(more)
            #expect(answer.status == 422 && answer.problem == "invalid-fields", "\(more): \(answer.json)")
        }
        office.keeper.isTaken.withLock { $0 = true }
        #expect(try await office.ask().problem == "invalid-fields")
        office.keeper.isTaken.withLock { $0 = false }
        #expect(try await office.ask().status == 201)
    }

    @Test func `whoever cannot have it is refused before anybody looks whether there is one`() async throws {
        let office = try await Office()
        office.keeper.isDenied.withLock { $0 = true }
        for account in ["root", "nobody"] {
            let asked = try await office.ask(["accounts": [.string(account)]])
            #expect(asked.status == 403 && asked.problem == "secret-refused", "\(asked.json)")
            let previewed = try await office.desk.stage.call(
                office.endpoints, "tickets.preview",
                body: [
                    "kind": "secret", "assets": [.string(office.desk.asset.text)], "accounts": [.string(account)],
                    "durationSeconds": 3_600,
                ], by: office.desk.rita, in: office.desk.scope)
            #expect(previewed.problem == "secret-refused", "\(previewed.json)")
        }
        #expect(office.keeper.looks.withLock { $0 } == 0)
        #expect(try await office.desk.stage.count("select count(*) from tickets", in: office.desk.scope) == 0)
        office.keeper.isDenied.withLock { $0 = false }
        #expect(try await office.ask().status == 201)
    }

    @Test func `approvers read account, asset and time, and what was agreed is lent once`() async throws {
        let office = try await Office()
        let (desk, keeper) = (office.desk, office.keeper)
        // Whatever a request says of the account, the one that is kept under the name counts.
        let asked = try await office.ask(["content": ["account": .string(AccountID.new().text), "form": "nothing"]])
        #expect(asked.status == 201, "\(asked.json)")
        #expect(asked.json["content"]?["account"]?.text == keeper.account.text)
        #expect(asked.json["protocols"] == [] && asked.json["actions"] == [])
        let id = try #require(TicketID(asked["id"]))
        let card = try await office.tickets.card(for: id, in: desk.scope)
        #expect(
            card.facts == [
                TicketFact("assets", ["web-1"]), TicketFact("accounts", ["root"]),
                TicketFact("duration", ["3600"], as: .seconds), TicketFact("secret", ["password"]),
            ])
        let before = try await office.tickets.find(id, for: desk.ann, at: desk.stage.now, in: desk.scope).digest
        #expect(try await office.decide(id, by: desk.ann, ["durationSeconds": 7_200]).problem == "ticket-wider")
        #expect(
            try await office.decide(id, by: desk.ann, ["content": ["account": .string(AccountID.new().text)]]).problem
                == "ticket-wider")
        #expect(try await office.decide(id, by: desk.ann, ["durationSeconds": 1_800]).status == 200)
        #expect(keeper.loans.withLock { $0.isEmpty })
        #expect(try await office.tickets.find(id, for: desk.bob, at: desk.stage.now, in: desk.scope).digest != before)
        // It went to somebody else meanwhile: the approval is undone, and can be given when it is back.
        keeper.isTaken.withLock { $0 = true }
        #expect(try await office.decide(id, by: desk.bob).problem == "ticket-changed")
        keeper.isTaken.withLock { $0 = false }
        #expect(try await office.decide(id, by: desk.bob)["state"] == "approved")
        let now = desk.stage.now
        #expect(
            keeper.loans.withLock { $0 } == [
                SecretDesk.Loan(
                    account: keeper.account, user: desk.rita, ticket: id, number: card.number, startsAt: now,
                    endsAt: now.addingTimeInterval(1_800))
            ])
        // It opens no session.
        #expect(try await desk.stage.count("select count(*) from grants", in: desk.scope) == 0)
    }

    @Test func `a window that is decided late becomes shorter, and one that is over gives nothing`() async throws {
        let office = try await Office()
        let desk = office.desk
        let start = desk.stage.now.addingTimeInterval(600)
        var ids: [TicketID] = []
        for _ in 0..<2 {
            ids.append(try #require(TicketID(try await office.ask(["startsAt": .string(Timestamp.text(start))])["id"])))
            #expect(try await office.decide(ids.last!, by: desk.ann).status == 200)
        }
        desk.stage.wait(1_200)
        #expect(try await office.decide(ids[0], by: desk.bob).status == 200)
        #expect(office.keeper.loans.withLock { $0.first?.startsAt } == desk.stage.now)
        #expect(office.keeper.loans.withLock { $0.first?.endsAt } == start.addingTimeInterval(3_600))
        desk.stage.wait(3_600)
        #expect(try await office.decide(ids[1], by: desk.bob).problem == "ticket-changed")
        #expect(office.keeper.loans.withLock { $0.count } == 1)
    }

    @Test func `an account that gets another name before it is agreed to is not given`() async throws {
        let office = try await Office()
        let desk = office.desk
        let id = try #require(TicketID(try await office.ask()["id"]))
        #expect(try await office.decide(id, by: desk.ann).status == 200)
        // Whoever read "root" agreed to what was called so.
        office.keeper.name.withLock { $0 = "backup" }
        #expect(try await office.decide(id, by: desk.bob).problem == "ticket-changed")
        #expect(office.keeper.loans.withLock { $0.isEmpty })
        office.keeper.name.withLock { $0 = "root" }
        #expect(try await office.decide(id, by: desk.bob)["state"] == "approved")
    }

    @Test func `whoever owns a folder above the asset is asked, as for access, and the owner of another one is not`()
        async throws
    {
        let office = try await Office()
        let desk = office.desk
        let (above, node, aside) = (NodeID.new(), NodeID.new(), NodeID.new())
        for statement: SQL in [
            """
            insert into nodes (tenant_id, node_id, name, owner_id) values
                (\(desk.scope.tenant), \(above), 'estate', \(desk.abe)), (\(desk.scope.tenant), \(aside), 'lab', \(desk.bob))
            """,
            """
            insert into nodes (tenant_id, node_id, parent_id, name)
            values (\(desk.scope.tenant), \(node), \(above), 'web')
            """,
            """
            insert into node_closure (tenant_id, ancestor_id, descendant_id, depth) values
                (\(desk.scope.tenant), \(above), \(above), 0), (\(desk.scope.tenant), \(node), \(node), 0),
                (\(desk.scope.tenant), \(above), \(node), 1), (\(desk.scope.tenant), \(aside), \(aside), 0)
            """,
            """
            insert into asset_nodes (tenant_id, node_id, asset_id)
            values (\(desk.scope.tenant), \(node), \(desk.asset))
            """,
        ] { try await desk.stage.database.execute(statement, in: desk.scope) }
        _ = try await desk.tickets.createFlow(
            SaveFlow(
                name: "Secrets", isDefault: false, conditions: FlowConditions(kinds: [SecretRequestKind.kind]),
                levels: [FlowLevel(name: "Owners", approvers: [.relation(.nodeOwner)])]),
            at: desk.stage.now, audit: .discarding, in: desk.scope)
        let asked = try await office.ask()
        #expect(asked["flowName"] == "Secrets", "\(asked.json)")
        let id = try #require(TicketID(asked["id"]))
        let card = try await office.tickets.card(for: id, in: desk.scope)
        #expect(card.waitingFor.map(\.id) == [desk.abe])
        #expect(card.path.first?.seats.first?.reason == .nodeOwner)
        #expect(try await office.decide(id, by: desk.abe)["state"] == "approved")
        #expect(office.keeper.loans.withLock { $0.first?.user } == desk.rita)
        // Another asset lies in no folder of theirs.
        #expect(try await office.ask(["assets": [.string(desk.other.text)]]).problem == "no-approvers")
    }

    @Test func `only a flow that names secrets lets one through by itself`() {
        /// What is of little risk: short, by day, and with no account that may do everything.
        func letsThrough(_ conditions: FlowConditions, _ kind: TicketKindName) -> Bool {
            let flow = Flow(
                SaveFlow(
                    name: "Low", isDefault: false, conditions: conditions, approvesLowRisk: true,
                    levels: [FlowLevel(name: "First", approvers: [.user(.new())])]),
                id: .new(), at: .new(), version: 1)
            let facts = DraftFacts(
                kind: kind, organization: flow.organization, organizations: 1, groups: [], assets: [], accounts: [],
                actions: [], hasPrivilegedAccount: false, duration: 600, moment: LocalMoment(weekday: 2, minute: 600))
            let score = RiskScore(facts)
            #expect(score.risk == .low)
            return FlowPlan(flow, facts, score, []).approvesItself
        }
        #expect(letsThrough(FlowConditions(), .access))
        #expect(!letsThrough(FlowConditions(), SecretRequestKind.kind))
        #expect(!letsThrough(FlowConditions(longest: 3_600), SecretRequestKind.kind))
        #expect(letsThrough(FlowConditions(kinds: [SecretRequestKind.kind]), SecretRequestKind.kind))
        #expect(letsThrough(FlowConditions(kinds: [.access, SecretRequestKind.kind]), SecretRequestKind.kind))
    }
}
