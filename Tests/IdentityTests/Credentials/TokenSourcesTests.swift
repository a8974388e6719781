import HTTPAPI
import HTTPTypes
import Kernel
import Postgres
import TestSupport
import Testing

@testable import Identity

/// A token that counts from some addresses only.
@Suite struct TokenSourcesTests {
    private struct Scene {
        let house: House
        let scope: TenantScope
        let ada: Visitor
        let bob: Visitor

        init() async throws {
            house = try await House()
            (scope, ada) = try await house.makeTenant()
            (_, bob) = try await ada.take("bob")
        }

        func make(from sources: JSON? = nil) async throws -> Answer {
            let made = try await bob.call(
                "me.create-token", body: (["name": "ci"] as JSON).merging(sources.map { ["sources": $0] } ?? [:]))
            #expect(made.status == 201, "\(made.json)")
            return made
        }

        /// The status of a call of the program's from there.
        func status(_ token: Answer, from address: String) async throws -> Int {
            house.move(to: address)
            let headers: HTTPFields = [.authorization: "Bearer \(token["token"])"]
            return try await house.call("me.show", in: scope, headers: headers).status
        }

        func trail(_ action: String) async throws -> [String] {
            try await house.test.superuser().query(
                """
                select outcome || ' ' || coalesce(details ->> 'reason', details ->> 'sources', '')
                  || ' ' || coalesce(client_address, '')
                from audit_events where action = \(action) order by at
                """
            ) { try $0.next(String.self) }
        }
    }

    @Test func `a token counts from its addresses, in whatever form they are written`() async throws {
        let scene = try await Scene()
        let home = "198.51.100.77"
        scene.house.move(to: home)
        let token = try await scene.make(
            from: ["198.51.100.0/24", "203.0.113.5-203.0.113.9", "192.0.2.1", "2001:db8::1-2001:db8::9", "fd00::/8"])
        for (address, status) in [
            (home, 200), ("::ffff:198.51.100.77", 200), ("::FFFF:c633:644d", 200), ("203.0.113.5", 200),
            ("203.0.113.9", 200), ("192.0.2.1", 200), ("2001:db8::5", 200), ("2001:0DB8:0::9", 200), ("fdff::1", 200),
            ("198.51.101.1", 403), ("203.0.113.4", 403), ("203.0.113.10", 403), ("192.0.2.2", 403),
            ("::ffff:192.0.2.2", 403), ("2001:db8::a", 403), ("fe00::1", 403), ("::", 403), ("local", 403), ("", 403),
        ] {
            #expect(try await scene.status(token, from: address) == status, "\(address)")
        }
        #expect(
            try await scene.trail("sign-in.token") == ["refused address 198.51.101.1"], "Told once in ten minutes.")
        scene.house.wait(601)
        #expect(try await scene.status(token, from: "192.0.2.9") == 403)
        #expect(try await scene.trail("sign-in.token").last == "refused address 192.0.2.9")
        // One without any counts from anywhere, as all of them did before.
        scene.house.move(to: home)
        let free = try await scene.make()
        for address in ["192.0.2.2", "2001:db8::a"] {
            #expect(try await scene.status(free, from: address) == 200)
        }
    }

    @Test func `what of its list cannot be read lets nobody in`() async throws {
        let scene = try await Scene()
        let token = try await scene.make(from: ["10.0.0.0/8"])
        _ = try await scene.house.test.superuser().execute("update api_tokens set sources = '{10.0.0.0/99,x}'")
        #expect(try await scene.status(token, from: "10.0.0.1") == 403)
    }

    @Test func `its person says anew from where it counts, with a fresh second factor, and nobody else does`()
        async throws
    {
        let scene = try await Scene()
        let here = "192.0.2.2"
        scene.house.move(to: here)
        let token = try await scene.make()
        func set(_ sources: JSON, as person: Visitor) async throws -> Answer {
            scene.house.move(to: here)
            return try await person.call("me.set-token-sources", [token["id"]], body: ["sources": sources])
        }
        let narrowed = try await set(["10.0.0.0/8"], as: scene.bob)
        #expect(narrowed.status == 200 && narrowed.json["sources"] == ["10.0.0.0/8"], "\(narrowed.json)")
        #expect(try await scene.bob.call("me.tokens").items.map { $0["sources"] } == [["10.0.0.0/8"]])
        #expect(try await scene.status(token, from: here) == 403)
        #expect(try await scene.status(token, from: "10.1.2.3") == 200)
        #expect(try await set([], as: scene.ada).status == 404)
        // The program itself opens no door to others: it has shown no second factor.
        scene.house.move(to: "10.1.2.3")
        let itself = try await scene.house.call(
            "me.set-token-sources", [token["id"]], body: ["sources": []], in: scene.scope,
            headers: [.authorization: "Bearer \(token["token"])"])
        #expect(itself.problem == "step-up-required", "\(itself.json)")
        #expect(try await scene.status(token, from: here) == 403)
        #expect(try await set([], as: scene.bob).status == 200)
        #expect(try await scene.status(token, from: here) == 200)
        scene.house.wait(16 * 60)
        #expect(try await set(["10.0.0.0/8"], as: scene.bob).problem == "step-up-required")
    }

    @Test(arguments: [
        ["10.0.0.1/8"], ["10.0.0.0/33"], ["10.0.0.9-10.0.0.1"], ["10.0.0.1-2001:db8::1"], ["example.com"], [""],
        [" 10.0.0.1"], ["10.0.0.1,10.0.0.2"], ["::ffff:10.0.0.0/104"], Array(repeating: "10.0.0.1", count: 51),
    ])
    func `what is no list of addresses is refused`(sources: [String]) async throws {
        let scene = try await Scene()
        let list = JSON.array(sources.map(JSON.string))
        let made = try await scene.bob.call("me.create-token", body: ["name": "ci", "sources": list])
        #expect(made.problem == "invalid-fields", "\(made.json)")
        let token = try await scene.make(from: ["10.0.0.0/8"])
        let set = try await scene.bob.call("me.set-token-sources", [token["id"]], body: ["sources": list])
        #expect(set.problem == "invalid-fields", "\(set.json)")
        #expect(try await scene.status(token, from: "192.0.2.1") == 403)
    }
}
