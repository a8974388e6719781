import Kernel
import Outbound
import TestSupport
import Testing

@testable import LDAP

/// Whole directories, page by page.
@Suite(.serialized, .enabled(if: TestDirectory.isThere)) struct LDAPFeedTests {
    private struct Enough: Error {}

    private let client = LDAPClient(threads: 2)

    private func directory(_ test: TestDirectory, ports: [Int]) throws -> LDAPDirectory {
        LDAPDirectory(
            servers: try ports.map { try HostPort(parsing: "127.0.0.1:\($0)") }, security: .tls,
            authorities: test.authority,
            account: LDAPDirectory.Account(
                dn: TestDirectory.searchDN, password: LDAPPassword(TestDirectory.searchPassword)!))
    }

    /// The pages of everybody, two entries each, as long as they are taken.
    private func read(
        _ directory: LDAPDirectory, most: Int = 1000, within limit: Duration = .seconds(20),
        _ take: (LDAPFeed<String>.Item) async throws -> Void
    ) async throws {
        let search = LDAPSearch(
            base: TestDirectory.base, filter: "(objectClass=person)", attributes: ["uid", "entryUUID"])
        let deadline = ContinuousClock.now + limit
        try await client.feed(
            directory, for: "acme", egress: .open,
            { (connection, feed) throws(LDAPError) in
                try connection.pages(search, of: 2, limit: most, until: deadline) { entries throws(LDAPError) in
                    try feed.put("people", entries)
                }
            }, take: take)
    }

    @Test func `all pages come in order, and the next server begins anew`() async throws {
        let test = try await TestDirectory()
        let liar = try await LyingDirectory("cut-off", certificatesOf: test)
        var pages: [Int] = []
        var beginnings = 0
        try await read(try directory(test, ports: [liar.port, test.first.securePort])) { item in
            switch item {
            case .begin: (beginnings, pages) = (beginnings + 1, [])
            case .page(_, let entries): pages.append(entries.count)
            }
        }
        #expect(beginnings == 2)
        #expect(pages == [2, 2, 1])
    }

    @Test func `who has enough is not read to, and who has too much or is too slow fails`() async throws {
        let test = try await TestDirectory()
        let directory = try directory(test, ports: [test.first.securePort])
        await #expect(throws: Enough.self) {
            try await read(directory) { item in if case .page = item { throw Enough() } }
        }
        await #expect(throws: LDAPError.tooMuch) { try await read(directory, most: 4) { _ in } }
        await #expect(throws: LDAPError.self) { try await read(directory, within: .zero) { _ in } }
        // The threads are free again.
        var count = 0
        try await read(directory) { item in if case .page(_, let entries) = item { count += entries.count } }
        #expect(count == 5)
    }

    @Test func `whoever is cancelled stops reading`() async throws {
        let test = try await TestDirectory()
        let liar = try await LyingDirectory("circle", certificatesOf: test)
        let directory = try directory(test, ports: [liar.port])
        let (pages, more) = AsyncStream.makeStream(of: Int.self)
        let reading = Task {
            try await read(directory, most: .max) { item in if case .page = item { more.yield(1) } }
        }
        for await _ in pages { break }
        reading.cancel()
        await #expect(throws: (any Error).self) { try await reading.value }
    }
}
