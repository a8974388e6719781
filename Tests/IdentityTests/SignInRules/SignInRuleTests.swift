import Cryptography
import Foundation
import HTTPAPI
import HTTPTypes
import Kernel
import Postgres
import TestSupport
import Testing

@testable import Identity
@testable import Tickets

@Suite struct SignInRuleTests {
    private static let line =
        "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl bob@laptop"

    /// A house with Ada, who makes rules, and Bob.
    private struct Scene {
        let house: House
        let scope: TenantScope
        let ada: Visitor
        let bob: (id: UserID, visitor: Visitor)

        init() async throws {
            house = try await House()
            (scope, ada) = try await house.makeTenant()
            bob = try await ada.take("bob")
        }

        @discardableResult
        func set(_ rules: JSON...) async throws -> Answer {
            let version = try await ada.call("sign-in-rules.show").version
            return try await ada.call("sign-in-rules.set", body: ["rules": .array(rules)], version: version)
        }

        func deny(_ who: JSON? = nil, from sources: JSON = [], hours: JSON = []) -> JSON {
            [
                "name": "keep out", "who": .array([who ?? ["user": .string(bob.id.text)]]), "sources": sources,
                "hours": hours, "action": "deny",
            ]
        }

        func review(by asked: JSON, of who: JSON? = nil) -> JSON {
            [
                "name": "four eyes", "who": .array([who ?? ["user": .string(bob.id.text)]]), "action": "review",
                "asked": .array([asked]),
            ]
        }

        var adaID: String {
            get async throws { try #require(try await house.identity.directory.user(login: "ada", in: scope)).id.text }
        }

        /// From now on, this is what counts of Bob.
        func demand(_ factor: String) async throws {
            let version = try await ada.call("factor-rules.show").version
            _ = try await ada.call("me.step-up", body: ["code": .string(ada.freshCode())])
            let rule: JSON = [
                "name": "keys", "who": [["user": .string(bob.id.text)]], "action": "require",
                "factors": [.string(factor)],
            ]
            let set = try await ada.call("factor-rules.set", body: ["level": "all", "rules": [rule]], version: version)
            #expect(set.status == 200, "\(set.json)")
        }

        /// Password and code; the answer to the code.
        func come(_ visitor: Visitor) async throws -> Answer {
            let first = try await visitor.password()
            #expect(first.step == "second-factor")
            return try await visitor.open(
                "auth.second-factor", ["token": .string(first["token"]), "code": .string(visitor.freshCode())])
        }

        func commandLine(_ visitor: Visitor, _ attempt: String? = nil) async throws -> Answer {
            let body: JSON = [
                "login": .string(visitor.login), "password": .string(House.password),
                "code": .string(visitor.freshCode()),
            ]
            return try await visitor.open(
                "auth.cli", attempt.map { body.merging(["attempt": .string($0)]) } ?? body)
        }

        func gateway(
            _ visitor: Visitor, attempt: String = "one", key: [UInt8]? = nil, from address: String = "192.0.2.1"
        )
            async throws -> GatewaySignIn.Entry
        {
            let person = try #require(try await house.identity.directory.user(login: visitor.login, in: scope))
            return try await house.identity.gateway.admitted(
                person, by: key.map(GatewayWay.publicKey) ?? .password, attempt: attempt, from: address,
                at: house.now, in: scope)
        }

        /// Why gateways kept people out, as the trail has it.
        func reasons() async throws -> [String] {
            try await house.test.database.query(
                """
                select details ->> 'reason' from audit_events
                where tenant_id = \(scope.tenant) and action = 'sign-in.gateway' and outcome = 'refused'
                """, in: scope
            ) { try $0.next() }
        }

        func bearer(_ token: String) async throws -> Answer {
            try await house.call("me.show", in: scope, headers: [.authorization: "Bearer \(token)"])
        }

        func id(of visitor: Visitor) async throws -> UserID {
            try #require(try await house.identity.directory.user(login: visitor.login, in: scope)).id
        }

        func waiting(_ visitor: Visitor) async throws -> [Ticket] {
            try await house.waiting(for: try await id(of: visitor), in: scope)
        }

        /// What comes of the word of somebody who is asked.
        @discardableResult
        func decide(_ visitor: Visitor, _ outcome: TicketOutcome) async throws -> TicketState.Word {
            let review = try #require(try await waiting(visitor).first)
            return try await house.decide(review, outcome, by: try await id(of: visitor), in: scope).state
        }
    }

