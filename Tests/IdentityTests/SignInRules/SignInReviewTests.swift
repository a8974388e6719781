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

/// Sign-ins that wait until somebody else agrees.
@Suite struct SignInReviewTests {
    @Test func `a reviewed sign-in waits in the browser until somebody else agrees, and is good for once`() async throws
    {
        let scene = try await SignInRuleScene()
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
        let scene = try await SignInRuleScene()
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
        let scene = try await SignInRuleScene()
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
        let scene = try await SignInRuleScene()
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
        let scene = try await SignInRuleScene()
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

    @Test func `a rule that asks others has them asked about those who wait`() async throws {
        let scene = try await SignInRuleScene()
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
}
