import FoundationEssentials
import HTTPAPI
import Identity
import Kernel
import Synchronization
import Testing

@testable import Operators

@Suite struct ChangeOperatorPasswordTests {
    private static let fresh = "nine herons over the harbour"

    private func change(_ person: Colleague, from current: String, to password: String) async throws -> Answer {
        try await person.call(
            "provider-me.password", body: ["current": .string(current), "password": .string(password)])
    }

    @Test func `a password takes the one before, and signs every other browser out`() async throws {
        let house = try await Headquarters()
        let olga = try await house.make("olga")
        let elsewhere = olga.cookie
        try await olga.signIn()
        let wrong = try await change(olga, from: "not the one before", to: Self.fresh)
        #expect(wrong.status == 403 && wrong.problem == "password-refused")
        #expect(try await change(olga, from: Headquarters.password, to: Self.fresh).status == 204)
        // This browser stays, the other one is out, and so is the old password.
        #expect(try await olga.call("provider-me.show").status == 200)
        let here = olga.cookie
        olga.cookie = elsewhere
        #expect(try await olga.call("provider-me.show").status == 401)
        olga.cookie = here
        #expect(try await olga.call("provider-me.sessions").items.count == 1)
        #expect(try await olga.password().problem == "sign-in-refused")
        #expect(try await olga.password(Self.fresh)["step"] == "second-factor")
        let lines = house.trail.withLock { $0.filter { $0.action == "operator.password-changed" } }
        #expect(lines.count == 2 && lines.allSatisfy { $0.target?.id == olga.id.text })
        #expect(!"\(lines)".contains(Self.fresh) && !"\(lines)".contains(Headquarters.password))
    }

    @Test func `it takes a second factor of late, and a password that is good enough`() async throws {
        let house = try await Headquarters()
        let olga = try await house.make("olga")
        for password in ["short", "olga of the house", "password1234"] {
            let weak = try await change(olga, from: Headquarters.password, to: password)
            #expect(weak.status == 422, "\(password): \(weak.json)")
        }
        house.wait(20 * 60)
        let late = try await change(olga, from: Headquarters.password, to: Self.fresh)
        #expect(late.status == 401 && late.problem == "step-up-required")
        #expect(try await olga.password()["step"] == "second-factor")
    }

    @Test func `guessing the password before locks the account`() async throws {
        let house = try await Headquarters()
        let olga = try await house.make("olga")
        for _ in 0..<AttemptCounter.most {
            #expect(try await change(olga, from: "a guess of somebody", to: Self.fresh).problem == "password-refused")
        }
        #expect(try await change(olga, from: Headquarters.password, to: Self.fresh).problem == "password-refused")
        #expect(try await olga.password().problem == "sign-in-refused")
    }

    @Test func `links that wait stop working`() async throws {
        let house = try await Headquarters()
        let olga = try await house.make("olga")
        let begun = try await olga.password()
        #expect(begun["step"] == "second-factor")
        #expect(try await change(olga, from: Headquarters.password, to: Self.fresh).status == 204)
        house.wait(30)
        let late = try await house.call(
            "provider-auth.second-factor",
            body: ["token": .string(begun["token"]), "code": .string(olga.freshCode())])
        #expect(late.status == 401 && late.problem == "sign-in-expired")
    }
}