    @Test func `a rule about an address is asked at every entrance`() async throws {
        let scene = try await Scene()
        let (house, bob) = (scene.house, scene.bob.visitor)
        #expect(
            try await bob.call("me.add-ssh-key", body: ["name": "k", "publicKey": .string(Self.line)]).status == 201)
        let key = try SSHPublicKey(line: Self.line).blob
        let token = try await bob.call("me.create-token", body: ["name": "script"])["token"]
        #expect(try await scene.bearer(token).status == 200)
        #expect(try await scene.set(scene.deny(from: ["192.0.2.0/24", "2001:db8::1-2001:db8::ff"])).status == 200)

        let web = try await scene.come(bob)
        #expect(web.status == 403 && web.problem == "sign-in-denied" && web.cookie == nil)
        let cli = try await scene.commandLine(bob)
        #expect(cli.problem == "sign-in-denied" && cli["token"].isEmpty)
        for address in ["192.0.2.1", "::ffff:192.0.2.1", "2001:db8::42"] {
            for key in [nil, key] {
                guard case .kept = try await scene.gateway(bob, key: key, from: address) else {
                    return #expect(Bool(false), "\(address) came in")
                }
            }
        }
        let program = try await scene.bearer(token)
        #expect(program.status == 403 && program.problem == "forbidden")
        _ = try await scene.bearer(token)
        // One answer, whatever the rule and the door.
        #expect(web["title"] == cli["title"] && web["detail"] == cli["detail"])
        let trail = try await house.test.database.query(
            """
            select action, details ->> 'reason', details ->> 'rule' from audit_events
            where tenant_id = \(scene.scope.tenant) and action in ('sign-in.gateway', 'sign-in.token') and outcome = 'refused'
            """, in: scene.scope
        ) { "\(try $0.next(String.self)) \(try $0.next(String.self)) \(try $0.next(String.self))" }
        #expect(trail.filter { $0 == "sign-in.gateway sign-in-rule keep out" }.count == 6)
        // However often a program tries, the trail is told once in a while.
        #expect(trail.filter { $0 == "sign-in.token sign-in-rule keep out" }.count == 1)

        // Nobody else is meant, and nowhere else.
        #expect(try await scene.gateway(scene.ada) == .admitted)
        house.move(to: "198.51.100.9")
        #expect(try await scene.come(bob).step == "done")
        #expect(try await !scene.commandLine(bob)["token"].isEmpty)
        #expect(try await scene.gateway(bob, key: key, from: "198.51.100.9") == .admitted)
        #expect(try await scene.bearer(token).status == 200)
    }

    @Test func `groups, roles and hours are looked at, and the first rule that fits decides`() async throws {
        let scene = try await Scene()
        let group = try await scene.ada.call("groups.create", body: ["name": "Night"])["id"]
        let roles = try await scene.ada.call("roles.list").items
        let role = try #require(roles.first { $0["builtIn"]?.text == "user" }?["id"]?.text)
        let always: JSON = [["days": [1, 2, 3, 4, 5, 6, 7], "from": 0, "to": 1440]]
        try await scene.set(
            [
                "name": "night shift", "who": [["group": .string(group)]], "action": "allow",
            ], scene.deny(["role": .string(role)], hours: always))
        #expect(try await scene.come(scene.bob.visitor).problem == "sign-in-denied")
        _ = try await scene.ada.call("groups.add-member", [group, scene.bob.id.text])
        #expect(try await scene.come(scene.bob.visitor).step == "done")
        let tried = try await scene.ada.call(
            "sign-in-rules.try", body: ["user": .string(scene.bob.id.text), "address": "10.0.0.1"])
        #expect(tried["action"] == "allow" && tried["ruleName"] == "night shift")
        let other = try await scene.ada.call(
            "sign-in-rules.try", body: ["user": .string(try await scene.adaID), "address": "10.0.0.1"])
        #expect(other["action"] == "allow" && other.json["rule"] == .null)
        // The names are those of today.
        let shown = try await scene.ada.call("sign-in-rules.show").json["rules"]
        guard case .array(let rules)? = shown, case .array(let who)? = rules.first?["who"] else {
            return #expect(Bool(false), "no rules")
        }
        #expect(who.first?["name"]?.text == "Night")
    }

