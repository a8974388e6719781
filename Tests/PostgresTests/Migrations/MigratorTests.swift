import Foundation
import Postgres
import TestSupport
import Testing

@Suite struct MigratorTests {
    let test: TestDatabase
    let folder = TemporaryFolder()
    private let one = "20260101T0000_things_create"
    private let two = "20260102T0000_things_color"

    init() async throws {
        test = try await TestDatabase()
        let owner = try await test.owner()
        try await owner.run(script: "drop table gatehouse_migrations")
        try write(one, "create table many_things (a int); insert into many_things values (1);")
        try write(two, "alter table many_things add column color text;")
    }

    private func write(_ name: String, _ script: String) throws {
        try script.write(toFile: folder.file("\(name).sql"), atomically: true, encoding: .utf8)
    }

    private var migrator: Migrator {
        Migrator(directory: folder.path, adminConfiguration: test.ownerConfiguration, logger: quiet)
    }

    @Test func `each migration is applied once, in order`() async throws {
        #expect(try await migrator.run() == [one, two])
        #expect(try await migrator.run() == [])
        try await migrator.check()
    }

    @Test func `the check names what waits to be applied`() async throws {
        await #expect(throws: MigrationError.pending([one, two])) { try await migrator.check() }
        let owner = try await test.owner()
        let exists: SQL = "select to_regclass('gatehouse_migrations') is not null"
        #expect(try await owner.query(exists) { try $0.next(Bool.self) } == [false])
    }

    @Test func `an edited migration is refused`() async throws {
        try await migrator.run()
        try write(one, "create table many_things (a int, b int);")
        await #expect(throws: MigrationError.edited(one)) { try await migrator.run() }
        await #expect(throws: MigrationError.edited(one)) { try await migrator.check() }
    }

    @Test func `a text that was replaced counts as applied, and no other one`() async throws {
        let hashes: SQL = "select sha256 from gatehouse_migrations where name = \(one)"
        try await migrator.run()
        let earlier = try await test.owner().query(hashes) { try $0.next(String.self) }
        try write(one, "create table many_things (a int); insert into many_things values (2);")
        for (lines, isKnown) in [
            ("\(two) \(earlier[0]) another one", false), ("\(one) \(earlier[0])", false),
            ("# Why.\n\(one) \(String(repeating: "0", count: 64)) before\n\(one) \(earlier[0]) failed for some", true),
        ] {
            try lines.write(toFile: folder.file("replaced"), atomically: true, encoding: .utf8)
            if isKnown {
                #expect(try await migrator.run() == [])
                try await migrator.check()
            } else {
                await #expect(throws: MigrationError.edited(one)) { try await migrator.run() }
            }
        }
        #expect(try await test.owner().query(hashes) { try $0.next(String.self) } == earlier)
    }

    @Test func `a migration whose file is gone is refused`() async throws {
        try await migrator.run()
        try FileManager.default.removeItem(atPath: folder.file("\(two).sql"))
        await #expect(throws: MigrationError.missing(two)) { try await migrator.run() }
    }

    @Test func `a migration that appears before an applied one is refused`() async throws {
        try await migrator.run()
        try write("20260101T1200_late_comer", "select 1;")
        await #expect(throws: MigrationError.outOfOrder("20260101T1200_late_comer", appliedAlready: two)) {
            try await migrator.run()
        }
    }

    @Test func `two migrations of the same moment are refused`() async throws {
        try write("20260102T0000_other_thing", "select 1;")
        await #expect(throws: MigrationError.sameMoment("20260102T0000_other_thing", two)) { try await migrator.run() }
    }

    @Test(arguments: ["create_things", "20260101_things_create", "20260101T0000_things", "20260101T0000_Things_create"])
    func `a name without moment, feature and purpose is refused`(_ name: String) async throws {
        try write(name, "select 1;")
        await #expect(throws: MigrationError.badName(name)) { try await migrator.run() }
    }

    @Test func `a failing migration leaves nothing behind and can be mended`() async throws {
        try write(two, "alter table many_things add column color text; select nonsense;")
        await #expect(throws: MigrationError.self) { try await migrator.run() }
        try write(two, "alter table many_things add column color text;")
        #expect(try await migrator.run() == [two])
    }

    @Test func `several programs that start at once apply each migration once`() async throws {
        let applied = try await withThrowingTaskGroup(of: [String].self) { group in
            for _ in 0..<5 { group.addTask { try await migrator.run() } }
            return try await group.reduce(into: []) { $0 += $1 }
        }
        #expect(applied == [one, two])
    }

    @Test func `the migrations of the repository are applied and unedited`() async throws {
        let fresh = try await TestDatabase()
        try await Migrator(
            directory: Repository.path("Migrations"), adminConfiguration: fresh.ownerConfiguration, logger: quiet
        ).check()
    }
}
