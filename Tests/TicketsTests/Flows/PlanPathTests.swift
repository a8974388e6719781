import Access
import Assets
import FoundationEssentials
import HTTPAPI
import Kernel
import Postgres
import Stage
import TestSupport
import Testing

@testable import Tickets

/// Which flow a request takes, and who has a seat, on PostgreSQL.
@Suite struct PlanPathTests {
    private func set(_ statement: SQL, _ desk: Desk) async throws {
        #expect(try await desk.stage.database.execute(statement, in: desk.scope) > 0)
    }

    private func save(
        _ desk: Desk, _ name: String, at place: OrganizationID? = nil, isDefault: Bool = false, priority: Int = 100,
        _ conditions: FlowConditions = FlowConditions(), approvesLowRisk: Bool = false, copies: [FlowCopy] = [],
        levels: [FlowLevel], in scope: TenantScope? = nil
    ) async throws -> Flow {
        try await desk.tickets.createFlow(
            SaveFlow(
                organization: place, name: name, isDefault: isDefault, priority: priority, conditions: conditions,
                approvesLowRisk: approvesLowRisk, copies: copies, levels: levels),
            at: desk.stage.now, audit: .discarding, in: scope ?? desk.scope)
    }

    private func plan(
        _ desk: Desk, _ assets: [AssetID]? = nil, account: String = "deploy", seconds: Int = 3600,
        by requester: UserID? = nil
    ) async throws -> FlowPlan {
        let ask = TicketAsk(
            assets: assets ?? [desk.asset], accounts: [try AccountName(account)], protocols: [.ssh],
            actions: [.connect],
            startsAt: nil, duration: seconds)
        return try await desk.stage.database.transaction(in: desk.scope) { transaction in
            try await desk.tickets.plan(
                TicketDraft(ask: ask, reason: "x"), by: requester ?? desk.rita, at: desk.stage.now, in: desk.scope,
                transaction)
        }
    }

    private func put(_ asset: AssetID, into place: OrganizationID, _ desk: Desk) async throws {
        try await set(
            "update assets set org_id = \(place) where tenant_id = \(desk.scope.tenant) and asset_id = \(asset)", desk)
    }

    @Test func `the nearest organization's flows come first, by priority, and its default before those above`()
        async throws
    {
        let desk = try await Desk()
        let europe = try await desk.stage.makeOrganization("Europe", in: desk.scope)
        let berlin = try await desk.stage.makeOrganization("Berlin", below: europe, in: desk.scope)
        let asia = try await desk.stage.makeOrganization("Asia", in: desk.scope)
        let bob = [FlowLevel(name: "One", approvers: [.user(desk.bob)])]
        _ = try await save(desk, "Tenant", isDefault: true, levels: bob)
        _ = try await save(desk, "Tenant root", priority: 1, FlowConditions(privileged: true), levels: bob)
        _ = try await save(desk, "Europe", at: europe, isDefault: true, levels: bob)
        _ = try await save(desk, "Berlin long", at: berlin, priority: 20, FlowConditions(shortest: 7200), levels: bob)
        _ = try await save(desk, "Berlin root", at: berlin, priority: 10, FlowConditions(privileged: true), levels: bob)
        // Where the asset lies, with which account and for how long, and which flow it takes.
        let top = OrganizationID(desk.scope.tenant.uuid)
        let cases: [(OrganizationID, String, Int, String)] = [
            (top, "deploy", 3600, "Tenant"), (top, "root", 3600, "Tenant root"), (asia, "deploy", 3600, "Tenant"),
            (asia, "root", 3600, "Tenant root"), (europe, "deploy", 3600, "Europe"), (europe, "root", 3600, "Europe"),
            (berlin, "deploy", 3600, "Europe"), (berlin, "deploy", 7200, "Berlin long"),
            (berlin, "root", 7200, "Berlin root"), (berlin, "root", 3600, "Berlin root"),
        ]
        for (place, account, seconds, name) in cases {
            try await put(desk.asset, into: place, desk)
            #expect(try await plan(desk, account: account, seconds: seconds).flowName == name)
        }
        // What lies in two organizations takes the flows of what is above both.
        try await put(desk.other, into: asia, desk)
        let both = try await plan(desk, [desk.asset, desk.other])
        #expect(both.flowName == "Tenant" && both.because == ["organization=acme", "default"])
        #expect(both.riskReasons.contains { $0.code == .severalOrganizations })
        try await put(desk.other, into: berlin, desk)
        #expect(try await plan(desk, [desk.asset, desk.other]).flowName == "Europe")
    }

