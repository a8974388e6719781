package import HTTPAPI
import HTTPTypes
import Kernel
import Postgres

/// Roles that every tenant has. Their permissions are decided here, so that a new feature reaches them by an update of
/// the program and not of every tenant's rows.
package enum BuiltInRole: String, Sendable, CaseIterable, WireValue, SQLBindable, SQLDecodable {
    case administrator, auditor, user
    case systemAdministrator = "system-administrator"
    case securityAdministrator = "security-administrator"
    case auditAdministrator = "audit-administrator"

    /// The name in lists; portals show it in the words of their language.
    var name: String {
        switch self {
        case .administrator: "Administrator"
        case .auditor: "Auditor"
        case .user: "User"
        case .systemAdministrator: "System administrator"
        case .securityAdministrator: "Security administrator"
        case .auditAdministrator: "Audit administrator"
        }
    }
}

/// Every permission there is, as ControlPlane collects them from the endpoints: only it knows all features.
package struct PermissionCatalogue: Sendable {
    package let all: Set<Permission>
    /// What each permission opens.
    let doors: [Permission: [PermissionDoor]]

    /// The permissions that these operations take.
    package init(of operations: [HTTPAPI.Operation]) {
        self.init(
            Set(operations.map(\.permission)),
            doors: Dictionary(grouping: operations, by: \.permission).mapValues { operations in
                operations.map { operation in
                    PermissionDoor(
                        method: operation.method.rawValue, path: operation.path, summary: operation.summary)
                }
            })
    }

    package init(_ all: Set<Permission>) {
        self.init(all, doors: [:])
    }

    private init(_ all: Set<Permission>, doors: [Permission: [PermissionDoor]]) {
        self.all = all.filter { $0 != .public && !$0.code.hasPrefix("provider.") }
        self.doors = doors
    }

    /// What a built-in role may do.
    package func permissions(of role: BuiltInRole) -> Set<Permission> {
        switch role {
        case .administrator: all
        case .auditor: all.filter { $0.code.hasSuffix(".read") || Self.auditing.contains($0.code) }
        case .user: all.filter { Self.own.contains($0.code) }
        case .systemAdministrator: permissions(of: Duty.system)
        case .securityAdministrator: permissions(of: Duty.security)
        case .auditAdministrator: permissions(of: Duty.audit)
        }
    }

    /// What a person with these roles may do. A code that no feature knows any more gives nothing.
    package func permissions(builtIn: [BuiltInRole], codes: [String]) -> Set<Permission> {
        builtIn.reduce(into: Set(codes.map(Permission.init)).intersection(all)) { $0.formUnion(permissions(of: $1)) }
    }

    private static let auditing: Set<String> = [
        "profile.use", "events.follow", "sessions.replay", "access.explain", "access.try", "tickets.see",
    ]
    private static let own: Set<String> = [
        "profile.read", "profile.use", "assets.mine", "assets.requestable", "tickets.see", "tickets.open",
        "tickets.decide", "tickets.delegate",
        "secrets.mine", "sessions.mine", "terminals.open", "events.follow",
    ]
}
