import FoundationEssentials
import Kernel
import Postgres
import TestSupport
import Testing

/// Every statement of the product names the tenant whose rows it wants, table by table, as PostgreSQL plans it: so the
/// tables can be spread by tenant over many servers, and no statement leans on row-level security alone.
extension StatementTests {
    @Test func `every statement says of every table which tenant it means`() async throws {
        let connection = try await test.superuser()
        let planner = try await TenantPlanner(connection)
        var used: Set<Int> = []
        var checked = 0
        for statement in SQLStatement.all {
            guard let text = statement.text else { continue }
            let wrong = try await planner.tablesWithoutTenant(text)
            checked += 1
            guard !wrong.isEmpty else { continue }
            let first = text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
            if let known = Self.acrossTenants.firstIndex(where: {
                statement.file.hasSuffix($0.file) && first.hasPrefix($0.start)
            }) {
                used.insert(known)
            } else {
                Issue.record(
                    "\(statement) does not say which tenant's \(wrong.joined(separator: ", ")) it means: \(first)")
            }
        }
        #expect(checked > 150)
        for (index, entry) in Self.acrossTenants.enumerated() where !used.contains(index) {
            Issue.record("\(entry.file) has no statement across tenants that begins with: \(entry.start)")
        }
        print("distribution: \(checked) statements, \(used.count) of them across tenants")
    }

    @Test func `no statement takes its tenant from the scope in which it happens to run`() {
        let leaning = ProductSource.all.flatMap { file in
            file.swift.literals.filter { literal in
                literal.parts.contains { part in
                    guard case .text(let text) = part else { return false }
                    return text.contains("current_setting('gatehouse.tenant'")
                }
            }.map { "\(file.path):\($0.line)" }
        }
        // A bound tenant that is not the scope's is refused; one that is read from the scope is always right.
        #expect(leaning == [])
    }

    @Test func `a statement that forgets the tenant is found`() async throws {
        let connection = try await test.superuser()
        let planner = try await TenantPlanner(connection)
        for (text, isNamed) in [
            ("select name from assets where asset_id = $1", false),
            ("select name from assets where tenant_id = $1 and asset_id = $2", true),
            (
                "select a.name from assets a join asset_labels l using (tenant_id, asset_id) where a.tenant_id = $1",
                true
            ),
            ("select a.name from assets a join asset_labels l using (asset_id) where a.tenant_id = $1", false),
            ("update assets set name = $1 where asset_id = $2", false),
            ("delete from assets where tenant_id = $1", true),
        ] {
            #expect(try await planner.tablesWithoutTenant(text).isEmpty == isNamed, "\(text)")
        }
    }
}
