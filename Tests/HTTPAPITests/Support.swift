import Crypto
import FoundationEssentials
import HTTPAPI
import HTTPTypes
import Kernel
import Synchronization
import Testing

/// The example endpoints behind gates whose answers a test chooses; no server, no socket.
struct TestAPI {
    let endpoints: [MountedEndpoint]
    let trail = Trail()
    static let tenant = TenantScope(tenant: TenantID("ten_01jd7x0000000000000000000a")!)
    static let now = Date(timeIntervalSince1970: 1_795_000_000)

    /// What the gate wrote to the audit trail.
    final class Trail: Sendable {
        private let records = Mutex<[AuditRecord]>([])

        var all: [AuditRecord] { records.withLock { $0 } }
        func append(_ record: AuditRecord) { records.withLock { $0.append(record) } }

        var writer: AuditWriter {
            AuditWriter(inside: { record, _ in self.append(record) }, alone: { record in self.append(record) })
        }
    }

    init(
        permissions: Set<Permission> = [.ticketsRead, .ticketsOpen, .ticketsDecide],
        means: Authenticated<TenantAPI.Caller>.Means = .bearer,
        secondFactorAt: Date? = nil,
        tickets: ExampleTickets = ExampleTickets(),
        authenticate: (@Sendable (Incoming) async throws -> Authenticated<TenantAPI.Caller>)? = nil,
        throttle: @escaping @Sendable (RateClass, String) async -> Int? = { _, _ in nil }
    ) {
        let caller = TenantAPI.Caller(scope: Self.tenant, user: UserID(UUID()), name: "Alice")
        let now = Self.now
        var gate = Gate<TenantAPI>(
            authenticate: authenticate ?? { _ in
                Authenticated(caller: caller, permissions: permissions, means: means, secondFactorAt: secondFactorAt)
            },
            throttle: throttle, audit: trail.writer, idempotency: MemoryIdempotencyStore(),
            cursors: CursorCodec(key: SymmetricKey(data: [UInt8](repeating: 7, count: 32))), now: { now })
        gate.undeclared = { Issue.record("\($0.name) does not declare \($1.name)") }
        let open = Gate<PublicAPI>(
            authenticate: { try PublicAPI.authenticate($0) }, throttle: throttle, audit: trail.writer,
            idempotency: MemoryIdempotencyStore(), cursors: gate.cursors, now: { now })
        endpoints =
            ExampleRoutes.group.mounted(on: tickets, behind: gate)
            + ExampleRoutes.open.mounted(on: tickets, behind: open)
    }

    /// A gate that lets everything through, for endpoints of a test's own.
    static func gate(_ api: TestAPI) -> Gate<TenantAPI> {
        let caller = TenantAPI.Caller(scope: tenant, user: UserID(UUID()), name: "Alice")
        return Gate<TenantAPI>(
            authenticate: { _ in Authenticated(caller: caller, permissions: [.ticketsRead], means: .bearer) },
            throttle: { _, _ in nil }, audit: api.trail.writer, idempotency: MemoryIdempotencyStore(),
            cursors: CursorCodec(key: SymmetricKey(size: .bits256)), now: { now })
    }

    func call(
        _ name: String, _ path: [String] = [], query: [(name: String, value: String)] = [],
        headers: HTTPFields = [:], body: String = "", secure: Bool = false, host: HostOwner = .tenant(TestAPI.tenant)
    ) async throws -> Answer {
        guard let endpoint = endpoints.first(where: { $0.operation.name == name }) else {
            throw Invalid("no operation \(name)")
        }
        var headers = headers
        if !body.isEmpty, headers[.contentType] == nil { headers[.contentType] = "application/json" }
        let facts = RequestFacts(
            traceID: "test", clientAddress: "192.0.2.1", host: "acme.localhost", isSecure: secure, headers: headers)
        let request = Incoming(
            method: endpoint.operation.method, path: path, query: query, body: Array(body.utf8), facts: facts,
            host: host)
        return try await Answer(endpoint.respond(request))
    }

    static let openBody = #"{"asset":"ast_01jd7x0000000000000000000a","reason":"queue stuck","level":"read"}"#

    func open(headers: HTTPFields = [:], reason: String = "queue stuck") async throws -> Answer {
        let body = Self.openBody.replacing("queue stuck", with: reason)
        return try await call("tickets.open", headers: headers, body: body)
    }
}

struct Answer {
    let status: Int
    let headers: HTTPFields
    let bytes: [UInt8]

    init(_ response: Outgoing) async throws {
        status = response.status
        headers = response.headers
        switch response.body {
        case .bytes(let bytes): self.bytes = bytes
        case .stream(_, let run):
            let pieces = Mutex<[UInt8]>([])
            try await run { piece in pieces.withLock { $0 += piece } }
            bytes = pieces.withLock { $0 }
        }
    }

    var text: String { String(decoding: bytes, as: UTF8.self) }
    var json: JSON? { try? JSONParser.parse(bytes) }
    var problem: String? { json?["type"]?.text?.split(separator: ":").last.map(String.init) }
    var id: String { json?["id"]?.text ?? "" }
}
