import FoundationEssentials
import HTTPAPI
import HTTPTypes
import Identity
import Kernel
import Postgres
import Synchronization
import TestSupport
import Testing

@testable import Operators

@Suite struct OperatorSignInTests {
    @Test func `an invitation leads to a password, an authenticator and a session, once`() async throws {
        let house = try await Headquarters()
        let olga = try await house.make("olga", [.operator, .support])
        let me = try await olga.call("provider-me.show")
        #expect(me.status == 200 && me.json["user"]?["login"] == "olga")
        #expect(me.json["secondFactorAt"]?.text != nil)
        let link = try await house.operators.invite(olga.id, OperatorActing(operator: .new(), now: house.now)).url
        #expect(link.hasPrefix("http://provider.localhost:8080/invitation#token="))
        // The link takes away what was there before.
        #expect(try await olga.call("provider-me.show").status == 401)
        #expect(try await olga.password().problem == "sign-in-refused")
        try await olga.comeIn(by: link)
        let again = try await house.call(
            "provider-auth.invitation",
            body: ["token": .string(String(link.split(separator: "=").last!)), "password": "another good password"])
        #expect(again.status == 401 && again.problem == "sign-in-expired")
    }

    @Test func `a morning takes password and code, and a code works once`() async throws {
        let house = try await Headquarters()
        let olga = try await house.make("olga")
        let first = try await olga.password()
        let code = olga.freshCode()
        let token = JSON.string(first["token"])
        let wrong = try await house.call("provider-auth.second-factor", body: ["token": token, "code": "000000"])
        #expect(wrong.status == 403 && wrong.problem == "code-refused")
        let done = try await house.call("provider-auth.second-factor", body: ["token": token, "code": .string(code)])
        #expect(done["step"] == "done")
        let second = try await olga.password()
        let replay = try await house.call(
            "provider-auth.second-factor", body: ["token": .string(second["token"]), "code": .string(code)])
        #expect(replay.problem == "code-refused")
        #expect(done.cookies.allSatisfy { $0.contains("HttpOnly") && $0.contains("SameSite=Strict") })
    }

    @Test func `seven wrong passwords lock the account, and nobody is told`() async throws {
        let house = try await Headquarters()
        let olga = try await house.make("olga")
        let unknown = try await house.call(
            "provider-auth.sign-in", body: ["login": "nobody", "password": "whatever it is"])
        for _ in 0..<AttemptCounter.most {
            let wrong = try await olga.password("not the right one")
            #expect(wrong.status == unknown.status && wrong.problem == unknown.problem)
        }
        #expect(try await olga.password().problem == "sign-in-refused")
        #expect(house.trail.withLock { $0.contains { $0.action == "operator.locked" } })
        house.wait(AttemptLimits.firstWait + 1)
        #expect(try await olga.password()["step"] == "second-factor")
    }

    @Test func `wrong codes lock the account too, however often somebody begins again`() async throws {
        let house = try await Headquarters()
        let olga = try await house.make("olga")
        for _ in 0..<AttemptCounter.most {
            let first = try await olga.password()
            guard first["step"] == "second-factor" else { break }
            let wrong = try await house.call(
                "provider-auth.second-factor", body: ["token": .string(first["token"]), "code": "000000"])
            #expect(wrong.problem == "code-refused")
        }
        #expect(try await olga.password().problem == "sign-in-refused")
    }

    @Test func `a password that names its owner, or is common, is refused`() async throws {
        let house = try await Headquarters()
        let added = try await house.operators.add(
            AddOperatorRequest(
                login: try #require(Login("olga")), name: try PersonName(parsing: "Olga Operator"), roles: [.billing]),
            OperatorActing(operator: .new(), now: house.now))
        let token = JSON.string(String(added.invitationUrl.split(separator: "=").last!))
        for password in ["short", "olga operator", "password1234"] {
            let answer = try await house.call(
                "provider-auth.invitation", body: ["token": token, "password": .string(password)])
            #expect(answer.status == 422, "\(password): \(answer.json)")
        }
    }

    @Test func `a session ends by itself, by its owner, and its cookie is exchanged on the way`() async throws {
        let house = try await Headquarters()
        let olga = try await house.make("olga")
        let before = olga.cookie
        house.wait(16 * 60)
        #expect(try await olga.call("provider-me.show").status == 200)
        #expect(olga.cookie != before)
        try await olga.signIn()
        let sessions = try await olga.call("provider-me.sessions").items
        #expect(sessions.count == 2)
        let other = try #require(sessions.first { $0["current"] == false }?["id"]?.text)
        #expect(try await olga.call("provider-me.end-session", [other]).status == 204)
        #expect(try await olga.call("provider-me.sessions").items.count == 1)
        house.wait(61 * 60)
        #expect(try await olga.call("provider-me.show").status == 401)
        try await olga.signIn()
        let cookie = olga.cookie
        #expect(try await olga.call("provider-me.sign-out").status == 204)
        olga.cookie = cookie
        #expect(try await olga.call("provider-me.show").status == 401)
    }

    @Test func `another site cannot use the cookie, and a tenant's host has no such door`() async throws {
        let house = try await Headquarters()
        let olga = try await house.make("olga")
        let foreign = try await olga.call("provider-me.sign-out", headers: [.secFetchSite: "cross-site"])
        #expect(foreign.status == 403 && foreign.problem == "cross-site")
        let tenant = try await house.test.makeTenant()
        let elsewhere = try await house.call(
            "provider-auth.sign-in", body: ["login": "olga", "password": "x"], host: .tenant(tenant))
        #expect(elsewhere.status == 404)
    }

    @Test func `a secret of an authenticator is sealed for its owner`() async throws {
        let house = try await Headquarters()
        let (olga, boris) = (try await house.make("olga"), try await house.make("boris", [.billing]))
        let superuser = try await house.test.superuser()
        _ = try await superuser.execute(
            """
            update provider_second_factors set sealed = (
              select sealed from provider_second_factors where operator_id = \(boris.id)), last_step = 0
            where operator_id = \(olga.id)
            """)
        let first = try await olga.password()
        let code = boris.freshCode()
        let answer = try await house.call(
            "provider-auth.second-factor", body: ["token": .string(first["token"]), "code": .string(code)])
        #expect(answer.status == 500)
    }
}
