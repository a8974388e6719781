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

/// The same at the command line, which comes again.
@Suite struct CommandLineReviewTests {
    @Test func `the command line comes again, and its token stays good where others are refused`() async throws {
        let scene = try await SignInRuleScene()
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

    @Test func `nobody comes in who was disabled between what they showed and their token`() async throws {
        let scene = try await SignInRuleScene()
        let (house, bob) = (scene.house, scene.bob.visitor)
        #expect(try await scene.commandLine(bob).status == 200)
        let superuser = try await house.test.superuser()
        func tokens() async throws -> Int {
            try await superuser.query("select count(*) from api_tokens where user_id = \(scene.bob.id)") {
                try $0.next(Int.self)
            }[0]
        }
        let before = try await tokens()
        // With the very statement by which the code is used up, after which nothing is asked for any more.
        try await superuser.run(
            script: """
                create function disable() returns trigger language plpgsql security definer set search_path = public as
                $$ begin update users set state = 'disabled' where user_id = new.user_id; return null; end $$;
                create trigger disable after update of last_step on totp_secrets for each row execute function disable();
                """)
        let answer = try await scene.commandLine(bob)
        #expect(answer.problem == "sign-in-expired" && answer.json["token"] == nil, "\(answer.json)")
        #expect(try await tokens() == before)
        // Nor does a token wait for the day on which they are enabled again.
        #expect(try await scene.ada.call("users.enable", [scene.bob.id.text]).status == 200)
        #expect(try await tokens() == before)
    }

    @Test func `the command line waits with what it was told, and is let in by what it has shown`() async throws {
        let scene = try await SignInRuleScene()
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
        // The trail has why, and by which rule, as at the other doors.
        let trail = scene.house.trail.refused("access.refused").map(\.details).filter { $0["rule"] != nil }
        #expect(trail.map { $0["reason"] } == ["sign-in-review"], "\(trail)")
        #expect(trail.map { $0["rule"] } == ["four eyes"])
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
        let scene = try await SignInRuleScene()
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
        let scene = try await SignInRuleScene()
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
}