    @Test func `everybody with a seat has it for a reason, and the person who asks and the disabled have none`()
        async throws
    {
        let desk = try await Desk()
        let (stage, scope) = (desk.stage, desk.scope)
        let owner = try await stage.makeUser("olga", in: scope)
        let top = try await stage.makeUser("tom", in: scope)
        let boss = try await stage.makeUser("mia", in: scope)
        let gone = try await stage.makeUser("gus", in: scope)
        try await stage.disable(gone, in: scope)
        let leads = try await stage.makeGroup("leads", of: [desk.ann, desk.rita, gone], in: scope)
        let role = try await stage.makeRole("security", of: [desk.bob, desk.rita], in: scope)
        let (above, node) = (NodeID.new(), NodeID.new())
        for statement: SQL in [
            "insert into nodes (tenant_id, node_id, name, owner_id) values (\(scope.tenant), \(above), 'estate', \(top))",
            "insert into nodes (tenant_id, node_id, parent_id, name) values (\(scope.tenant), \(node), \(above), 'web')",
            """
            insert into node_closure (tenant_id, ancestor_id, descendant_id, depth) values
                (\(scope.tenant), \(above), \(above), 0), (\(scope.tenant), \(node), \(node), 0),
                (\(scope.tenant), \(above), \(node), 1)
            """,
            """
            insert into asset_nodes (tenant_id, node_id, asset_id) values
                (\(scope.tenant), \(node), \(desk.asset)), (\(scope.tenant), \(above), \(desk.other))
            """,
            "update assets set owner_id = \(owner) where tenant_id = \(scope.tenant) and asset_id = \(desk.asset)",
            "update users set manager_id = \(boss) where tenant_id = \(scope.tenant) and user_id = \(desk.rita)",
        ] { try await set(statement, desk) }
        _ = try await save(
            desk, "Standard", isDefault: true,
            copies: [FlowCopy(user: nil, group: leads), FlowCopy(user: boss, group: nil)],
            levels: [
                FlowLevel(
                    name: "One",
                    approvers: [
                        .user(desk.abe), .user(gone), .user(desk.rita), .group(leads), .role(role),
                        .relation(.assetOwner), .relation(.nodeOwner), .relation(.manager),
                    ], quorum: 2, deadline: 7200, reminder: 3600, lapse: .rejected,
                    escalation: FlowEscalation(after: 600, approvers: [.user(desk.bob), .user(top), .user(desk.abe)]),
                    needsPasskey: true)
            ])
        let both = try await plan(desk, [desk.asset, desk.other])
        let seats = both.levels[0].seats
        #expect(
            Set(seats) == [
                Seat(user: desk.abe, reason: .named), Seat(user: desk.ann, reason: .group, detail: "leads"),
                Seat(user: desk.bob, reason: .role, detail: "security"),
                Seat(user: top, reason: .nodeOwner, detail: "estate"),
                Seat(user: boss, reason: .manager, detail: "Rita"),
            ])
        #expect(seats.count == 5)
        // Only whoever owns all of it has a seat as owner.
        let one = try await plan(desk)
        #expect(one.levels[0].seats.contains(Seat(user: owner, reason: .assetOwner, detail: "web-1")))
        let level = one.levels[0]
        #expect(level.quorum == 2 && level.deadline == 7200 && level.reminder == 3600 && level.lapse == .rejected)
        #expect(level.needsPasskey && level.escalation == nil)
        #expect(Set(one.copies) == [desk.ann, boss])
        // Rita's manager is nobody in particular for somebody else.
        let anns = try await plan(desk, by: desk.ann)
        #expect(!anns.levels[0].seats.contains { $0.reason == .manager || $0.user == desk.ann })
    }

    @Test func `no alias of the person who asks has a seat, and of another person one account has`() async throws {
        let desk = try await Desk()
        let (stage, scope) = (desk.stage, desk.scope)
        let alias = try await stage.makeUser("rita-admin", in: scope)
        let second = try await stage.makeUser("ann-admin", in: scope)
        let coded = try await stage.makeUser("rita-codes", in: scope)
        try await set(
            """
            insert into code_factors (tenant_id, user_id, address, confirmed_at, channel)
            values (\(scope.tenant), \(coded), 'RITA@acme.example', now(), 'email')
            """, desk)
        for (user, email) in [
            (desk.rita, "Rita@acme.example"), (alias, "rita@ACME.example"), (desk.ann, "ann@acme.example"),
            (second, "Ann@Acme.Example"),
        ] {
            try await set(
                "update users set email = \(email) where tenant_id = \(scope.tenant) and user_id = \(user)", desk)
        }
        _ = try await save(
            desk, "Standard", isDefault: true,
            levels: [
                FlowLevel(
                    name: "One", approvers: [.user(alias), .user(coded), .user(desk.ann), .user(second)],
                    escalation: FlowEscalation(after: 600, approvers: [.user(alias), .user(desk.abe)])),
                FlowLevel(name: "Two", approvers: [.user(second), .user(desk.bob)]),
            ])
        let planned = try await plan(desk)
        #expect(planned.levels.map { $0.seats.map(\.user) } == [[desk.ann], [desk.bob]])
        #expect(planned.levels[0].escalation?.seats.map(\.user) == [desk.abe])
        let other = try await plan(desk, by: alias)
        #expect(!other.levels.flatMap(\.seats).contains { [desk.rita, alias, coded].contains($0.user) })
        // Two accounts of one person fill no two places.
        try await stage.disable(desk.bob, in: scope)
        await #expect(throws: TicketError.noApprovers(level: 2)) { try await plan(desk) }
    }

    @Test func `low risk is let through by a flow that says so, for exactly what it is for`() async throws {
        let desk = try await Desk()
        let bob = [FlowLevel(name: "One", approvers: [.user(desk.bob)])]
        _ = try await save(desk, "Standard", isDefault: true, levels: bob)
        _ = try await save(
            desk, "Tests", FlowConditions(labels: [FlowLabel(key: "env", value: "test")]), approvesLowRisk: true,
            levels: bob)
        try await set(
            """
            insert into asset_labels (tenant_id, key, value, asset_id)
            values (\(desk.scope.tenant), 'env', 'test', \(desk.asset))
            """, desk)
        let alone = try await plan(desk)
        #expect(
            alone.approvesItself && alone.levels.isEmpty && alone.because == ["organization=acme", "label=env:test"])
        // A server that is not for tests does not come along.
        let both = try await plan(desk, [desk.asset, desk.other])
        #expect(both.flowName == "Standard" && !both.approvesItself)
        // More than low risk is decided by people.
        let root = try await plan(desk, account: "root")
        #expect(root.flowName == "Tests" && !root.approvesItself && root.levels.count == 1)
    }

    @Test func `a flow that can never be decided is not saved`() async throws {
        let desk = try await Desk()
        let empty = try await desk.stage.makeGroup("empty", of: [], in: desk.scope)
        func refused(_ levels: [FlowLevel]) async -> Int? {
            do {
                _ = try await save(desk, "X", isDefault: true, levels: levels)
                return nil
            } catch TicketError.flowImpossible(let level) { return level } catch { return -1 }
        }
        #expect(await refused([FlowLevel(name: "One", approvers: [.group(empty)])]) == 1)
        #expect(await refused([FlowLevel(name: "One", approvers: [.user(desk.ann), .user(desk.bob)], quorum: 3)]) == 1)
        #expect(await refused([FlowLevel(name: "One", approvers: [.relation(.manager)], quorum: 2)]) == 1)
        let ann = FlowLevel(name: "One", approvers: [.user(desk.ann)])
        #expect(await refused([ann, ann]) == 2)
        #expect(try await desk.stage.count("select count(*) from flows", in: desk.scope) == 0)
        #expect(await refused([ann, FlowLevel(name: "Two", approvers: [.relation(.manager)])]) == nil)
    }

    @Test func `bodies that contradict themselves are refused at their field`() async throws {
        let desk = try await Desk()
        let level: JSON = ["name": "One", "approvers": [["user": .string(desk.bob.text)]]]
        func refusal(_ more: JSON, level: JSON) async throws -> String {
            let body: JSON = ["name": "X", "isDefault": false, "levels": [level]]
            let answer = try await desk.stage.call(
                desk.endpoints, "flows.create", body: body.merging(more), by: desk.ann, in: desk.scope)
            guard case .array(let errors)? = answer.json["errors"] else { return "\(answer.status)" }
            return errors.first?["pointer"]?.text ?? ""
        }
        #expect(try await refusal([:], level: level.merging(["approvers": []])) == "/levels/0/approvers")
        #expect(
            try await refusal([:], level: level.merging(["reminderSeconds": 259_200])) == "/levels/0/reminderSeconds")
        let late: JSON = ["afterSeconds": 259_200, "approvers": [["relation": "manager"]]]
        #expect(try await refusal([:], level: level.merging(["escalation": late])) == "/levels/0/escalation")
        #expect(try await refusal([:], level: level.merging(["lapse": "approved"])) == "/levels/0/lapse")
        let levels: JSON = ["levels": .array(Array(repeating: level, count: 6))]
        #expect(try await refusal(levels, level: level) == "/levels")
        #expect(try await refusal(["conditions": ["outsideHours": true]], level: level) == "/conditions/outsideHours")
        #expect(
            try await refusal(["isDefault": true, "conditions": ["privileged": true]], level: level) == "/conditions")
        let plain: JSON = ["name": "X", "isDefault": false, "levels": [level]]
        let gone: JSON = ["conditions": ["groups": [["id": .string(GroupID.new().text)]]]]
        let answer = try await desk.stage.call(
            desk.endpoints, "flows.create",
            body: plain.merging(gone),
            by: desk.ann, in: desk.scope)
        #expect(answer.problem == "unknown-approver")
    }

    @Test func `whoever looks after a part manages its flows, sees those above by name, and reaches no other`()
        async throws
    {
        let desk = try await Desk()
        let (stage, scope) = (desk.stage, desk.scope)
        let europe = try await stage.makeOrganization("Europe", in: scope)
        let asia = try await stage.makeOrganization("Asia", in: scope)
        let role = try await stage.makeRole("security", of: [desk.bob], in: scope)
        try await set(
            "update users set org_id = \(europe) where tenant_id = \(scope.tenant) and user_id = \(desk.ann)", desk)
        let bob = [FlowLevel(name: "One", approvers: [.user(desk.bob)])]
        let tenant = try await save(desk, "Tenant", isDefault: true, levels: bob)
        _ = try await save(desk, "Asia", at: asia, isDefault: true, levels: bob)
        let part = TenantScope(tenant: scope.tenant, organizations: [europe])
        // Somebody who has the role elsewhere counts, without being seen.
        let own = try await save(
            desk, "Europe", isDefault: true,
            levels: [
                FlowLevel(name: "One", approvers: [.user(desk.ann)]), FlowLevel(name: "Two", approvers: [.role(role)]),
            ],
            in: part)
        #expect(own.organization == europe)
        let shown = try await desk.tickets.flows(in: part)
        #expect(shown.items.map(\.name) == ["Europe"] && shown.inherited.map(\.name) == ["Tenant"])
        #expect(try await desk.tickets.flows(in: scope).items.map(\.name) == ["Asia", "Europe", "Tenant"])
        await #expect(throws: TicketError.unknownApprover) { try await save(desk, "B", levels: bob, in: part) }
        await #expect(throws: Invalid.self) {
            try await save(
                desk, "B", at: asia, levels: [FlowLevel(name: "One", approvers: [.user(desk.ann)])], in: part)
        }
        await #expect(throws: TicketError.flowNotFound) {
            try await desk.tickets.replaceFlow(
                tenant.id, SaveFlow(name: "Mine", isDefault: true, levels: bob), from: 1, audit: .discarding, in: part)
        }
        let webhook = FlowLevel(name: "One", webhook: .new(), approvers: [.user(desk.ann)])
        await #expect(throws: TicketError.unknownApprover) { try await save(desk, "B", levels: [webhook], in: part) }
    }

    @Test func `whoever manages flows of a part hands seats over of requests that lie in it, and knows of no other`()
        async throws
    {
        let desk = try await Desk()
        try await desk.makeFlow()
        let europe = try await desk.stage.makeOrganization("Europe", in: desk.scope)
        let zoe = try await desk.stage.makeUser("zoe", in: desk.scope)
        try await put(desk.asset, into: europe, desk)
        let (inside, outside) = (try await desk.open(), try await desk.open(assets: [desk.other]))
        let part = TenantScope(tenant: desk.scope.tenant, organizations: [europe])
        func handOver(_ ticket: Ticket) async throws -> Ticket {
            try await desk.tickets.reassign(
                ticket.id, ReassignSeat(level: 1, from: desk.ann, to: Colleague(desk.abe)), by: zoe, managed: part,
                at: desk.stage.now, audit: .discarding, in: desk.scope)
        }
        await #expect(throws: TicketError.notFound) { try await handOver(outside) }
        let error = await #expect(throws: TicketError.self) { try await handOver(inside) }
        // Abe has a seat there already: she was let in, and this is what she is told.
        #expect(error == .seatTaken)
    }

    @Test func `a preview tells path, people and reasons, opens nothing, and only for what one may ask for`()
        async throws
    {
        let desk = try await Desk()
        try await desk.makeFlow()
        let (stage, scope) = (desk.stage, desk.scope)
        let body: JSON = ["assets": [.string(desk.asset.text)], "accounts": ["root"], "durationSeconds": 3600]
        let answer = try await stage.call(desk.endpoints, "tickets.preview", body: body, by: desk.rita, in: scope)
        #expect(answer.status == 200 && answer.json["flowName"] == "Standard" && answer.json["risk"] == "medium")
        #expect(answer.json["riskReasons"] == [["code": "privileged-account", "points": 3]])
        guard case .array(let levels)? = answer.json["levels"], case .array(let seats)? = levels.first?["seats"] else {
            Issue.record("\(answer.json)")
            return
        }
        #expect(seats.compactMap { $0["user"]?["name"]?.text } == ["Abe", "Ann"])
        #expect(seats.allSatisfy { $0["reason"] == "group" && $0["detail"] == "leads" })
        #expect(try await stage.count("select count(*) from tickets", in: scope) == 0)
        let unknown = try await stage.call(
            desk.endpoints, "tickets.preview", body: ["assets": [.string(AssetID.new().text)], "accounts": ["root"]],
            by: desk.rita, in: scope)
        #expect(unknown.problem == "unknown-asset")
        // For whoever has rights in a part only, what lies elsewhere is not there.
        let europe = try await stage.makeOrganization("Europe", in: scope)
        let home = TenantScope(tenant: scope.tenant, organizations: [europe])
        let draft = try PreviewTicket.schema.parse(body)
        await #expect(throws: TicketError.unknownAsset) {
            try await desk.tickets.preview(draft, by: desk.rita, among: home, at: stage.now, in: scope)
        }
        await #expect(throws: TicketError.notFound) {
            try await desk.tickets.preview(TryFlows(user: desk.rita, request: draft), at: stage.now, in: home)
        }
        let tried = try await stage.call(
            desk.endpoints, "flows.try", body: ["user": .string(desk.ann.text), "request": body], by: desk.bob,
            in: scope)
        #expect(tried.status == 200 && !String(decoding: tried.json.bytes, as: UTF8.self).contains(desk.ann.text))
    }
}
