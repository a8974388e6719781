package import FoundationEssentials
package import Kernel

/// What a handler gets: who calls, when, from where, and the parsed parts of the request.
package struct Call<API: Surface, Path: Sendable, Query: Sendable, Body: Sendable>: Sendable {
    package let caller: API.Caller
    package let permissions: Set<Permission>
    package let request: RequestFacts
    package let now: Date
    package let path: Path
    package let query: Query
    package let body: Body
    /// The body as it came, for signatures over it.
    package let rawBody: [UInt8]
    /// The version named by If-Match, where the endpoint asks for one.
    package let version: Int?
    /// What will stand in the audit trail; a use-case completes it and writes it in its own transaction.
    package let audit: AuditDraft
    /// What is answered where only part of what an endpoint does takes a fresh second factor; nil if it was shown lately.
    package let stepUp: Problem?
    /// Cookies and headers that go out if the handler returns.
    package let response: ResponseDraft

    /// Whether the caller holds a further permission, for what an endpoint shows to some of its callers only.
    package func may(_ permission: Permission) -> Bool { permissions.contains(permission) }
}

extension Call where API == TenantAPI {
    package var scope: TenantScope { caller.scope }
    package var actor: UserID { caller.user }

    /// Where the caller holds a further permission; nil if nowhere.
    package func scope(of permission: Permission) -> TenantScope? {
        if let reach = caller.reach { return reach.scope(of: permission, in: caller.scope) }
        return may(permission) ? caller.scope : nil
    }
}

extension Call where API == PublicAPI {
    package var scope: TenantScope { caller.scope }
}

extension Call where API == ProvisioningAPI {
    package var scope: TenantScope { caller.scope }
}

extension Call where API == ProviderAPI {
    package var scope: ProviderScope { ProviderScope() }
    package var actor: ProviderOperatorID { caller.operator }
}

extension Call where API == ProviderDoorAPI {
    package var scope: ProviderScope { ProviderScope() }
}

extension Call where API == WorkerAPI {
    package var scope: SystemScope { SystemScope(reason: "worker \(caller.worker)") }
    package var actor: WorkerID { caller.worker }
}

extension Call where API == EnrolmentAPI {
    package var scope: SystemScope { SystemScope(reason: "worker enrolment") }
}

/// No body, no query, or no result.
package struct Nothing: WireValue {
    package static let schema: Schema<Self> = .record(Self.init) {}

    package init() {}
}

/// A representation with a version, from which its ETag is made.
package protocol Versioned {
    var version: Int { get }
}
