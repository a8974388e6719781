import HTTPAPI
import Kernel
import Postgres
import TestSupport
import Testing

@Suite struct ListingTests {
    private func ids(_ answer: Answer) -> [String] {
        guard case .array(let items)? = answer.json?["items"] else { return [] }
        return items.compactMap { $0["id"]?.text }
    }

    @Test func `pages together are the list, without gaps or repeats`() async throws {
        let api = TestAPI()
        var opened: Set<String> = []
        for _ in 0..<7 { opened.insert(try await api.open().id) }
        var seen: [String] = []
        var cursor: String?
        repeat {
            var page = [(name: "limit", value: "3")]
            if let cursor { page.append(("cursor", cursor)) }
            let answer = try await api.call("tickets.list", query: page)
            seen += ids(answer)
            cursor = answer.json?["next"]?.text
        } while cursor != nil
        #expect(seen.count == 7 && Set(seen) == opened)
    }

    @Test func `a cursor is good for one sort, one filter and unchanged only`() async throws {
        let api = TestAPI()
        for _ in 0..<2 { _ = try await api.open() }
        let first = try await api.call("tickets.list", query: [("limit", "1")])
        let cursor = try #require(first.json?["next"]?.text)
        let otherStart = cursor.first == "A" ? "B" : "A"
        let changed: [[(name: String, value: String)]] = [
            [("cursor", cursor), ("sort", "created")], [("cursor", cursor), ("filter", "level eq \"read\"")],
            [("cursor", cursor + "AAAA")], [("cursor", otherStart + cursor.dropFirst())],
        ]
        for query in changed {
            #expect(try await api.call("tickets.list", query: query).status == 422)
        }
    }

    @Test(arguments: [
        (#"level eq "read""#, "t.level = $2"),
        (
            #"level eq "read" or state ne "open" and reason co "x""#,
            "(t.level = $2 or (t.state <> $3 and strpos(t.reason, $4) > 0))"
        ),
        (
            #"node ne "nod_01jd7x0000000000000000000a""#,
            "not (exists (select from placed p where p.node_id = $2))"
        ),
        (#"not (state pr) and reason sw "a\"b""#, "(not (t.state is not null) and starts_with(t.reason, $2))"),
    ])
    func `a filter becomes SQL in which values are binds`(filter: String, sql: String) throws {
        let page = try PageRequest.parse(filter, ExampleTicket.listing)
        let statement: SQL = "select 1 where t.tenant_id = \(1)\(page)"
        #expect(
            statement.text.hasPrefix(
                "select 1 where t.tenant_id = $1 and (\(sql)) order by t.created_at desc, t.id desc limit $"))
        #expect(statement.binds.last == .int(51))
    }

    static let badFilters: [(String, Int)] = [
        (#"node gt "nod_01jd7x0000000000000000000a""#, 41), ("node pr", 6),
        ("", 1), ("level", 6), ("level eq", 9), (#"level eq "root""#, 10), (#"password eq "x""#, 1),
        ("level eq read", 10),
        (#"level eq "read" level"#, 17), (#"(level eq "read""#, 17), (#"level co 1"#, 10),
        (#"created co "2026-11-23T16:00:00Z""#, 34),
        (#"level eq "read"; drop table tickets"#, 16),
    ]

    @Test(arguments: badFilters)
    func `a bad filter is refused with its place`(filter: String, place: Int) {
        let error = #expect(throws: Invalid.self) { try PageRequest.parse(filter, ExampleTicket.listing) }
        #expect(error?.message.hasPrefix("at character \(place):") == true, "\(error?.message ?? "")")
    }

    @Test func `a query's texts become the types that its record names`() async throws {
        let api = TestAPI()
        let good: [(name: String, value: String)] = [("words", "all"), ("most", "3"), ("exact", "true")]
        #expect(try await api.call("tickets.clear", query: good).status == 204)
        let bad: [(name: String, value: String)] = [("most", "03"), ("exact", "yes"), ("x", "1")]
        let answer = try await api.call("tickets.clear", query: bad)
        guard case .array(let errors)? = answer.json?["errors"] else { throw Invalid("no errors") }
        #expect(errors.compactMap { $0["pointer"]?.text } == ["/words", "/most", "/exact", "/x"])
    }

    @Test func `a list may have parameters of its own, and its cursor is bound to them`() async throws {
        let api = TestAPI()
        for _ in 0..<2 { _ = try await api.open() }
        let first = try await api.call("tickets.search", ["7"], query: [("words", "all"), ("limit", "1")])
        let cursor = try #require(first.json?["next"]?.text)
        let next = try await api.call("tickets.search", ["7"], query: [("words", "all"), ("cursor", cursor)])
        let other = try await api.call("tickets.search", ["7"], query: [("words", "some"), ("cursor", cursor)])
        #expect(next.status == 200 && other.status == 422)
        #expect(try await api.call("tickets.search", ["07"], query: [("words", "all")]).status == 404)
    }

    @Test func `the samples of a listing reach every column, and the database understands them`() async throws {
        let test = try await TestDatabase()
        let scope = try await test.makeTenant()
        let samples = ExampleTicket.listing.samples
        for column in ["t.state", "t.level", "t.asset_id", "t.created_at", "t.reason", "p.node_id"] {
            #expect(samples.contains { page in ("\(page)" as SQL).text.contains(column) }, "\(column)")
        }
        for page in samples {
            let rows: [Int] = try await test.database.query(
                """
                with t as (select 1 as n, ''::text as state, ''::text as level, null::uuid as asset_id, now() as created_at,
                  ''::text as reason, gen_random_uuid() as id), placed as (select null::uuid as node_id)
                select t.n from t where t.n = \(1) \(page)
                """, in: scope
            ) { try $0.next() }
            #expect(rows.count <= 1)
        }
    }

    @Test func `unknown and repeated parameters are refused`() async throws {
        let api = TestAPI()
        #expect(try await api.call("tickets.list", query: [("page", "2")]).status == 422)
        #expect(try await api.call("tickets.list", query: [("limit", "1"), ("limit", "2")]).status == 400)
        #expect(try await api.call("tickets.show", ["x"], query: [("q", "2")]).status == 404)
    }
}
