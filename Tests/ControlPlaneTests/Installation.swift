import Cryptography
import Foundation
import Kernel
import Logging
import Postgres
import Synchronization
import TestSupport
import Testing

@testable import ControlPlane
@testable import Outbound

/// A whole control plane: its database, its keys, its server on a port of its own, in this process or as a program.
final class Installation: Sendable {
    /// Where the server runs.
    enum Form {
        case inside
        /// As `gatehouse-server`, which can be stopped and started again; with a key of OpenBao at the top, or one in a
        /// file.
        case program(transit: JSON? = nil)
    }

    let test: TestDatabase
    let folder = TemporaryFolder()
    let providerToken = "provider-" + Base64URL.encode(SecureRandom.bytes(32))
    let port: Int
    /// What stands before the database, if the scopes of statements are to be changed.
    let proxy: TamperingProxy?
    private let client: HTTPClient
    private let server: Task<Void, any Error>?
    let program: ServerProcess?
    private let calls = Mutex(0)

    /// `mail` is the port of a mail server on loopback; `tampered` puts a proxy before the database.
    init(mail: Int? = nil, tampered: Bool = false, as form: Form = .inside) async throws {
        test = try await TestDatabase()
        proxy = tampered ? try TamperingProxy(before: test.configuration) : nil
        let database = proxy?.configuration ?? test.configuration
        let file = folder.file("server.json")
        try Self.write(providerToken, to: folder.file("provider-token"))
        var fixed = 0
        var top: JSON = ["masterKeyFile": .string(folder.file("master.key"))]
        if case .program(let transit) = form {
            fixed = FreePort.next()
            if let transit { top = ["transit": transit] }
        }
        let configuration: JSON = [
            "http": ["host": "127.0.0.1", "port": .int(Int64(fixed)), "trustedProxies": ["127.0.0.1/32"]],
            "baseDomain": "localhost",
            "database": [
                "host": .string(database.host), "port": .int(Int64(database.port)),
                "name": .string(test.name), "connections": 4,
            ],
            "objects": .string(folder.file("objects")),
            "providerTokenFile": .string(folder.file("provider-token")), "logLevel": "trace",
        ]
        let relay: JSON = [
            "host": "127.0.0.1", "port": mail.map { JSON.int(Int64($0)) } ?? .null, "security": "none",
            "from": "gatehouse@example.com",
        ]
        let whole = configuration.merging(top).merging(mail == nil ? [:] : ["mail": relay])
        try Self.write(String(decoding: whole.bytes, as: UTF8.self), to: file)
        let listening: Int
        if case .program = form {
            let process = ServerProcess(configuration: file, port: fixed)
            try await process.start()
            program = process
            server = nil
            listening = fixed
        } else {
            let inside = try await Self.run(file)
            program = nil
            server = inside.server
            listening = inside.port
        }
        port = listening
        var settings = HTTPClientConfiguration(egress: .open)
        settings.resolved = { ["access.acme.test", "access.bolt.test"].map { "\($0):\(listening):127.0.0.1" } }
        client = HTTPClient(
            configuration: settings,
            logger: Logger(label: "client") { _ in SwiftLogNoOpLogHandler() })
    }

    /// Runs a server in this process.
    private static func run(_ file: String) async throws -> (server: Task<Void, any Error>, port: Int) {
        let book = LogBook.shared
        let door = Door()
        let plane = ControlPlane(
            configuration: try .read(file), logger: Logger(label: "gatehouse.server") { book.handler($0) },
            onListening: { port in door.port.withLock { $0 = port } })
        let server = Task { try await plane.run() }
        do {
            try await eventually("the server listens", within: .seconds(30)) {
                door.port.withLock { $0 } != nil
            }
        } catch {
            server.cancel()
            try await server.value
            throw error
        }
        return (server, door.port.withLock { $0 } ?? 0)
    }

    deinit { server?.cancel() }

    private final class Door: Sendable {
        let port = Mutex<Int?>(nil)
    }

    /// For the eyes of one's own programs only.
    static func write(_ text: String, to path: String) throws {
        guard
            FileManager.default.createFile(
                atPath: path, contents: Data(text.utf8), attributes: [.posixPermissions: 0o600])
        else { throw CocoaError(.fileWriteUnknown) }
    }

