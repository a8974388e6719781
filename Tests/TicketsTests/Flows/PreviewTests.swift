import Access
import Assets
import Audit
import FoundationEssentials
import HTTPAPI
import Kernel
import Postgres
import Stage
import TestSupport
import Testing

@testable import Tickets

/// What is shown before a request is sent is what it gets, whatever its kind makes of what the flows say.
@Suite struct PreviewTests {
    private struct Path: Equatable {
        let names: [String]
        let seats: [Set<String>]
        let keys: [Bool]
        let risk: String

        init(_ names: [String], _ seats: [Set<String>], _ keys: [Bool], _ risk: String) {
            self.names = names
            self.seats = seats
            self.keys = keys
            self.risk = risk
        }
    }

    private func levels(_ json: JSON, _ member: String) -> Path {
        guard case .array(let levels)? = json[member] else { return Path([], [], [], "") }
        let seats = levels.map { level -> Set<String> in
            guard case .array(let seats)? = level["seats"] else { return [] }
            return Set(seats.compactMap { $0["user"]?["name"]?.text })
        }
        return Path(
            levels.map { $0["name"]?.text ?? "" }, seats, levels.map { $0["needsPasskey"] == true },
            json["risk"]?.text ?? "")
    }

    @Test func `roles, more time and emergencies are shown the way they will take`() async throws {
        let desk = try await Desk()
        try await desk.makeFlow()
        let role = RoleID.new()
        let tickets = Tickets(
            database: desk.stage.database, access: desk.access, messaging: desk.messaging, outbox: Outbox(),
            portal: TicketPortal { _ in "https://acme.example" },
            kinds: [
                RoleKind(
                    desk: RoleDesk { id, _, _, _ in
                        id == role ? (role: "Auditor", organization: "Acme") : nil
                    } lend: { _, by, _ in
                        by[0]
                    })
            ])
        let endpoints =
            desk.stage.mount(TicketRoutes.group, on: tickets) + desk.stage.mount(BreakGlassRoutes.group, on: tickets)
            + desk.stage.mount(FlowRoutes.group, on: tickets)
        let crew = try await desk.stage.makeGroup("on call", of: [desk.rita], in: desk.scope)
        _ = try await tickets.setBreakGlassRules(
            SetBreakGlassRules(rules: [
                BreakGlassRule(
                    name: "On call", groups: [crew], organization: nil, labels: [], actions: [], maxSeconds: 3_600)
            ]), from: 0, at: desk.stage.now, audit: .discarding, in: desk.scope)
        let first = try await desk.open()
        try await desk.decide(first, by: desk.ann)
        let grant = try #require(try await desk.decide(first, by: desk.bob).grant)
        let end = desk.stage.now.addingTimeInterval(7_200)
        let bodies: [(body: JSON, opens: String)] = [
            (["kind": "role", "content": ["role": .string(role.text)]], "tickets.open"),
            (
                [
                    "kind": "extension",
                    "content": ["grant": .string(grant.text), "endsAt": .string(Timestamp.text(end))],
                ], "tickets.open"
            ),
            (["assets": [.string(desk.asset.text)], "accounts": ["root"]], "tickets.open"),
            (
                [
                    "kind": "break-glass", "assets": [.string(desk.asset.text)], "accounts": ["root"],
                    "durationSeconds": 600, "content": ["durationSeconds": 600],
                ], "break-glass.take"
            ),
        ]
        for (body, opens) in bodies {
            let preview = try await desk.stage.call(
                endpoints, "tickets.preview", body: body, by: desk.rita, in: desk.scope)
            #expect(preview.status == 200, "\(preview.json)")
            let tried = try await desk.stage.call(
                endpoints, "flows.try", body: ["user": .string(desk.rita.text), "request": body], by: desk.ann,
                in: desk.scope)
            #expect(tried.json == preview.json)
            var ask = body.merging(["reason": "Now"])
            if opens == "break-glass.take", case .object(let members) = ask {
                ask = .object(members.filter { $0.name != "kind" && $0.name != "content" })
            }
            let opened = try await desk.stage.call(endpoints, opens, body: ask, by: desk.rita, in: desk.scope)
            #expect(opened.status == 201, "\(opened.json)")
            #expect(levels(preview.json, "levels") == levels(opened.json, "path"), "\(body)")
        }
        // What would be refused is refused.
        let none = try await desk.stage.call(
            endpoints, "tickets.preview",
            body: ["kind": "role", "content": ["role": .string(RoleID.new().text)]], by: desk.rita, in: desk.scope)
        #expect(none.problem == "invalid-fields")
        let twice = try await desk.stage.call(
            endpoints, "tickets.preview", body: bodies[3].body, by: desk.rita, in: desk.scope)
        #expect(twice.problem == "break-glass-unreviewed")
        #expect(try await desk.stage.count("select count(*) from tickets", in: desk.scope) == 5)
    }

    @Test func `a level has so many seats and no more, those first who were named`() throws {
        let organization = OrganizationID.new()
        let flow = Flow(
            id: .new(), organization: organization, organizationName: "Acme", name: "Crowd", isDefault: true,
            isEnabled: true, priority: 1, conditions: FlowConditions(), isParallel: false, approvesLowRisk: false,
            copies: [], unusedAfter: nil, levels: [FlowLevel(name: "One", approvers: [])], version: 1)
        let facts = DraftFacts(
            kind: .access, organization: organization, organizations: 1, groups: [], assets: [], accounts: [],
            actions: [], hasPrivilegedAccount: false, duration: 60, moment: LocalMoment(weekday: 1, minute: 600))
        let crowd = (0..<2_000).map { _ in Seat(user: .new(), reason: .group, detail: "all") }
        let named = Seat(user: .new(), reason: .named)
        let seats = (crowd + [named]).map { PlacedSeat(level: 1, part: "level", seat: $0, name: "") }
        let plan = FlowPlan(flow, facts, RiskScore(facts), seats)
        #expect(plan.levels[0].seats.count == FlowPlan.mostSeats && plan.levels[0].seats.contains(named))
    }
}
