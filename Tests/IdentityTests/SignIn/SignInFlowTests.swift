import Cryptography
import FoundationEssentials
import HTTPAPI
import HTTPTypes
import Kernel
import Postgres
import Tenancy
import TestSupport
import Testing

@testable import Identity

/// The way in, through the endpoints.
@Suite struct SignInFlowTests {
    @Test func `an invitation leads through password and enrolment to a session`() async throws {
        let house = try await House()
        let (_, ada) = try await house.makeTenant()
        #expect(ada.pocket.recoveryCodes.count == 10)
        let me = try await ada.call("me.show")
        #expect(me.status == 200 && me.json["user"]?["login"]?.text == "ada")
        #expect(me.json["tenant"]?["slug"]?.text == "acme")
        #expect(me.json["mustEnrol"] == false)
    }

    @Test func `an invitation works once, and a newer one replaces it`() async throws {
        let house = try await House()
        let (_, ada) = try await house.makeTenant()
        let created = try await ada.call("users.create", body: ["login": "bob", "name": "Bob"])
        let again = try await ada.call("users.invite", [created["id"]])
        #expect(again.status == 201)
        func accept(_ url: String) async throws -> Answer {
            let token = String(url.split(separator: "=").last!)
            return try await ada.open(
                "auth.invitation", ["token": .string(token), "password": .string(House.password)])
        }
        #expect(try await accept(created["invitationUrl"]).problem == "sign-in-expired")
        #expect(try await accept(again["url"]).step == "enrol")
        #expect(try await accept(again["url"]).problem == "sign-in-expired")
    }

    @Test func `an invitation ends after three days and takes no weak password`() async throws {
        let house = try await House()
        let (_, ada) = try await house.makeTenant()
        let created = try await ada.call("users.create", body: ["login": "bob", "name": "Bob"])
        let token = String(created["invitationUrl"].split(separator: "=").last!)
        let weak = try await ada.open("auth.invitation", ["token": .string(token), "password": "bob-acme-2026"])
        #expect(weak.status == 422 && weak.problem == "invalid-fields")
        house.wait(SignIn.invitationLifetime)
        let late = try await ada.open(
            "auth.invitation", ["token": .string(token), "password": .string(House.password)])
        #expect(late.problem == "sign-in-expired")
    }

    @Test func `a wrong password, an unknown login and a shut account get the same answer`() async throws {
        let house = try await House()
        let (_, ada) = try await house.makeTenant()
        let (bob, _) = try await ada.take("bob")
        #expect(try await ada.call("users.disable", [bob.text]).status == 200)
        _ = try await ada.call("users.create", body: ["login": "eve", "name": "Eve, invited"])
        let wrong = try await ada.password("wrong wrong wrong")
        #expect(wrong.status == 401 && wrong.problem == "sign-in-refused")
        let refusals = [
            try await ada.password(login: "nobody"), try await ada.password(login: "no body' --"),
            try await ada.password(login: "bob"), try await ada.password(login: "eve"),
            try await ada.password(String(repeating: "x", count: 3000)),
            try await ada.password("wrong", login: String(repeating: "n", count: 200)),
        ]
        for refusal in refusals {
            #expect(refusal.essence == wrong.essence && refusal.status == wrong.status)
            #expect(refusal.headers[.setCookie] == nil)
        }
    }

    @Test func `no refusal is faster than another`() async throws {
        let house = try await House(refusalFloor: .milliseconds(400))
        let (_, ada) = try await house.makeTenant()
        var times: [Duration] = []
        for login in ["ada", "nobody", "ada", "nobody"] {
            times.append(
                try await ContinuousClock().measure { _ = try await ada.password("wrong wrong wrong", login: login) })
        }
        #expect(times.allSatisfy { $0 >= .milliseconds(400) })
    }

    @Test func `a login is found whatever its capitals`() async throws {
        let (_, ada) = try await House().makeTenant()
        #expect(try await ada.password(login: "ADA").step == "second-factor")
    }

