import Cryptography
import FoundationEssentials
import Glibc
import Kernel
import Postgres
import TestSupport
import Testing

@testable import Identity

/// What administrators say of a server, and what a test of it shows.
extension RADIUSSignInTests {
    @Test func `a test shows each step, and changes nothing`() async throws {
        let test = try await TestRadius()
        let house = try await House()
        let (_, admin) = try await house.makeTenant()
        let id = try await makeProvider(for: admin, ports: [test.first.port, test.second.port])["id"]
        func steps(_ body: JSON) async throws -> (steps: [String], Answer) {
            let answer = try await admin.call("identity-providers.test", [id], body: body)
            guard case .array(let steps)? = answer.json["steps"] else { return ([], answer) }
            return (steps.map { "\($0["name"]?.text ?? "") \($0["outcome"]?.text ?? "")" }, answer)
        }
        let good = try await steps(["login": "ann", "password": .string(Self.password("ann"))])
        #expect(
            good.steps == [
                "connect passed", "password passed", "groups passed", "account passed", "rules passed",
            ], "\(good.1.json)")
        #expect(good.1["outcome"] == "created")
        #expect(good.1.json["profile"]?["groups"] == ["ops", "staff"])
        let wrong = try await steps(["login": "ann", "password": "wrong"])
        #expect(wrong.steps.last == "password failed" && wrong.1["outcome"] == "refused")
        let asked = try await steps(["login": "cara", "password": .string(Self.password("cara"))])
        #expect(asked.steps.last == "question passed" && asked.1["outcome"] == "asked")
        #expect(String(decoding: asked.1.json.bytes, as: UTF8.self).contains(TestRadius.question))
        #expect(try await steps(["login": "ann"]).steps.contains("password skipped"))
        await test.first.stop()
        let second = try await steps(["login": "ann", "password": .string(Self.password("ann"))])
        #expect(second.steps.starts(with: ["connect failed", "connect passed", "password passed"]))
        #expect(try await admin.call("users.list").items.count == 1)
    }

    @Test(arguments: [
        ("no-signature", "no Message-Authenticator"), ("false-signature", "Message-Authenticator does not fit"),
        ("other-secret", "the secrets differ"),
    ])
    func `a server that lies lets nobody in, and the test says why`(lie: String, words: String) async throws {
        let liar = try await LyingRadius(lie)
        let house = try await House()
        let (scope, admin) = try await house.makeTenant()
        let id = try await makeProvider(for: admin, ports: [liar.port], settings: ["timeoutSeconds": .int(3)])["id"]
        let eve = Visitor(house: house, scope: scope, login: "eve")
        #expect(try await eve.password("x").problem == "sign-in-refused")
        #expect(try await user("eve", admin) == nil)
        let test = try await admin.call("identity-providers.test", [id], body: ["login": "eve", "password": "x"])
        #expect(test["outcome"] == "refused")
        #expect(String(decoding: test.json.bytes, as: UTF8.self).contains(words), "\(test.json)")
    }

    @Test func `a secret goes to the servers it was given for, and to no other`() async throws {
        let house = try await House()
        let (_, admin) = try await house.makeTenant()
        let made = try await makeProvider(for: admin, ports: [1812])
        let settings = made.json["settings"] ?? .null
        let elsewhere: JSON = ["settings": settings.merging(["servers": [["host": "evil.example", "port": 1812]]])]
        let refused = try await admin.call("identity-providers.change", [made["id"]], body: elsewhere, version: 1)
        #expect(refused.status == 422 && String(decoding: refused.json.bytes, as: UTF8.self).contains("\"/secret\""))
        let kept = try await admin.call(
            "identity-providers.change", [made["id"]],
            body: ["settings": settings.merging(["nasIdentifier": "bastion"])], version: 1)
        #expect(kept.status == 200 && kept.json["hasSecret"] == .bool(true))
        // Another kind is another place.
        let ldap: JSON = [
            "settings": [
                "kind": "ldap", "servers": [["host": "127.0.0.1", "port": 1812]], "bindDn": "cn=x", "baseDn": "dc=x",
            ]
        ]
        #expect(try await admin.call("identity-providers.change", [made["id"]], body: ldap, version: 2).status == 422)
        for wrong: JSON in [
            ["servers": []], ["protocol": "mschap"], ["timeoutSeconds": .int(0)], ["failoverSeconds": .int(6)],
            ["groups": "all"], ["nasIdentifier": ""],
        ] {
            let answer = try await admin.call(
                "identity-providers.change", [made["id"]], body: ["settings": settings.merging(wrong)], version: 2)
            #expect(answer.status == 422, "\(answer.json)")
        }
        let none = try await admin.call(
            "identity-providers.create", body: ["name": "Without", "settings": settings])
        #expect(none.status == 422)
    }
}
