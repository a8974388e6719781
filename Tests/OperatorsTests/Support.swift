import Crypto
import Cryptography
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

/// The provider's house: the endpoints of its people behind their gates, on a database of their own.
final class Headquarters: Sendable {
    static let password = "seven pelicans on the pier"

    let test: TestDatabase
    let operators: Operators
    let trail = Mutex<[AuditRecord]>([])
    private let clock = Mutex(Date(timeIntervalSince1970: 1_795_000_000))
    private let endpoints: [MountedEndpoint]

    init(refusalFloor: Duration = .zero) async throws {
        test = try await TestDatabase()
        let groups = [OperatorRoutes.group, OperatorProfileRoutes.group]
        let known = Set(groups.flatMap(\.operations).map(\.permission) + [Permission("provider.tenants.read")])
        let operators = Operators(
            database: test.database, hasher: try PasswordHasher(cost: Argon2Cost(kibibytes: 64, passes: 1)),
            key: DataKey(),
            settings: OperatorSettings(
                console: "http://provider.localhost:8080", known: known, refusalFloor: refusalFloor))
        self.operators = operators
        let box = Box()
        let audit = AuditWriter(
            inside: { record, _ in box.house?.trail.withLock { $0.append(record) } },
            alone: { record in box.house?.trail.withLock { $0.append(record) } })
        let cursors = CursorCodec(key: SymmetricKey(size: .bits256))
        let now: @Sendable () -> Date = { box.house?.now ?? Date() }
        let authenticator = OperatorAuthenticator(database: test.database, known: known, now: now)
        var inside = Gate<ProviderAPI>(
            authenticate: { request in
                guard case .cookie(let cookie)? = try request.credential(cookie: OperatorAuthenticator.cookie) else {
                    throw Problem.unauthenticated()
                }
                return try await authenticator(cookie: cookie)
            }, throttle: { _, _ in nil }, audit: audit, idempotency: MemoryIdempotencyStore(), cursors: cursors,
            now: now)
        inside.undeclared = { Issue.record("\($0.name) does not declare \($1.name)") }
        var outside = Gate<ProviderDoorAPI>(
            authenticate: { ProviderDoorAPI.authenticate($0) }, throttle: { _, _ in nil }, audit: audit,
            idempotency: MemoryIdempotencyStore(), cursors: cursors, now: now)
        outside.undeclared = { Issue.record("\($0.name) does not declare \($1.name)") }
        endpoints =
            OperatorSignInRoutes.group.mounted(on: operators, behind: outside)
            + groups.flatMap { $0.mounted(on: operators, behind: inside) }
        box.house = self
    }

    /// What the gates need of the house that is being built.
    private final class Box: Sendable {
        private let content = Mutex<Weak>(Weak())
        private struct Weak { weak var house: Headquarters? }
        var house: Headquarters? {
            get { content.withLock { $0.house } }
            set { content.withLock { $0.house = newValue } }
        }
    }

    var now: Date { clock.withLock { $0 } }
    func wait(_ seconds: TimeInterval) { clock.withLock { $0 += seconds } }

    /// Somebody whom the installation's token takes in, and who has come in.
    func make(_ login: String, _ roles: [ProviderRole] = [.operator]) async throws -> Colleague {
        let added = try await operators.add(
            AddOperatorRequest(
                login: try #require(Login(login)), name: try PersonName(parsing: "\(login) of the house"),
                roles: roles), OperatorActing(operator: .new(), now: now))
        let colleague = Colleague(house: self, id: added.operator.id, login: login)
        try await colleague.comeIn(by: added.invitationUrl)
        return colleague
    }

