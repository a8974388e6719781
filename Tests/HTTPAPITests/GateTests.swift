import FoundationEssentials
import HTTPAPI
import HTTPTypes
import Kernel
import Postgres
import Synchronization
import Testing

@Suite struct GateTests {
    private let ticket = "tkt_01jd7x0000000000000000000a"

    @Test(arguments: ExampleRoutes.group.operations.map(\.name))
    func `without its permission every operation is refused, and the refusal is audited`(name: String) async throws {
        let api = TestAPI(permissions: [])
        let answer = try await api.call(name, [ticket])
        #expect(answer.status == 403)
        #expect(answer.json?["reasons"] != nil)
        let operation = try #require(ExampleRoutes.group.operations.first { $0.name == name })
        let action = if case .action(let action) = operation.audit { action } else { "access.refused" }
        #expect(api.trail.all.map(\.action) == [action])
        #expect(api.trail.all.map(\.outcome) == [.refused])
    }

    @Test func `a step-up is asked for when the second factor is old`() async throws {
        let old = try await TestAPI(secondFactorAt: TestAPI.now - 901).call("tickets.approve", [ticket])
        let fresh = try await TestAPI(secondFactorAt: TestAPI.now - 60).call("tickets.approve", [ticket])
        #expect(old.problem == "step-up-required")
        #expect(fresh.status == 404)
    }

    struct Browser: Sendable {
        var site: String?
        var origin: String?
        let status: Int

        static let cases = [
            Browser(status: 403), Browser(site: "cross-site", status: 403), Browser(site: "same-site", status: 403),
            Browser(site: "none", status: 403), Browser(site: "same-origin", status: 201),
            Browser(origin: "http://acme.localhost", status: 201), Browser(origin: "https://evil.example", status: 403),
            Browser(origin: "https://acme.localhost", status: 403), Browser(origin: "null", status: 403),
            Browser(site: "cross-site", origin: "http://acme.localhost", status: 403),
        ]
    }

    @Test(arguments: Browser.cases)
    func `a cookie counts only on the same origin`(browser: Browser) async throws {
        var headers = HTTPFields()
        headers[.secFetchSite] = browser.site
        headers[.origin] = browser.origin
        #expect(try await TestAPI(means: .cookie).open(headers: headers).status == browser.status)
        #expect(try await TestAPI(means: .bearer).open(headers: headers).status == 201)
    }

    @Test func `signing in is refused only when the browser says that another site asks`() async throws {
        let api = TestAPI()
        let plain = try await api.call("auth.sign-in", body: TestAPI.openBody)
        let foreign = try await api.call(
            "auth.sign-in", headers: [.secFetchSite: "cross-site"], body: TestAPI.openBody)
        #expect(plain.status == 204 && foreign.problem == "cross-site")
        #expect(foreign.headers[.setCookie] == nil)
    }