    @Test func `a code works once, also in another sign-in`() async throws {
        let house = try await House()
        let (_, ada) = try await house.makeTenant()
        let code = ada.freshCode()
        func attempt() async throws -> Answer {
            let first = try await ada.password()
            return try await ada.open("auth.second-factor", ["token": .string(first["token"]), "code": .string(code)])
        }
        #expect(try await attempt().step == "done")
        #expect(try await attempt().problem == "code-refused")
        house.wait(30)
        #expect(try await attempt().problem == "code-refused")
    }

    @Test func `a recovery code works once`() async throws {
        let house = try await House()
        let (_, ada) = try await house.makeTenant()
        let recovery = ada.pocket.recoveryCodes[3].uppercased()
        func attempt() async throws -> Answer {
            let first = try await ada.password()
            return try await ada.open(
                "auth.second-factor", ["token": .string(first["token"]), "code": .string(recovery)])
        }
        #expect(try await attempt().step == "done")
        #expect(try await attempt().problem == "code-refused")
    }

    @Test func `a recovery code of somebody else is none`() async throws {
        let house = try await House()
        let (_, ada) = try await house.makeTenant()
        let (_, bob) = try await ada.take("bob")
        let first = try await ada.password()
        let answer = try await ada.open(
            "auth.second-factor",
            ["token": .string(first["token"]), "code": .string(bob.pocket.recoveryCodes[0])])
        #expect(answer.problem == "code-refused")
    }

    @Test func `a sign-in is over after ten minutes or five wrong codes`() async throws {
        let house = try await House()
        let (_, ada) = try await house.makeTenant()
        let late = try await ada.password()
        house.wait(SignIn.lifetime)
        let lateCode: JSON = ["token": .string(late["token"]), "code": .string(ada.code)]
        #expect(try await ada.open("auth.second-factor", lateCode).problem == "sign-in-expired")
        let first = try await ada.password()
        for _ in 0..<SignIn.mostTries {
            let wrong: JSON = ["token": .string(first["token"]), "code": "000000"]
            #expect(try await ada.open("auth.second-factor", wrong).problem == "code-refused")
        }
        let right: JSON = ["token": .string(first["token"]), "code": .string(ada.freshCode())]
        #expect(try await ada.open("auth.second-factor", right).problem == "sign-in-expired")
    }

    @Test func `a sign-in's token is good for its step, its tenant and once`() async throws {
        let house = try await House()
        let (_, ada) = try await house.makeTenant()
        let (other, _) = try await house.makeTenant("bolt")
        let first = try await ada.password()
        let token = JSON.string(first["token"])
        let enrolment = try await ada.open("auth.enrolment", ["token": token])
        #expect(enrolment.problem == "sign-in-expired")
        let change = try await ada.open("auth.change-password", ["token": token, "password": "a brand new one, long"])
        #expect(change.problem == "sign-in-expired")
        let body: JSON = ["token": token, "code": .string(ada.freshCode())]
        #expect(try await house.call("auth.second-factor", body: body, in: other).problem == "sign-in-expired")
        #expect(try await ada.open("auth.second-factor", body).step == "done")
        #expect(try await ada.open("auth.second-factor", body).problem == "sign-in-expired")
    }

    @Test func `a first password must be changed before anything else`() async throws {
        let house = try await House()
        let (_, ada) = try await house.makeTenant()
        let given = "four green herons fishing"
        _ = try await ada.call(
            "users.create", body: ["login": "bob", "name": "Bob", "password": .string(given)])
        let bob = Visitor(house: house, scope: ada.scope, login: "bob")
        let first = try await bob.password(given)
        #expect(first.step == "change-password")
        let token = JSON.string(first["token"])
        let same = try await bob.open("auth.change-password", ["token": token, "password": .string(given)])
        #expect(same.status == 422)
        let changed = try await bob.open(
            "auth.change-password", ["token": token, "password": .string(House.password)])
        #expect(changed.step == "enrol")
        try await bob.enrol(changed["token"])
        #expect(try await bob.call("me.show").status == 200)
        #expect(try await bob.password(given).problem == "sign-in-refused")
    }

