package import Audit
import Crypto
package import Cryptography
package import FoundationEssentials
package import HTTPAPI
import HTTPTypes
package import Kernel
package import Postgres
import Synchronization
package import Tenancy
package import TestSupport

/// What the tests of features stand on: a database, tenants with keys, people, a clock, and gates that write the trail.
///
/// A call names who makes it; the gates here believe that, and everything after them is the product's own.
package final class Stage: Sendable {
    /// A Wednesday, at 11:06:40 in UTC.
    package static let start = Date(timeIntervalSince1970: 1_795_000_000)

    package let test: TestDatabase
    package let master = MasterKey.ephemeral()
    package let keys: TenantKeys
    package let tenancy: Tenancy
    package let trail: AuditLog
    private let clock = Mutex(Stage.start)
    private let undeclared: @Sendable (String) -> Void

    /// `undeclared` hears of a problem that an operation answers without declaring it: tests record an issue.
    package init(undeclared: @escaping @Sendable (String) -> Void) async throws {
        test = try await TestDatabase()
        keys = TenantKeys(database: test.database, master: master)
        tenancy = Tenancy(database: test.database, keys: keys, administrators: NoAdministrators())
        trail = AuditLog(database: test.database)
        self.undeclared = undeclared
    }

    package var database: Database { test.database }
    package var now: Date { clock.withLock { $0 } }
    package func wait(_ seconds: TimeInterval) { clock.withLock { $0 += seconds } }

    /// A tenant with keys.
    package func makeTenant(_ slug: String = "acme") async throws -> TenantScope {
        let request = CreateTenantRequest(
            slug: TenantSlug(slug)!, name: try TenantName(parsing: slug),
            administrator: NewAdministrator(login: "ada", name: "Ada"))
        return try await tenancy.create(request, audit: .discarding, at: now, in: ProviderScope()).tenant.scope
    }

    private struct NoAdministrators: FirstAdministrators {
        func invite(
            _ administrator: NewAdministrator, to tenant: Tenant, isNew: Bool, at now: Date, in tx: Transaction
        ) async throws -> String? { nil }
    }
}

// Calls.
extension Stage {
    /// Endpoints of a feature behind a gate for people.
    package func mount<Feature: Sendable>(
        _ group: EndpointGroup<TenantAPI, Feature>, on feature: Feature
    ) -> [MountedEndpoint] {
        var gate = Gate<TenantAPI>(
            authenticate: { try Self.authenticate($0) }, throttle: { _, _ in nil }, audit: writer,
            idempotency: MemoryIdempotencyStore(),
            cursors: CursorCodec(key: SymmetricKey(data: [UInt8](repeating: 7, count: 32))),
            now: { self.now })
        gate.undeclared = { [undeclared] in undeclared("\($0.name) does not declare \($1.name)") }
        return group.mounted(on: feature, behind: gate)
    }

    /// Endpoints of a feature behind the gate for nobody in particular.
    package func mount<Feature: Sendable>(
        _ group: EndpointGroup<PublicAPI, Feature>, on feature: Feature
    ) -> [MountedEndpoint] {
        var gate = Gate<PublicAPI>(
            authenticate: { try PublicAPI.authenticate($0) }, throttle: { _, _ in nil }, audit: writer,
            idempotency: MemoryIdempotencyStore(),
            cursors: CursorCodec(key: SymmetricKey(data: [UInt8](repeating: 7, count: 32))),
            now: { self.now })
        gate.undeclared = { [undeclared] in undeclared("\($0.name) does not declare \($1.name)") }
        return group.mounted(on: feature, behind: gate)
    }

    /// Calls an operation by its name. `permissions` are the caller's; nil for all that the operation needs. `raw` is the
    /// body as it goes out, where its bytes matter.
    package func call(
        _ endpoints: [MountedEndpoint], _ name: String, _ path: [String] = [], body: JSON? = nil, raw: [UInt8]? = nil,
        by user: UserID? = nil, permissions: [String]? = nil, version: Int? = nil,
        query: [(name: String, value: String)] = [], headers more: [String: String] = [:], in scope: TenantScope
    ) async throws -> Answer {
        guard let endpoint = endpoints.first(where: { $0.operation.name == name }) else {
            throw Problem(.notFound, "there is no operation \(name)")
        }
        var headers: HTTPFields = [.secFetchSite: "same-origin"]
        let bytes = raw ?? body?.bytes
        if bytes != nil { headers[.contentType] = "application/json" }
        if let version { headers[.ifMatch] = "\"\(version)\"" }
        if let user { headers[.testUser] = user.text }
        let permissions = permissions ?? [endpoint.operation.permission.code]
        headers[.testPermissions] = permissions.joined(separator: ",")
        for (name, value) in more { headers[HTTPField.Name(name)!] = value }
        let facts = RequestFacts(traceID: "trace", clientAddress: "192.0.2.1", host: "acme.localhost", headers: headers)
        return Answer(
            await endpoint.respond(
                Incoming(
                    method: endpoint.operation.method, path: path, query: query, body: bytes ?? [], facts: facts,
                    host: .tenant(scope))))
    }

    /// What writes the trail.
    package var writer: AuditWriter {
        AuditWriter(
            inside: { [trail] record, transaction in
                guard let tenant = record.principal.tenant else { return }
                try await trail.append(AuditEntry(record), in: TenantScope(tenant: tenant), transaction)
            },
            alone: { [trail] record in
                guard let tenant = record.principal.tenant else { return }
                try await trail.append(AuditEntry(record), scope: TenantScope(tenant: tenant))
            })
    }

    private static func authenticate(_ request: Incoming) throws -> Authenticated<TenantAPI.Caller> {
        guard let scope = request.tenant, let user = request.headers[.testUser].flatMap(UserID.init) else {
            throw Problem.unauthenticated()
        }
        let permissions = (request.headers[.testPermissions] ?? "").split(separator: ",").map {
            Permission(String($0))
        }
        return Authenticated(
            caller: TenantAPI.Caller(scope: scope, user: user, name: "caller"), permissions: Set(permissions),
            means: .cookie, secondFactorAt: request.headers[.testWithoutFactor] == nil ? .distantFuture : nil)
    }
}

extension HTTPField.Name {
    fileprivate static let testUser = HTTPField.Name("X-Test-User")!
    /// The caller has shown no second factor lately.
    fileprivate static let testWithoutFactor = HTTPField.Name("X-Test-Without-Factor")!
    fileprivate static let testPermissions = HTTPField.Name("X-Test-Permissions")!
}

/// What came back.
package struct Answer: Sendable {
    package let status: Int
    package let json: JSON
    package let bytes: [UInt8]

    package init(_ response: Outgoing) {
        status = response.status
        bytes = if case .bytes(let bytes) = response.body { bytes } else { [] }
        json = (try? JSONParser.parse(bytes)) ?? .null
    }

    package subscript(_ name: String) -> String { json[name]?.text ?? "" }
    package var items: [JSON] { if case .array(let items)? = json["items"] { items } else { [] } }
    package var version: Int { if case .int(let version)? = json["version"] { Int(version) } else { 0 } }
    /// The last word of the problem's type.
    package var problem: String { self["type"].split(separator: ":").last.map(String.init) ?? "" }
}
