import Audit
import FoundationEssentials
import HTTPAPI
import HTTPTypes
import Kernel
import Postgres
import Synchronization
import Tenancy

/// A call of a program that provisions: who it is, for which provider, and what of it is not done.
final class ProvisioningContext: Sendable {
    let database: Database
    let catalogue: PermissionCatalogue
    let reviews: SignInReviews
    let caller: ProvisioningAPI.Caller
    let request: RequestFacts
    let now: Date
    /// Asked before what costs more than a request should: seconds to wait, or nil to go on.
    let throttle: @Sendable () async -> Int?
    private let state = Mutex((subject: String?.none, notes: [String]()))

    init(
        database: Database, catalogue: PermissionCatalogue, reviews: SignInReviews, caller: ProvisioningAPI.Caller,
        request: RequestFacts, now: Date, throttle: @escaping @Sendable () async -> Int?
    ) {
        self.database = database
        self.catalogue = catalogue
        self.reviews = reviews
        self.caller = caller
        self.request = request
        self.now = now
        self.throttle = throttle
    }

    var scope: TenantScope { caller.scope }
    var provider: IdentityProviderID { caller.provider }

    /// Where the resources are, as the program reached them.
    var base: String { "\(request.isSecure ? "https" : "http")://\(request.host)\(ProvisioningAPI.base)" }

    /// Says what the call is about, for the list of calls.
    func concerns(_ subject: String) { state.withLock { $0.subject = subject } }

    /// Says what was asked for and is not done.
    func note(_ words: String) { state.withLock { $0.notes.append(words) } }

    var said: (subject: String?, notes: [String]) { state.withLock { ($0.subject, $0.notes) } }

    /// What holds for the provider while something is changed for it.
    struct Standing {
        let provider: IdentityProvider
        let handlesPrivileged: Bool
        /// What people have whom the provider gave all that they have.
        let ceiling: Set<Permission>
    }

    /// Begins a change: the tenant is open, the provider in use and still provisioned, and nobody else counts
    /// administrators.
    func begin(_ tx: Transaction) async throws -> Standing {
        try await TenantDoor.check(at: now, in: scope, tx)
        try await RoleStore.holdAdministrators(in: scope, tx)
        guard let provider = try await IdentityProviderStore.lock(provider, in: scope, tx), provider.enabled,
            let handles = try await ProvisioningStore.standing(of: provider.id, in: scope, tx)
        else { throw Problem.unauthenticated("The provider is not provisioned any more.") }
        return Standing(
            provider: provider, handlesPrivileged: handles,
            ceiling: try await RoleStore.permissions(givenBy: provider, catalogue, in: scope, tx))
    }

    func exchange(_ standing: Standing) -> RuleExchange {
        RuleExchange(
            provider: standing.provider, ledger: .program, catalogue: catalogue, trail: AuditLog(database: database),
            actor: "provisioning", now: now, scope: scope)
    }

    /// Whether somebody may no more than the provider gives its people: nobody else is renamed by it, or gets another
    /// address, since who can say what somebody is called and where their mail goes is close to being them.
    func isWithin(_ user: UserID, _ standing: Standing, _ tx: Transaction) async throws -> Bool {
        try await RoleStore.isWithin(
            standing.ceiling, of: provider, user, at: now, catalogue, in: scope, tx)
    }

    /// Writes a line of the trail beside a change.
    func audit(
        _ action: String, kind: String, id: String, name: String, _ standing: Standing, details: JSON = [:],
        _ tx: Transaction
    ) async throws {
        let facts: JSON = [
            "provider": .string(provider.text), "providerName": .string(standing.provider.name),
            "client": .string(caller.client.text), "clientName": .string(caller.name),
        ]
        let entry = AuditEntry(
            action: action, actor: .system("provisioning"), target: AuditTarget(kind: kind, id: id, name: name),
            details: facts.merging(details), traceID: request.traceID, clientAddress: request.clientAddress, at: now)
        try await AuditLog(database: database).append(entry, in: scope, tx)
    }

    // MARK: versions

    /// Throws unless the version that the client has seen is the one that is.
    func require(_ tag: String) throws(IdentityError) {
        guard let field = request.headers[.ifMatch] else { return }
        guard Self.list(field).contains(where: { $0 == "*" || $0 == Self.weak(tag) }) else { throw .changed }
    }

    /// Whether the client has this version already.
    func isKnown(_ tag: String) -> Bool {
        guard let field = request.headers[.ifNoneMatch] else { return false }
        return Self.list(field).contains { $0 == "*" || $0 == Self.weak(tag) }
    }

    /// The tags of a field. Clients are known to forget that ours are weak ones.
    private static func list(_ field: String) -> [String] {
        field.split(separator: ",").map { weak($0.filter { $0 != " " }) }
    }

    private static func weak(_ tag: String) -> String {
        tag.hasPrefix("W/") ? String(tag.dropFirst(2)) : tag
    }
}