    @Test func `nobody comes into a suspended company, and whoever is in gets no further`() async throws {
        let house = try await House()
        let (scope, ada) = try await house.makeTenant()
        _ = try await house.tenancy.change(
            scope.tenant, .suspend, by: "Olga", audit: .discarding, at: house.now)
        let refused = try await ada.password()
        #expect(refused.status == 403)
        #expect(try await ada.password(login: "nobody").essence == refused.essence)
        #expect(try await ada.call("me.show").status == 403)
        #expect(try await ada.open("auth.cli", direct("ada", ada.freshCode())).status == 403)
        #expect(refused.problem == "tenant-closed")
        #expect(try await ada.call("me.show").problem == "tenant-closed")
        let face = try await house.call("auth.tenant", in: scope)
        #expect(face.json["closure"]?["reason"] == "suspended")
    }

    @Test func `a flood of passwords is told to wait, and locks nobody`() async throws {
        let house = try await House(
            hashing: .init(kibibytes: 65_536, passes: 2), threads: 1, waiting: 1)
        let (scope, ada) = try await house.makeTenant()
        let answers = try await withThrowingTaskGroup(of: Answer.self) { group in
            for _ in 0..<40 { group.addTask { try await ada.password("wrong wrong wrong", login: "nobody") } }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        // At the door already, where a password is all that is brought.
        #expect(
            SignInRoutes.group.endpoints.filter { $0.turnsAway != nil }.map(\.operation.name) == [
                "auth.sign-in", "auth.cli",
            ])
        let busy = answers.filter { $0.status == 429 }
        #expect(!busy.isEmpty && busy.allSatisfy { $0.headers[.retryAfter] != nil })
        #expect(answers.allSatisfy { $0.status == 429 || $0.status == 401 })
        _ = try await withThrowingTaskGroup(of: Answer.self) { group in
            for _ in 0..<40 { group.addTask { try await ada.password() } }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        let failures = try await house.test.database.first(
            "select failed_attempts from users where tenant_id = \(scope.tenant)", in: scope
        ) { try $0.next(Int.self) }
        #expect(failures == 0)
    }

    private func direct(_ login: String, _ code: String, password: String = House.password) -> JSON {
        ["login": .string(login), "password": .string(password), "code": .string(code)]
    }

    @Test func `the command line signs in with everything at once`() async throws {
        let house = try await House()
        let (scope, ada) = try await house.makeTenant()
        let wrong = try await ada.open("auth.cli", direct("ada", ada.freshCode(), password: "wrong wrong wrong"))
        #expect(wrong.problem == "sign-in-refused")
        let refusals = [
            direct("ada", "000000"), direct("ada", ada.pocket.recoveryCodes[0]), direct("nobody", ada.code),
        ]
        for refusal in refusals { #expect(try await ada.open("auth.cli", refusal).essence == wrong.essence) }
        let answer = try await ada.open("auth.cli", direct("ada", ada.freshCode()))
        #expect(answer["token"].hasPrefix("ght_"))
        let bearer: HTTPFields = [.authorization: "Bearer \(answer["token"])"]
        #expect(try await house.call("me.show", in: scope, headers: bearer).status == 200)
        house.wait(APIToken.directLife)
        #expect(try await house.call("me.show", in: scope, headers: bearer).status == 401)
    }

    @Test func `the command line is sent to the portal by an account that is not set up`() async throws {
        let house = try await House()
        let (_, ada) = try await house.makeTenant()
        _ = try await ada.call(
            "users.create", body: ["login": "bob", "name": "Bob", "password": .string(House.password)])
        #expect(try await ada.open("auth.cli", direct("bob", "000000")).problem == "finish-in-portal")
    }
}
