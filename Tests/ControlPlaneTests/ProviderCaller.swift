import Cryptography
import Foundation
import HTTPAPI
import HTTPTypes
import Kernel
import Operators
import Outbound
import Postgres
import TestSupport
import Testing

@testable import ControlPlane

/// Somebody of the hosting provider who may do everything: whatever a call uses up is made for it.
struct ProviderCaller: Caller {
    private struct Request {
        var path: String
        var body: JSON?
        var version: Int?
        /// Before somebody has signed in.
        var isAtDoor = false
    }

    private static let base = "/provider/v1"
    private let person: SignedInOperator
    private let house: Household
    private let invoice: String

    private var installation: Installation { person.installation }

    var operations: [HTTPAPI.Operation] { Catalogue.provider + Catalogue.providerDoor }
    var seesTenants: Bool { true }

    init(_ person: SignedInOperator, of house: Household) async throws {
        self.person = person
        self.house = house
        try await person.call(.put, "/billing/target", ["url": "https://books.invalid/in"], expecting: 200)
        let made = try await person.call(
            .post, "/invoices", ["tenant": .string(try await Self.tenant(person).id), "month": Self.month],
            expecting: 201)
        invoice = made["id"]
    }

    func prepare(_ operation: HTTPAPI.Operation, naming other: Household?) async throws -> ReadyCall? {
        // The provider names every tenant by right.
        guard other == nil, let request = try await request(for: operation) else { return nil }
        let method = try #require(OutboundRequest.Method(rawValue: operation.method.rawValue))
        let cookie = request.isAtDoor ? [:] : ["Cookie": "provider-session=\(person.cookie)"]
        let headers = cookie.merging(request.version.map { ["If-Match": "\"\($0)\""] } ?? [:]) { $1 }
        return { [installation] in
            try await installation.call(
                method, Self.base + request.path, request.body, on: "provider", headers: headers)
        }
    }

    /// A month that is over.
    private static let month: JSON = "2026-09"

    private func request(for operation: HTTPAPI.Operation) async throws -> Request? {
        let path = String(operation.path.dropFirst(Self.base.count))
        if path.hasPrefix("/auth/") { return try await door(operation.name) }
        var request = Request(path: path, body: body(operation.name))
        switch operation.name {
        // It would end the session in which everything else is asked, or needs a code of the next half minute.
        case "provider-me.sign-out", "provider-me.step-up": return nil
        case "provider-me.end-session": request.path = "/me/sessions/\(try await session())"
        case "plans.show", "plans.change":
            let plan = try await person.call(.post, "/plans", body("plans.create"), expecting: 201)
            request.path = "/plans/\(plan["id"])"
            request.version = 1
        case "tenants.create": request.body = Self.company()
        case "invoices.make":
            request.body = ["tenant": .string(try await Self.tenant(person).id), "month": Self.month]
        case "service-levels.report", "usage.report":
            request.path += "?from=2026-01-01T00:00:00Z&to=2036-01-01T00:00:00Z"
        case "invoices.preview":
            let tenant = try await house.tenant().text
            request.path = path.replacing("{tenant}", with: tenant) + "?month=2026-09"
        case "operators.change", "provider-announcements.replace": request.version = 1
        default: break
        }
        return try await fill(request, operation)
    }

    /// Puts ids into the path: of a thing of its own where the call changes it.
    private func fill(_ request: Request, _ operation: HTTPAPI.Operation) async throws -> Request {
        var request = request
        func put(_ name: String, _ make: () async throws -> String) async throws {
            guard request.path.contains("{\(name)}") else { return }
            request.path = request.path.replacing("{\(name)}", with: try await make())
        }
        let reads = operation.method == .get
        try await put("tenant") {
            if reads { return try await house.tenant().text }
            let tenant = try await Self.tenant(person)
            switch operation.name {
            case "tenants.resume": try await person.call(.post, "/tenants/\(tenant.id)/suspend", expecting: 200)
            case "tenants.cancel-closing", "tenants.delete":
                try await person.call(.post, "/tenants/\(tenant.id)/close", [:], expecting: 200)
                if operation.name == "tenants.delete" { request.body = ["confirm": .string(tenant.name)] }
            default: break
            }
            return tenant.id
        }
        try await put("worker") { try await worker(isDrained: operation.name == "workers.resume") }
        try await put("operator") {
            if reads { return person.id }
            let made = try await colleague().id
            if operation.name == "operators.enable" {
                try await person.call(.post, "/operators/\(made)/disable", expecting: 200)
            }
            return made
        }
        try await put("invoice") { invoice }
        try await put("access") { try await access(isOpen: operation.name == "provider-support.enter") }
        try await put("signUp") { try await signUp() }
        try await put("announcement") {
            try await person.call(
                .post, "/announcements", body("provider-announcements.create"), expecting: 201)["id"]
        }
        return request
    }

