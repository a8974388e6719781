import Cryptography
import Foundation
import GatewayContract
import Kernel
import Outbound
import Postgres
import TestSupport
import Testing

@testable import ControlPlane

/// Requests as a worker relays them, for people whom it has let in.
@Suite(.serialized) struct GatewayRequestTests {
    /// A company whose Ada decides, a server, somebody who may not enter it, and a worker.
    private struct Scene {
        let installation: Installation
        let ada: Person
        let bob: Person
        let asset: AssetID
        let worker: ContractWorker

        init(_ installation: Installation, _ slug: String = "acme") async throws {
            self.installation = installation
            ada = try await installation.makeTenant(slug)
            let made = try await ada.call(.post, "/users", ["login": "bob", "name": "Bob"], expecting: 201)
            bob = Person(installation: installation, slug: slug, login: "bob")
            try await bob.comeIn(by: made["invitationUrl"])
            let server = try await ada.call(
                .post, "/assets", ["name": "web-1", "address": "192.0.2.7"], expecting: 201)
            asset = try #require(AssetID(server["id"]))
            try await ada.call(
                .post, "/accounts",
                ["asset": .string(server["id"]), "name": "root", "kind": "password", "secret": "of no use"],
                expecting: 201)
            try await Self.flow(named: "Standard", with: [:], of: ada)
            worker = try await ContractWorker(installation, name: "worker-\(slug)")
        }

        static func flow(named name: String, with more: JSON, of ada: Person) async throws {
            let me = try await ada.call(.get, "/me", expecting: 200).json["user"]?["id"]?.text ?? ""
            let level: JSON = ["name": "Lead", "approvers": [["user": .string(me)]]]
            try await ada.call(
                .post, "/flows",
                ["name": .string(name), "isDefault": true, "levels": [level.merging(more)]], expecting: 201)
        }

        func admit(_ person: Person) async throws -> AdmissionID {
            let key = Household.keyBlob(SigningKey())
            try await person.call(
                .post, "/me/ssh-keys",
                [
                    "name": .string(UUID().uuidString),
                    "publicKey": .string("ssh-ed25519 \(Data(key).base64EncodedString())"),
                ], expecting: 201)
            let answer = try await worker.admit(person.login, of: person.slug, key: key)
            guard case .admitted(let admitted) = try AdmissionAnswer.schema.parse(answer.json) else {
                throw HostileWorkerTests.Unexpected(answer.text)
            }
            #expect(admitted.language == "en")
            return admitted.admission
        }

        func wish(_ account: String = "root") -> RequestWish {
            RequestWish(asset: asset, name: "web-1", account: account, durationSeconds: 1800)
        }

        func refusal(_ admission: AdmissionID, _ account: String? = "root") async throws -> SessionRefused {
            let answer = try await worker.post(
                "/sessions",
                SessionRequest(
                    admission: admission, target: SessionTarget(account: account, asset: "web-1"), protocol: .ssh,
                    channel: .shell, clientAddress: "192.0.2.1"))
            guard case .refused(let refused) = try SessionAnswer.schema.parse(answer.json) else {
                throw HostileWorkerTests.Unexpected(answer.text)
            }
            return refused
        }

        func card<Body: WireValue>(_ path: String, _ body: Body) async throws -> RequestCard {
            let answer = try await worker.post(path, body)
            guard case .shown(let card) = try RequestAnswer.schema.parse(answer.json) else {
                throw HostileWorkerTests.Unexpected(answer.text)
            }
            return card
        }

        func code<Body: WireValue>(refusing path: String, _ body: Body) async throws -> String {
            let answer = try await worker.post(path, body)
            guard case .refused(let refused) = try RequestAnswer.schema.parse(answer.json) else {
                throw HostileWorkerTests.Unexpected(answer.text)
            }
            return refused.code
        }

        func list(_ admission: AdmissionID, _ view: RequestView) async throws -> [RequestCard] {
            let answer = try await worker.post("/requests/list", RequestListQuestion(admission: admission, view: view))
            return try RequestList.schema.parse(answer.json).items
        }
    }

    private static func decision(_ card: RequestCard, _ admission: AdmissionID, _ code: String?) -> RequestDecision {
        RequestDecision(
            admission: admission, ticket: card.ticket, isApproval: true, comment: "", digest: card.digest,
            code: code.map { PassedSecret($0) })
    }

