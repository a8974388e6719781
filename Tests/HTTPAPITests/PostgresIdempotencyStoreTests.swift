import Crypto
import FoundationEssentials
import HTTPAPI
import HTTPTypes
import Kernel
import Postgres
import TestSupport
import Testing

@Suite struct PostgresIdempotencyStoreTests {
    let test: TestDatabase
    let store: PostgresIdempotencyStore
    let scope: TenantScope
    let now = Date(timeIntervalSince1970: 1_795_000_000.123456)

    init() async throws {
        test = try await TestDatabase()
        store = PostgresIdempotencyStore(database: test.database, key: SymmetricKey(size: .bits256))
        scope = try await test.makeTenant()
    }

    private func key(_ text: String = "k", tenant: TenantID? = nil) -> IdempotencyKey {
        let principal = Principal(.user, id: "usr_1", name: "Alice", tenant: tenant ?? scope.tenant)
        return IdempotencyKey(principal: principal, operation: "tickets.open", key: text)
    }

    private func answer(_ claim: IdempotencyClaim) -> Outgoing? {
        if case .finished(let outgoing) = claim { outgoing } else { nil }
    }

    private func word(_ claim: IdempotencyClaim) -> String {
        switch claim {
        case .new: "new"
        case .finished: "finished"
        case .inProgress: "in progress"
        case .answerLost: "answer lost"
        case .differentRequest: "different"
        }
    }

    private func claim(_ key: IdempotencyKey, _ fingerprint: UInt8 = 1, after seconds: Double = 0) async throws
        -> String
    {
        word(try await store.claim(key, fingerprint: [fingerprint], at: now + seconds))
    }

    @Test func `a key is claimed once, answered once, and repeated as it was`() async throws {
        #expect(try await claim(key()) == "new")
        #expect(try await claim(key()) == "in progress")
        #expect(try await claim(key(), 2) == "different")
        let headers: HTTPFields = [.contentType: "application/json", .eTag: "\"1\"", .setCookie: "session=x"]
        try await store.complete(
            key(), with: Outgoing(status: 201, headers: headers, body: .bytes(Array("{\"a\":\"\\n\n\"}".utf8))))
        let repeated = try #require(answer(await store.claim(key(), fingerprint: [1], at: now + 5)))
        #expect(repeated.status == 201 && repeated.headers[.eTag] == "\"1\"")
        #expect(repeated.headers[.setCookie] == nil)
        guard case .bytes(let bytes) = repeated.body else { throw Invalid("no bytes") }
        #expect(String(decoding: bytes, as: UTF8.self) == "{\"a\":\"\\n\n\"}")
    }

    @Test func `an answer at rest tells nothing, and cannot be moved to another key`() async throws {
        #expect(try await claim(key("a")) == "new")
        #expect(try await claim(key("b")) == "new")
        try await store.complete(key("a"), with: Outgoing(status: 200, body: .bytes(Array("hunter2".utf8))))
        let stored: [[UInt8]] = try await test.database.query(
            "select answer from idempotency_keys where key = 'a'", in: scope
        ) { try $0.next() }
        #expect(!String(decoding: stored[0], as: UTF8.self).contains("hunter2"))
        try await test.database.execute("update idempotency_keys set answer = \(stored[0]) where key = 'b'", in: scope)
        #expect(try await claim(key("b")) == "answer lost")
    }

    @Test func `a change that is rolled back leaves its key free`() async throws {
        #expect(try await claim(key()) == "new")
        await #expect(throws: Invalid.self) {
            try await test.database.transaction(in: scope) { transaction in
                try await store.commit(key(), claimedAt: now, in: transaction)
                throw Invalid("no")
            }
        }
        try await store.release(key())
        #expect(try await claim(key()) == "new")
    }

    @Test func `a change that is committed keeps its key, even when its answer was never kept`() async throws {
        #expect(try await claim(key()) == "new")
        try await test.database.transaction(in: scope) { try await store.commit(key(), claimedAt: now, in: $0) }
        try await store.release(key())
        #expect(try await claim(key(), after: 3600) == "answer lost")
    }

    @Test func `a claim of a dead server is taken over, and the dead one cannot commit any more`() async throws {
        #expect(try await claim(key()) == "new")
        #expect(try await claim(key(), after: 100) == "in progress")
        #expect(try await claim(key(), after: 200) == "new")
        await #expect(throws: Problem.self) {
            try await test.database.transaction(in: scope) { try await store.commit(key(), claimedAt: now, in: $0) }
        }
        try await test.database.transaction(in: scope) { try await store.commit(key(), claimedAt: now + 200, in: $0) }
    }

    @Test func `keys of tenants and of the provider do not meet, and are forgotten after a day`() async throws {
        let other = try await test.makeTenant()
        let provider = IdempotencyKey(
            principal: Principal(.provider, id: "opr_1", name: "Bob"), operation: "tenants.create", key: "k")
        #expect(try await claim(key()) == "new")
        #expect(try await claim(key(tenant: other.tenant)) == "new")
        #expect(try await claim(provider) == "new")
        try await store.complete(provider, with: Outgoing(status: 204))
        #expect(try await claim(provider) == "finished")
        #expect(try await store.purge(at: now + 90_000) == 3)
        #expect(try await claim(provider) == "new")
    }

    @Test func `a use-case writes its record and its key with the change, or none of them`() async throws {
        let trail = TestAPI.Trail()
        let api = TestAPI()
        typealias Route = Endpoint<TenantAPI, Database>
        let scope = scope
        let group = EndpointGroup<TenantAPI, Database>("x") {
            Route.post(
                "do", "/do", summary: "Do it", permission: .ticketsRead, audit: .action("thing.done"),
                body: Search.self, returns: Nothing.self
            ) { database, call in
                try await database.transaction(in: scope) { transaction in
                    _ = try await transaction.execute("select 1")
                    try await call.audit.write(in: transaction)
                    if call.body.words == "fail" { throw Problem(.notFound) }
                }
                return Nothing()
            }
        }
        var gate = TestAPI.gate(api)
        gate.idempotency = store
        gate.audit = trail.writer
        let caller = TenantAPI.Caller(scope: scope, user: UserID(UUID()), name: "Alice")
        gate.authenticate = { _ in Authenticated(caller: caller, permissions: [.ticketsRead], means: .bearer) }
        let endpoint = group.mounted(on: test.database, behind: gate)[0]
        func call(_ words: String) async -> Outgoing {
            let facts = RequestFacts(
                traceID: "t", clientAddress: "a", host: "h",
                headers: [.contentType: "application/json", .idempotencyKey: words])
            return await endpoint.respond(
                Incoming(
                    method: .post, body: Array(#"{"words":"\#(words)"}"#.utf8), facts: facts, host: .tenant(scope)))
        }
        #expect(await call("go").status == 204)
        #expect(await call("go").headers[.idempotentReplayed] == "true")
        #expect(trail.all.map(\.outcome) == [.success])
        #expect(await call("fail").status == 404)
        #expect(await call("fail").headers[.idempotentReplayed] == nil)
        let keys: [Bool] = try await test.database.query("select is_committed from idempotency_keys", in: scope) {
            try $0.next()
        }
        #expect(keys == [true])
    }
}
