import Crypto
import Cryptography
import FoundationEssentials
import Geolocation
import HTTPAPI
import HTTPTypes
import Kernel
import Logging
import Outbound
import Postgres
import Synchronization
import Tenancy
import TestSupport
import Testing

@testable import Identity

/// A house with tenants, people and doors: the endpoints behind their gates, on a database of its own.
final class House: Sendable {
    static let start = Date(timeIntervalSince1970: 1_795_000_000)
    static let password = "seven pelicans on the pier"

    let test: TestDatabase
    let keys: TenantKeys
    let identity: Identity
    let tenancy: Tenancy
    let tenants: TenantSettings
    let reviews: HouseReviews
    private let endpoints: [MountedEndpoint]
    private let clock: Clock
    private let address = Mutex("192.0.2.1")
    /// The private hosts that providers may be reached at.
    let opened: Opened

    /// Where codes arrive, unless mail is out of order. Other letters go to nobody: tests see the links.
    let mailbox = Mailbox()

    final class Mailbox: Sendable {
        private let state = Mutex<(letters: [Letter], isOpen: Bool)>(([], true))
        var all: [Letter] { state.withLock { $0.letters } }
        func shut() { state.withLock { $0.isOpen = false } }
        var letters: LetterBox {
            LetterBox { letter, _, _, _ in
                self.state.withLock { state in
                    let kinds = ["sign-in-code", "identity-bound", "program-access-ended"]
                    guard state.isOpen, kinds.contains(letter.kind) else { return false }
                    state.letters.append(letter)
                    return true
                }
            }
        }
        /// The code of the last letter to an address.
        func code(to address: String) -> String? {
            all.last { $0.to == address }?.text.split(separator: "\n").map(String.init)
                .first { $0.count == 6 && $0.allSatisfy(\.isNumber) }
        }
    }

    final class Opened: Sendable {
        private let hosts = Mutex<Set<HostPort>>([])
        var all: Set<HostPort> { hosts.withLock { $0 } }
        func open(_ ports: [Int], at host: String = "127.0.0.1") throws {
            let more = try ports.map { try HostPort(parsing: "\(host):\($0)") }
            hosts.withLock { $0.formUnion(more) }
        }
    }

    /// What the trail is told besides what was done: what was refused, above all.
    let trail = Trail()

    final class Trail: Sendable {
        private let records = Mutex<[AuditRecord]>([])
        func add(_ record: AuditRecord) { records.withLock { $0.append(record) } }
        func refusals(of action: String) -> Int { refused(action).count }
        func refused(_ action: String) -> [AuditRecord] {
            records.withLock { $0.filter { $0.action == action && $0.outcome == .refused } }
        }
    }

    final class Clock: Sendable {
        private let date = Mutex(House.start)
        var now: Date { date.withLock { $0 } }
        func advance(_ seconds: TimeInterval) { date.withLock { $0 += seconds } }
    }

