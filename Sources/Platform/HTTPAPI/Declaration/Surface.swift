package import Kernel

/// A family of endpoints with one kind of caller, under one path, on one kind of host.
///
/// Two surfaces may share a path: what nobody has to sign in for lies beside what somebody must.
package protocol Surface: SendableMetatype {
    associatedtype Caller: CallerIdentity
    static var base: String { get }
    static var host: HostKind { get }
    /// Whether every POST takes an Idempotency-Key: it takes a caller whose keys can be told apart.
    static var isKeyed: Bool { get }
}

/// On which hosts a surface exists; elsewhere its paths are not found.
package enum HostKind: Sendable { case tenant, provider, worker, signUp, any }

/// A caller of some surface, as the audit trail, the rate limiter and the idempotency store name it.
package protocol CallerIdentity: Sendable {
    var principal: Principal { get }
    /// The caller as an operation that takes this permission gets it: confined to where the permission is held.
    func acting(by permission: Permission) -> Self
    /// What of these the caller may do wherever it holds the permission.
    func permissions(beside permission: Permission, of held: Set<Permission>) -> Set<Permission>
}

extension CallerIdentity {
    package func acting(by permission: Permission) -> Self { self }
    package func permissions(beside permission: Permission, of held: Set<Permission>) -> Set<Permission> { held }
}

/// Who did something, in a form that outlives the account.
package struct Principal: Sendable, Hashable {
    package enum Kind: String, Sendable {
        case user, provider, worker, anonymous
        /// A program that acts for nobody, such as one that provisions people.
        case program
    }

    package let kind: Kind
    /// The id in its text form; the client address for `anonymous`.
    package let id: String
    package let name: String
    package let tenant: TenantID?

    package init(_ kind: Kind, id: String, name: String, tenant: TenantID? = nil) {
        self.kind = kind
        self.id = id
        self.name = name
        self.tenant = tenant
    }

    /// One text for the whole principal: two tenants never share a bucket, a key or a cursor.
    package var subject: String { "\(tenant?.text ?? "-")/\(kind.rawValue)/\(id)" }
}