    private func body(_ name: String) -> JSON? {
        let new = Self.name()
        return switch name {
        case "plans.create": ["code": .string(new), "name": .string(new), "currency": "EUR"]
        case "plans.change": ["name": .string(new)]
        case "plans.give": ["plan": "standard"]
        case "tenants.trial":
            ["endsAt": .string(Timestamp.text(Date().addingTimeInterval(86_400)))]
        case "tenants.close": [:]
        case "sign-ups.reject": ["reason": "unknown"]
        case "sign-ups.change-settings": ["mode": "off", "contact": "sales@example.com"]
        case "invoices.set-target": ["url": "https://books.invalid/in"]
        case "operators.add": ["login": .string(new), "name": "New", "roles": ["support"]]
        case "operators.change": ["name": .string(new)]
        case "workers.prepare", "placement.place": ["pool": "default"]
        case "placement.pin": ["pools": ["default"]]
        case "placement.set-rules": ["rules": [["name": .string(new), "pools": ["default"]]]]
        case "provider-announcements.create", "provider-announcements.replace":
            // Not yet: what begins is told in all tenants, and nothing may move in another one here.
            [
                "title": .string(new), "body": "Text", "startsAt": "2034-01-01T00:00:00.000Z",
                "endsAt": "2034-02-01T00:00:00.000Z",
            ]
        case "provider-support.ask": ["reason": "It is slow", "role": "auditor", "durationSeconds": 600]
        default: nil
        }
    }

    private static func name() -> String { "n" + Hex.encode(SecureRandom.bytes(6)) }

    private static func company() -> JSON {
        let name = JSON.string(name())
        return ["slug": name, "name": name, "administrator": ["login": "ada", "name": "Ada"]]
    }

    private static func tenant(_ person: SignedInOperator) async throws -> (id: String, name: String) {
        let made = try await person.call(.post, "/tenants", company(), expecting: 201).json["tenant"]
        return (try #require(made?["id"]?.text), try #require(made?["name"]?.text))
    }

    private func colleague() async throws -> (id: String, invitation: String) {
        let added = try await person.call(.post, "/operators", body("operators.add"), expecting: 201)
        return (
            added.json["operator"]?["id"]?.text ?? "",
            added["invitationUrl"].split(separator: "=").last.map(String.init) ?? ""
        )
    }

    private func worker(isDrained: Bool) async throws -> String {
        let worker = WorkerID.new()
        _ = try await installation.test.superuser().execute(
            """
            insert into workers (worker_id, name, pool, signing_key, sealing_key, state, last_seen_at)
            values (\(worker), \(worker.text), 'default', '', '', \(isDrained ? "draining" : "active"), now())
            """)
        return worker.text
    }

    private func session() async throws -> String {
        let session = ProviderSessionID.new()
        _ = try await installation.test.superuser().execute(
            """
            insert into provider_sessions (provider_session_id, operator_id, token_hash, expires_at, second_factor_at)
            values (\(session), \(try #require(ProviderOperatorID(person.id))),
                sha256(convert_to(\(session.text), 'UTF8')), now() + interval '1 hour', now())
            """)
        return session.text
    }

    private func access(isOpen: Bool) async throws -> String {
        let tenant = try await Self.tenant(person).id
        let asked = try await person.call(
            .post, "/tenants/\(tenant)/support-accesses", body("provider-support.ask"), expecting: 201)
        if isOpen {
            _ = try await installation.test.superuser().execute(
                """
                update support_accesses set state = 'consented', decided_at = now(), ends_at = now() + interval '1 hour'
                where support_access_id = \(try #require(SupportAccessID(asked["id"])))
                """)
        }
        return asked["id"]
    }

    private func signUp() async throws -> String {
        let (id, name) = (SignUpID.new(), Self.name())
        _ = try await installation.test.superuser().execute(
            """
            insert into sign_ups (sign_up_id, company, slug, person, email, language, token_hash, state, expires_at,
                confirmed_at)
            values (\(id), \(name), \(name), 'Ada', 'ada@example.com', 'en', sha256(convert_to(\(name), 'UTF8')), 'waiting',
                now() + interval '1 day', now())
            """)
        return id.text
    }

    /// How operators come in, each step with what the one before gave.
    private func door(_ name: String) async throws -> Request? {
        func ask(_ path: String, _ body: JSON) async throws -> Answer {
            let answer = try await installation.call(.post, "\(Self.base)/auth\(path)", body, on: "provider")
            #expect(answer.status == 200, "\(path): \(answer.text)")
            return answer
        }
        let password: JSON = "correct horse of the provider"
        if name == "provider-auth.sign-in" || name == "provider-auth.second-factor" {
            let login = Self.name()
            let colleague = try await installation.makeOperator(login, roles: [.support])
            let words: JSON = ["login": .string(login), "password": password]
            if name.hasSuffix("sign-in") { return Request(path: "/auth/sign-in", body: words, isAtDoor: true) }
            let token = JSON.string(try await ask("/sign-in", words)["token"])
            // The code of this half minute was used up with the first sign-in.
            let code = TOTP.code(secret: colleague.secret, at: Date().addingTimeInterval(30))
            return Request(
                path: "/auth/second-factor", body: ["token": token, "code": .string(code)], isAtDoor: true)
        }
        let invitation: JSON = ["token": .string(try await colleague().invitation), "password": password]
        if name.hasSuffix("invitation") { return Request(path: "/auth/invitation", body: invitation, isAtDoor: true) }
        let token = JSON.string(try await ask("/invitation", invitation)["token"])
        if name == "provider-auth.enrolment" {
            return Request(path: "/auth/enrolment", body: ["token": token], isAtDoor: true)
        }
        let secret = try #require(Base32RFC4648.decode(try await ask("/enrolment", ["token": token])["secret"]))
        let code = TOTP.code(secret: secret, at: Date())
        return Request(
            path: "/auth/enrolment/confirm", body: ["token": token, "code": .string(code)], isAtDoor: true)
    }
}
