import Cryptography
import FoundationEssentials
import Glibc
import Kernel
import Postgres
import TestSupport
import Testing

@testable import Identity

/// The same at a terminal: the command line, and in front of a gateway.
extension RADIUSSignInTests {
    @Test func `the command line passes the question on`() async throws {
        let test = try await TestRadius()
        let house = try await House()
        let (scope, admin) = try await house.makeTenant()
        let provider = try await makeProvider(for: admin, ports: [test.first.port])
        let cara = Visitor(house: house, scope: scope, login: "cara")
        let first = try await cara.password(Self.password("cara"))
        try await cara.enrol(try await self.answer(TestRadius.code, to: first, cara)["token"])
        func begin() async throws -> JSON {
            let begun = try await cara.open(
                "auth.cli", ["login": "cara", "password": .string(Self.password("cara")), "code": ""])
            #expect(begun.status == 200 && begun.json["token"] == .null, "\(begun.json)")
            return begun.json["challenge"] ?? .null
        }
        func answer(_ challenge: JSON, _ text: String, code: String) async throws -> Answer {
            try await cara.open(
                "auth.cli-challenge",
                ["token": challenge["token"] ?? .null, "answer": .string(text), "code": .string(code)])
        }
        let asked = try await begin()
        #expect(asked["prompt"]?.text == TestRadius.question && asked["codeNeeded"] == .bool(true))
        // The code of the provider is not ours.
        #expect(try await answer(asked, TestRadius.code, code: "").problem == "sign-in-refused")
        #expect(try await answer(try await begin(), "654321", code: cara.freshCode()).problem == "sign-in-refused")
        let right = try await answer(try await begin(), TestRadius.code, code: cara.freshCode())
        #expect(right["token"].hasPrefix("ght_"), "\(right.json)")
        let changed = try await admin.call(
            "identity-providers.change", [provider["id"]],
            body: [
                "settings": (provider.json["settings"] ?? .null).merging(["challengeIsSecondFactor": .bool(true)])
            ], version: 1)
        #expect(changed.status == 200, "\(changed.json)")
        let easy = try await begin()
        #expect(easy["codeNeeded"] == .bool(false))
        #expect(try await answer(easy, TestRadius.code, code: "")["token"].hasPrefix("ght_"))
    }

    @Test func `somebody in front of a gateway is asked too`() async throws {
        let test = try await TestRadius()
        let house = try await House()
        let (scope, admin) = try await house.makeTenant()
        let provider = try await makeProvider(for: admin, ports: [test.first.port])
        let cara = Visitor(house: house, scope: scope, login: "cara")
        let gateway = house.identity.gateway
        func begin(_ conversation: String) async throws -> GatewayProof {
            try await gateway.password(
                login: "cara", Secret(Self.password("cara")), conversation: conversation, from: "192.0.2.1",
                at: house.now,
                in: scope)
        }
        func answer(_ text: String, _ conversation: String) async throws -> GatewayProof {
            try await gateway.answer(
                Secret(text), conversation: conversation, from: "192.0.2.1", at: house.now, in: scope)
        }
        let question = GatewayProof.asked(TestRadius.question, codeNeeded: true)
        #expect(try await begin("one") == question)
        #expect(try await answer(TestRadius.code, "two") == .refused)
        guard case .finishInPortal = try await answer(TestRadius.code, "one") else {
            return #expect(Bool(false), "without a second factor nobody comes in")
        }
        #expect(try await answer(TestRadius.code, "one") == .refused)
        let first = try await cara.password(Self.password("cara"))
        try await cara.enrol(try await self.answer(TestRadius.code, to: first, cara)["token"])
        #expect(try await begin("three") == question)
        guard case .codeNeeded(let person, _) = try await answer(TestRadius.code, "three") else {
            return #expect(Bool(false), "the right answer was refused")
        }
        #expect(person.login == "cara")
        #expect(try await begin("four") == question)
        #expect(try await answer("654321", "four") == .refused)
        let changed = try await admin.call(
            "identity-providers.change", [provider["id"]],
            body: [
                "settings": (provider.json["settings"] ?? .null).merging(["challengeIsSecondFactor": .bool(true)])
            ], version: 1)
        #expect(changed.status == 200, "\(changed.json)")
        #expect(try await begin("five") == .asked(TestRadius.question, codeNeeded: false))
        guard case .complete = try await answer(TestRadius.code, "five") else {
            return #expect(Bool(false), "the answer is the second factor")
        }
        // Without a conversation there is nowhere to ask.
        let nowhere = try await gateway.password(
            login: "cara", Secret(Self.password("cara")), from: "192.0.2.1", at: house.now, in: scope)
        #expect(nowhere == .refused)
    }
}
