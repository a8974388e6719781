/// A statement: its text is fixed when the program is compiled, and every interpolated value is a bind.
///
///     let sql: SQL = "select name from assets where asset_id = \(id) and state = any(\(states))"
///
/// A string that is made at run time cannot become text, because literals are `StaticString`. The text is also the key
/// of the prepared statement, so a statement is parsed and planned once per connection.
package struct SQL: ExpressibleByStringInterpolation, Sendable, Hashable {
    package private(set) var text: String
    package private(set) var binds: [SQLValue]
    /// Where in the UTF-8 of the text the `$n` of each bind begins, so that a fragment can be renumbered.
    private var places: [Int]

    package init(stringLiteral text: StaticString) {
        self.text = text.description
        self.binds = []
        self.places = []
    }

    package init(stringInterpolation: StringInterpolation) {
        self = stringInterpolation.sql
    }

    private init(capacity: Int, binds count: Int) {
        text = ""
        text.reserveCapacity(capacity)
        binds = []
        binds.reserveCapacity(count)
        places = []
        places.reserveCapacity(count)
    }

    fileprivate mutating func append(_ text: StaticString) {
        text.withUTF8Buffer { self.text += String(decoding: $0, as: UTF8.self) }
    }

    fileprivate mutating func append(_ text: Substring) {
        self.text += text
    }

    fileprivate mutating func append(bind value: SQLValue) {
        places.append(text.utf8.count)
        binds.append(value)
        text += "$\(binds.count)"
    }

    fileprivate mutating func append(_ other: SQL) {
        let utf8 = other.text.utf8
        var start = utf8.startIndex
        for (number, place) in other.places.enumerated() {
            let end = utf8.index(utf8.startIndex, offsetBy: place)
            append(other.text[start..<end])
            append(bind: other.binds[number])
            start = utf8.index(end, offsetBy: "$\(number + 1)".utf8.count)
        }
        append(other.text[start...])
    }

    package struct StringInterpolation: StringInterpolationProtocol {
        package typealias StringLiteralType = StaticString
        fileprivate var sql: SQL

        package init(literalCapacity: Int, interpolationCount: Int) {
            sql = SQL(capacity: literalCapacity + interpolationCount * 3, binds: interpolationCount)
        }

        package mutating func appendLiteral(_ literal: StaticString) {
            sql.append(literal)
        }

        /// A value becomes a bind.
        package mutating func appendInterpolation(_ value: some SQLBindable) {
            sql.append(bind: value.bind)
        }

        /// Nothing becomes null.
        package mutating func appendInterpolation<Value: SQLBindable>(_ value: Value?) {
            sql.append(bind: value.bind)
        }

        /// Another statement's text and binds, renumbered.
        package mutating func appendInterpolation(fragment: SQL) {
            sql.append(fragment)
        }

        /// Text that comes from a declaration in the source, such as a listing's column, though not as a literal.
        ///
        /// Only the listing of HTTPAPI calls this (the architecture test looks): nothing from a request may get here.
        package mutating func append(declared text: String) {
            sql.append(text[...])
        }
    }
}
