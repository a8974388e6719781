import FoundationEssentials
import Kernel
import Postgres
import TestSupport
import Testing

/// What is bound comes back as it was.
@Suite struct RoundTripTests {
    enum Color: String, SQLBindable, SQLDecodable { case red, green }

    let database: Database
    private let test: TestDatabase
    private let scope = SystemScope(reason: "test")

    init() async throws {
        test = try await TestDatabase()
        database = test.database
    }

    private func echo<Value: SQLDecodable>(_ sql: SQL, as type: Value.Type) async throws -> Value? {
        try await database.first(sql, in: scope) { try $0.next(Value.self) }
    }

    @Test(arguments: [0, 1, -1, .max, .min, 1_000_000_007])
    func `an integer comes back`(_ value: Int) async throws {
        #expect(try await echo("select \(value)::bigint", as: Int.self) == value)
    }

    @Test(arguments: ["", "a", "it's \"quoted\" \\ and {braced},", "表 🦊 ü", "line\nline\ttab", "NULL", "$1"])
    func `a text comes back, alone and in an array`(_ text: String) async throws {
        #expect(try await echo("select \(text)::text", as: String.self) == text)
        let texts = [text, "x", text]
        #expect(try await echo("select \(texts)::text[]", as: [String].self) == texts)
    }

    @Test(arguments: [0.0, -0.5, 1e300, 3.141592653589793, .leastNonzeroMagnitude])
    func `a double comes back`(_ value: Double) async throws {
        #expect(try await echo("select \(value)::double precision", as: Double.self) == value)
    }

    @Test(arguments: [
        "0001-01-01T00:00:00Z", "1969-12-31T23:59:59.999Z", "2000-02-29T12:00:00.001Z", "2026-11-25T10:20:30.456Z",
        "9999-12-31T23:59:59Z",
    ])
    func `a time comes back to the microsecond`(_ text: String) async throws {
        let date = try #require(Timestamp.parse(text))
        let back = try #require(try await echo("select \(date)::timestamptz", as: Date.self))
        #expect(date.bind == back.bind)
        let micro = Date(timeIntervalSince1970: 1_764_000_000.123456)
        #expect(
            try await echo("select \(micro)::timestamptz", as: Date.self)?.bind == .timestamp(1_764_000_000_123_456))
    }

    @Test func `a time is the same moment for the server`() async throws {
        let date = Date(timeIntervalSince1970: 1_700_000_000.25)
        let seconds = try await echo("select extract(epoch from \(date)::timestamptz)::text", as: String.self)
        #expect(seconds == "1700000000.250000")
    }

    @Test func `a time out of range is refused before anything is sent`() async throws {
        let early = Date(timeIntervalSince1970: -62_135_596_801)
        #expect(await sqlState { try await database.execute("select \(early)::timestamptz", in: scope) } == "22008")
    }

    @Test func `infinity is not a time`() async throws {
        await #expect(throws: RowError.self) { try await echo("select 'infinity'::timestamptz", as: Date.self) }
    }

    @Test func `bytes come back, none and all 256 of them`() async throws {
        #expect(try await echo("select \([UInt8]())::bytea", as: [UInt8].self) == [])
        let all = (0...255).map { UInt8($0) }
        #expect(try await echo("select \(all)::bytea", as: [UInt8].self) == all)
    }

    @Test func `ids, UUIDs, booleans, cases and documents come back`() async throws {
        let id = UserID.new()
        #expect(try await echo("select \(id)::uuid", as: UserID.self) == id)
        #expect(try await echo("select \(id.uuid)::uuid", as: UUID.self) == id.uuid)
        #expect(try await echo("select \([id, id])::uuid[]", as: [UserID].self) == [id, id])
        #expect(try await echo("select \(true)::boolean", as: Bool.self) == true)
        #expect(try await echo("select \([true, false])::boolean[]", as: [Bool].self) == [true, false])
        #expect(try await echo("select \(Color.green)::text", as: Color.self) == .green)
        #expect(try await echo("select \([Color.red])::text[]", as: [Color].self) == [.red])
        let json: JSON = ["a": [1, .double(2.5), "x\"y", nil, true], "b": ["c": "ü"]]
        #expect(try await echo("select \(json)::jsonb", as: JSON.self) == json)
    }

    @Test func `nulls are optional values, also in arrays`() async throws {
        let nothing: Int? = nil
        #expect(try await echo("select \(nothing)::bigint", as: Int?.self) == .some(nil))
        #expect(try await echo("select \(Optional(4))::bigint", as: Int?.self) == .some(4))
        let gaps: [String?] = ["a", nil, "NULL"]
        #expect(try await echo("select \(gaps)::text[]", as: [String?].self) == gaps)
        await #expect(throws: RowError(column: "x", expected: "Int", found: .null)) {
            try await echo("select null::bigint as x", as: Int.self)
        }
    }

    @Test func `an optional is inferred from what the row is decoded into`() async throws {
        struct Pair { let one: String, other: Int? }
        let pair = try await database.first("select 'a', null::int", in: scope) { row in
            Pair(one: try row.next(), other: try row.next())
        }
        #expect(pair?.one == "a" && pair?.other == nil)
    }

    @Test func `a wrong type and a missing column are errors that name the column`() async throws {
        await #expect(throws: RowError(column: "name", expected: "Int", found: .otherType)) {
            try await echo("select 'abc' as name", as: Int.self)
        }
        await #expect(throws: RowError(column: "name", expected: "Color", found: .otherType)) {
            try await echo("select 'blue' as name", as: Color.self)
        }
        await #expect(throws: RowError(column: "column 2", expected: "a column", found: .nothing)) {
            _ = try await database.first("select 1", in: scope) { row in
                (try row.next(Int.self), try row.next(Int.self))
            }
        }
        await #expect(throws: RowError.self) { try await echo("select 9223372036854775808", as: Int.self) }
    }

    @Test func `a text with a NUL is refused, alone and in an array, and the connection goes on`() async throws {
        let text = "abc\0def"
        #expect(await sqlState { try await database.execute("select \(text)::text", in: scope) } == "22021")
        #expect(await sqlState { try await database.execute("select \([text])::text[]", in: scope) } == "22021")
        #expect(try await echo("select 1", as: Int.self) == 1)
        #expect(database.statistics.busy == 0)
    }

    @Test func `a large result comes back whole`() async throws {
        let rows = try await database.query(
            "select n, repeat(chr(97 + n % 26), 1000) from generate_series(1, 50000) as n", in: scope
        ) { row in (try row.next(Int.self), try row.next(String.self).utf8.count) }
        #expect(rows.count == 50_000)
        #expect(rows.last?.0 == 50_000 && rows.allSatisfy { $0.1 == 1000 })
    }

    @Test func `a bind larger than the socket's buffer is sent whole`() async throws {
        let bytes = [UInt8](repeating: 7, count: 20_000_000)
        #expect(try await echo("select length(\(bytes)::bytea)", as: Int.self) == 20_000_000)
        let text = String(repeating: "x", count: 10_000_000)
        #expect(try await echo("select \(text)::text", as: String.self)?.utf8.count == 10_000_000)
    }
}