    /// Each call comes from an address of its own: this is not about how often one may call.
    func call(
        _ method: OutboundRequest.Method, _ path: String, _ body: JSON? = nil, on host: String, cookie: String? = nil,
        bearer: String? = nil, headers more: [String: String] = [:], raw: [UInt8]? = nil
    ) async throws -> Answer {
        let number = calls.withLock { calls in
            calls += 1
            return calls
        }
        var headers: OutboundHeaders = ["X-Forwarded-For": "10.0.\(number / 250 % 250).\(number % 250 + 1)"]
        headers["Sec-Fetch-Site"] = "same-origin"
        if body != nil { headers["Content-Type"] = "application/json" }
        if let cookie { headers["Cookie"] = "gatehouse=\(cookie)" }
        if let bearer { headers["Authorization"] = "Bearer \(bearer)" }
        for (name, value) in more { headers[name] = value }
        let request = OutboundRequest(
            method, try OutboundURL("http://\(host).localhost:\(port)\(path)"), headers: headers,
            body: raw ?? body?.bytes ?? [], timeout: .seconds(30), maxResponseBytes: 8 << 20)
        return Answer(try await client.send(request))
    }

    /// Fetches something under any host name, as a browser whose DNS knows it.
    func fetch(_ path: String, host: String) async throws -> OutboundResponse {
        try await client.send(
            OutboundRequest(
                .get, try OutboundURL("http://\(host):\(port)\(path)"), timeout: .seconds(30)))
    }

    /// Events as they come, of somebody with a token or at a browser.
    func stream(
        _ path: String, on host: String, bearer: String? = nil, cookie: String? = nil, api: String = "/api/v1"
    ) async throws -> OutboundStream {
        var headers: OutboundHeaders = ["Accept": "text/event-stream"]
        if let bearer { headers["Authorization"] = "Bearer \(bearer)" }
        if let cookie { headers["Cookie"] = "gatehouse=\(cookie)" }
        let request = OutboundRequest(
            .get, try OutboundURL("http://\(host).localhost:\(port)\(api)\(path)"), headers: headers)
        return try await client.stream(request, idleTimeout: .seconds(60))
    }

    func provider(_ method: OutboundRequest.Method, _ path: String, _ body: JSON? = nil) async throws -> Answer {
        try await call(method, "/provider/v1" + path, body, on: "provider", bearer: providerToken)
    }

    /// A tenant whose administrator has come in by the link, with a second factor.
    func makeTenant(_ slug: String) async throws -> Person {
        let made = try await provider(
            .post, "/tenants",
            [
                "slug": .string(slug), "name": .string(slug),
                "administrator": ["login": "ada", "name": "Ada", "email": "ada@example.com"],
            ])
        #expect(made.status == 201, "\(made.text)")
        let person = Person(installation: self, slug: slug, login: "ada")
        try await person.comeIn(by: made["invitationUrl"])
        // A client without a terminal can show a key and nothing else.
        let rules = String(decoding: JSON.array([Self.keysAlone]).bytes, as: UTF8.self)
        _ = try await test.superuser().execute(
            """
            insert into tenant_factor_rules (tenant_id, level, rules, version, changed_at)
            select tenant_id, 'all', \(rules)::text::jsonb, 1, now() from tenants where slug = \(slug)
            """)
        return person
    }

    /// The rule by which a key is enough at ssh.
    static let keysAlone: JSON = [
        "name": "keys alone", "everyone": true, "entrances": ["ssh"], "after": ["key"], "action": "skip",
    ]
}

/// What came back.
struct Answer {
    let status: Int
    let text: String
    let json: JSON
    let cookie: String?
    let providerCookie: String?
    let supportCookie: String?
    /// That of a browser on its way to a provider.
    let signInCookie: String?
    private let headers: [String]

    init(_ response: OutboundResponse) {
        status = response.status
        text = String(decoding: response.body, as: UTF8.self)
        json = (try? JSONParser.parse(response.body)) ?? .null
        headers = response.headers.fields.map { "\($0.name): \($0.value)" }
        func cookie(_ name: String) -> String? {
            response.headers.fields.last { $0.name.lowercased() == "set-cookie" && $0.value.hasPrefix("\(name)=") }
                .map { String($0.value.dropFirst(name.count + 1).prefix { $0 != ";" }) }
        }
        self.cookie = cookie("gatehouse")
        providerCookie = cookie("provider-session")
        supportCookie = cookie("gatehouse-support")
        signInCookie = cookie("gatehouse-sign-in")
    }

