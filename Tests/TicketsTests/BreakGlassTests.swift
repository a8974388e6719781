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

@Suite struct BreakGlassTests {
    /// Rita is on call, which a rule lets onto what is labelled so.
    private func ready(
        _ desk: Desk, maxSeconds: Int = 3_600, actions: JSON? = nil
    ) async throws -> [MountedEndpoint] {
        try await desk.makeFlow()
        let crew = try await desk.stage.makeGroup("on call", of: [desk.rita], in: desk.scope)
        try await desk.stage.database.execute(
            """
            insert into asset_labels (tenant_id, key, value, asset_id)
            values (\(desk.scope.tenant), 'env', 'prod', \(desk.asset))
            """, in: desk.scope)
        let endpoints = desk.stage.mount(BreakGlassRoutes.group, on: desk.tickets)
        let rule: JSON = [
            "name": "On call", "groups": [.string(crew.text)], "maxSeconds": .int(Int64(maxSeconds)),
            "labels": [["key": "env", "value": "prod"]],
        ]
        let set = try await desk.stage.call(
            endpoints, "break-glass.set-rules",
            body: ["rules": [actions.map { rule.merging(["actions": $0]) } ?? rule]], by: desk.bob, version: 0,
            in: desk.scope)
        #expect(set.status == 200, "\(set.json)")
        return endpoints + desk.endpoints
    }

    private func take(
        _ desk: Desk, _ endpoints: [MountedEndpoint], by user: UserID? = nil, on asset: AssetID? = nil,
        seconds: Int = 3_600, actions: JSON? = nil
    ) async throws -> Answer {
        let body: JSON = [
            "reason": "Nobody can log in", "assets": [.string((asset ?? desk.asset).text)], "accounts": ["root"],
            "durationSeconds": .int(Int64(seconds)),
        ]
        return try await desk.stage.call(
            endpoints, "break-glass.take", body: actions.map { body.merging(["actions": $0]) } ?? body,
            by: user ?? desk.rita, in: desk.scope)
    }

    private func may(_ action: AccessAction, _ desk: Desk) async throws -> Bool {
        try await desk.access.decide(
            AccessQuestion(
                user: desk.rita, asset: desk.asset, account: AccountName(parsing: "root"), protocol: .ssh,
                action: action, at: desk.stage.now), in: desk.scope
        ).isAllowed
    }

