import FoundationEssentials
import HTTPAPI
import HTTPTypes
import Kernel
import Postgres
import TestSupport
import Testing

@testable import Identity

@Suite struct AuthenticatorTests {
    private func cookie(_ text: String) -> HTTPFields { [.cookie: "gatehouse=\(text)"] }
    private func bearer(_ text: String) -> HTTPFields { [.authorization: "Bearer \(text)"] }

    @Test func `a cookie of another tenant is worth what a made-up one is`() async throws {
        let house = try await House()
        let (_, ada) = try await house.makeTenant()
        let (other, _) = try await house.makeTenant("bolt")
        let mine = try #require(ada.pocket.cookie)
        let foreign = try await house.call("me.show", in: other, headers: cookie(mine))
        let invented = try await house.call("me.show", in: other, headers: cookie("invented"))
        #expect(foreign.status == 401 && foreign.essence == invented.essence)
        #expect(try await house.call("me.show", in: other).status == 401)
    }

    @Test func `a token of another tenant is worth what a made-up one is`() async throws {
        let house = try await House()
        let (_, ada) = try await house.makeTenant()
        let (other, _) = try await house.makeTenant("bolt")
        let token = try await ada.call("me.create-token", body: ["name": "ci"])["token"]
        #expect(try await house.call("me.show", in: ada.scope, headers: bearer(token)).status == 200)
        let foreign = try await house.call("me.show", in: other, headers: bearer(token))
        let invented = try await house.call("me.show", in: other, headers: bearer("ght_invented"))
        #expect(foreign.status == 401 && foreign.essence == invented.essence)
    }

    @Test func `cookie and token at once are refused`() async throws {
        let house = try await House()
        let (scope, ada) = try await house.makeTenant()
        let token = try await ada.call("me.create-token", body: ["name": "ci"])["token"]
        var both = bearer(token)
        both[.cookie] = "gatehouse=\(try #require(ada.pocket.cookie))"
        #expect(try await house.call("me.show", in: scope, headers: both).status == 400)
    }

    @Test func `a token is no cookie and a cookie no token`() async throws {
        let house = try await House()
        let (scope, ada) = try await house.makeTenant()
        let token = try await ada.call("me.create-token", body: ["name": "ci"])["token"]
        #expect(try await house.call("me.show", in: scope, headers: cookie(token)).status == 401)
        let shown = try #require(ada.pocket.cookie)
        #expect(try await house.call("me.show", in: scope, headers: bearer(shown)).status == 401)
    }

    @Test func `a session's token changes every quarter of an hour`() async throws {
        let house = try await House()
        let (scope, ada) = try await house.makeTenant()
        let first = try #require(ada.pocket.cookie)
        house.wait(WebSessionLife.rotation)
        let rotated = try await house.call("me.show", in: scope, headers: cookie(first))
        let second = try #require(rotated.cookie)
        #expect(rotated.status == 200 && second != first)
        // A request that was under way.
        let late = try await house.call("me.show", in: scope, headers: cookie(first))
        #expect(late.status == 200 && late.cookie == nil)
        house.wait(WebSessionLife.grace)
        #expect(try await house.call("me.show", in: scope, headers: cookie(first)).status == 401)
        #expect(try await house.call("me.show", in: scope, headers: cookie(second)).status == 200)
    }

    @Test func `of parallel requests one gets the new token, and all are served`() async throws {
        let house = try await House()
        let (scope, ada) = try await house.makeTenant()
        let first = try #require(ada.pocket.cookie)
        house.wait(WebSessionLife.rotation)
        let answers = try await withThrowingTaskGroup(of: Answer.self) { group in
            for _ in 0..<12 {
                group.addTask { try await house.call("me.show", in: scope, headers: cookie(first)) }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(answers.allSatisfy { $0.status == 200 })
        #expect(answers.compactMap(\.cookie).count == 1)
    }

    @Test func `a refusal brings the new token as well`() async throws {
        let house = try await House()
        let (scope, ada) = try await house.makeTenant()
        house.wait(WebSessionLife.rotation)
        let answer = try await house.call(
            "users.show", [UserID.new().text], in: scope, headers: cookie(try #require(ada.pocket.cookie)))
        #expect(answer.status == 404 && answer.cookie != nil)
    }

    @Test func `a session ends unused after an hour, and used after twelve`() async throws {
        let house = try await House()
        let (_, ada) = try await house.makeTenant()
        house.wait(3600)
        #expect(try await ada.call("me.show").status == 401)
        try await ada.signIn()
        for _ in 0..<23 {
            house.wait(30 * 60)
            #expect(try await ada.call("me.show").status == 200)
        }
        house.wait(30 * 60)
        #expect(try await ada.call("me.show").status == 401)
    }

    @Test func `signing out ends the session and the cookie`() async throws {
        let house = try await House()
        let (scope, ada) = try await house.makeTenant()
        let shown = try #require(ada.pocket.cookie)
        let answer = try await ada.call("me.sign-out")
        #expect(answer.status == 204 && answer.cookie == "")
        #expect(try await house.call("me.show", in: scope, headers: cookie(shown)).status == 401)
    }

    @Test func `a disabled person is out with everything at once`() async throws {
        let house = try await House()
        let (scope, ada) = try await house.makeTenant()
        let (id, bob) = try await ada.take("bob")
        let token = try await bob.call("me.create-token", body: ["name": "ci"])["token"]
        #expect(try await ada.call("users.disable", [id.text])["state"] == "disabled")
        #expect(try await bob.call("me.show").status == 401)
        #expect(try await house.call("me.show", in: scope, headers: bearer(token)).status == 401)
        #expect(try await ada.call("users.enable", [id.text])["state"] == "active")
        #expect(try await bob.call("me.show").status == 401)
        #expect(try await house.call("me.show", in: scope, headers: bearer(token)).status == 401)
    }

    @Test func `what is stored is no token`() async throws {
        let house = try await House()
        let (_, ada) = try await house.makeTenant()
        let token = try await ada.call("me.create-token", body: ["name": "ci"])["token"]
        let dump = try await house.test.cluster.dump(house.test.name, ["--data-only", "--inserts"])
        #expect(dump.contains("Ada Archer"))
        for secret in [token, ada.pocket.cookie!, House.password] + ada.pocket.recoveryCodes {
            #expect(!dump.contains(secret))
        }
    }
}
