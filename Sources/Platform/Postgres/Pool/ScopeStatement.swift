import Kernel

/// The statement that goes in front of every other one and tells the database whose rows may be touched.
///
/// It ends with the transaction (`set_config(…, true)`), so no scope is ever left behind on a connection.
enum ScopeStatement {
    static func sql(for scope: some Scope) throws -> SQL {
        switch scope {
        case let scope as TenantScope: "select set_config('gatehouse.tenant', \(scope.tenant), true)"
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
