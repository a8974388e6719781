import Kernel
package import Postgres

/// A parsed filter in the grammar of SCIM (RFC 7644, 3.4.2.2, without value paths): `state eq "open" and priority le
/// 2`.
///
/// One grammar serves `/api/v1` and `/scim/v2`. Columns and values are resolved while parsing, so what is left is safe
/// to run.
package indirect enum Filter: Sendable {
    package enum Comparison: String, Sendable, CaseIterable {
        case eq, ne, gt, ge, lt, le, co, sw
    }

    case compare(column: String, sql: String, Comparison, SQLValue)
    case condition(column: String, before: String, after: String, SQLValue)
    case present(column: String, sql: String)
    case and(Filter, Filter)
    case or(Filter, Filter)
    case not(Filter)
}

/// Recursive descent over at most 16 terms, 4 levels deep.
struct FilterParser<Row: WireValue> {
    private let listing: Listing<Row>
    private var rest: Substring
    private let whole: String
    private var terms = 0
    private var depth = 0

    static func parse(_ text: String, _ listing: Listing<Row>) throws(Invalid) -> Filter {
        var parser = FilterParser(listing: listing, rest: text[...], whole: text)
        let filter = try parser.disjunction()
        parser.skipSpace()
        guard parser.rest.isEmpty else { throw parser.failure("expected 'and' or 'or'") }
        return filter
    }

    private init(listing: Listing<Row>, rest: Substring, whole: String) {
        self.listing = listing
        self.rest = rest
        self.whole = whole
    }

    private func failure(_ message: String) -> Invalid {
        Invalid(
            "at character \(whole.unicodeScalars.distance(from: whole.startIndex, to: rest.startIndex) + 1): \(message)"
        )
    }

    private mutating func skipSpace() { rest = rest.drop { $0 == " " } }

    private func peekWord() -> Substring {
        rest.prefix { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_" || $0 == ".") }
    }

    private mutating func take(_ word: String) -> Bool {
        skipSpace()
        guard peekWord().lowercased() == word else { return false }
        rest = rest.dropFirst(word.count)
        return true
    }

    private mutating func disjunction() throws(Invalid) -> Filter {
        var filter = try conjunction()
        while take("or") { filter = .or(filter, try conjunction()) }
        return filter
    }

    private mutating func conjunction() throws(Invalid) -> Filter {
        var filter = try term()
        while take("and") { filter = .and(filter, try term()) }
        return filter
    }

    private mutating func term() throws(Invalid) -> Filter {
        terms += 1
        guard terms <= 16 else { throw failure("more than 16 terms") }
        if take("not") { return .not(try group()) }
        return rest.first == "(" ? try group() : try comparison()
    }

    private mutating func group() throws(Invalid) -> Filter {
        skipSpace()
        guard rest.first == "(" else { throw failure("expected '('") }
        depth += 1
        guard depth <= 4 else { throw failure("nested deeper than 4") }
        rest.removeFirst()
        let filter = try disjunction()
        skipSpace()
        guard rest.first == ")" else { throw failure("expected ')'") }
        rest.removeFirst()
        depth -= 1
        return filter
    }

    private mutating func comparison() throws(Invalid) -> Filter {
        let word = peekWord()
        guard let column = listing.column(String(word)) else {
            throw failure("expected one of \(listing.columns.map(\.name).joined(separator: ", "))")
        }
        rest = rest.dropFirst(word.count)
        if column.end == nil, take("pr") { return .present(column: column.name, sql: column.sql) }
        skipSpace()
        guard let comparison = Filter.Comparison(rawValue: peekWord().lowercased()) else {
            throw failure("expected one of \(Filter.Comparison.allCases.map(\.rawValue).joined(separator: ", ")), pr")
        }
        rest = rest.dropFirst(2)
        skipSpace()
        let start = rest
        var reading = Reading()
        guard let value = column.read(try literal(), &reading) else {
            rest = start
            throw failure(reading.errors.first?.message ?? "not acceptable")
        }
        if let end = column.end {
            let condition = Filter.condition(column: column.name, before: column.sql, after: end, value)
            switch comparison {
            case .eq: return condition
            case .ne: return .not(condition)
            default: throw failure("\(column.name) is compared by eq and ne only")
            }
        }
        if comparison == .co || comparison == .sw {
            guard case .text = value else { throw failure("\(comparison.rawValue) is for text") }
        }
        return .compare(column: column.name, sql: column.sql, comparison, value)
    }

    /// A JSON string, number or word.
    private mutating func literal() throws(Invalid) -> JSON {
        var end = rest.startIndex
        if rest.first == "\"" {
            end = rest.index(after: end)
            while end < rest.endIndex, rest[end] != "\"" {
                if rest[end] == "\\" { end = rest.index(after: end) }
                if end < rest.endIndex { end = rest.index(after: end) }
            }
            if end < rest.endIndex { end = rest.index(after: end) }
        } else {
            end = rest.firstIndex { $0 == " " || $0 == ")" } ?? rest.endIndex
        }
        do throws(JSONParser.Failure) {
            let json = try JSONParser.parse(Array(rest[..<end].utf8))
            rest = rest[end...]
            return json
        } catch {
            throw failure("expected a quoted text, a number, true or false")
        }
    }
}