    @Test func `what nobody could mean is refused, and nobody shuts themselves out`() async throws {
        let scene = try await Scene()
        let me: JSON = ["user": .string(try await scene.adaID)]
        let lockOut = try await scene.set(scene.deny(me, from: ["192.0.2.1"]))
        #expect(lockOut.status == 409 && lockOut.problem == "would-lock-you-out")
        #expect(try await scene.set(scene.deny(me, from: ["198.51.100.0/24"])).status == 200)
        let refused: [JSON] = [
            ["name": "x", "action": "deny"],
            ["name": "x", "action": "deny", "everyone": true, "who": [me]],
            ["name": "x", "action": "review", "everyone": true],
            ["name": "x", "action": "allow", "everyone": true, "asked": [me]],
            ["name": "x", "action": "deny", "everyone": true, "sources": ["10.0.0.1/8"]],
            ["name": "x", "action": "deny", "everyone": true, "hours": [["days": [1], "from": 60, "to": 60]]],
            ["name": "x", "action": "deny", "everyone": true, "hours": [["days": [8], "from": 0, "to": 60]]],
            ["name": "x", "action": "deny", "who": [["user": .string(UserID.new().text)]]],
            [
                "name": "x", "action": "deny",
                "who": [["group": .string(GroupID.new().text), "role": .string(RoleID.new().text)]],
            ],
            ["id": .string(SignInRuleID.new().text), "name": "x", "action": "allow", "everyone": true],
        ]
        for rule in refused { #expect(try await scene.set(rule).status == 422, "\(rule)") }
        let stale = try await scene.ada.call("sign-in-rules.set", body: ["rules": []], version: 1)
        #expect(stale.status == 412)
        #expect(try await scene.bob.visitor.call("sign-in-rules.show").status == 403)
        guard case .array(let rules)? = try await scene.ada.call("sign-in-rules.show").json["rules"] else {
            return #expect(Bool(false))
        }
        #expect(rules.count == 1)
    }

    @Test func `a denial takes back what the last step of the sign-in did`() async throws {
        let scene = try await Scene()
        _ = try await scene.ada.call(
            "users.create", body: ["login": "carl", "name": "Carl", "password": .string(House.password)])
        let carl = Visitor(house: scene.house, scope: scene.scope, login: "carl")
        let id = try #require(try await scene.house.identity.directory.user(login: "carl", in: scene.scope)).id
        try await scene.set(scene.deny(["user": .string(id.text)]))
        let first = try await carl.password()
        #expect(first.step == "change-password")
        let changed = try await carl.open(
            "auth.change-password", ["token": .string(first["token"]), "password": "nine herons under the bridge"])
        #expect(changed.step == "enrol")
        let begun = try await carl.open("auth.enrolment", ["token": .string(changed["token"])])
        let secret = try #require(Base32RFC4648.decode(begun["secret"]))
        scene.house.wait(30)
        let code = TOTP.code(secret: secret, at: scene.house.now)
        let confirmed = try await carl.open(
            "auth.confirm-enrolment", ["token": .string(changed["token"]), "code": .string(code)])
        #expect(confirmed.problem == "sign-in-denied" && confirmed.json["recoveryCodes"] == nil)
        #expect(try await scene.ada.call("users.show", [id.text]).json["secondFactor"] == false)
    }

    @Test func `a reviewed sign-in waits in the browser until somebody else agrees, and is good for once`() async throws
    {
        let scene = try await Scene()
        let (house, bob) = (scene.house, scene.bob.visitor)
        let carol = try await scene.ada.take("carol")
        let dan = try await scene.ada.take("dan")
        try await scene.set(
            scene.review(by: ["user": .string(carol.id.text)]), scene.review(by: ["user": .string(scene.bob.id.text)]))
        let asked = try await scene.come(bob)
        #expect(asked.step == "review" && asked.cookie == nil)
        func poll(_ answer: Answer) async throws -> Answer {
            try await bob.open("auth.review", ["token": .string(answer["token"])])
        }
        #expect(try await poll(asked).step == "review")
        // Neither the person nor anybody who was not asked.
        #expect(try await scene.waiting(bob).isEmpty)
        #expect(try await scene.waiting(dan.visitor).isEmpty)
        let shown = try #require(try await scene.waiting(carol.visitor).first)
        #expect(shown.kind.rawValue == "sign-in" && shown.requester.id == scene.bob.id)
        #expect(
            shown.facts == [
                TicketFact("login", ["bob"]), TicketFact("client-address", ["192.0.2.1"]),
                TicketFact("entrance", ["web"]), TicketFact("rule", ["four eyes"]),
            ])
        let strangers: [(Visitor, TicketError)] = [
            (bob, .ownTicket), (dan.visitor, .notFound), (scene.ada, .notFound),
        ]
        for (visitor, refusal) in strangers {
            let user = try await scene.id(of: visitor)
            await #expect(throws: refusal) {
                try await house.decide(shown, .approved, by: user, in: scene.scope)
            }
        }
        #expect(try await poll(asked).step == "review")
        #expect(try await scene.decide(carol.visitor, .approved) == .approved)
        let done = try await poll(asked)
        #expect(done.step == "done" && done.cookie != nil)
        // Once: neither the token nor the word is of use again.
        #expect(try await poll(asked).problem == "sign-in-expired")
        let next = try await scene.come(bob)
        #expect(next.step == "review")
        #expect(try await scene.decide(carol.visitor, .rejected) == .rejected)
        #expect(try await poll(next).problem == "sign-in-rejected")
        // Too late for both.
        let late = try await scene.come(bob)
        #expect(late.step == "review")
        let review = try #require(try await scene.waiting(carol.visitor).first)
        house.wait(TimeInterval(SignInReviews.lifetime))
        #expect(try await poll(late).problem == "sign-in-expired")
        await #expect(throws: TicketError.expired) {
            try await house.decide(review, .approved, by: carol.id, in: scene.scope)
        }
    }

    @Test func `whoever gives up is asked about no more, and a word for it lets nobody in`() async throws {
        let scene = try await Scene()
        let (house, bob) = (scene.house, scene.bob.visitor)
        try await scene.set(scene.review(by: ["user": .string(try await scene.adaID)]))
        let ada = try await scene.id(of: scene.ada)
        let asked = try await scene.come(bob)
        let review = try #require(try await scene.waiting(scene.ada).first)
        let gone = try await bob.open("auth.give-up", ["token": .string(asked["token"])])
        #expect(gone.status == 200 || gone.status == 204)
        #expect(try await scene.waiting(scene.ada).isEmpty)
        await #expect(throws: TicketError.notOpen) {
            try await house.decide(review, .approved, by: ada, in: scene.scope)
        }
        #expect(try await bob.open("auth.review", ["token": .string(asked["token"])]).problem == "sign-in-expired")
        // Once more changes nothing.
        #expect(try await bob.open("auth.give-up", ["token": .string(asked["token"])]).status == gone.status)

        // The same from the list of the person's own requests, somewhere else.
        let again = try await scene.come(bob)
        let other = try #require(try await scene.waiting(scene.ada).first)
        _ = try await house.reviews.tickets.withdraw(
            other.id, by: scene.bob.id, at: house.now, audit: .discarding, in: scene.scope)
        #expect(try await bob.open("auth.review", ["token": .string(again["token"])]).problem == "sign-in-expired")
    }

    @Test func `nobody is asked about themself, and where nobody else can answer nobody comes in`() async throws {
        let scene = try await Scene()
        try await scene.set(scene.review(by: ["user": .string(scene.bob.id.text)]))
        #expect(try await scene.come(scene.bob.visitor).problem == "sign-in-denied")
        // An account with the same address is the same person.
        let twin = try await scene.ada.take("bobby")
        _ = try await scene.house.test.superuser().execute(
            """
            update users set email = 'bob@acme.example'
            where tenant_id = \(scene.scope.tenant) and user_id in (\(scene.bob.id), \(twin.id))
            """)
        try await scene.set(scene.review(by: ["user": .string(twin.id.text)]))
        #expect(try await scene.come(scene.bob.visitor).problem == "sign-in-denied")
        let requests = try await scene.house.test.superuser().query("select count(*) from tickets") {
            try $0.next(Int.self)
        }
        #expect(requests == [0])
        // Nor does anybody shut themselves out so: with whoever else may answer, the rule is good.
        let ada: JSON = ["user": .string(try await scene.adaID)]
        let alone = try await scene.set(scene.review(by: ada, of: ada))
        #expect(alone.status == 409 && alone.problem == "would-lock-you-out", "\(alone.json)")
        #expect(try await scene.set(scene.review(by: ["user": .string(scene.bob.id.text)], of: ada)).status == 200)
        // The trail tells such a refusal from a denial.
        try await scene.set(scene.review(by: ["user": .string(scene.bob.id.text)]))
        guard case .kept = try await scene.gateway(scene.bob.visitor) else { return #expect(Bool(false), "came in") }
        #expect(try await scene.reasons() == ["sign-in-review-unanswerable"])
    }

    @Test func `whoever was asked for a second factor and a review may do nothing between the two`() async throws {
        let scene = try await Scene()
        try await scene.set(scene.review(by: ["user": .string(try await scene.adaID)]))
        let asked = try await scene.come(scene.bob.visitor)
        for name in ["auth.second-factor", "auth.confirm-enrolment"] {
            let answer = try await scene.bob.visitor.open(name, ["token": .string(asked["token"]), "code": "123456"])
            #expect(answer.problem == "sign-in-expired")
        }
        let password = try await scene.bob.visitor.open(
            "auth.change-password", ["token": .string(asked["token"]), "password": "nine herons under the bridge"])
        #expect(password.problem == "sign-in-expired")
        // Disabled while they wait.
        #expect(try await scene.decide(scene.ada, .approved) == .approved)
        _ = try await scene.ada.call("users.disable", [scene.bob.id.text])
        let poll = try await scene.bob.visitor.open("auth.review", ["token": .string(asked["token"])])
        #expect(poll.problem == "sign-in-expired")
    }

    @Test func `what was shown before a review is known after it, and has to count then, too`() async throws {
        let scene = try await Scene()
        try await scene.set(scene.review(by: ["user": .string(try await scene.adaID)]))
        func poll(_ asked: Answer) async throws -> Answer {
            #expect(try await scene.decide(scene.ada, .approved) == .approved)
            return try await scene.bob.visitor.open("auth.review", ["token": .string(asked["token"])])
        }
        scene.house.wait(1)
        let before = scene.house.now
        #expect(try await poll(try await scene.come(scene.bob.visitor)).step == "done")
        let shown = try await scene.house.test.superuser().query(
            "select second_factor_by from web_sessions where user_id = \(scene.bob.id) and created_at >= \(before)"
        ) { try $0.next(String?.self) }
        #expect(shown == ["authenticator"])
        // A rule that leaves the app out, made while they wait.
        let asked = try await scene.come(scene.bob.visitor)
        #expect(asked.step == "review")
        let version = try await scene.ada.call("factor-rules.show").version
        _ = try await scene.ada.call("me.step-up", body: ["code": .string(scene.ada.freshCode())])
        let rule: JSON = [
            "name": "keys", "who": [["user": .string(scene.bob.id.text)]], "action": "require", "factors": ["passkey"],
        ]
        let set = try await scene.ada.call(
            "factor-rules.set", body: ["level": "all", "rules": [rule]], version: version)
        #expect(set.status == 200, "\(set.json)")
        #expect(try await poll(asked).problem == "sign-in-expired")
    }

    @Test func `the command line comes again, and its token stays good where others are refused`() async throws {
        let scene = try await Scene()
        let other = try await scene.bob.visitor.call("me.create-token", body: ["name": "script"])["token"]
        try await scene.set(scene.review(by: ["user": .string(try await scene.adaID)]))
        let first = try await scene.commandLine(scene.bob.visitor)
        #expect(first.problem == "sign-in-waits")
        let again = try await scene.commandLine(scene.bob.visitor, first["attempt"])
        #expect(again.problem == "sign-in-waits" && again["attempt"] == first["attempt"])
        #expect(try await scene.waiting(scene.ada).count == 1)
        #expect(try await scene.decide(scene.ada, .approved) == .approved)
        // Somebody else at the same address, with all that Bob knows, waits for a word of their own.
        let thief = try await scene.commandLine(scene.bob.visitor)
        #expect(thief.problem == "sign-in-waits" && thief["attempt"] != first["attempt"])
        let token = try await scene.commandLine(scene.bob.visitor, first["attempt"])["token"]
        #expect(try await scene.bearer(token).status == 200)
        #expect(try await scene.bearer(other).status == 403)
        #expect(try await scene.commandLine(scene.bob.visitor, first["attempt"]).problem == "sign-in-waits")
    }

    @Test func `the command line waits with what it was told, and is let in by what it has shown`() async throws {
        let scene = try await Scene()
        func look(_ attempt: String) async throws -> Answer {
            try await scene.bob.visitor.open("auth.cli-review", ["attempt": .string(attempt)])
        }
        try await scene.set(scene.review(by: ["user": .string(try await scene.adaID)]))
        let first = try await scene.commandLine(scene.bob.visitor)
        let attempt = first["attempt"]
        #expect(first.json["asked"] == ["Ada Archer"] && first["until"].hasPrefix("20"), "\(first.json)")
        let waits = try await look(attempt)
        #expect(waits.problem == "sign-in-waits" && waits["attempt"] == attempt)
        // It is no token of a sign-in in a browser.
        #expect(
            try await scene.bob.visitor.open("auth.review", ["token": .string(attempt)]).problem == "sign-in-expired")
        #expect(try await scene.decide(scene.ada, .approved) == .approved)
        scene.house.wait(60)
        let token = try await look(attempt)["token"]
        #expect(try await scene.bearer(token).status == 200)
        // Once; and as fresh as what was shown, not as the word.
        #expect(try await look(attempt).problem == "sign-in-expired")
        let shown = try await scene.house.test.superuser().query(
            "select second_factor_at from api_tokens where user_id = \(scene.bob.id) and name = 'cli'"
        ) { try $0.next(Date?.self) }
        #expect(shown.count == 1 && shown.allSatisfy { $0.map { $0 <= scene.house.now - 60 } ?? false })

        let refused = try await scene.commandLine(scene.bob.visitor)["attempt"]
        #expect(try await scene.decide(scene.ada, .rejected) == .rejected)
        #expect(try await look(refused).problem == "sign-in-rejected")
        let left = try await scene.commandLine(scene.bob.visitor)["attempt"]
        let gone = try await scene.bob.visitor.open("auth.cli-give-up", ["attempt": .string(left)])
        #expect(gone.status == 204)
        #expect(try await scene.waiting(scene.ada).isEmpty)
        #expect(try await look(left).problem == "sign-in-expired")
        let late = try await scene.commandLine(scene.bob.visitor)["attempt"]
        scene.house.wait(TimeInterval(SignInReviews.lifetime))
        #expect(try await look(late).problem == "sign-in-expired")
    }

    @Test(arguments: ["signed out", "changed", "reset", "disabled"])
    func `what is waited for ends with the person's sign-ins, also what was agreed to`(_ end: String) async throws {
        let scene = try await Scene()
        let (house, bob) = (scene.house, scene.bob.visitor)
        try await scene.set(scene.review(by: ["user": .string(try await scene.adaID)]))
        _ = try await bob.call("me.step-up", body: ["code": .string(bob.freshCode())])
        let agreed = try await scene.commandLine(bob)["attempt"]
        #expect(try await scene.decide(scene.ada, .approved) == .approved)
        let open = try await scene.commandLine(bob)["attempt"]
        #expect(try await scene.waiting(scene.ada).count == 1)
        _ = try await scene.ada.call("me.step-up", body: ["code": .string(scene.ada.freshCode())])
        let status =
            switch end {
            case "signed out": try await scene.ada.call("online.sign-out", [scene.bob.id.text]).status
            case "reset": try await scene.ada.call("users.reset-second-factor", [scene.bob.id.text]).status
            case "disabled": try await scene.ada.call("users.disable", [scene.bob.id.text]).status
            default:
                try await bob.call(
                    "me.password",
                    body: ["current": .string(House.password), "password": "another long enough one"]
                ).status
            }
        #expect(status < 300, "\(status)")
        #expect(try await scene.waiting(scene.ada).isEmpty)
        for attempt in [agreed, open] {
            let look = try await bob.open("auth.cli-review", ["attempt": .string(attempt)])
            #expect(look.problem == "sign-in-expired", "\(look.json)")
        }
        guard end == "signed out" else { return }
        // Whoever knows all of it again begins another one.
        let again = try await scene.commandLine(bob, agreed)
        #expect(again.problem == "sign-in-waits" && again["attempt"] != agreed)
        let used = try await house.test.superuser().query(
            "select count(*) from ticket_reviews where user_id = \(scene.bob.id) and used_at is null"
        ) { try $0.next(Int.self) }
        #expect(used == [1])
    }

    @Test func `at the command line the second factor has to count when somebody has agreed, too`() async throws {
        let scene = try await Scene()
        try await scene.set(scene.review(by: ["user": .string(try await scene.adaID)]))
        let attempt = try await scene.commandLine(scene.bob.visitor)["attempt"]
        #expect(try await scene.decide(scene.ada, .approved) == .approved)
        try await scene.demand("passkey")
        let look = try await scene.bob.visitor.open("auth.cli-review", ["attempt": .string(attempt)])
        #expect(look.problem == "sign-in-expired")
        try await scene.demand("authenticator")
        #expect(
            try await scene.bob.visitor.open("auth.cli-review", ["attempt": .string(attempt)]).problem
                == "sign-in-expired")
    }

    @Test func `a rule that asks others has them asked about those who wait`() async throws {
        let scene = try await Scene()
        let (carol, dan) = (try await scene.ada.take("carol"), try await scene.ada.take("dan"))
        try await scene.set(scene.review(by: ["user": .string(carol.id.text)]))
        let asked = try await scene.come(scene.bob.visitor)
        func rule(_ asked: JSON) async throws -> JSON {
            guard case .array(let rules)? = try await scene.ada.call("sign-in-rules.show").json["rules"],
                let rule = rules.first
            else { return [:] }
            return rule.merging(["asked": .array([asked])])
        }
        #expect(try await scene.set(try await rule(["user": .string(carol.id.text)])).status == 200)
        #expect(try await scene.waiting(carol.visitor).count == 1)
        #expect(try await scene.decide(carol.visitor, .approved) == .approved)
        #expect(try await scene.set(try await rule(["user": .string(dan.id.text)])).status == 200)
        func poll() async throws -> Answer {
            try await scene.bob.visitor.open("auth.review", ["token": .string(asked["token"])])
        }
        #expect(try await poll().step == "review")
        #expect(try await scene.decide(dan.visitor, .approved) == .approved)
        #expect(try await poll().step == "done")
    }

    @Test func `what was proven at a gateway counts no more once the person's access was ended`() async throws {
        let scene = try await Scene()
        let (house, bob) = (scene.house, scene.bob.visitor)
        try await scene.set(scene.review(by: ["user": .string(try await scene.adaID)]))
        #expect(
            try await bob.call("me.add-ssh-key", body: ["name": "k", "publicKey": .string(Self.line)]).status == 201)
        let blob = try SSHPublicKey(line: Self.line).blob
        let person = try #require(try await house.identity.directory.user(login: "bob", in: scene.scope))
        let gateway = house.identity.gateway
        func come(_ attempt: String) async throws {
            guard
                case .waits = try await gateway.admitted(
                    person, by: .password, showing: .authenticator, attempt: attempt, from: "192.0.2.1", at: house.now,
                    in: scene.scope)
            else { return #expect(Bool(false), "\(attempt)") }
            #expect(try await scene.decide(scene.ada, .approved) == .approved)
        }
        func go(_ attempt: String, by way: GatewayWay = .password) async throws -> GatewaySignIn.Entry {
            try await gateway.resumed(
                person, by: way, attempt: attempt, from: "192.0.2.1", at: house.now, in: scene.scope)
        }
        try await come("plain")
        #expect(try await go("plain") == .admitted)
        let ended = GatewaySignIn.Entry.kept(out: "This sign-in was ended meanwhile. Sign in again.")
        #expect(try await go("plain") == ended)
        // Nobody goes on from what they have not shown.
        #expect(try await go("never") == ended)

        try await come("out")
        try await house.test.database.transaction(in: scene.scope) { [scene] in
            try await OpenAccess.end(of: [scene.bob.id], at: house.now, in: scene.scope, $0)
        }
        #expect(try await go("out") == ended)
        try await come("changed")
        try await house.test.database.transaction(in: scene.scope) { [scene] in
            try await SignInStore.removeAll(of: scene.bob.id, in: scene.scope, $0)
        }
        #expect(try await go("changed") == ended)

        // A key and a code: without the key, the code is nothing.
        try await gateway.remember(
            .publicKey(blob), of: person.id, attempt: "key", from: "192.0.2.1", at: house.now, in: scene.scope)
        let waits = try await gateway.resumed(
            person, by: .publicKeyAndCode, showing: .authenticator, attempt: "key", from: "192.0.2.1", at: house.now,
            in: scene.scope)
        guard case .waits = waits else { return #expect(Bool(false), "\(waits)") }
        #expect(try await scene.decide(scene.ada, .approved) == .approved)
        _ = try await house.test.superuser().execute("delete from ssh_keys where user_id = \(person.id)")
        #expect(try await go("key", by: .publicKeyAndCode) == ended)
    }

    @Test func `at a gateway the second factor has to count when somebody has agreed, too`() async throws {
        let scene = try await Scene()
        let house = scene.house
        try await scene.set(scene.review(by: ["user": .string(try await scene.adaID)]))
        let person = try #require(try await house.identity.directory.user(login: "bob", in: scene.scope))
        let gateway = house.identity.gateway
        _ = try await gateway.admitted(
            person, by: .password, showing: .authenticator, attempt: "one", from: "192.0.2.1", at: house.now,
            in: scene.scope)
        #expect(try await scene.decide(scene.ada, .approved) == .approved)
        let version = try await scene.ada.call("factor-rules.show").version
        _ = try await scene.ada.call("me.step-up", body: ["code": .string(scene.ada.freshCode())])
        let rule: JSON = [
            "name": "keys", "who": [["user": .string(scene.bob.id.text)]], "action": "require", "factors": ["passkey"],
        ]
        let set = try await scene.ada.call(
            "factor-rules.set", body: ["level": "all", "rules": [rule]], version: version)
        #expect(set.status == 200, "\(set.json)")
        let entry = try await gateway.resumed(
            person, by: .password, attempt: "one", from: "192.0.2.1", at: house.now, in: scene.scope)
        #expect(entry == .kept(out: "Your company asks for another second factor by now. Sign in again."))
    }

    @Test(arguments: [GatewayWay.browser, .browserByProvider])
    func `what was shown in a browser has to count at the gateway after a wait, too`(_ way: GatewayWay) async throws {
        let scene = try await Scene()
        let house = scene.house
        try await scene.set(scene.review(by: ["user": .string(try await scene.adaID)]))
        let person = try #require(try await house.identity.directory.user(login: "bob", in: scene.scope))
        let gateway = house.identity.gateway
        func come(_ attempt: String, showing factor: ProvenFactor?) async throws {
            let entry = try await gateway.admitted(
                person, by: way, showing: factor, attempt: attempt, from: "192.0.2.1", at: house.now, in: scene.scope)
            guard case .waits = entry else { return #expect(Bool(false), "\(entry)") }
            #expect(try await scene.decide(scene.ada, .approved) == .approved)
        }
        func go(_ attempt: String) async throws -> GatewaySignIn.Entry {
            try await gateway.resumed(
                person, by: way, attempt: attempt, from: "192.0.2.1", at: house.now, in: scene.scope)
        }
        try await come("counts", showing: .authenticator)
        try await come("program", showing: nil)
        #expect(try await go("counts") == .admitted)
        #expect(try await go("program") == .admitted)
        for attempt in ["app", "unknown"] { try await come(attempt, showing: attempt == "app" ? .authenticator : nil) }
        try await scene.demand("passkey")
        let other = GatewaySignIn.Entry.kept(
            out: "Your company asks for another second factor by now. Sign in again.")
        #expect(try await go("app") == other)
        #expect(try await go("unknown") == other)
        // Not even once the rule is gone: what was proven is forgotten.
        try await scene.demand("authenticator")
        #expect(try await go("app") == .kept(out: "This sign-in was ended meanwhile. Sign in again."))
    }

    @Test func `at a gateway the word is good for one attempt, and too many attempts are none`() async throws {
        let scene = try await Scene()
        try await scene.set(scene.review(by: ["user": .string(try await scene.adaID)]))
        let bob = scene.bob.visitor
        guard case .waits = try await scene.gateway(bob, attempt: "one") else { return #expect(Bool(false)) }
        #expect(try await scene.decide(scene.ada, .approved) == .approved)
        guard case .waits = try await scene.gateway(bob, attempt: "two") else { return #expect(Bool(false)) }
        guard case .waits = try await scene.gateway(bob, attempt: "one", from: "198.51.100.1") else {
            return #expect(Bool(false), "another address came in")
        }
        #expect(try await scene.gateway(bob, attempt: "one") == .admitted)
        guard case .waits = try await scene.gateway(bob, attempt: "one") else { return #expect(Bool(false)) }
        for attempt in ["three", "four"] { _ = try await scene.gateway(bob, attempt: attempt) }
        guard case .kept = try await scene.gateway(bob, attempt: "five") else { return #expect(Bool(false)) }
        #expect(try await scene.reasons() == ["sign-in-review-crowded"])
        #expect(try await scene.waiting(scene.ada).count == Reviews.mostOfOnePerson)
        let events = try await scene.house.test.superuser().query(
            "select count(*) from events where type = 'ticket.opened'", { try $0.next(Int.self) })
        #expect(events == [6])
    }

    @Test func `somebody who is told of a sign-in is told once, and the person is in`() async throws {
        let scene = try await Scene()
        try await scene.set(
            ["name": "tell", "everyone": true, "action": "notify", "asked": [["user": .string(try await scene.adaID)]]])
        #expect(try await scene.come(scene.bob.visitor).step == "done")
        let events = try await scene.house.test.superuser().query(
            "select data ->> 'login' from events where type = 'sign-in.noticed'", { try $0.next(String.self) })
        #expect(events == ["bob"])
    }
}
