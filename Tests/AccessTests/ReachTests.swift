import Assets
import Audit
import FoundationEssentials
import HTTPAPI
import Kernel
import Postgres
import Stage
import TestSupport
import Testing

@testable import Access

@Suite struct ReachTests {
    @Test func `the pages of one's assets are complete, in order and without repeats`() async throws {
        let estate = try await Estate()
        let node = try await estate.node("Farm")
        var names = ["web-1"]
        for number in 10..<33 {
            let asset = try await estate.stage.makeAsset("farm-\(number)", in: estate.scope)
            try await estate.put(asset, into: node)
            names.append("farm-\(number)")
        }
        _ = try await estate.stage.makeAsset("hidden", in: estate.scope)
        try await estate.grant(nodes: [node])
        try await estate.grant("Twice", nodes: [node])
        try await estate.grant(assets: [estate.asset], accounts: [.all])
        var seen: [String] = []
        var cursor: String?
        repeat {
            var query = [(name: "limit", value: "10")]
            if let cursor { query.append(("cursor", cursor)) }
            let page = try await estate.stage.call(
                estate.endpoints, "access.mine", by: estate.rita, query: query, in: estate.scope)
            #expect(page.items.count <= 10)
            seen += page.items.compactMap { $0["name"]?.text }
            cursor = page.json["next"]?.text
        } while cursor != nil
        #expect(seen == names.sorted())
    }

    @Test func `each account shows what the grant allows by which it opens`() async throws {
        let estate = try await Estate()
        let end = estate.stage.now.addingTimeInterval(60)
        try await estate.grant("Short", accounts: [.all], actions: [.connect, .upload], endsAt: end)
        try await estate.grant("Long", accounts: [.name("root")])
        try await estate.grant("Longer", accounts: [.name("rita")], actions: [.connect, .upload])
        try await estate.grant("No deploy", effect: .deny, accounts: [.name("deploy")])
        let page = try PageRequest.parse(#"name eq "web-1""#, ReachableAsset.listing)
        let reach = try await estate.access.reach(of: estate.rita, page, at: estate.stage.now, in: estate.scope)
        let accounts = try #require(reach.rows.first?.accounts)
        #expect(accounts.map(\.name.text).sorted() == ["rita", "root"])
        #expect(accounts.first { $0.name.text == "root" }?.until == end)
        #expect(accounts.first { $0.name.text == "root" }?.actions == [.connect, .upload])
        #expect(accounts.first { $0.name.text == "rita" }?.until == nil)
    }

    @Test func `each account says whether a secret of it is kept that can be asked for`() async throws {
        let estate = try await Estate()
        try await estate.grant("Both", accounts: [.name("root"), .name("deploy")])
        try await estate.stage.database.execute(
            "update accounts set secret_version = 1 where tenant_id = \(estate.scope.tenant) and name = 'root'",
            in: estate.scope)
        let reach = try await estate.access.reach(
            of: estate.rita, matching: "", after: nil, limit: 10, at: estate.stage.now, in: estate.scope)
        #expect(
            reach.first?.accounts.map { "\($0.name.text) \($0.hasSecret)" }.sorted() == ["deploy false", "root true"])
    }

    @Test func `what is found agrees with what is decided`() async throws {
        let estate = try await Estate()
        let now = estate.stage.now
        try await estate.grant("Later", startsAt: now.addingTimeInterval(60))
        try await estate.grant("Hours", accounts: [.name("deploy")], weekly: [WeeklyHours(days: [7], from: 0, to: 9)])
        func found() async throws -> [String] {
            try await estate.access.reach(
                of: estate.rita, matching: "", after: nil, limit: 10, at: now, in: estate.scope
            ).flatMap { asset in asset.accounts.map { "\($0.name.text)@\(asset.name.text)" } }
        }
        #expect(try await found() == [])
        try await estate.grant("Now", accounts: [.same])
        #expect(try await found() == ["rita@web-1"])
        try await estate.stage.database.execute("update assets set state = 'disabled'", in: estate.scope)
        #expect(try await found() == [])
    }

    @Test(arguments: [("", 3), ("WEB", 2), ("db.", 1), ("%", 0), ("_", 0), ("'", 0), ("example", 3)])
    func `words find names and addresses, and are only words`(_ words: String, _ count: Int) async throws {
        let estate = try await Estate()
        let more = [
            try await estate.stage.makeAsset("web-2", in: estate.scope),
            try await estate.stage.makeAsset("db.main", in: estate.scope),
        ]
        try await estate.grant(assets: more + [estate.asset])
        let found = try await estate.access.reach(
            of: estate.rita, matching: words, after: nil, limit: 10, at: estate.stage.now, in: estate.scope)
        #expect(found.count == count)
        if words.isEmpty {
            let rest = try await estate.access.reach(
                of: estate.rita, matching: "", after: AssetName(parsing: "db.main"), limit: 1, at: estate.stage.now,
                in: estate.scope)
            #expect(rest.map(\.name.text) == ["web-1"])
        }
    }
}
