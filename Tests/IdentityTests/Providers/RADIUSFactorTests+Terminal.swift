import FoundationEssentials
import Glibc
import Kernel
import Postgres
import TestSupport
import Testing

@testable import Identity

/// The same at a terminal, where there is one field for everything.
extension RADIUSFactorTests {
    @Test func `on the command line and at a gateway the person chooses it, and then it is asked`() async throws {
        let stage = try await stage()
        func open(_ name: String, _ body: JSON) async throws -> Answer { try await stage.cara.open(name, body) }
        let begun = try await open(
            "auth.cli", ["login": "cara", "password": .string(House.password), "code": "radius"])
        let challenge = try #require(begun.json["challenge"])
        #expect(challenge["prompt"]?.text == ProveRADIUS.question && challenge["codeNeeded"] == false)
        let token = challenge["token"] ?? .null
        let asked = try await open(
            "auth.cli-challenge", ["token": token, "answer": .string(TestRadius.password(of: "cara")), "code": ""])
        #expect(asked.json["challenge"]?["prompt"]?.text == TestRadius.question, "\(asked.json)")
        let done = try await open(
            "auth.cli-challenge", ["token": token, "answer": .string(TestRadius.code), "code": ""])
        #expect(done["token"].hasPrefix("ght_"), "\(done.json)")
        // Somebody else's sign-in is not gone on with by its id, which is no secret.
        let browser = try await stage.cara.password()["token"]
        #expect(try await self.answer(TestRadius.password(of: "cara"), browser, stage)["prompt"] == TestRadius.question)
        let ids = try await stage.house.test.superuser().query("select sign_in_id from sign_ins") {
            try $0.next(SignInID.self).text
        }
        #expect(!ids.isEmpty)
        for id in ids {
            let stolen = try await open(
                "auth.cli-challenge", ["token": .string(id), "answer": .string(TestRadius.code), "code": ""])
            #expect(stolen.problem == "sign-in-expired")
        }
        // Gone with its use.
        let again = try await open(
            "auth.cli-challenge", ["token": token, "answer": .string(TestRadius.code), "code": ""])
        #expect(again.problem == "sign-in-expired")

        let (gateway, house, from) = (stage.house.identity.gateway, stage.house, "198.51.100.7")
        guard
            case .codeNeeded(let person, _) = try await gateway.password(
                login: "cara", Secret(House.password), from: from, at: house.now, in: stage.scope)
        else { return #expect(Bool(false), "no code is asked for") }
        func answer(_ text: String, _ attempt: String) async throws -> GatewayFactorAnswer? {
            try await gateway.answerRADIUS(
                text, of: person.id, attempt: attempt, from: from, at: house.now, in: stage.scope)
        }
        // Nothing was chosen: nothing goes anywhere.
        #expect(try await answer(TestRadius.password(of: "cara"), "one") == nil)
        #expect(
            try await gateway.askRADIUS(
                chosenBy: "123456", of: person.id, attempt: "one", from: from, at: house.now, in: stage.scope) == nil)
        #expect(
            try await gateway.askRADIUS(
                chosenBy: " ", of: person.id, attempt: "one", from: from, at: house.now, in: stage.scope)
                == ProveRADIUS.question)
        #expect(try await answer(TestRadius.password(of: "cara"), "two") == nil)
        #expect(try await answer(TestRadius.password(of: "cara"), "one") == .asked(TestRadius.question))
        #expect(try await answer(TestRadius.code, "one") == .right)
        #expect(try await answer(TestRadius.code, "one") == nil)
    }

    @Test func `on the command line the first step counts as long as its provider is switched on`() async throws {
        let stage = try await stage("ann")
        let server: JSON = ["host": "127.0.0.1", "port": .int(Int64(stage.radius.first.port))]
        let door = try await stage.ada.call(
            "identity-providers.create",
            body: [
                "name": "Door", "settings": ["kind": "radius", "servers": [server]],
                "secret": .string(TestRadius.secret), "linksUsers": true,
            ])
        #expect(door.status == 201, "\(door.json)")
        _ = try await stage.house.test.superuser().execute("update users set password_hash = null where login = 'ann'")
        let password = JSON.string(TestRadius.password(of: "ann"))
        func begin() async throws -> JSON {
            let begun = try await stage.cara.open("auth.cli", ["login": "ann", "password": password, "code": "radius"])
            return try #require(begun.json["challenge"]?["token"], "\(begun.json)")
        }
        func end(_ token: JSON) async throws -> Answer {
            try await stage.cara.open("auth.cli-challenge", ["token": token, "answer": password, "code": ""])
        }
        func turn(_ isOn: Bool) async throws {
            let version = try await stage.ada.call("identity-providers.show", [door["id"]]).version
            let changed = try await stage.ada.call(
                "identity-providers.change", [door["id"]], body: ["enabled": .bool(isOn)], version: version)
            #expect(changed.status == 200, "\(changed.json)")
        }
        let token = try await begin()
        try await turn(false)
        #expect(try await end(token).problem == "sign-in-expired")
        try await turn(true)
        let done = try await end(try await begin())
        #expect(done["token"].hasPrefix("ght_"), "\(done.json)")
    }
}