    @Test func `a refusal names the smallest request, which is asked for, decided by a code, and told to who waits`()
        async throws
    {
        let scene = try await Scene(Installation())
        let (bob, ada) = (try await scene.admit(scene.bob), try await scene.admit(scene.ada))
        let hint = try #require(try await scene.refusal(bob).request)
        #expect(hint.wish == RequestWish(asset: scene.asset, name: "web-1", account: "root", durationSeconds: 3600))
        #expect(hint.command.hasPrefix("gatehouse request root@web-1 --for 1h"))
        #expect(hint.open == nil)
        #expect(try await scene.refusal(bob, nil).request?.wish?.account == nil)
        #expect(try await scene.refusal(bob, nil).request != nil)

        let found = try RequestablePage.schema.parse(
            try await scene.worker.post(
                "/requestable", RequestableQuestion(admission: bob, words: "EB 1", page: 0)
            ).json)
        #expect(found.items.map(\.name) == ["web-1"])
        let none = try RequestablePage.schema.parse(
            try await scene.worker.post("/requestable", RequestableQuestion(admission: bob, words: "db", page: 0)).json)
        #expect(none.items.isEmpty)
        let way = try RequestPathAnswer.schema.parse(
            try await scene.worker.post(
                "/requests/path", RequestPathQuestion(admission: bob, wish: scene.wish())
            ).json)
        guard case .path(let path) = way else { throw HostileWorkerTests.Unexpected("\(way)") }
        #expect(path.levels.map(\.people) == [["Ada"]])

        #expect(
            try await scene.code(refusing: "/requests", NewRequest(admission: bob, wish: scene.wish(), reason: "  "))
                == "invalid-fields")
        let card = try await scene.card(
            "/requests", NewRequest(admission: bob, wish: scene.wish(), reason: "disk alarm"))
        #expect(card.isOwn && card.isOpen && !card.mayDecide)
        #expect(try await scene.refusal(bob).request?.open?.number == card.number)
        #expect(try await scene.list(bob, .mine).map(\.ticket) == [card.ticket])
        #expect(try await scene.list(bob, .inbox).isEmpty)

