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

/// What holds for every flow of a company, on PostgreSQL.
@Suite struct ApprovalRulesTests {
    private func set(
        _ floors: [ApprovalFloor], perPerson: Int = 50, most: Int = 1_000, from version: Int = 0, _ desk: Desk
    ) async throws {
        _ = try await desk.tickets.setApprovalRules(
            SetApprovalRules(floors: floors, mostOpenPerPerson: perPerson, mostOpen: most), from: version,
            at: desk.stage.now, audit: .discarding, in: desk.scope)
    }

    private func flow(
        _ name: String, _ levels: [FlowLevel], _ conditions: FlowConditions = FlowConditions(), isDefault: Bool = false,
        approvesLowRisk: Bool = false, at place: OrganizationID? = nil
    ) -> SaveFlow {
        SaveFlow(
            organization: place, name: name, isDefault: isDefault, conditions: conditions,
            approvesLowRisk: approvesLowRisk, levels: levels)
    }

    private func save(_ flow: SaveFlow, _ desk: Desk) async throws -> Flow {
        try await desk.tickets.createFlow(flow, at: desk.stage.now, audit: .discarding, in: desk.scope)
    }

    private func label(_ desk: Desk) async throws {
        try await desk.stage.database.execute(
            """
            insert into asset_labels (tenant_id, key, value, asset_id)
            values (\(desk.scope.tenant), 'env', 'prod', \(desk.asset))
            """, in: desk.scope)
    }

    private func refusal(_ work: () async throws -> Void) async -> Problem? {
        do {
            try await work()
            return nil
        } catch { return (error as? any ProblemRepresentable)?.problem }
    }

