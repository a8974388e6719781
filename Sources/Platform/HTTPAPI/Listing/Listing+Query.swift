import HTTPTypes
package import Kernel
import Postgres

extension PageRequest {
    /// A first page with a filter, in the order of the listing.
    package static func parse<Row>(_ filter: String, _ listing: Listing<Row>) throws(Invalid) -> PageRequest {
        PageRequest(
            limit: 50, filter: try FilterParser.parse(filter, listing), sort: listing.order,
            sortColumn: listing.column(listing.order.column)!.sql, keyColumn: listing.key.sql, after: [],
            filterText: filter, boundText: "")
    }
}

/// The query string of a list, read with the same schema machinery as a body.
struct ListQuery: WireValue {
    var limit: Int
    var cursor: String?
    var filter: String?
    var sort: String?

    static let schema: Schema<Self> = .record(Self.init) {
        Field("limit", \.limit, .int(1...200).otherwise(50), note: "How many rows a page has at most.")
        Field(
            "cursor", \.cursor, .text(1...2000), note: "The `next` of the page before, with the same filter and sort.")
        Field("filter", \.filter, .text(1...1000), note: "Which rows, in the grammar of RFC 7644, 3.4.2.2.")
        Field("sort", \.sort, .text(1...64), note: "In which order; a minus sign in front turns it round.")
    }
}

extension Listing {
    private var sortWords: [String] { sortable.flatMap { [$0, "-\($0)"] } }

    var query: QueryReader<PageRequest> {
        let names = columns.map(\.name).joined(separator: ", ")
        return QueryReader(
            parameters: [
                .init(
                    name: "limit", place: .query,
                    shape: .scalar(["type": "integer", "minimum": 1, "maximum": 200, "default": 50]),
                    isRequired: false, note: "How many rows a page has at most."),
                .init(
                    name: "cursor", place: .query, shape: Schema<String>.text(1...2000).shape, isRequired: false,
                    note: "The `next` of the page before, with the same filter and sort."),
                .init(
                    name: "filter", place: .query, shape: Schema<String>.text(1...1000).shape, isRequired: false,
                    note:
                        "Which rows: \(names) with eq, ne, gt, ge, lt, le, co, sw or pr, joined by and, or, not."
                ),
                .init(
                    name: "sort", place: .query,
                    shape: .scalar([
                        "type": "string", "enum": .array(sortWords.map(JSON.string)), "default": .string(order.text),
                    ]), isRequired: false, note: "In which order; a minus sign in front turns it round."),
            ]
        ) { request, subject, parser throws(Problem) in
            try page(request.query, bound: "", subject: subject, parser)
        }
    }

    /// With parameters beside those of every list. A cursor is good for one set of them.
    func query<Parameters: WireValue>(and type: Parameters.Type) -> QueryReader<Filtered<Parameters>> {
        let own = QueryReader<Parameters>.record(type)
        let names = Set(own.parameters.map(\.name))
        precondition(names.isDisjoint(with: query.parameters.map(\.name)), "\(type) repeats a parameter of lists")
        let schema = Parameters.schema
        return QueryReader<Filtered<Parameters>>(parameters: query.parameters + own.parameters) {
            request, subject, parser throws(Problem) in
            let mine = request.query.filter { names.contains($0.name) }
            let bound = mine.map { "\($0.name)=\($0.value)" }.sorted().joined(separator: "&")
            let rest = request.query.filter { !names.contains($0.name) }
            let parameters = try schema.parse(query: mine, own.parameters)
            return Filtered(
                page: try page(rest, bound: bound, subject: subject, parser), parameters: parameters)
        }
    }

    private func page(
        _ query: [(name: String, value: String)], bound extra: String, subject: String, _ parser: RequestParser
    ) throws(Problem) -> PageRequest {
        let names = query.map(\.name)
        guard Set(names).count == names.count else { throw Problem(.malformed, "A parameter appears twice.") }
        let members = query.map { name, value in
            JSON.Member(name, name == "limit" ? Int64(value).map(JSON.int) ?? .string(value) : .string(value))
        }
        do {
            let list = try ListQuery.schema.parse(.object(members))
            let sort = try sort(list.sort)
            let filter: Filter?
            do throws(Invalid) {
                filter = try list.filter.map { text throws(Invalid) in try FilterParser.parse(text, self) }
            } catch {
                throw FieldErrors(errors: [FieldError(pointer: "/filter", message: error.message)])
            }
            var after: [SQLValue] = []
            if let cursor = list.cursor {
                let bound = [parser.operation.name, subject, sort.text, list.filter ?? "", extra]
                guard let values = parser.cursors.decode(cursor, bound: bound) else {
                    throw FieldErrors(errors: [
                        FieldError(pointer: "/cursor", message: "is not from this list; start over")
                    ])
                }
                after = values
            }
            return PageRequest(
                limit: list.limit, filter: filter, sort: sort, sortColumn: column(sort.column)!.sql, keyColumn: key.sql,
                after: after, filterText: list.filter ?? "", boundText: extra)
        } catch let errors as FieldErrors {
            throw Problem(.invalidFields, errors: errors.errors)
        } catch {
            throw Problem(.failed)
        }
    }

    private func sort(_ text: String?) throws(FieldErrors) -> Sort {
        guard let text else { return order }
        guard sortWords.contains(text) else {
            let message = "must be one of \(sortWords.joined(separator: ", "))"
            throw FieldErrors(errors: [FieldError(pointer: "/sort", message: message)])
        }
        return text.hasPrefix("-") ? .descending(String(text.dropFirst())) : .ascending(text)
    }

    /// The page envelope: `{"items": […], "next": "…" or null}`.
    var reply: Reply<Rows<Row>> {
        let envelope = Schema<PageEnvelope<Row>>.record(PageEnvelope.init) {
            Field("items", \.items, .array(of: Row.schema, 0...200))
            Field("next", \.next, .text(1...2000))
        }
        guard case .object(let shape) = envelope.shape else { preconditionFailure("an envelope is an object") }
        let named = Shape.object(ObjectShape(name: "\(Row.self)Page", fields: shape.fields))
        return Reply(response: .json(named), status: 200, hasETag: false) { result, subject, _, parser in
            let page = result.page
            let items = Array(result.rows.prefix(page.limit))
            var next: String?
            if result.rows.count > page.limit, let last = items.last, let column = column(page.sort.column) {
                let bound = [parser.operation.name, subject, page.sort.text, page.filterText, page.boundText]
                next = parser.cursors.encode([column.value(last), key.value(last)], bound: bound)
            }
            let bytes = envelope.bytes(of: PageEnvelope(items: items, next: next))
            return .json(200, bytes)
        }
    }
}

struct PageEnvelope<Row: Sendable>: Sendable {
    let items: [Row]
    let next: String?
}
