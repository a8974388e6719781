import FoundationEssentials
import Kernel
import Postgres
import TestSupport

/// A tenant table of these tests, protected as every other one is.
enum Things {
    static func make(in test: TestDatabase) async throws {
        let owner = try await test.owner()
        try await owner.run(
            script: """
                create table things (
                  tenant_id uuid not null,
                  name text collate "C" not null,
                  size bigint not null default 0,
                  constraint things_pk primary key (tenant_id, name),
                  constraint things_size_ck check (size >= 0)
                );
                select gatehouse_protect('things');
                """)
        owner.close()
    }

    static func add(_ names: [String], _ scope: TenantScope, _ database: Database) async throws {
        try await database.execute(
            "insert into things (tenant_id, name) select \(scope.tenant), unnest(\(names)::text[])", in: scope)
    }

    static func names(_ scope: some Scope, _ database: Database) async throws -> [String] {
        try await database.query("select name from things order by name", in: scope) { try $0.next() }
    }
}

/// Runs statements and returns the SQLSTATE of the error that they end with.
func sqlState(_ body: () async throws -> Void) async -> String? {
    do {
        try await body()
        return nil
    } catch {
        return (error as? DatabaseError)?.sqlState ?? "\(type(of: error))"
    }
}