    @Test func `a part's flow that goes below the company's floor is not saved`() async throws {
        let desk = try await Desk()
        let part = try await desk.stage.makeOrganization("Europe", in: desk.scope)
        let one = FlowLevel(name: "One", approvers: [.user(desk.ann)])
        let two = FlowLevel(name: "Two", approvers: [.user(desk.bob), .user(desk.abe)], quorum: 2, needsPasskey: true)
        let floor = ApprovalFloor(
            name: "Root", conditions: FlowConditions(privileged: true), levels: 2, quorum: 1, needsPasskey: false)
        try await set([floor], desk)
        let privileged = FlowConditions(platforms: ["linux"], privileged: true)
        #expect(
            await refusal { _ = try await save(flow("A", [one], privileged, at: part), desk) }?.type == .flowBelowFloor)
        // What is for other requests as well is held when its path is planned, and not before.
        _ = try await save(flow("B", [one], at: part), desk)
        _ = try await save(flow("C", [one, two], privileged, at: part), desk)
        #expect(
            await refusal {
                _ = try await save(flow("D", [one, two], privileged, approvesLowRisk: true, at: part), desk)
            }?.type == .flowBelowFloor)
        // A floor that comes later tells which flows are below.
        try await set(
            [ApprovalFloor(name: "All", quorum: 2), ApprovalFloor(name: "Key", needsPasskey: true)], from: 1, desk)
        let rules = try await desk.tickets.approvalRules(in: desk.scope)
        #expect(rules.version == 2)
        #expect(
            Set(rules.below.map { "\($0.flowName) \($0.floor)" }) == ["B All", "B Key", "C All", "C Key"])
        _ = try await save(flow("E", [two], at: part), desk)
        await #expect(throws: TicketError.flowChanged) { try await set([], from: 1, desk) }
    }

    @Test func `a path has what its flow leaves out, and no request is longer than the company allows`() async throws {
        let desk = try await Desk()
        try await label(desk)
        let part = try await desk.stage.makeOrganization("Europe", in: desk.scope)
        for asset in [desk.asset, desk.other] {
            try await desk.stage.database.execute(
                "update assets set org_id = \(part) where asset_id = \(asset)", in: desk.scope)
        }
        _ = try await save(
            flow(
                "Lax", [FlowLevel(name: "One", approvers: [.user(desk.ann), .user(desk.bob)])],
                FlowConditions(longest: 86_400), approvesLowRisk: true, at: part), desk)
        _ = try await save(
            flow("Rest", [FlowLevel(name: "One", approvers: [.user(desk.ann)])], isDefault: true), desk)
        let production = FlowConditions(labels: [FlowLabel(key: "env", value: "prod")])
        try await set(
            [
                ApprovalFloor(name: "Two", conditions: production, quorum: 2, needsPasskey: true),
                ApprovalFloor(name: "Day", conditions: production, longest: 86_400),
            ], desk)
        let ticket = try await desk.open(accounts: ["deploy"])
        #expect(ticket.state == .open && ticket.path.map(\.quorum) == [2] && ticket.path.allSatisfy(\.needsPasskey))
        #expect(ticket.because.contains("floor=Two") && ticket.because.contains("floor=Day"))
        // What the floor is not for goes its usual way.
        #expect(try await desk.open(assets: [desk.other], accounts: ["deploy"]).state == .approved)
        var long = try desk.request(accounts: ["deploy"])
        long = OpenTicket(
            kind: .access, content: [:], reason: "x", assets: long.assets, accounts: long.accounts,
            protocols: [.ssh], actions: [.connect], startsAt: nil, durationSeconds: 86_401)
        do {
            _ = try await desk.tickets.open(long, by: desk.rita, at: desk.stage.now, audit: .discarding, in: desk.scope)
            Issue.record("It is longer than the company allows.")
        } catch let error as FieldErrors { #expect(error.errors.map(\.pointer) == ["/durationSeconds"]) }
        // Levels have people, whom nobody makes up: the flow has to have them.
        try await set([ApprovalFloor(name: "Deep", levels: 2)], from: 1, desk)
        await #expect(throws: TicketError.belowFloor(flow: "Lax", levels: 2, floor: "Deep")) { try await desk.open() }
        try await set([ApprovalFloor(name: "Wide", quorum: 3)], from: 2, desk)
        await #expect(throws: TicketError.noApprovers(level: 1)) { try await desk.open() }
    }

    @Test func `a floor for access is one for the secret as well, and not the other way round`() {
        func isFor(_ kinds: [TicketKindName], _ kind: TicketKindName) -> Bool {
            let facts = DraftFacts(
                kind: kind, organization: .new(), organizations: 1, groups: [], assets: [], accounts: [], actions: [],
                hasPrivilegedAccount: false, duration: 600, moment: LocalMoment(weekday: 2, minute: 600))
            return ApprovalFloor(name: "Two", conditions: FlowConditions(kinds: kinds), levels: 2).isFor(facts, .low)
        }
        #expect(isFor([.access], SecretRequestKind.kind) && isFor([.access], ExtensionKind.kind))
        #expect(!isFor([SecretRequestKind.kind], .access) && !isFor([.general], SecretRequestKind.kind))
    }

    @Test func `a floor is for all of a flow where its conditions follow from the flow's`() throws {
        let (kinds, hours) = (
            [TicketKindName.access, .general], try WeeklyHours(days: [1], from: 0, to: 60)
        )
        let cases: [(FlowConditions, FlowConditions, Bool, Bool)] = [
            (FlowConditions(), FlowConditions(), false, true),
            (FlowConditions(kinds: kinds), FlowConditions(), false, false),
            (FlowConditions(kinds: kinds), FlowConditions(kinds: [.access]), false, true),
            (FlowConditions(kinds: [.access]), FlowConditions(kinds: kinds), false, false),
            (FlowConditions(privileged: true), FlowConditions(privileged: true), false, true),
            (FlowConditions(privileged: true), FlowConditions(privileged: false), false, false),
            (FlowConditions(shortest: 60), FlowConditions(shortest: 120), false, true),
            (FlowConditions(shortest: 120), FlowConditions(shortest: 60), false, false),
            (FlowConditions(longest: 120), FlowConditions(longest: 60), false, true),
            (FlowConditions(longest: 60), FlowConditions(longest: 120), false, false),
            (
                FlowConditions(labels: [FlowLabel(key: "env")]),
                FlowConditions(labels: [FlowLabel(key: "env", value: "prod")]), false, true
            ),
            (
                FlowConditions(labels: [FlowLabel(key: "env", value: "prod")]),
                FlowConditions(labels: [FlowLabel(key: "env")]), false, false
            ),
            (FlowConditions(platforms: ["linux"], assets: .all), FlowConditions(platforms: ["linux"]), false, false),
            (FlowConditions(platforms: ["linux"], assets: .all), FlowConditions(platforms: ["linux"]), true, true),
            (FlowConditions(hours: [hours]), FlowConditions(hours: [hours]), false, true),
            (FlowConditions(hours: [hours]), FlowConditions(hours: [hours], outsideHours: true), false, false),
            (FlowConditions(risks: [.high, .medium]), FlowConditions(risks: [.high]), false, true),
        ]
        for (floor, flow, strictly, holds) in cases {
            #expect(floor.hold(whenever: flow, strictly) == holds, "\(floor) \(flow)")
        }
    }

    @Test func `what is for access is for more time of it too, counted from the beginning`() async throws {
        let desk = try await Desk()
        try await desk.makeFlow()
        let ticket = try await desk.open()
        try await desk.decide(ticket, by: desk.ann)
        let grant = try #require(try await desk.decide(ticket, by: desk.bob).grant)
        let access = FlowConditions(kinds: [.access])
        try await set(
            [
                ApprovalFloor(name: "Key", conditions: access, needsPasskey: true),
                ApprovalFloor(name: "Day", conditions: access, longest: 86_400),
            ], desk)
        let end = desk.stage.now.addingTimeInterval(86_400)
        desk.stage.wait(1_800)
        func extend(until end: Date) async throws -> Answer {
            try await desk.stage.call(
                desk.endpoints, "tickets.open",
                body: [
                    "kind": "extension", "reason": "Not done yet",
                    "content": ["grant": .string(grant.text), "endsAt": .string(Timestamp.text(end))],
                ], by: desk.rita, in: desk.scope)
        }
        let long = try await extend(until: end.addingTimeInterval(1))
        #expect(long.problem == "invalid-fields", "\(long.json)")
        let asked = try await extend(until: end)
        #expect(asked.status == 201, "\(asked.json)")
        let found = try await desk.tickets.find(
            try #require(TicketID(asked["id"])), for: desk.rita, at: desk.stage.now, in: desk.scope)
        #expect(found.path.allSatisfy(\.needsPasskey) && found.because.contains("floor=Day"))
        // A flow for more time alone does not go below it either.
        let kind = TicketKindName(rawValue: "extension")
        let one = [FlowLevel(name: "One", approvers: [.user(desk.ann)])]
        #expect(
            await refusal { _ = try await save(flow("More", one, FlowConditions(kinds: [kind])), desk) }?.type
                == .flowBelowFloor)
    }

    @Test func `so many requests of a person and of a company are open at once, and no more`() async throws {
        let desk = try await Desk()
        try await desk.makeFlow()
        try await set([], perPerson: 2, most: 3, desk)
        let first = try await desk.open()
        _ = try await desk.open()
        let refused = try await desk.stage.call(
            desk.endpoints, "tickets.open",
            body: ["reason": "x", "assets": [.string(desk.asset.text)], "accounts": ["root"]], by: desk.rita,
            in: desk.scope)
        #expect(refused.status == 409 && refused.problem == "too-many-open-requests")
        #expect(refused["detail"].contains("2 open requests") && refused["detail"].contains("Take back"))
        // What is over makes room, and what others have open is theirs.
        try await desk.decide(first, by: desk.ann, .rejected)
        _ = try await desk.open()
        _ = try await desk.open([.of(desk.ann)], by: desk.bob)
        await #expect(throws: TicketError.companyHasTooManyOpen(most: 3)) {
            _ = try await desk.open([.of(desk.ann)], by: desk.abe)
        }
        // What asks nobody waits for nobody.
        #expect(try await desk.open([], risk: .low, approvesItself: true).state == .approved)
    }

    @Test func `many who ask at once get no further`() async throws {
        let desk = try await Desk()
        try await desk.makeFlow()
        try await set([], perPerson: 3, desk)
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<8 { group.addTask { _ = try? await desk.open() } }
        }
        #expect(try await desk.stage.count("select count(*) from tickets", in: desk.scope) == 3)
    }

    @Test func `a flow is deleted, and its open requests go on with the path they have`() async throws {
        let desk = try await Desk()
        let whole = try await desk.makeFlow()
        func delete(_ flow: Flow, in scope: TenantScope) async throws -> Answer {
            try await desk.stage.call(desk.endpoints, "flows.delete", [flow.id.text], by: desk.ann, in: scope)
        }
        #expect(try await delete(whole, in: desk.scope).problem == "flow-needed")
        let one = try await save(
            flow("One", [FlowLevel(name: "One", approvers: [.user(desk.bob)])], FlowConditions(privileged: true)), desk)
        let ticket = try await desk.open()
        #expect(ticket.flowName == "One")
        let elsewhere = try await desk.stage.makeOrganization("Asia", in: desk.scope)
        let confined = TenantScope(tenant: desk.scope.tenant, organizations: [elsewhere])
        #expect(try await delete(one, in: confined).status == 404)
        #expect(try await delete(one, in: try await desk.stage.makeTenant("bolt")).status == 404)
        #expect(try await delete(one, in: desk.scope).status < 300)
        #expect(try await desk.stage.lines(in: desk.scope).contains { $0.contains("flow.deleted") })
        let decided = try await desk.decide(ticket, by: desk.bob)
        #expect(decided.state == .approved && decided.flowName == "One" && decided.grant != nil)
        #expect(try await desk.open().flowName == "Standard")
        desk.stage.wait(1)
        #expect(
            try await desk.tickets.report(
                TicketReportPeriod(from: nil, to: nil), at: desk.stage.now, in: desk.scope
            ).opened == 2)
    }
}
