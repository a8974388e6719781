import Cryptography
import Foundation
import HTTPAPI
import HTTPTypes
import Identity
import Kernel
import Outbound
import Postgres
import TestSupport
import Testing

@testable import ControlPlane

/// No path leads past the second factor. The routes are those of the catalogue: a new one is tried by itself.
@Suite(.serialized) struct SecondFactorTests {
    /// Somebody who has shown the right password and nothing else, in every state that this has.
    private struct HalfWay {
        let stage: String
        let token: String
        /// What is asked, or can be set up.
        let factors: JSON
    }

    @Test(.enabled(if: TestRadius.isThere))
    func `whoever has shown a password only gets through no route`() async throws {
        let installation = try await Installation()
        let acme = try await Household(installation.makeTenant("acme"))
        let half = try await halfWay(acme)
        #expect(half.map(\.stage) == ["second-factor", "second-factor", "second-factor", "enrol", "second-factor"])
        let radius = try await TestRadius()
        let standing = half + (try await others(acme, radius))
        for step in SignInStep.allCases {
            #expect(standing.contains { $0.stage == step.rawValue } == step.isOnTheWay, "\(step)")
        }
        #expect(
            half.dropFirst().map(\.factors) == [["email"], ["email"], ["authenticator", "passkey"], ["authenticator"]])
        for operation in Catalogue.tenant {
            let (method, path, body) = try request(operation, acme)
            for one in standing {
                let cookie = try await installation.call(method, path, body, on: "acme", cookie: one.token)
                let bearer = try await installation.call(method, path, body, on: "acme", bearer: one.token)
                for answer in [cookie, bearer] {
                    #expect(answer.status == 401, "\(operation.name) \(one.stage): \(answer.status) \(answer.text)")
                    #expect(answer.cookie == nil, "\(operation.name)")
                }
            }
        }
    }

    @Test func `a session that lacks the second factor gets through no route`() async throws {
        let installation = try await Installation()
        let acme = try await Household(installation.makeTenant("acme"))
        let tenant = try await acme.tenant()
        #expect(try await acme.person.call(.get, "/me").status == 200)
        _ = try await installation.test.superuser().execute(
            "update web_sessions set second_factor_at = null where tenant_id = \(tenant)")
        for operation in Catalogue.tenant {
            let (method, path, body) = try request(operation, acme)
            let answer = try await installation.call(method, path, body, on: "acme", cookie: acme.person.cookie)
            #expect(answer.status == 401, "\(operation.name): \(answer.status) \(answer.text)")
        }
    }

    @Test func `a browser that none was asked of gets through no route any more once one is asked`() async throws {
        let installation = try await Installation()
        let acme = try await Household(installation.makeTenant("acme"))
        let tenant = try await acme.tenant()
        let superuser = try await installation.test.superuser()
        _ = try await superuser.execute(
            """
            update web_sessions set second_factor_at = null, exempt_after = 'password' where tenant_id = \(tenant)
            """)
        // An administrator under the level that means administrators, and everybody where nothing is said.
        for level in ["administrators", "all", nil] {
            if let level {
                _ = try await superuser.execute(
                    """
                    insert into tenant_factor_rules (tenant_id, level, rules, version, changed_at)
                    values (\(tenant), \(level), '[]', 2, now())
                    on conflict (tenant_id) do update set level = excluded.level
                    """)
            } else {
                _ = try await superuser.execute("delete from tenant_factor_rules where tenant_id = \(tenant)")
            }
            for operation in Catalogue.tenant {
                let (method, path, body) = try request(operation, acme)
                let answer = try await installation.call(method, path, body, on: "acme", cookie: acme.person.cookie)
                #expect(answer.status == 401, "\(operation.name): \(answer.status) \(answer.text)")
            }
        }
        // Where none is asked of anybody it is good, but for what takes a fresh one.
        _ = try await superuser.execute(
            """
            insert into tenant_factor_rules (tenant_id, level, rules, version, changed_at)
            values (\(tenant), 'off', '[]', 2, now())
            """)
        #expect(try await acme.person.call(.get, "/me").status == 200)
        let ada = try await installation.call(
            .post, "/api/v1/auth/sign-in", ["login": "ada", "password": .string(acme.person.password)], on: "acme")
        #expect(ada["step"] == "done" && ada.cookie != nil)
        let told = try await superuser.query(
            """
            select details ->> 'secondFactor' from audit_events
            where tenant_id = \(tenant) and action = 'user.signed-in'
            """
        ) { try $0.next(String?.self) }
        #expect(told.compactMap { $0 } == ["not-asked"])
        for operation in Catalogue.tenant where operation.stepUp == .recent {
            let (method, path, body) = try request(operation, acme)
            let answer = try await installation.call(method, path, body, on: "acme", cookie: acme.person.cookie)
            #expect(answer["type"] == "urn:gatehouse:problem:step-up-required", "\(operation.name): \(answer.text)")
        }
    }

    @Test func `what hurts most takes a fresh second factor, of browsers and of programs`() async throws {
        let installation = try await Installation()
        let acme = try await Household(installation.makeTenant("acme"))
        let tenant = try await acme.tenant()
        guard case .int(let version)? = try await acme.person.call(.get, "/settings").json["version"] else {
            return #expect(Bool(false))
        }
        let sensitive = Catalogue.tenant.filter { $0.stepUp == .recent }
        // What shows a secret or gives access for long is among them.
        let least = [
            "me.create-token", "me.set-token-sources", "me.add-ssh-key", "me.add-passkey", "accounts.reveal",
            "users.reset-second-factor",
            "me.create-access-key", "me.enable-access-key", "me.enable-ssh-key", "check-outs.show",
        ]
        #expect(Set(sensitive.map(\.name)).isSuperset(of: least))
        // What counts as fresh is the company's to say.
        try await acme.person.call(.patch, "/settings", ["step-up.age": 1], version: Int(version), expecting: 200)
        _ = try await installation.test.superuser().execute(
            "update web_sessions set second_factor_at = now() - interval '60 seconds' where tenant_id = \(tenant)")
        for operation in sensitive {
            let (method, path, body) = try request(operation, acme)
            let browser = try await installation.call(method, path, body, on: "acme", cookie: acme.person.cookie)
            // The token was made in a session that had one, and has none itself.
            let program = try await installation.call(method, path, body, on: "acme", bearer: acme.token)
            for answer in [browser, program] {
                #expect(answer["type"] == "urn:gatehouse:problem:step-up-required", "\(operation.name): \(answer.text)")
            }
        }
    }

    @Test func `no route for those who are not signed in takes a password's token for a second factor`() async throws {
        let installation = try await Installation()
        let acme = try await Household(installation.makeTenant("acme"))
        let half = try await halfWay(acme)
        for one in [half[0], half[1], half[2], half[4], try await faced(acme)] { try await walk(acme, with: one) }
    }

    /// Everything that a sign-in's token can be sent with, to every route that takes one. The sign-in has tries without end,
    /// so that each finds it standing: with the five that there are, only the first routes would.
    private func walk(_ acme: Household, with waiting: HalfWay) async throws {
        let installation = acme.person.installation
        let superuser = try await installation.test.superuser()
        let (tenant, endless) = (try await acme.tenant(), -100_000)
        _ = try await superuser.execute("update sign_ins set tries = \(endless) where tenant_id = \(tenant)")
        _ = try await superuser.execute("update users set failed_attempts = \(endless) where tenant_id = \(tenant)")
        func tries() async throws -> [Int] {
            try await superuser.query(
                """
                select tries from sign_ins
                where tenant_id = \(tenant) and token_hash = \(RandomToken.hash(of: waiting.token).bytes)
                """
            ) { try $0.next(Int.self) }
        }
        #expect(try await tries() == [endless])
        for operation in Catalogue.public where operation.group == "auth" && operation.method != .get {
            var bodies: [JSON] = [["token": .string(waiting.token)]]
            for (name, value) in Self.answers {
                bodies.append(["token": .string(waiting.token), name: value])
                bodies.append(["token": .string(waiting.token), name: value, "name": "x"])
            }
            for body in bodies {
                let answer = try await installation.call(.post, operation.path, body, on: "acme")
                #expect(answer.cookie == nil, "\(operation.name)")
                #expect(answer["step"] != "done" && answer["secret"].isEmpty, "\(operation.name): \(answer.text)")
            }
        }
        // It is as it was, up to the tries that were spent.
        let spent = try await tries()
        #expect(spent.count == 1 && spent[0] > endless, "\(spent)")
        let enrol = try await installation.call(
            .post, "/api/v1/auth/enrolment", ["token": .string(waiting.token)], on: "acme")
        #expect(enrol["type"] == "urn:gatehouse:problem:sign-in-expired")
    }

    /// What somebody may send in place of a second factor.
    private static let answers: [(String, JSON)] = [
        ("code", "aaaaaa"), ("code", "x00000"), ("code", ""), ("password", "another long sentence"),
        (
            "credential",
            [
                "id": "AAEC", "clientDataJSON": "e30", "authenticatorData": "AAEC", "signature": "AAEC",
                "userHandle": .null,
            ]
        ),
        ("credential", ["clientDataJSON": "e30", "attestationObject": "oA", "transports": []]),
    ]

    private func halfWay(_ acme: Household) async throws -> [HalfWay] {
        let installation = acme.person.installation
        let password = "a long sentence to begin with"
        let login = "half-" + UUID().uuidString.prefix(8).lowercased()
        let made = try await acme.person.call(
            .post, "/users", ["login": .string(login), "name": "Half"], expecting: 201)
        let invitation = String(made["invitationUrl"].split(separator: "=").last ?? "")
        let enrol = try await installation.call(
            .post, "/api/v1/auth/invitation", ["token": .string(invitation), "password": .string(password)], on: "acme")
        // Ada has a second factor, and her password is known to the test.
        let ada = try await installation.call(
            .post, "/api/v1/auth/sign-in", ["login": "ada", "password": .string(acme.person.password)], on: "acme")
        let mailed = try await people(acme, password)
        return ([ada] + mailed + [enrol, try await linked(acme)]).map {
            HalfWay(stage: $0["step"], token: $0["token"], factors: $0.json["factors"] ?? .null)
        }
    }

    /// Those who stand elsewhere on the way: who must choose another password, whom somebody has to agree to, and whom a
    /// provider asks something.
    private func others(_ acme: Household, _ radius: TestRadius) async throws -> [HalfWay] {
        let installation = acme.person.installation
        func signIn(_ login: String, _ password: String) async throws -> Answer {
            try await installation.call(
                .post, "/api/v1/auth/sign-in", ["login": .string(login), "password": .string(password)], on: "acme")
        }
        let made = try await acme.person.call(.post, "/users", ["login": "pat", "name": "Pat"], expecting: 201)
        let pat = Person(installation: installation, slug: "acme", login: "pat")
        try await pat.comeIn(by: made["invitationUrl"])
        func patWithCode() async throws -> Answer {
            let begun = try await signIn("pat", pat.password)
            return try await installation.call(
                .post, "/api/v1/auth/second-factor",
                ["token": .string(begun["token"]), "code": .string(try await pat.unusedCode())], on: "acme")
        }
        guard case .int(let version)? = try await acme.person.call(.get, "/sign-in-rules").json["version"] else {
            throw CocoaError(.coderReadCorrupt)
        }
        let me = try await acme.person.call(.get, "/me").json["user"]?["id"]?.text ?? ""
        let rule: JSON = [
            "name": "four eyes", "who": [["user": .string(made["id"])]], "action": "review",
            "asked": [["user": .string(me)]],
        ]
        try await acme.person.call(.put, "/sign-in-rules", ["rules": [rule]], version: Int(version), expecting: 200)
        let review = try await patWithCode()
        try await acme.person.call(.post, "/users/\(made["id"])/require-password-change", expecting: 200)
        let change = try await patWithCode()
        let server: JSON = ["host": "127.0.0.1", "port": .int(Int64(radius.first.port))]
        try await acme.person.call(.put, "/egress-allowances", ["items": [server]], expecting: 200)
        try await acme.person.call(
            .post, "/identity-providers",
            [
                "name": "Radius", "createsUsers": .bool(true), "secret": .string(TestRadius.secret),
                "settings": ["kind": "radius", "servers": [server]],
            ], expecting: 201)
        let challenge = try await signIn("cara", TestRadius.password(of: "cara"))
        return [review, change, challenge].map { answer in
            #expect(!answer["token"].isEmpty && answer.cookie == nil, "\(answer.text)")
            return HalfWay(stage: answer["step"], token: answer["token"], factors: .null)
        }
    }

    /// Somebody who has nothing but their face.
    private func faced(_ acme: Household) async throws -> HalfWay {
        let installation = acme.person.installation
        let password = "a long sentence to begin with"
        let login = "faced-" + UUID().uuidString.prefix(8).lowercased()
        let made = try await acme.person.call(
            .post, "/users", ["login": .string(login), "name": "Fay"], expecting: 201)
        try await acme.lookAtFaces()
        try await acme.giveFace(to: made["id"])
        let invitation = String(made["invitationUrl"].split(separator: "=").last ?? "")
        let begun = try await installation.call(
            .post, "/api/v1/auth/invitation", ["token": .string(invitation), "password": .string(password)], on: "acme")
        #expect(begun["step"] == "second-factor" && begun.json["factors"] == ["face"], "\(begun.text)")
        return HalfWay(stage: begun["step"], token: begun["token"], factors: begun.json["factors"] ?? .null)
    }

    /// Somebody with an authenticator, whom another system sent with a link.
    private func linked(_ acme: Household) async throws -> Answer {
        let installation = acme.person.installation
        let login = "linked-" + UUID().uuidString.prefix(8).lowercased()
        let made = try await acme.person.call(
            .post, "/users", ["login": .string(login), "name": "Lin"], expecting: 201)
        try await Person(installation: installation, slug: "acme", login: login).comeIn(by: made["invitationUrl"])
        let link = try await installation.call(
            .post, "/api/v1/sign-in-links", ["login": .string(login)], on: "acme", bearer: acme.token)
        let token = String(link["url"].split(separator: "=").last ?? "")
        let begun = try await installation.call(
            .post, "/api/v1/auth/link", ["token": .string(token)], on: "acme")
        let again = try await installation.call(
            .post, "/api/v1/auth/link", ["token": .string(token)], on: "acme")
        #expect(again["type"] == "urn:gatehouse:problem:sign-in-expired" && again.cookie == nil)
        return begun
    }

    /// Somebody who confirms by e-mail while that counts, and somebody whose address is another one by now.
    private func people(_ acme: Household, _ password: String) async throws -> [Answer] {
        let (installation, tenant) = (acme.person.installation, try await acme.tenant())
        let superuser = try await installation.test.superuser()
        var answers: [Answer] = []
        for isLapsed in [false, true] {
            let login = "mailed-" + UUID().uuidString.prefix(8).lowercased()
            let made = try await acme.person.call(
                .post, "/users", ["login": .string(login), "name": "Mia"], expecting: 201)
            let invitation = String(made["invitationUrl"].split(separator: "=").last ?? "")
            _ = try await installation.call(
                .post, "/api/v1/auth/invitation", ["token": .string(invitation), "password": .string(password)],
                on: "acme")
            let user = UserID(made["id"])
            _ = try await superuser.execute(
                "update users set email = 'mia@example.com' where tenant_id = \(tenant) and user_id = \(user)")
            _ = try await superuser.execute(
                """
                insert into code_factors (tenant_id, user_id, channel, address, confirmed_at)
                values (\(tenant), \(user), 'email', \(isLapsed ? "old@example.com" : "mia@example.com"), now())
                """)
            _ = try await superuser.execute(
                """
                insert into tenant_setting_values (tenant_id, key, value, updated_by)
                values (\(tenant), 'second-factor.email', 'true', \(tenant.uuid)) on conflict (tenant_id, key) do nothing
                """)
            answers.append(
                try await installation.call(
                    .post, "/api/v1/auth/sign-in", ["login": .string(login), "password": .string(password)],
                    on: "acme"))
        }
        return answers
    }

    private func request(
        _ operation: HTTPAPI.Operation, _ acme: Household
    ) throws -> (OutboundRequest.Method, String, JSON?) {
        let path = TenantAPI.base + (acme.path(of: CrossTenantTests.path(operation.path)) ?? "/x")
        let body: JSON? =
            CrossTenantTests.body(operation, acme.ids["users"] ?? "") ?? (operation.method == .get ? JSON?.none : [:])
        return (try CrossTenantTests.method(operation), path, body)
    }
}

extension SignInStep {
    /// Whether whoever is told to take it is not in yet.
    fileprivate var isOnTheWay: Bool {
        switch self {
        case .done: false
        case .challenge, .secondFactor, .enrol, .changePassword, .review: true
        }
    }
}