    init(
        refusalFloor: Duration = .zero, hashing: Argon2Cost = Argon2Cost(kibibytes: 64, passes: 1), threads: Int = 2,
        waiting: Int = 200, providersGet patience: Duration = .seconds(8), places: Places = .none
    ) async throws {
        test = try await TestDatabase()
        let (database, clock, opened) = (test.database, Clock(), Opened())
        self.clock = clock
        self.opened = opened
        keys = TenantKeys(database: database, master: .ephemeral())
        let client = HTTPClient(
            configuration: HTTPClientConfiguration(egress: .guarded(allow: [])), logger: Logger(label: "tests"))
        let groups = [
            ProfileRoutes.group, DeviceLinkRoutes.group, UserRoutes.group, GroupRoutes.group, RoleRoutes.group,
            DutyRoutes.group,
            OrganizationRoutes.group, ProviderRoutes.group, SyncRoutes.group, ProvisioningRoutes.group,
            SignInRuleRoutes.group, PasskeyRoutes.group, LockoutRoutes.group, OnlineRoutes.group,
            CodeRoutes.group, SMSGatewayRoutes.group, RADIUSFactorRoutes.own, RADIUSFactorRoutes.group,
            FaceRoutes.own, FaceRoutes.group, FaceRoutes.people, FactorRuleRoutes.group, FactorRuleRoutes.own,
            BindingRoutes.group, RememberedDeviceRoutes.own, RememberedDeviceRoutes.group, AccessKeyRoutes.own,
            SignInLinkRoutes.group, PasskeyRootRoutes.group, GeolocationRoutes.group,
        ]
        let settings = IdentitySettings(
            catalogue: PermissionCatalogue(of: groups.flatMap(\.operations)),
            portal: try PortalAddress(template: "http://{tenant}.localhost:8080"), refusalFloor: refusalFloor,
            letters: mailbox.letters,
            directories: ProviderDirectories(
                web: ProviderWeb(timeout: patience) { [client] in try await client.send($0) },
                openings: { _ in opened.all }), places: places)
        let hasher = try PasswordHasher(cost: hashing, threads: threads, waiting: waiting)
        let tenants = TenantSettings(database: database, keys: keys, lifetime: .zero)
        reviews = HouseReviews(database: database, keys: keys, client: client)
        let identity = Identity(
            database: database, hasher: hasher, keys: keys, settings: settings, tenants: tenants, reviews: reviews.port)
        self.identity = identity
        self.tenants = tenants
        tenancy = Tenancy(
            database: database, keys: keys, administrators: FirstAdministrator(settings: settings))
        let authenticator = Authenticator(
            database: database, catalogue: settings.catalogue, keys: keys, tenants: tenants, now: { clock.now })
        let audit = AuditWriter(inside: { _, _ in }, alone: { [trail] in trail.add($0) })
        let cursors = CursorCodec(key: SymmetricKey(size: .bits256))
        var inside = Gate<TenantAPI>(
            authenticate: { try await authenticator($0) }, throttle: { _, _ in nil }, audit: audit,
            idempotency: MemoryIdempotencyStore(), cursors: cursors, now: { clock.now })
        inside.undeclared = { Issue.record("\($0.name) does not declare \($1.name)") }
        var outside = Gate<PublicAPI>(
            authenticate: { try PublicAPI.authenticate($0) }, throttle: { _, _ in nil }, audit: audit,
            idempotency: MemoryIdempotencyStore(), cursors: cursors, now: { clock.now })
        outside.undeclared = { Issue.record("\($0.name) does not declare \($1.name)") }
        let programs = ProvisioningAuthenticator(database: database, now: { clock.now })
        var program = Gate<ProvisioningAPI>(
            authenticate: { try await programs($0) }, throttle: { _, _ in nil }, audit: audit,
            idempotency: MemoryIdempotencyStore(), cursors: cursors, now: { clock.now })
        program.undeclared = { Issue.record("\($0.name) does not declare \($1.name)") }
        endpoints =
            SCIMRoutes.group.mounted(on: identity, behind: program)
            + SignInRoutes.face.mounted(on: identity, behind: outside)
            + SignInRoutes.group.mounted(on: identity, behind: outside)
            + PasskeyRoutes.door.mounted(on: identity, behind: outside)
            + SignInLinkRoutes.door.mounted(on: identity, behind: outside)
            + CodeRoutes.door.mounted(on: identity, behind: outside)
            + RADIUSFactorRoutes.door.mounted(on: identity, behind: outside)
            + FaceRoutes.door.mounted(on: identity, behind: outside)
            + FaceRoutes.component.mounted(on: identity, behind: outside)
            + BrowserSignInRoutes.group.mounted(on: identity, behind: outside)
            + groups.flatMap { $0.mounted(on: identity, behind: inside) }
    }

    var now: Date { clock.now }
    func wait(_ seconds: TimeInterval) { clock.advance(seconds) }

    /// Whether an account is locked. What users show goes by the database's clock, which is not the house's.
    func isLocked(_ login: String) async throws -> Bool {
        try await test.superuser().query(
            "select coalesce(locked_until > \(now), false) from users where login = \(login)"
        ) { try $0.next(Bool.self) } == [true]
    }

