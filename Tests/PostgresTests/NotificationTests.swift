import FoundationEssentials
import Kernel
import Postgres
import TestSupport
import Testing

@Suite struct NotificationTests {
    let test: TestDatabase
    private let scope = SystemScope(reason: "test")

    init() async throws {
        test = try await TestDatabase()
    }

    private func notify(_ channel: String, _ text: String) async throws {
        try await test.database.execute("select pg_notify(\(channel), \(text))", in: scope)
    }

    @Test func `every reader of a channel gets what is sent, and only that`() async throws {
        var one = test.database.notifications("colors").makeAsyncIterator()
        var other = test.database.notifications("colors").makeAsyncIterator()
        var third = test.database.notifications("sizes").makeAsyncIterator()
        #expect(await one.next() == "")
        #expect(await other.next() == "")
        #expect(await third.next() == "")
        try await notify("colors", "red")
        try await notify("sizes", "xl")
        #expect(await one.next() == "red")
        #expect(await other.next() == "red")
        #expect(await third.next() == "xl")
    }

    @Test func `a notification comes with the commit and not with a rollback`() async throws {
        struct Stop: Error {}
        var events = test.database.notifications("things").makeAsyncIterator()
        #expect(await events.next() == "")
        try? await test.database.transaction(in: scope) { transaction in
            try await transaction.execute("select pg_notify('things', 'undone')")
            throw Stop()
        }
        try await test.database.transaction(in: scope) { transaction in
            _ = try await transaction.execute("select pg_notify('things', 'done')")
        }
        #expect(await events.next() == "done")
    }

    @Test func `a reader that falls behind is told that it missed something`() async throws {
        let stream = test.database.notifications("flood")
        var events = stream.makeAsyncIterator()
        #expect(await events.next() == "")
        try await test.database.execute(
            "select pg_notify('flood', n::text) from generate_series(1, 1000) as n", in: scope)
        try await Task.sleep(for: .seconds(1))
        var texts: [String?] = []
        for _ in 0..<256 { texts.append(await events.next()) }
        #expect(texts.contains(""))
    }

    @Test func `a stream ends when the database is closed`() async throws {
        var events = test.database.notifications("things").makeAsyncIterator()
        #expect(await events.next() == "")
        test.database.close()
        #expect(await events.next() == nil)
    }
}
