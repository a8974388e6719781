import FoundationEssentials
import Kernel
import Postgres
import TestSupport
import Testing

/// Every statement of the product is prepared on the migrated schema, so a misspelt column cannot reach anybody.
@Suite struct StatementTests {
    let test: TestDatabase

    init() async throws {
        test = try await TestDatabase()
    }

    private func prepare(_ text: String, _ connection: OwnerConnection) async -> String? {
        do {
            try await connection.run(script: "prepare the_statement as \(text)")
            try await connection.run(script: "deallocate the_statement")
            return nil
        } catch {
            return "\(error)"
        }
    }

    @Test func `every statement in the sources fits the schema`() async throws {
        let statements = SQLStatement.all
        #expect(statements.count > 20)
        let connection = try await test.superuser()
        for statement in statements {
            guard let text = statement.text else { continue }
            if let error = await prepare(text, connection) { Issue.record("\(statement): \(error)") }
        }
    }

    @Test func `a statement that does not fit is found`() async throws {
        let source = SwiftSource(
            #"""
            let sql: SQL = "select nonsense from tenants where tenant_id = \(id(for: "x)")) and \(other)" // "select 1"
            log("select a tenant first")
            """#)
        let statements = source.literals.compactMap { SQLStatement("Some.swift", $0) }
        #expect(statements.first?.text == "select nonsense from tenants where tenant_id = $1 and $2")
        let connection = try await test.superuser()
        let error = await prepare(try #require(statements.first?.text), connection)
        #expect(error?.contains("nonsense") == true)
    }

    @Test func `what begins with a recursion is one, too`() {
        let source = SwiftSource(#""with recursive a (b) as (select 1) select b from a""#)
        #expect(source.literals.compactMap { SQLStatement("Some.swift", $0) }.count == 1)
    }

    @Test func `a fragment at the end is left out, one in the middle hides the statement`() {
        let source = SwiftSource(
            #"""
            "select a from b where c = \(d) \(page)"; "select \(fragment: columns) from b"
            """#)
        let statements = source.literals.compactMap { SQLStatement("Some.swift", $0) }
        #expect(statements.map(\.text) == ["select a from b where c = $1 ", nil])
    }
}
