import Foundation
import Kernel
import Postgres
import TestSupport
import Testing

/// What the schema itself guarantees, for every table there is.
@Suite struct SchemaTests {
    let test: TestDatabase

    init() async throws {
        test = try await TestDatabase()
    }

    /// Runs a statement that returns what is wrong, as text.
    private func offenders(_ sql: SQL) async throws -> [String] {
        try await test.superuser().query(sql) { try $0.next(String.self) }
    }

    @Test func `the snapshot in the repository is the schema that the migrations make`() async throws {
        let schema = SchemaSnapshot.normalized(try await test.cluster.dump(test.name))
        let path = Repository.path("Migrations/schema.sql")
        if ProcessInfo.processInfo.environment["GATEHOUSE_WRITE_SCHEMA"] == "1" {
            try schema.write(toFile: path, atomically: true, encoding: .utf8)
        }
        let snapshot = (try? String(contentsOfFile: path, encoding: .utf8)) ?? ""
        let difference = SchemaSnapshot.difference(snapshot, schema)
        #expect(
            difference == nil,
            "schema.sql is not what the migrations make; look at the change and run with GATEHOUSE_WRITE_SCHEMA=1")
    }

    @Test func `every table is under forced row-level security`() async throws {
        let sql: SQL = """
            select relname::text from pg_class
            where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') and relname <> 'gatehouse_migrations'
              and not (relrowsecurity and relforcerowsecurity)
            """
        #expect(try await offenders(sql) == [])
    }

    @Test func `every table with a tenant shows a tenant its own rows and no others`() async throws {
        // A partition has no policy of its own: nobody reads it but through its parent.
        let sql: SQL = """
            select c.relname::text from pg_class c
            join pg_attribute a on a.attrelid = c.oid and a.attname = 'tenant_id' and not a.attisdropped
            where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
              and not exists (
                select from pg_policies p
                where p.tablename = c.relname and p.roles = '{gatehouse_app}' and p.cmd = 'ALL'
                  and p.qual = '(tenant_id = ( SELECT (current_setting(''gatehouse.tenant''::text))::uuid AS current_setting))'
                  and p.with_check = p.qual
              )
            """
        #expect(try await offenders(sql) == [])
    }

    @Test func `no other policy lets a tenant's role read rows`() async throws {
        let sql: SQL = """
            select p.tablename || '.' || p.policyname from pg_policies p
            where p.schemaname = 'public' and p.roles && '{gatehouse_app,public}' and p.cmd <> 'INSERT'
              and p.permissive = 'PERMISSIVE'
              and p.qual <> '(tenant_id = ( SELECT (current_setting(''gatehouse.tenant''::text))::uuid AS current_setting))'
            """
        #expect(try await offenders(sql) == [])
    }

    @Test func `every table with a tenant goes with it, but for what bills it and proves its end`() async throws {
        let sql: SQL = """
            select c.relname::text from pg_class c
            join pg_attribute a on a.attrelid = c.oid and a.attname = 'tenant_id' and not a.attisdropped
            where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
              and not exists (
                select from pg_policies p
                where p.tablename = c.relname and p.policyname = 'erasure' and p.roles = '{gatehouse_eraser}'
                  and p.cmd = 'ALL'
              )
            order by 1
            """
        #expect(
            try await offenders(sql) == [
                "invoices", "tenant_closings", "tenant_erasures", "tenant_plan_history", "tenants", "usage_events",
                "usage_rollups",
            ])
    }

    @Test func `the tenant comes first in every primary key`() async throws {
        let sql: SQL = """
            select c.relname::text from pg_class c
            join pg_attribute a on a.attrelid = c.oid and a.attname = 'tenant_id' and not a.attisdropped
            where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not exists (
              select from pg_constraint k where k.conrelid = c.oid and k.contype = 'p' and k.conkey[1] = a.attnum
            )
            """
        #expect(try await offenders(sql) == [])
    }

    @Test func `every reference between tables of tenants names the tenant too`() async throws {
        let sql: SQL = """
            select k.conname::text from pg_constraint k
            join pg_attribute a on a.attrelid = k.conrelid and a.attname = 'tenant_id' and not a.attisdropped
            join pg_attribute b on b.attrelid = k.confrelid and b.attname = 'tenant_id' and not b.attisdropped
            where k.contype = 'f' and not exists (
              select from unnest(k.conkey, k.confkey) as pair (own, other)
              where pair.own = a.attnum and pair.other = b.attnum
            )
            """
        #expect(try await offenders(sql) == [])
    }

    @Test func `an index begins with the tenant unless the system or the provider looks across tenants`() async throws {
        let sql: SQL = """
            select i.indexrelid::regclass::text from pg_index i
            join pg_class c on c.oid = i.indrelid
            join pg_attribute a on a.attrelid = c.oid and a.attname = 'tenant_id' and not a.attisdropped
            where c.relnamespace = 'public'::regnamespace and i.indkey[0] <> a.attnum and not c.relispartition
              and not exists (
                select from pg_policies p
                where p.tablename = c.relname and p.roles && '{gatehouse_system,gatehouse_provider}'
              )
            """
        #expect(try await offenders(sql) == [])
    }

    @Test func `the roles of the application own nothing and bypass nothing`() async throws {
        let roles: SQL = """
            select rolname::text from pg_roles
            where rolname in ('gatehouse_app', 'gatehouse_provider', 'gatehouse_system', 'gatehouse_eraser')
              and (rolsuper or rolbypassrls or rolcreaterole or rolcreatedb
                or rolname = 'gatehouse_app' and rolinherit)
            """
        #expect(try await offenders(roles) == [])
        let owned: SQL = """
            select c.relname::text from pg_class c join pg_roles r on r.oid = c.relowner
            where r.rolname in ('gatehouse_app', 'gatehouse_provider', 'gatehouse_system', 'gatehouse_eraser')
            """
        #expect(try await offenders(owned) == [])
    }

    @Test func `no function runs with more rights than its caller`() async throws {
        let sql: SQL = """
            select proname::text from pg_proc where pronamespace = 'public'::regnamespace and prosecdef
            """
        #expect(try await offenders(sql) == [])
    }

    @Test func `a view shows no more than its reader may see`() async throws {
        let sql: SQL = """
            select relname::text from pg_class
            where relnamespace = 'public'::regnamespace and relkind in ('v', 'm')
              and not coalesce(reloptions, '{}') && '{security_invoker=true,security_invoker=on}'
            """
        #expect(try await offenders(sql) == [])
    }

    @Test func `every table says what it is for`() async throws {
        let sql: SQL = """
            select relname::text from pg_class
            where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') and not relispartition
              and obj_description(oid, 'pg_class') is null
            """
        #expect(try await offenders(sql) == [])
    }

    @Test func `no table shows a row to another tenant, or to a statement without a scope`() async throws {
        let one = try await test.makeTenant(), other = try await test.makeTenant()
        let tables = try await offenders(
            """
            select c.relname::text from pg_class c
            join pg_attribute a on a.attrelid = c.oid and a.attname = 'tenant_id' and not a.attisdropped
            where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
            """)
        // The rows are put there without triggers and references: what is tested is who sees them.
        let superuser = try await test.superuser()
        let outsider = try await OwnerConnection(test.configuration)
        for table in tables where table != "tenants" {
            let columns = try await superuser.query(
                """
                select column_name::text, data_type::text, udt_name::text from information_schema.columns
                where table_schema = 'public' and table_name = \(table) and column_default is null
                  and is_nullable = 'NO' and is_identity = 'NO' order by ordinal_position
                """
            ) { row in (try row.next(String.self), try row.next(String.self), try row.next(String.self)) }
            let names = columns.map(\.0).joined(separator: ", ")
            let values = columns.map { name, type, element in
                switch type {
                case "uuid": name == "tenant_id" ? "'\(other.tenant.uuid.uuidString)'" : "gen_random_uuid()"
                case "integer", "bigint", "smallint": "1"
                case "timestamp with time zone": "now()"
                case "bytea": "'\\x00'"
                case "jsonb": "'{}'"
                case "boolean": "true"
                case "ARRAY": "'{}'::\(element)"
                default: "'x'"
                }
            }.joined(separator: ", ")
            let checks = try await superuser.query(
                "select conname::text from pg_constraint where conrelid = \(table)::regclass and contype = 'c'"
            ) { try $0.next(String.self) }
            let dropped = checks.map { "alter table \(table) drop constraint \($0);" }.joined()
            try await superuser.run(
                script: """
                    \(dropped) set session_replication_role = replica;
                    insert into \(table) (\(names)) values (\(values)) on conflict do nothing;
                    set session_replication_role = origin
                    """)
            // An error or no row: it is the row that must not be seen.
            for connection in [outsider, try await OwnerConnection(test.configuration)] {
                try await connection.run(script: Self.check("exists (select from \(table))"))
            }
            let foreign = "exists (select from \(table) where tenant_id <> '\(one.tenant.uuid.uuidString)')"
            try await outsider.run(script: Self.scoped(one, Self.check(foreign)))
            try await outsider.run(script: Self.scoped(other, Self.check("not exists (select from \(table))")))
        }
    }

    /// A block that fails if a condition holds; that the right is missing, or the scope, is as good as no row.
    private static func check(_ condition: String) -> String {
        """
        do $$ begin
          if \(condition) then raise exception 'row-level security does not hold'; end if;
        exception when insufficient_privilege or undefined_object or invalid_text_representation then null; end $$
        """
    }

    private static func scoped(_ scope: TenantScope, _ script: String) -> String {
        "begin; select set_config('gatehouse.tenant', '\(scope.tenant.uuid.uuidString)', true); \(script); commit"
    }
}