    @Test func `a cookie is out of reach of scripts, and on https of every other host`() async throws {
        let api = TestAPI()
        let plain = try await api.call("auth.sign-in", body: TestAPI.openBody)
        let secure = try await api.call("auth.sign-in", body: TestAPI.openBody, secure: true)
        #expect(plain.headers[.setCookie] == "session=fresh; Path=/; HttpOnly; SameSite=Lax; Max-Age=43200")
        #expect(
            secure.headers[.setCookie]
                == "__Host-session=fresh; Path=/; HttpOnly; SameSite=Lax; Max-Age=43200; Secure")
    }

    @Test func `a cookie without the prefix does not count on https`() {
        func facts(_ cookie: String, secure: Bool) -> RequestFacts {
            RequestFacts(
                traceID: "t", clientAddress: "a", host: "h", isSecure: secure, headers: [.cookie: cookie])
        }
        #expect(facts("a=b; session=x", secure: false).cookie("session") == "x")
        #expect(facts("session=x", secure: true).cookie("session") == nil)
        #expect(facts("session=x; __Host-session=y=z", secure: true).cookie("session") == "y=z")
    }

    @Test func `two credentials at once are refused`() throws {
        func incoming(_ headers: HTTPFields) -> Incoming {
            let facts = RequestFacts(traceID: "t", clientAddress: "a", host: "h", headers: headers)
            return Incoming(method: .get, facts: facts, host: .provider)
        }
        #expect(try incoming([.cookie: "session=x"]).credential(cookie: "session") == .cookie("x"))
        #expect(try incoming([.authorization: "bearer x"]).credential(cookie: "session") == .bearer("x"))
        #expect(throws: Problem.self) {
            try incoming([.authorization: "Bearer x", .cookie: "session=x"]).credential(cookie: "session")
        }
        #expect(throws: Problem.self) { try incoming([.authorization: "Basic eDp5"]).credential(cookie: "session") }
    }

    @Test func `a surface does not exist on the wrong kind of host`() async throws {
        let answer = try await TestAPI().call("tickets.list", host: .provider)
        #expect(answer.problem == "not-found")
    }

    @Test func `who guesses credentials is slowed down by its address`() async throws {
        let api = TestAPI(
            authenticate: { _ in throw Problem.unauthenticated() },
            throttle: { rate, subject in rate == .unauthenticated && subject == "address/192.0.2.1" ? 7 : nil })
        let guess = try await api.call("tickets.list", headers: [.authorization: "Bearer x"])
        let none = try await api.call("tickets.list")
        #expect(guess.status == 429 && guess.headers[.retryAfter] == "7")
        #expect(none.status == 401 && none.headers[.wwwAuthenticate] == "Bearer")
        #expect(api.trail.all.isEmpty)
    }

    @Test func `who is turned away at the door is not even asked who they are`() async throws {
        let api = TestAPI()
        let (door, asked) = (Flag(), Flag())
        var gate = TestAPI.gate(api)
        gate.authenticate = { _ in
            asked.isUp.withLock { $0 = true }
            throw Problem.unauthenticated()
        }
        let group = EndpointGroup<TenantAPI, ExampleTickets>("door") {
            Endpoint<TenantAPI, ExampleTickets>.post(
                "knock", "/knock", summary: "Knock", permission: .ticketsRead, audit: .action("door.knocked"),
                returns: Nothing.self
            ) { _, _ in Nothing() }
            .turningAway { _, tenant in
                door.isUp.withLock { $0 } && tenant == TestAPI.tenant.tenant ? .tooMany(after: 3) : nil
            }
        }
        let endpoint = try #require(group.mounted(on: ExampleTickets(), behind: gate).first)
        let facts = RequestFacts(
            traceID: "test", clientAddress: "192.0.2.1", host: "acme.localhost", isSecure: false, headers: [:])
        let knock = Incoming(method: .post, facts: facts, host: .tenant(TestAPI.tenant))
        door.isUp.withLock { $0 = true }
        let refused = await endpoint.respond(knock)
        #expect(refused.status == 429 && refused.headers[.retryAfter] == "3")
        #expect(!asked.isUp.withLock { $0 } && api.trail.all.isEmpty)
        door.isUp.withLock { $0 = false }
        #expect(await endpoint.respond(knock).status == 401)
        #expect(asked.isUp.withLock { $0 })
    }

    private final class Flag: Sendable {
        let isUp = Mutex(false)
    }

    @Test func `success is audited with what the use-case said, a lack of understanding is not`() async throws {
        let api = TestAPI()
        let opened = try await api.open()
        _ = try await api.open(reason: " ")
        #expect(api.trail.all.count == 1)
        let record = try #require(api.trail.all.first)
        #expect(record.action == "ticket.opened" && record.outcome == .success && record.principal.name == "Alice")
        #expect(record.target == AuditTarget(kind: "ticket", id: opened.id, name: "queue stuck"))
        #expect(record.details == ["level": "read"] && record.clientAddress == "192.0.2.1")
    }

    @Test func `a refusal by the feature is audited under its name`() async throws {
        let api = TestAPI(secondFactorAt: TestAPI.now)
        let id = try await api.open().id
        _ = try await api.call("tickets.approve", [id])
        let again = try await api.call("tickets.approve", [id])
        #expect(
            again.status == 409 && again.json?["reasons"] == [["code": "decided", "message": "It was decided before."]])
        #expect(api.trail.all.last?.problem == "example-not-open" && api.trail.all.last?.target?.id == id)
    }

    @Test func `a repeat with the same key gets the first answer, and leaves one record`() async throws {
        let api = TestAPI()
        let first = try await api.open(headers: [.idempotencyKey: "k"])
        let again = try await api.open(headers: [.idempotencyKey: "k"])
        let other = try await api.open(headers: [.idempotencyKey: "k"], reason: "another")
        #expect(again.id == first.id && again.headers[.idempotentReplayed] == "true")
        #expect(other.problem == "idempotency-key-reused")
        #expect(api.trail.all.count == 1)
    }

    @Test func `a key is free again after a refusal`() async throws {
        let api = TestAPI()
        #expect(try await api.open(headers: [.idempotencyKey: "k"], reason: " ").status == 422)
        #expect(try await api.open(headers: [.idempotencyKey: "k"]).status == 201)
    }

    @Test func `a change needs the version it was made for`() async throws {
        let api = TestAPI()
        let path = [try await api.open().id]
        #expect(try await api.call("tickets.change", path, body: "{}").problem == "version-required")
        #expect(try await api.call("tickets.change", path, headers: [.ifMatch: "\"9\""], body: "{}").status == 412)
        #expect(try await api.call("tickets.change", path, headers: [.ifMatch: "*"], body: "{}").status == 422)
        let changed = try await api.call(
            "tickets.change", path, headers: [.ifMatch: "\"1\""], body: #"{"level":"operate"}"#)
        #expect(changed.json?["level"] == "operate" && changed.headers[.eTag] == "\"2\"")
        // What is shown may be another thing under the same version.
        #expect(try await api.call("tickets.show", path, headers: [.ifNoneMatch: "\"2\""]).status == 200)
    }

    static let mediaTypes: [(HTTPFields, Int)] = [
        ([.contentType: "text/plain"], 415), ([.contentType: "text/json"], 415),
        ([.contentType: "application/json; charset=utf-16"], 415),
        ([.contentType: "application/json;charset=UTF-8"], 201),
        ([.contentType: "application/json", .contentEncoding: "gzip"], 415),
        ([.contentType: "application/json, text/plain"], 415), ([.contentType: "application/json; x=y"], 415),
    ]

    @Test(arguments: mediaTypes)
    func `a body must say that it is JSON in UTF-8`(headers: HTTPFields, status: Int) async throws {
        #expect(try await TestAPI().open(headers: headers).status == status)
    }

    @Test func `a body where none is taken is refused`() async throws {
        let answer = try await TestAPI().call("tickets.list", body: "{}")
        #expect(answer.problem == "malformed")
    }

    @Test func `a file is taken as it is`() async throws {
        let tickets = ExampleTickets()
        let api = TestAPI(tickets: tickets)
        let headers: HTTPFields = [.contentType: "application/octet-stream"]
        #expect(try await api.call("tickets.attach", [ticket], headers: headers, body: "{\"").status == 204)
        #expect(try await api.call("tickets.attach", [ticket], body: "{}").status == 415)
        #expect(await tickets.uploads == [Array("{\"".utf8)])
    }

    @Test func `events carry ids, and a client resumes after the last it saw`() async throws {
        let api = TestAPI()
        for _ in 0..<2 { _ = try await api.open() }
        let all = try await api.call("tickets.watch")
        let rest = try await api.call("tickets.watch", headers: [.lastEventID: "0"])
        #expect(all.text.hasPrefix("id: 0\nevent: ticket\ndata: {\"id\":\"tkt_"))
        #expect(all.text.split(separator: "\n\n").count == 2)
        #expect(rest.text.hasPrefix("id: 1\n") && rest.text.split(separator: "\n\n").count == 1)
        #expect(all.headers[.contentType] == "text/event-stream")
    }

    @Test func `a download names its file, whatever the name`() async throws {
        let answer = try await TestAPI().call("tickets.export")
        #expect(answer.headers[.contentDisposition] == "attachment; filename=\"tickets.ndjson\"")
    }

    @Test(arguments: [
        (DatabaseError(sqlState: "08006", message: "gone"), "unavailable"),
        (DatabaseError(sqlState: "57014", message: "slow"), "timed-out"),
        (DatabaseError(sqlState: "42703", message: "no such column"), "internal"),
    ])
    func `what the database says is told without its words`(error: DatabaseError, problem: String) {
        let told = Problem.representing(error)
        #expect(told.type.name == problem && told.detail == nil)
        #expect((told.headers[.retryAfter] != nil) == (problem != "internal"))
    }
}