    /// Where everybody comes from, from now on.
    func move(to address: String) { self.address.withLock { $0 = address } }

    /// A tenant whose first administrator has come in and is signed in.
    func makeTenant(_ slug: String = "acme") async throws -> (scope: TenantScope, admin: Visitor) {
        let request = CreateTenantRequest(
            slug: TenantSlug(slug)!, name: try TenantName(parsing: slug.uppercased()),
            administrator: NewAdministrator(login: "ada", name: "Ada Archer", email: "ada@example.com"))
        let created = try await tenancy.create(request, audit: .discarding, at: now, in: ProviderScope())
        let visitor = Visitor(house: self, scope: created.tenant.scope, login: "ada")
        try await visitor.comeIn(by: try #require(created.invitationUrl))
        return (created.tenant.scope, visitor)
    }

    func call(
        _ name: String, _ path: [String] = [], body: JSON? = nil, in scope: TenantScope, headers: HTTPFields = [:],
        query: [(name: String, value: String)] = [], host: String = "acme.localhost", form: String? = nil,
        raw: [UInt8]? = nil,
        site: String = "same-origin", rawQuery: String = "", method: String? = nil, target: String = "/"
    ) async throws -> Answer {
        let endpoint = try #require(endpoints.first { $0.operation.name == name }, "no operation \(name)")
        var headers = headers
        if body != nil { headers[.contentType] = "application/json" }
        if form != nil { headers[.contentType] = "application/x-www-form-urlencoded" }
        if raw != nil { headers[.contentType] = "application/json" }
        headers[.secFetchSite] = site
        if headers[.userAgent] == nil { headers[.userAgent] = "Testing" }
        let facts = RequestFacts(
            traceID: "t", clientAddress: address.withLock { $0 }, host: host, headers: headers,
            method: method.flatMap { HTTPRequest.Method(rawValue: $0) } ?? endpoint.operation.method, target: target)
        let request = Incoming(
            method: endpoint.operation.method, path: path, query: query, rawQuery: rawQuery,
            body: raw ?? form.map { Array($0.utf8) } ?? body?.bytes ?? [], facts: facts,
            host: .tenant(scope))
        return await Answer(endpoint.respond(request))
    }
}

/// What was put into the mail.
final class Letters: Sendable {
    private let all = Mutex<[Letter]>([])

    var box: LetterBox {
        LetterBox { letter, _, _, _ in
            self.all.withLock { $0.append(letter) }
            return true
        }
    }

    func takeAll() -> [Letter] {
        all.withLock { letters in
            defer { letters = [] }
            return letters
        }
    }
}

extension House {
    /// The same where mail goes out.
    func identity(sending letters: Letters) -> Identity {
        Identity(
            database: test.database, hasher: identity.hasher, keys: keys,
            settings: IdentitySettings(
                catalogue: identity.settings.catalogue, portal: identity.settings.portal, letters: letters.box),
            tenants: tenants)
    }
}

struct Answer {
    let status: Int
    let headers: HTTPFields
    let text: String
    let json: JSON

    init(_ response: Outgoing) async {
        status = response.status
        headers = response.headers
        let pieces = Mutex<[UInt8]>([])
        switch response.body {
        case .bytes(let bytes): pieces.withLock { $0 = bytes }
        case .stream(_, let run): try? await run { piece in pieces.withLock { $0 += piece } }
        }
        let bytes = pieces.withLock { $0 }
        text = String(decoding: bytes, as: UTF8.self)
        json = (try? JSONParser.parse(bytes)) ?? .null
    }