    @Test func `it is for what was named and the rule gives, and for connecting always`() async throws {
        let desk = try await Desk()
        let endpoints = try await ready(desk, actions: ["upload", "download"])
        let mine = try await desk.stage.call(endpoints, "break-glass.mine", by: desk.rita, in: desk.scope)
        #expect(
            mine.json["rules"] == [["name": "On call", "actions": ["upload", "download"], "maxSeconds": 3_600]],
            "\(mine.json)")
        let wider = try await take(desk, endpoints, actions: ["download", "forward"])
        #expect(wider.problem == "break-glass-refused")
        #expect(try await !may(.connect, desk))
        let taken = try await take(desk, endpoints, actions: ["download"])
        #expect(taken.status == 201 && taken["state"] == "open", "\(taken.json)")
        #expect(taken.json["actions"] == ["connect", "download"])
        #expect(try await may(.connect, desk))
        #expect(try await may(.download, desk))
        #expect(try await !may(.upload, desk))
    }

    @Test func `of one asset those rules are told that are for it`() async throws {
        let desk = try await Desk()
        _ = try await ready(desk)
        func rules(_ asset: AssetID?) async throws -> [String] {
            try await desk.tickets.emergencies(of: desk.rita, to: asset, in: desk.scope).rules.map(\.name)
        }
        #expect(try await rules(nil) == ["On call"])
        #expect(try await rules(desk.asset) == ["On call"])
        #expect(try await rules(desk.other) == [], "it has not the label")
        #expect(try await rules(.new()) == [])
        let other = try await desk.stage.makeTenant("bolt")
        #expect(
            try await desk.tickets.emergencies(of: desk.rita, to: desk.asset, in: other).rules.isEmpty)
    }

    @Test func `a review after its day needs the words that one in time needs`() async throws {
        let desk = try await Desk()
        let endpoints = try await ready(desk)
        _ = try await desk.tickets.createFlow(
            SaveFlow(
                name: "Reasoned", isDefault: true,
                levels: [FlowLevel(name: "Lead", approvers: [.user(desk.ann)], needsComment: .rejected)]),
            at: desk.stage.now, audit: .discarding, in: desk.scope)
        let taken = try await take(desk, endpoints)
        #expect(taken.status == 201, "\(taken.json)")
        desk.stage.wait(90_000)
        _ = try await desk.sweep()
        func review(_ remark: String) async throws -> Answer {
            try await desk.stage.call(
                endpoints, "break-glass.review", [taken["id"]],
                body: ["outcome": "objected", "remark": .string(remark)], by: desk.ann, in: desk.scope)
        }
        #expect(try await review(" ").problem == "ticket-needs-comment")
        #expect(try await review("Call first").status == 200)
    }

    @Test func `a rule that names no actions gives nothing but to connect`() async throws {
        let desk = try await Desk()
        let endpoints = try await ready(desk)
        #expect(try await take(desk, endpoints, actions: ["download"]).problem == "break-glass-refused")
        #expect(try await take(desk, endpoints).status == 201)
        #expect(try await may(.connect, desk))
        #expect(try await !may(.download, desk))
    }

    @Test func `access is there at once, short and strict, and everybody hears of it`() async throws {
        let desk = try await Desk()
        let endpoints = try await ready(desk)
        #expect(try await !desk.mayConnect(desk.rita).isAllowed)
        let taken = try await take(desk, endpoints, seconds: 1_800)
        #expect(taken.status == 201 && taken["state"] == "open" && taken["kind"] == "break-glass", "\(taken.json)")
        let opening = try #require(try await desk.mayConnect(desk.rita).opening)
        #expect(opening.isStrict && opening.until == desk.stage.now.addingTimeInterval(1_800))
        let events = try await desk.stage.events(in: desk.scope)
        #expect(events.contains("ticket.break-glass") && events.contains("ticket.level-opened"))
        let more = try await desk.stage.call(
            endpoints, "tickets.open",
            body: [
                "kind": "extension", "reason": "Longer",
                "content": [
                    "grant": taken.json["grant"] ?? .null,
                    "endsAt": .string(Timestamp.text(desk.stage.now.addingTimeInterval(7_200))),
                ],
            ], by: desk.rita, in: desk.scope)
        #expect(more.problem == "invalid-fields")
        let urgent = try await desk.stage.count(
            "select count(*) from events where type = 'ticket.break-glass' and urgent", in: desk.scope)
        #expect(urgent == 1)
        desk.stage.wait(1_800)
        #expect(try await !desk.mayConnect(desk.rita).isAllowed)
        #expect(try await desk.access.endDueGrants(at: desk.stage.now) == 1)
    }

    @Test func `without a rule it is refused, and so is the way around through requests`() async throws {
        let desk = try await Desk()
        let endpoints = try await ready(desk, maxSeconds: 1_800)
        #expect(try await take(desk, endpoints, by: desk.abe, seconds: 600).problem == "break-glass-refused")
        #expect(try await take(desk, endpoints, on: desk.other, seconds: 600).problem == "break-glass-refused")
        #expect(try await take(desk, endpoints, seconds: 1_801).problem == "break-glass-refused")
        #expect(try await take(desk, endpoints, on: .new(), seconds: 600).status >= 400)
        let around = try await desk.stage.call(
            endpoints, "tickets.open",
            body: [
                "kind": "break-glass", "reason": "x", "assets": [.string(desk.asset.text)], "accounts": ["root"],
                "content": ["durationSeconds": 600],
            ], by: desk.rita, in: desk.scope)
        #expect(around.problem == "invalid-fields")
        #expect(try await !desk.mayConnect(desk.rita).isAllowed)
        #expect(try await desk.stage.count("select count(*) from grants", in: desk.scope) == 0)
    }

    @Test func `a review by somebody else accepts it, or takes the access back`() async throws {
        let desk = try await Desk()
        let endpoints = try await ready(desk)
        for (outcome, kept) in [(TicketOutcome.approved, true), (.rejected, false)] {
            let taken = try await take(desk, endpoints)
            let id = try #require(TicketID(taken["id"]))
            let ticket = try await desk.tickets.find(id, for: desk.rita, at: desk.stage.now, in: desk.scope)
            await #expect(throws: TicketError.ownTicket) { try await desk.decide(ticket, by: desk.rita, outcome) }
            await #expect(throws: TicketError.cannotWithdraw) {
                try await desk.tickets.withdraw(
                    id, by: desk.rita, at: desk.stage.now, audit: .discarding, in: desk.scope)
            }
            await #expect(throws: TicketError.wider) { try await desk.decide(ticket, by: desk.ann, duration: 60) }
            try await desk.decide(ticket, by: desk.ann, outcome)
            #expect(try await desk.mayConnect(desk.rita).isAllowed == kept)
            _ = try await desk.stage.database.execute("update grants set state = 'ended'", in: desk.scope)
        }
        let uses = try await desk.stage.call(endpoints, "break-glass.list", by: desk.bob, in: desk.scope).items
        #expect(Set(uses.compactMap { $0["outcome"]?.text }) == ["accepted", "objected"])
        #expect(uses.allSatisfy { $0["reviewer"]?["id"]?.text == desk.ann.text && $0["rule"] == "On call" })
        for page in BreakGlassUse.listing.samples {
            _ = try await desk.tickets.emergencies(page, at: desk.stage.now, in: desk.scope)
        }
    }

    @Test func `a reviewer takes it back at once, and nobody else does`() async throws {
        let desk = try await Desk()
        let endpoints = try await ready(desk)
        let taken = try await take(desk, endpoints)
        func revoke(by user: UserID, in scope: TenantScope) async throws -> Answer {
            try await desk.stage.call(
                endpoints, "break-glass.revoke", [taken["id"]], body: ["reason": "Enough"], by: user, in: scope)
        }
        #expect(try await revoke(by: desk.rita, in: desk.scope).problem == "own-ticket")
        #expect(try await revoke(by: desk.ann, in: try await desk.stage.makeTenant("bolt")).status == 404)
        let stranger = try await desk.stage.makeUser("eve", in: desk.scope)
        #expect(try await revoke(by: stranger, in: desk.scope).status == 404)
        #expect(try await desk.mayConnect(desk.rita).isAllowed)
        #expect(try await revoke(by: desk.ann, in: desk.scope).status == 200)
        #expect(try await !desk.mayConnect(desk.rita).isAllowed)
        #expect(try await desk.stage.events(in: desk.scope).contains("grant.revoked"))
        #expect(try await revoke(by: desk.ann, in: desk.scope).problem == "grant-not-active")
    }

    @Test func `without a review in a day everybody hears again, and nothing more is given until there is one`()
        async throws
    {
        let desk = try await Desk()
        let endpoints = try await ready(desk)
        let taken = try await take(desk, endpoints)
        func told() async throws -> Int {
            _ = try await desk.tickets.tellOfMissingReviews(at: desk.stage.now)
            return try await desk.stage.events(in: desk.scope).count { $0 == "ticket.break-glass-unreviewed" }
        }
        func review(by user: UserID) async throws -> Answer {
            try await desk.stage.call(
                endpoints, "break-glass.review", [taken["id"]], body: ["outcome": "accepted"], by: user, in: desk.scope)
        }
        // Also before its day is over, and by another account of the same person.
        let twin = try await desk.stage.makeUser("rita-too", in: desk.scope)
        try await desk.give(desk.rita, "rita@acme.example")
        try await desk.give(twin, "Rita@acme.example")
        try await desk.stage.database.execute(
            """
            insert into group_members (tenant_id, group_id, user_id)
            select tenant_id, group_id, \(twin)::uuid from group_members where user_id = \(desk.rita)
            """, in: desk.scope)
        desk.stage.wait(86_399)
        #expect(try await told() == 0)
        for user in [desk.rita, twin] {
            #expect(try await take(desk, endpoints, by: user).problem == "break-glass-unreviewed")
        }
        #expect(try await review(by: desk.ann).problem == "ticket-not-open")
        desk.stage.wait(1)
        #expect(try await told() == 1)
        #expect(try await told() == 1)
        _ = try await desk.tickets.moveDueTickets(at: desk.stage.now, trail: AuditLog(database: desk.stage.database))
        #expect(try await take(desk, endpoints).problem == "break-glass-unreviewed")
        let mine = try await desk.stage.call(endpoints, "break-glass.mine", by: desk.rita, in: desk.scope)
        #expect(mine.json["isBlocked"] == true && mine.json["rules"] != [])
        #expect(try await review(by: desk.rita).problem == "own-ticket")
        #expect(try await review(by: desk.ann).status == 200)
        #expect(try await review(by: desk.ann).problem == "ticket-not-open")
        #expect(try await take(desk, endpoints).status == 201)
    }

    @Test func `of two at once one is given`() async throws {
        let desk = try await Desk()
        let endpoints = try await ready(desk)
        async let one = take(desk, endpoints)
        async let other = take(desk, endpoints)
        let answers = try await [one, other]
        #expect(answers.map(\.status).sorted() == [201, 403])
        #expect(answers.contains { $0.problem == "break-glass-unreviewed" })
    }

    @Test func `its end is not moved, by nobody's word`() async throws {
        let desk = try await Desk()
        let taken = try await take(desk, try await ready(desk))
        let grant = try #require(GrantID(taken["grant"]))
        await #expect(throws: AccessError.emergency) {
            _ = try await desk.access.extend(
                grant, ExtendGrant(endsAt: desk.stage.now.addingTimeInterval(86_400)), at: desk.stage.now,
                audit: .discarding, in: desk.scope)
        }
        desk.stage.wait(3_600)
        #expect(try await !desk.mayConnect(desk.rita).isAllowed)
    }

    @Test func `administrators who stand in as reviewers are not other accounts of who took it`() async throws {
        let desk = try await Desk()
        let (twin, other) = (
            try await desk.stage.makeUser("rita-too", in: desk.scope),
            try await desk.stage.makeUser("root", in: desk.scope)
        )
        let role = try await desk.stage.makeRole("administrators", of: [desk.rita, twin, other], in: desk.scope)
        try await desk.stage.database.execute(
            "update roles set built_in = 'administrator' where role_id = \(role)", in: desk.scope)
        try await desk.give(desk.rita, "rita@acme.example")
        try await desk.give(twin, "Rita@acme.example")
        let plan = try await desk.stage.database.transaction(in: desk.scope) { transaction in
            try await BreakGlassKind(access: desk.access, outbox: Outbox()).path(
                TicketOpening(
                    requester: desk.rita, at: desk.stage.now, scope: desk.scope, transaction: transaction,
                    mayDecide: { Set($0) })
            ) { FlowPlan(flow: .new(), flowName: "Nobody", levels: []) }
        }
        #expect(plan.levels.map { $0.seats.map(\.user) } == [[other]])
    }

    @Test func `administrators review it where nobody else could decide, and are told so`() async throws {
        let desk = try await Desk()
        let endpoints = try await ready(desk)
        // The flow has nobody any more.
        for user in [desk.ann, desk.abe, desk.bob] { try await desk.stage.disable(user, in: desk.scope) }
        #expect(try await take(desk, endpoints).problem == "no-approvers")
        let root = try await desk.stage.makeUser("root", in: desk.scope)
        let role = try await desk.stage.makeRole("administrators", of: [root], in: desk.scope)
        try await desk.stage.database.execute(
            "update roles set built_in = 'administrator' where role_id = \(role)", in: desk.scope)
        let taken = try await take(desk, endpoints)
        #expect(taken.status == 201, "\(taken.json)")
        #expect(
            try await desk.newest("ticket.break-glass")?["approvers"] == .array([.string(root.text)]))
        let ticket = try await desk.tickets.find(
            try #require(TicketID(taken["id"])), for: root, at: desk.stage.now, in: desk.scope)
        try await desk.decide(ticket, by: root, .rejected)
        #expect(try await !desk.mayConnect(desk.rita).isAllowed)
    }

    @Test func `one missing review that cannot be told of keeps no other from being told`() async throws {
        let desk = try await Desk()
        let endpoints = try await ready(desk)
        let first = try await take(desk, endpoints)
        let id = try #require(TicketID(first["id"]))
        try await desk.stage.database.execute(
            "update break_glass_uses set user_id = \(desk.bob) where ticket_id = \(id)", in: desk.scope)
        desk.stage.wait(60)
        #expect(try await take(desk, endpoints).status == 201)
        try await desk.stage.database.execute(
            "update tickets set actions = '{nonsense}' where ticket_id = \(id)", in: desk.scope)
        desk.stage.wait(86_400)
        await #expect(throws: (any Error).self) {
            _ = try await desk.tickets.tellOfMissingReviews(at: desk.stage.now)
        }
        #expect(try await desk.stage.events(in: desk.scope).count { $0 == "ticket.break-glass-unreviewed" } == 1)
    }

    @Test func `rules name what exists, and are not overwritten unread`() async throws {
        let desk = try await Desk()
        let endpoints = try await ready(desk)
        func set(_ group: String, _ version: Int, in scope: TenantScope) async throws -> Answer {
            try await desk.stage.call(
                endpoints, "break-glass.set-rules",
                body: ["rules": [["name": "X", "groups": [.string(group)]]]], by: desk.bob, version: version,
                in: scope)
        }
        #expect(try await set(GroupID.new().text, 1, in: desk.scope).problem == "unknown-approver")
        let crew = try await desk.stage.makeGroup("others", of: [], in: desk.scope)
        #expect(try await set(crew.text, 0, in: desk.scope).status == 412)
        #expect(try await set(crew.text, 1, in: desk.scope).status == 200)
        #expect(try await set(crew.text, 0, in: try await desk.stage.makeTenant("bolt")).problem == "unknown-approver")
        #expect(try await take(desk, endpoints).problem == "break-glass-refused")
    }
}
