package import Kernel

/// How an endpoint reads its query string.
struct QueryReader<Query: Sendable>: Sendable {
    let parameters: [Operation.Parameter]
    let parse: @Sendable (Incoming, _ subject: String, RequestParser) throws(Problem) -> Query
}

extension QueryReader where Query == Nothing {
    /// An endpoint without query parameters refuses all of them.
    static var nothing: QueryReader {
        QueryReader(parameters: []) { request, _, _ throws(Problem) in
            let errors = request.query.map { FieldError(pointer: "/\($0.name)", message: "is not a known parameter") }
            guard errors.isEmpty else { throw Problem(.malformed, errors: errors) }
            return Nothing()
        }
    }
}

extension QueryReader where Query == String {
    /// The query as it stands in the address: a signature is over these very characters.
    static var raw: QueryReader {
        QueryReader(parameters: []) { request, _, _ in request.rawQuery }
    }
}

extension QueryReader where Query: WireValue {
    /// The fields of a flat record, by the same schema machinery as a body.
    static func record(_ type: Query.Type) -> QueryReader {
        let schema = Query.schema
        guard case .object(let object) = schema.shape else { preconditionFailure("\(Query.self) is no record") }
        let parameters = object.fields.map { field in
            Operation.Parameter(
                name: field.name, place: .query, shape: field.shape.withoutNull, isRequired: field.isRequired,
                note: field.note)
        }
        return QueryReader(parameters: parameters) { request, _, _ throws(Problem) in
            try schema.parse(query: request.query, parameters)
        }
    }
}

extension Schema {
    func parse(query: [(name: String, value: String)], _ parameters: [Operation.Parameter]) throws(Problem) -> Value {
        let names = query.map(\.name)
        guard Set(names).count == names.count else { throw Problem(.malformed, "A parameter appears twice.") }
        let members = query.map { name, value in
            JSON.Member(name, parameters.first { $0.name == name }?.shape.json(from: value) ?? .string(value))
        }
        do throws(FieldErrors) {
            return try parse(.object(members))
        } catch {
            throw Problem(.invalidFields, errors: error.errors)
        }
    }
}

/// A list's page together with parameters of its own.
package struct Filtered<Parameters: WireValue>: Sendable {
    package let page: PageRequest
    package let parameters: Parameters
}

extension Shape {
    /// What a text of a path or query means: they have no types of their own.
    func json(from text: String) -> JSON {
        guard case .scalar(let keywords) = withoutNull else { return .string(text) }
        switch keywords["type"]?.text {
        case "integer": return Int64(text).flatMap { String($0) == text ? .int($0) : nil } ?? .string(text)
        case "boolean": return text == "true" ? true : text == "false" ? false : .string(text)
        default: return .string(text)
        }
    }

    /// A query parameter is absent rather than null.
    var withoutNull: Shape {
        if case .nullable(let inner) = self { inner } else { self }
    }
}
