import FoundationEssentials
import Kernel
import Postgres
import Testing

@Suite struct SQLTests {
    @Test func `every interpolated value is a bind`() {
        let name = "x'; drop table things; --"
        let sql: SQL = "select * from things where name = \(name) and size > \(3)"
        #expect(sql.text == "select * from things where name = $1 and size > $2")
        #expect(sql.binds == [.text(name), .int(3)])
    }

    @Test func `two statements with the same text share their prepared form`() {
        let one: SQL = "select \(1)"
        let other: SQL = "select \(2)"
        #expect(one.text == other.text)
    }

    @Test func `the binds of a fragment are renumbered`() {
        let condition: SQL = "name = \("a") and size = \(1)"
        let nested: SQL = "(\(fragment: condition)) or size = \(9)"
        let sql: SQL = "select * from things where tenant_id = \("t") and (\(fragment: nested)) limit \(5)"
        #expect(
            sql.text
                == "select * from things where tenant_id = $1 and ((name = $2 and size = $3) or size = $4) limit $5")
        #expect(sql.binds == [.text("t"), .text("a"), .int(1), .int(9), .int(5)])
    }

    @Test func `more than nine binds keep their numbers in a fragment`() {
        let many: SQL =
            "\(1),\(2),\(3),\(4),\(5),\(6),\(7),\(8),\(9),\(10),\(11)"
        let sql: SQL = "select \(0),\(fragment: many),\(12)"
        #expect(sql.text == "select $1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13")
        #expect(sql.binds == (0...12).map { .int($0) })
    }

    @Test func `optionals, arrays, ids and cases have a bind`() {
        enum State: String, SQLBindable { case open, closed }
        let id = TenantID.new()
        let nothing: String? = nil
        let sql: SQL = "select \(nothing), \([State.open, .closed]), \([id]), \([UInt8(1), 2]), \(Optional("x"))"
        #expect(
            sql.binds == [
                .null, .array([.text("open"), .text("closed")]), .array([.uuid(id.uuid)]), .bytes([1, 2]), .text("x"),
            ])
    }

    @Test func `non-ASCII text before a fragment does not shift its binds`() {
        let condition: SQL = "größe = \(1) -- ü"
        let sql: SQL = "/* 表 */ select \(0) where \(fragment: condition)"
        #expect(sql.text == "/* 表 */ select $1 where größe = $2 -- ü")
    }
}