    func call(
        _ name: String, _ path: [String] = [], body: JSON? = nil, headers: HTTPFields = [:],
        host: HostOwner = .provider
    ) async throws -> Answer {
        let endpoint = try #require(endpoints.first { $0.operation.name == name }, "no operation \(name)")
        var headers = headers
        if body != nil { headers[.contentType] = "application/json" }
        if headers[.secFetchSite] == nil { headers[.secFetchSite] = "same-origin" }
        let facts = RequestFacts(
            traceID: "t", clientAddress: "192.0.2.1", host: "provider.localhost", headers: headers)
        return Answer(
            await endpoint.respond(
                Incoming(
                    method: endpoint.operation.method, path: path, body: body?.bytes ?? [], facts: facts, host: host)))
    }
}

struct Answer {
    let status: Int
    let json: JSON
    /// The value of the session's cookie, if the answer sets it.
    let cookie: String?
    let cookies: [String]

    init(_ response: Outgoing) {
        status = response.status
        let bytes: [UInt8] = if case .bytes(let bytes) = response.body { bytes } else { [] }
        json = (try? JSONParser.parse(bytes)) ?? .null
        cookies = response.headers[values: .setCookie]
        cookie = cookies.last { $0.hasPrefix("provider-session=") }.map {
            String($0.dropFirst("provider-session=".count).prefix { $0 != ";" })
        }
    }

    subscript(_ name: String) -> String { json[name]?.text ?? "" }
    var problem: String { self["type"].split(separator: ":").last.map(String.init) ?? "" }
    var items: [JSON] { if case .array(let items)? = json["items"] { items } else { [] } }
}

/// An operator at a browser, with an authenticator in the pocket.
final class Colleague: Sendable {
    let house: Headquarters
    let id: ProviderOperatorID
    let login: String
    private let pocket = Mutex<(cookie: String?, secret: [UInt8])>((cookie: nil, secret: []))

    init(house: Headquarters, id: ProviderOperatorID, login: String) {
        self.house = house
        self.id = id
        self.login = login
    }

    var cookie: String? {
        get { pocket.withLock { $0.cookie } }
        set { pocket.withLock { $0.cookie = newValue } }
    }

    /// A code that has not been used: time has to pass for it.
    func freshCode() -> String {
        house.wait(30)
        return TOTP.code(secret: pocket.withLock { $0.secret }, at: house.now)
    }

    @discardableResult
    func call(
        _ name: String, _ path: [String] = [], body: JSON? = nil, version: Int? = nil, headers more: HTTPFields = [:]
    ) async throws -> Answer {
        var headers = more
        if let cookie { headers[.cookie] = "provider-session=\(cookie)" }
        if let version { headers[.ifMatch] = "\"\(version)\"" }
        let answer = try await house.call(name, path, body: body, headers: headers)
        if let fresh = answer.cookie { cookie = fresh.isEmpty ? nil : fresh }
        return answer
    }

    /// From the link of an invitation to a session.
    func comeIn(by url: String) async throws {
        let token = String(url.split(separator: "=").last ?? "")
        let chosen = try await house.call(
            "provider-auth.invitation", body: ["token": .string(token), "password": .string(Headquarters.password)])
        #expect(chosen["step"] == "enrol", "\(chosen.json)")
        let signIn = JSON.string(chosen["token"])
        let enrolment = try await house.call("provider-auth.enrolment", body: ["token": signIn])
        pocket.withLock { $0.secret = Base32RFC4648.decode(enrolment["secret"]) ?? [] }
        let done = try await house.call(
            "provider-auth.confirm-enrolment", body: ["token": signIn, "code": .string(freshCode())])
        #expect(done["step"] == "done", "\(done.json)")
        cookie = done.cookie
    }

    func password(_ password: String = Headquarters.password) async throws -> Answer {
        try await house.call(
            "provider-auth.sign-in", body: ["login": .string(login), "password": .string(password)])
    }

    /// Password and code, as people do it every morning.
    @discardableResult
    func signIn() async throws -> Answer {
        let first = try await password()
        #expect(first["step"] == "second-factor", "\(first.json)")
        let second = try await house.call(
            "provider-auth.second-factor", body: ["token": .string(first["token"]), "code": .string(freshCode())])
        #expect(second["step"] == "done", "\(second.json)")
        cookie = second.cookie
        return second
    }
}
