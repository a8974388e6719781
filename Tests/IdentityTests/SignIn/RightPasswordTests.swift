import HTTPAPI
import Kernel
import Postgres
import TestSupport
import Testing

@testable import Identity

/// What was counted for a password before it was looked at is given back with the next step, and if there is none.
@Suite struct RightPasswordTests {
    private func failures(_ house: House, _ login: String) async throws -> [Int] {
        try await house.test.superuser().query("select failed_attempts from users where login = \(login)") {
            try $0.next(Int.self)
        }
    }

    @Test func `a right password counts as no failure, whatever becomes of the sign-in`() async throws {
        let house = try await House()
        let (_, ada) = try await house.makeTenant()
        let bob = try await ada.take("bob")
        #expect(try await bob.visitor.password("eleven cormorants asleep").problem == "sign-in-refused")
        #expect(try await bob.visitor.password().step == "second-factor")
        #expect(try await failures(house, "bob") == [1])
        // Where the password is all that is asked for, and a rule says no to whoever has it.
        let factors = try await ada.call("factor-rules.show").version
        let level = try await ada.call("factor-rules.set", body: ["level": "off", "rules": []], version: factors)
        #expect(level.status == 200, "\(level.json)")
        let rules = try await ada.call("sign-in-rules.show").version
        let rule: JSON = [
            "name": "keep out", "who": .array([["user": .string(bob.id.text)]]), "sources": [], "hours": [],
            "action": "deny",
        ]
        let set = try await ada.call("sign-in-rules.set", body: ["rules": [rule]], version: rules)
        #expect(set.status == 200, "\(set.json)")
        for _ in 0...AttemptLimits.most {
            #expect(try await bob.visitor.password().problem == "sign-in-denied")
        }
        #expect(try await failures(house, "bob") == [1])
    }
}
