import Kernel
package import Postgres

/// Asks PostgreSQL of which tables a statement does not say whose rows it wants.
///
/// The superuser asks, whom no policy binds: what is in the plan is in the statement.
package struct TenantPlanner: Sendable {
    private let connection: OwnerConnection
    private let tables: Set<String>

    package struct NoPlan: Error {
        package let text: String
    }

    package init(_ superuser: OwnerConnection) async throws {
        connection = superuser
        try await superuser.run(script: "set plan_cache_mode = force_generic_plan; set enable_seqscan = off")
        tables = Set(
            try await superuser.query(
                """
                select c.relname::text from pg_class c
                join pg_attribute a on a.attrelid = c.oid and a.attname = 'tenant_id' and not a.attisdropped
                where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p')
                """
            ) { try $0.next(String.self) })
    }

    /// The tables that the statement reads without an equality of their tenant.
    package func tablesWithoutTenant(_ text: String) async throws -> [String] {
        let scans = try await plan(text).filter { tables.contains($0.table) }
        return Set(scans.filter { !$0.namesTenant }.map(\.table)).sorted()
    }

    private func plan(_ text: String) async throws -> [Scan] {
        try await connection.run(script: "prepare the_statement as \(text)")
        let binds = (1...99).reversed().first { text.contains("$\($0)") } ?? 0
        let values = binds == 0 ? "" : "(" + Array(repeating: "null", count: binds).joined(separator: ", ") + ")"
        var explain = SQL.StringInterpolation(literalCapacity: 0, interpolationCount: 0)
        explain.append(declared: "explain (format json, costs off, verbose) execute the_statement\(values)")
        let plans = try await connection.query(SQL(stringInterpolation: explain)) { try $0.next(String.self) }
        try await connection.run(script: "deallocate the_statement")
        guard case .array(let items)? = try plans.first.map({ try JSONParser.parse(Array($0.utf8)) }),
            let plan = items.first?["Plan"]
        else { throw NoPlan(text: text) }
        return Scan.all(in: plan, below: [])
    }
}

/// A table that a plan reads, and all conditions that hold there.
private struct Scan {
    let table: String
    let alias: String
    let conditions: [String]

    static func all(in node: JSON, below outer: [String]) -> [Scan] {
        guard case .object(let members) = node else { return [] }
        let own = members.filter { $0.name.hasSuffix("Cond") || $0.name.hasSuffix("Filter") }.compactMap(\.value.text)
        let conditions = outer + own
        var scans: [Scan] = []
        let isRead = node["Node Type"]?.text != "ModifyTable"
        if isRead, let table = node["Relation Name"]?.text, let alias = node["Alias"]?.text {
            scans.append(Scan(table: table, alias: alias, conditions: conditions))
        }
        if case .array(let plans)? = node["Plans"] { scans += plans.flatMap { all(in: $0, below: conditions) } }
        return scans
    }

    var namesTenant: Bool {
        conditions.contains { $0.contains("\(alias).tenant_id = ") || $0.contains(" = \(alias).tenant_id") }
    }
}