    subscript(_ name: String) -> String { json[name]?.text ?? "" }
    var problem: String { self["type"].split(separator: ":").last.map(String.init) ?? "" }
    var step: String { self["step"] }
    var version: Int { if case .int(let version)? = json["version"] { Int(version) } else { 0 } }
    var items: [JSON] { if case .array(let items)? = json["items"] { items } else { [] } }
    /// The value of the session's cookie, if the answer sets it.
    var cookie: String? {
        headers[values: .setCookie].last { $0.hasPrefix("gatehouse=") }.map {
            String($0.dropFirst("gatehouse=".count).prefix { $0 != ";" })
        }
    }
    /// Everything but what differs from call to call.
    var essence: JSON {
        guard case .object(let members) = json else { return json }
        return .object(members.filter { $0.name != "traceId" })
    }
}

/// A person at a browser, with an authenticator in the pocket.
final class Visitor: Sendable {
    let house: House
    let scope: TenantScope
    let login: String
    private let state = Mutex(Pocket())

    struct Pocket {
        var cookie: String?
        var secret: [UInt8] = []
        var recoveryCodes: [String] = []
    }

    init(house: House, scope: TenantScope, login: String) {
        self.house = house
        self.scope = scope
        self.login = login
    }

    var pocket: Pocket { state.withLock { $0 } }
    func keep(cookie: String?) { state.withLock { $0.cookie = cookie } }

    /// The code that the authenticator shows now.
    var code: String { TOTP.code(secret: pocket.secret, at: house.now) }

    /// A code that has not been used: time has to pass for it.
    func freshCode() -> String {
        house.wait(30)
        return code
    }

    func open(_ name: String, _ body: JSON) async throws -> Answer {
        try await house.call(name, body: body, in: scope)
    }

    func call(
        _ name: String, _ path: [String] = [], body: JSON? = nil, version: Int? = nil, in other: TenantScope? = nil
    ) async throws -> Answer {
        var headers: HTTPFields = [:]
        if let cookie = pocket.cookie { headers[.cookie] = "gatehouse=\(cookie)" }
        if let version { headers[.ifMatch] = "\"\(version)\"" }
        let answer = try await house.call(name, path, body: body, in: other ?? scope, headers: headers)
        if let cookie = answer.cookie { keep(cookie: cookie.isEmpty ? nil : cookie) }
        return answer
    }

    /// From the link of an invitation to a session.
    func comeIn(by url: String) async throws {
        let token = String(url.split(separator: "=").last ?? "")
        let chosen = try await open(
            "auth.invitation", ["token": .string(token), "password": .string(House.password)])
        #expect(chosen.step == "enrol")
        try await enrol(chosen["token"])
    }

    func enrol(_ token: String) async throws {
        let enrolment = try await open("auth.enrolment", ["token": .string(token)])
        state.withLock { $0.secret = Base32RFC4648.decode(enrolment["secret"]) ?? [] }
        let done = try await open(
            "auth.confirm-enrolment", ["token": .string(token), "code": .string(freshCode())])
        #expect(done.step == "done")
        state.withLock { state in
            state.cookie = done.cookie
            if case .array(let codes)? = done.json["recoveryCodes"] { state.recoveryCodes = codes.compactMap(\.text) }
        }
    }

    func password(_ password: String = House.password, login: String? = nil) async throws -> Answer {
        try await open(
            "auth.sign-in", ["login": .string(login ?? self.login), "password": .string(password)])
    }

    /// Password and code, as people do it every morning.
    @discardableResult
    func signIn() async throws -> Answer {
        let first = try await password()
        #expect(first.step == "second-factor")
        let second = try await open(
            "auth.second-factor", ["token": .string(first["token"]), "code": .string(freshCode())])
        #expect(second.step == "done")
        keep(cookie: second.cookie)
        return second
    }

    /// Takes somebody in, who comes in by the invitation.
    func take(_ login: String, roles: [String] = ["user"]) async throws -> (id: UserID, visitor: Visitor) {
        let created = try await call(
            "users.create",
            body: [
                "login": .string(login), "name": .string(login.capitalized),
                "roles": .array(roles.map(JSON.string)),
            ])
        #expect(created.status == 201)
        let visitor = Visitor(house: house, scope: scope, login: login)
        try await visitor.comeIn(by: created["invitationUrl"])
        return (try #require(UserID(created["id"])), visitor)
    }
}

extension String {
    fileprivate var capitalized: String { prefix(1).uppercased() + dropFirst() }
}
