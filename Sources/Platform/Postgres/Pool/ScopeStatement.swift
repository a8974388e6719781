import FoundationEssentials
import Kernel

/// The statement that goes in front of every other one and tells the database whose rows may be touched.
///
/// It ends with the transaction (`set_config(…, true)`), so no scope is ever left behind on a connection.
enum ScopeStatement {
    /// Without organizations the setting is left alone: it ends with every transaction, and absent means all of them.
    private static func sql(tenant scope: TenantScope) -> SQL {
        guard let organizations = scope.organizations else {
            return "select set_config('gatehouse.tenant', \(scope.tenant), true)"
        }
        let list = "{\(organizations.map(\.uuid.uuidString).joined(separator: ","))}"
        return """
            select set_config('gatehouse.tenant', \(scope.tenant), true),
              set_config('gatehouse.organizations', \(list), true)
            """
    }

    static func sql(
        for scope: some Scope, _ durability: Durability = .full, _ isImpatient: Bool = false
    ) throws -> SQL {
        let sql = try Self.sql(of: scope)
        let lasting: SQL =
            switch durability {
            case .full: sql
            case .brief: "\(fragment: sql), set_config('synchronous_commit', 'off', true)"
            }
        return isImpatient ? "\(fragment: lasting), set_config('lock_timeout', '2s', true)" : lasting
    }

    private static func sql(of scope: some Scope) throws -> SQL {
        switch scope {
        case let scope as TenantScope: Self.sql(tenant: scope)
        case let scope as ErasureScope:
            """
            select set_config('gatehouse.tenant', \(scope.tenant), true), set_config('role', 'gatehouse_eraser', true)
            """
        case is ProviderScope: "select set_config('role', 'gatehouse_provider', true)"
        case is SystemScope: "select set_config('role', 'gatehouse_system', true)"
        default:
            throw DatabaseError(sqlState: "42501", message: "no database role belongs to the scope \(type(of: scope))")
        }
    }
}