    /// Everything that an answer says, without what is new in each: the trace, the time, a renewed cookie, and these ids.
    func comparable(without ids: [String]) -> String {
        let kept = headers.filter {
            !["date", "set-cookie", "traceparent"].contains($0.prefix { $0 != ":" }.lowercased())
        }
        var said = ["\(status)"] + kept.sorted() + [text]
        for id in ids { said = said.map { $0.replacing(id, with: "<id>") } }
        return said.joined(separator: "\n").replacing(#/[0-9a-f]{32}/#, with: "<trace>")
    }

    subscript(_ name: String) -> String { json[name]?.text ?? "" }
    var items: [JSON] { if case .array(let items)? = json["items"] { items } else { [] } }
}

/// Somebody at a browser, and every secret that person has had in hand.
final class Person: Sendable {
    let installation: Installation
    let slug: String
    let login: String
    private let pocket = Mutex(Pocket())

    struct Pocket {
        var cookie: String?
        var secrets: Set<String> = []
        var recoveryCodes: [String] = []
        var authenticator: [UInt8] = []
    }

    init(installation: Installation, slug: String, login: String) {
        self.installation = installation
        self.slug = slug
        self.login = login
    }

    var cookie: String? { pocket.withLock { $0.cookie } }
    var password: String { "correct horse of \(login) in \(slug)" }
    var secrets: Set<String> { pocket.withLock { $0.secrets } }
    /// What the authenticator app knows.
    var authenticator: [UInt8] { pocket.withLock { $0.authenticator } }
    func note(_ secret: String) { if !secret.isEmpty { pocket.withLock { _ = $0.secrets.insert(secret) } } }

    @discardableResult
    func call(
        _ method: OutboundRequest.Method, _ path: String, _ body: JSON? = nil, version: Int? = nil,
        expecting status: Int? = nil, at line: SourceLocation = #_sourceLocation
    ) async throws -> Answer {
        let headers = version.map { ["If-Match": "\"\($0)\""] } ?? [:]
        let answer = try await installation.call(
            method, "/api/v1" + path, body, on: slug, cookie: cookie, headers: headers)
        if let cookie = answer.cookie {
            note(cookie)
            pocket.withLock { $0.cookie = cookie }
        }
        if let status { #expect(answer.status == status, "\(path): \(answer.text)", sourceLocation: line) }
        return answer
    }

    /// From the link of an invitation to a session with a second factor.
    func comeIn(by url: String, expecting step: String = "done") async throws {
        let invitation = String(url.split(separator: "=").last ?? "")
        [invitation, password].forEach(note)
        let chosen = try await call(
            .post, "/auth/invitation", ["token": .string(invitation), "password": .string(password)], expecting: 200)
        try await enrol(chosen["token"], expecting: step)
    }

    /// Sets an authenticator up, which a sign-in waits for.
    func enrol(_ token: String, expecting step: String = "done") async throws {
        note(token)
        let enrolment = try await call(.post, "/auth/enrolment", ["token": .string(token)], expecting: 200)
        note(enrolment["secret"])
        let secret = try #require(Base32RFC4648.decode(enrolment["secret"]))
        pocket.withLock { $0.authenticator = secret }
        let done = try await call(
            .post, "/auth/enrolment/confirm",
            ["token": .string(token), "code": .string(TOTP.code(secret: secret, at: Date()))],
            expecting: 200)
        #expect(done["step"] == step)
        if case .array(let codes)? = done.json["recoveryCodes"] {
            codes.compactMap(\.text).forEach(note)
            pocket.withLock { $0.recoveryCodes = codes.compactMap(\.text) }
        }
    }

    /// A code that was not used: the steps that were are forgotten for it, which only a test can do.
    func unusedCode() async throws -> String {
        _ = try await installation.test.superuser().execute("update totp_secrets set last_step = 0")
        return TOTP.code(secret: authenticator, at: Date())
    }

    /// Signs in once more, in another browser: with a recovery code, for which no time has to pass.
    func comeAgain() async throws {
        pocket.withLock { $0.cookie = nil }
        let first = try await call(
            .post, "/auth/sign-in", ["login": .string(login), "password": .string(password)], expecting: 200)
        note(first["token"])
        let left = pocket.withLock { $0.recoveryCodes.popLast() }
        let code = try #require(left)
        let done = try await call(
            .post, "/auth/second-factor", ["token": .string(first["token"]), "code": .string(code)], expecting: 200)
        #expect(done["step"] == "done")
    }
}