        let shown = try #require(try await scene.list(ada, .inbox).first)
        #expect(shown.mayDecide && !shown.needsPasskey && !shown.isOwn && shown.requester == "Bob")
        #expect(
            try await scene.code(refusing: "/requests/decision", Self.decision(shown, ada, nil)) == "step-up-required")
        #expect(
            try await scene.code(refusing: "/requests/decision", Self.decision(shown, ada, "000000")) == "code-refused")
        // Nobody decides their own, with whatever code.
        let own = TOTP.code(secret: scene.bob.authenticator, at: Date() + 30)
        #expect(try await scene.code(refusing: "/requests/decision", Self.decision(shown, bob, own)) == "own-ticket")
        let code = TOTP.code(secret: scene.ada.authenticator, at: Date() + 30)
        let decided = try await scene.card("/requests/decision", Self.decision(shown, ada, code))
        #expect(decided.state == "approved")
        // A code counts once.
        #expect(try await scene.code(refusing: "/requests/decision", Self.decision(shown, ada, code)) != "")

        let superuser = try await scene.installation.test.superuser()
        try await eventually("the worker is told", within: .seconds(15)) {
            let told = try await superuser.query(
                "select data ->> 'ticket' from worker_events where worker_id = \(scene.worker.id) and kind = 'decision'"
            ) { try $0.next(String?.self) }
            return told == [card.ticket.text]
        }
        // The way is open: what is missing now is the host key.
        #expect(try await scene.refusal(bob).reasons.map(\.code) == ["host-key-missing"])
        let trail = try await superuser.query(
            """
            select action || ' ' || outcome || ' ' || actor_name from audit_events
            where action like 'ticket.%' order by at
            """
        ) { try $0.next(String.self) }
        #expect(trail.first == "ticket.opened refused Bob")
        #expect(trail.contains("ticket.opened success Bob") && trail.contains("ticket.decided success Ada"))
        #expect(!trail.contains { $0.contains("worker-") })
    }

    @Test func `emergency access is offered to whom a rule gives it, and taken by a code that only they have`()
        async throws
    {
        let scene = try await Scene(Installation())
        let bob = try await scene.admit(scene.bob)
        func offer() async throws -> EmergencyAnswer {
            try EmergencyAnswer.schema.parse(
                try await scene.worker.post("/emergency", EmergencyQuestion(admission: bob)).json)
        }
        guard case .refused(let none) = try await offer() else { throw HostileWorkerTests.Unexpected("offered") }
        #expect(none.code == "break-glass-refused")
        #expect(try await scene.refusal(bob).request?.emergency == nil)
        let id = try await scene.bob.call(.get, "/me", expecting: 200).json["user"]?["id"]?.text ?? ""
        let group = try await scene.ada.call(.post, "/groups", ["name": "On call"], expecting: 201)
        try await scene.ada.call(.put, "/groups/\(group["id"])/members/\(id)", expecting: 204)
        try await scene.ada.call(
            .put, "/break-glass-rules",
            [
                "rules": [
                    [
                        "name": "On call", "groups": [.string(group["id"])], "actions": ["connect", "download"],
                        "maxSeconds": 1800,
                    ]
                ]
            ], version: 0, expecting: 200)
        guard case .offered(let offered) = try await offer() else { throw HostileWorkerTests.Unexpected("refused") }
        #expect(offered.seconds == 1800 && offered.actions.map(\.value) == ["download"])
        #expect(offered.actions.first?.name == Wording("download", "下载"))
        let hint = try #require(try await scene.refusal(bob).request)
        #expect(hint.emergency == offered && hint.actions.map(\.value).contains("forward"))

        func take(_ actions: [String], seconds: Int = 1800, code: String, reason: String = "down") -> NewEmergency {
            NewEmergency(
                admission: bob,
                wish: RequestWish(
                    asset: scene.asset, name: "web-1", account: "root", actions: actions, durationSeconds: seconds),
                reason: reason, code: PassedSecret(code))
        }
        let path = "/requests/emergency"
        let code = TOTP.code(secret: scene.bob.authenticator, at: Date() + 30)
        // None of these spends the code, and none gives anything.
        #expect(
            try await scene.code(refusing: path, take(["forward"], code: code)) == "break-glass-refused")
        #expect(try await scene.code(refusing: path, take([], seconds: 3600, code: code)) == "break-glass-refused")
        #expect(try await scene.code(refusing: path, take(["fly"], code: code)) == "invalid-fields")
        #expect(try await scene.code(refusing: path, take([], code: code, reason: " ")) == "invalid-fields")
        #expect(try await scene.code(refusing: path, take([], code: " ")) == "step-up-required")
        #expect(try await scene.code(refusing: path, take([], code: "000000")) == "code-refused")
        #expect(try await scene.refusal(bob).reasons.map(\.code) == ["no-grant"])
        let card = try await scene.card(path, take(["download"], code: code))
        #expect(card.kind == "break-glass" && card.isOwn && card.isOpen && !card.mayDecide)
        #expect(card.facts.first { $0.label == "actions" }?.values == ["connect", "download"])
        // The way is open: what is missing now is the host key.
        #expect(try await scene.refusal(bob).reasons.map(\.code) == ["host-key-missing"])
        guard case .refused(let blocked) = try await offer() else { throw HostileWorkerTests.Unexpected("offered") }
        #expect(blocked.code == "break-glass-unreviewed")
        let trail = try await scene.installation.test.superuser().query(
            "select outcome || ' ' || actor_name from audit_events where action = 'ticket.break-glass' order by at"
        ) { try $0.next(String.self) }
        #expect(trail == Array(repeating: "refused Bob", count: 6) + ["success Bob"])
    }

    @Test func `what is to be done besides connecting is asked for at a terminal as everywhere`() async throws {
        let scene = try await Scene(Installation())
        let bob = try await scene.admit(scene.bob)
        func wish(_ actions: [String]) -> RequestWish {
            RequestWish(asset: scene.asset, name: "web-1", account: "root", actions: actions, durationSeconds: 1800)
        }
        let card = try await scene.card(
            "/requests", NewRequest(admission: bob, wish: wish(["upload"]), reason: "release"))
        #expect(card.facts.first { $0.label == "actions" }?.values == ["connect", "upload"])
        #expect(
            try await scene.code(
                refusing: "/requests", NewRequest(admission: bob, wish: wish(["fly"]), reason: "x"))
                == "invalid-fields")
    }

    @Test func `what a rule denies is not offered to be asked for, and a passkey's level is for the portal`()
        async throws
    {
        let scene = try await Scene(Installation())
        let (bob, ada) = (try await scene.admit(scene.bob), try await scene.admit(scene.ada))
        try await Scene.flow(named: "Strict", with: ["needsPasskey": true], of: scene.ada)
        let card = try await scene.card("/requests", NewRequest(admission: bob, wish: scene.wish(), reason: "why"))
        let shown = try #require(try await scene.list(ada, .inbox).first)
        #expect(shown.needsPasskey)
        // No code is spent on what no code opens.
        let code = TOTP.code(secret: scene.ada.authenticator, at: Date() + 30)
        #expect(
            try await scene.code(refusing: "/requests/decision", Self.decision(shown, ada, code))
                == "ticket-needs-passkey")
        let stale = RequestCard(
            ticket: card.ticket, number: card.number, kind: "access", requester: "", isOwn: false, facts: [],
            reason: "", risk: "low", state: "open", levels: [], deadline: Date(), createdAt: Date(),
            digest: String(repeating: "0", count: 64), mayDecide: true, needsPasskey: false, url: "")
        #expect(
            try await scene.code(refusing: "/requests/decision", Self.decision(stale, ada, code)) == "ticket-changed")
        let back = try await scene.card(
            "/requests/withdrawal", RequestQuestion(admission: bob, ticket: card.ticket))
        #expect(back.state == "withdrawn")

        let id = try await scene.bob.call(.get, "/me", expecting: 200).json["user"]?["id"]?.text ?? ""
        try await scene.ada.call(
            .post, "/grants",
            [
                "name": "Not Bob", "effect": "deny", "users": [.string(id)], "assets": [.string(scene.asset.text)],
                "accounts": [["kind": "all"]], "protocols": ["ssh"], "actions": ["connect"],
            ], expecting: 201)
        let denied = try await scene.refusal(bob)
        #expect(denied.reasons.map(\.code) == ["denied"])
        #expect(denied.request == nil)
        try await Self.expectNoSecrets(of: scene, for: scene.bob)
    }

    @Test func `a level that asks why takes no code for an approval without words`() async throws {
        let scene = try await Scene(Installation())
        let (bob, ada) = (try await scene.admit(scene.bob), try await scene.admit(scene.ada))
        try await Scene.flow(named: "Reasoned", with: ["needsComment": "approved"], of: scene.ada)
        _ = try await scene.card("/requests", NewRequest(admission: bob, wish: scene.wish(), reason: "why"))
        let shown = try #require(try await scene.list(ada, .inbox).first)
        #expect(shown.approvalNeedsComment && !shown.refusalNeedsComment)
        let code = TOTP.code(secret: scene.ada.authenticator, at: Date() + 30)
        #expect(
            try await scene.code(refusing: "/requests/decision", Self.decision(shown, ada, code))
                == "ticket-needs-comment")
        // The code was not spent by that.
        let reasoned = RequestDecision(
            admission: ada, ticket: shown.ticket, isApproval: true, comment: "release night", digest: shown.digest,
            code: PassedSecret(code))
        #expect(try await scene.card("/requests/decision", reasoned).state == "approved")
    }

    @Test func `emergency access is offered where a rule is for the asset`() async throws {
        let scene = try await Scene(Installation())
        let bob = try await scene.admit(scene.bob)
        let id = try await scene.bob.call(.get, "/me", expecting: 200).json["user"]?["id"]?.text ?? ""
        let group = try await scene.ada.call(.post, "/groups", ["name": "On call"], expecting: 201)
        try await scene.ada.call(.put, "/groups/\(group["id"])/members/\(id)", expecting: 204)
        func rule(_ labels: JSON, version: Int) async throws {
            try await scene.ada.call(
                .put, "/break-glass-rules",
                ["rules": [["name": "On call", "groups": [.string(group["id"])], "labels": labels]]],
                version: version, expecting: 200)
        }
        try await rule([["key": "env", "value": "prod"]], version: 0)
        #expect(try #require(try await scene.refusal(bob).request).emergency == nil)
        try await rule([], version: 1)
        #expect(try #require(try await scene.refusal(bob).request).emergency != nil)
    }

    @Test func `whoever may have no secrets asks for none, and does not learn who has one`() async throws {
        let scene = try await Scene(Installation())
        let role = try await scene.ada.call(
            .post, "/roles",
            ["name": "Asker", "permissions": ["profile.read", "profile.use", "tickets.open", "tickets.see"]],
            expecting: 201)
        let made = try await scene.ada.call(
            .post, "/users", ["login": "dan", "name": "Dan", "roles": [.string(role["id"])]], expecting: 201)
        let dan = Person(installation: scene.installation, slug: "acme", login: "dan")
        try await dan.comeIn(by: made["invitationUrl"])
        try await Self.expectNoSecrets(of: scene, for: dan)
        // Whoever may is told what there is, and asks.
        #expect(try await scene.bob.call(.post, "/tickets/preview", Self.secret("root", scene)).status == 200)
        #expect(try await scene.bob.call(.post, "/tickets/preview", Self.secret("nobody", scene)).status == 422)
    }

    private static func expectNoSecrets(of scene: Scene, for person: Person) async throws {
        for account in ["root", "nobody"] {
            for (path, more) in [("/tickets/preview", [:] as JSON), ("/tickets", ["reason": "why"])] {
                let answer = try await person.call(.post, path, Self.secret(account, scene).merging(more))
                #expect(
                    answer.status == 403 && answer.json["type"]?.text?.hasSuffix("secret-refused") == true,
                    "\(path) \(account): \(answer.text)")
            }
        }
    }

    private static func secret(_ account: String, _ scene: Scene) -> JSON {
        [
            "kind": "secret", "assets": [.string(scene.asset.text)], "accounts": [.string(account)],
            "durationSeconds": 3_600,
        ]
    }

    @Test func `whoever may decide and see nothing else is told what they decided`() async throws {
        let scene = try await Scene(Installation())
        let role = try await scene.ada.call(
            .post, "/roles",
            ["name": "Decider", "permissions": ["profile.read", "profile.use", "tickets.decide"]], expecting: 201)
        let made = try await scene.ada.call(
            .post, "/users", ["login": "dan", "name": "Dan", "roles": [.string(role["id"])]], expecting: 201)
        let dan = Person(installation: scene.installation, slug: "acme", login: "dan")
        try await dan.comeIn(by: made["invitationUrl"])
        let id = try await dan.call(.get, "/me", expecting: 200).json["user"]?["id"]?.text ?? ""
        try await Scene.flow(named: "Dan's", with: ["approvers": [["user": .string(id)]]], of: scene.ada)
        let (bob, admitted) = (try await scene.admit(scene.bob), try await scene.admit(dan))
        let card = try await scene.card("/requests", NewRequest(admission: bob, wish: scene.wish(), reason: "why"))
        #expect(
            try await scene.code(
                refusing: "/requests/show", RequestQuestion(admission: admitted, ticket: card.ticket)) == "not-found")
        let shown = try #require(try await scene.list(admitted, .inbox).first)
        let code = TOTP.code(secret: dan.authenticator, at: Date() + 30)
        let decided = try await scene.card("/requests/decision", Self.decision(shown, admitted, code))
        #expect(decided.state == "approved")
        let trail = try await scene.installation.test.superuser().query(
            "select outcome || ' ' || actor_name from audit_events where action = 'ticket.decided'"
        ) { try $0.next(String.self) }
        #expect(trail == ["success Dan"])
    }

    @Test func `requests and assets of another company do not exist`() async throws {
        let installation = try await Installation()
        let (acme, bolt) = (try await Scene(installation), try await Scene(installation, "bolt"))
        let card = try await acme.card(
            "/requests",
            NewRequest(admission: try await acme.admit(acme.bob), wish: acme.wish(), reason: "why"))
        let stranger = try await bolt.admit(bolt.ada)
        #expect(
            try await bolt.code(
                refusing: "/requests/show", RequestQuestion(admission: stranger, ticket: card.ticket)) == "not-found")
        #expect(
            try await bolt.code(
                refusing: "/requests/withdrawal", RequestQuestion(admission: stranger, ticket: card.ticket))
                == "not-found")
        #expect(
            try await bolt.code(
                refusing: "/requests/decision",
                Self.decision(card, stranger, TOTP.code(secret: bolt.ada.authenticator, at: Date() + 30)))
                == "not-found")
        #expect(
            try await bolt.code(
                refusing: "/requests", NewRequest(admission: stranger, wish: acme.wish(), reason: "why"))
                == "unknown-asset")
        #expect(try await bolt.list(stranger, .inbox).isEmpty)
    }
}
