import HTTPTypes
package import Kernel

extension Endpoint {
    /// Reads what a few words in the query string ask for. They are read with the schema of a record whose fields are
    /// texts, times or ids: a query string knows no other types.
    package static func get<each Part: WireValue, Query: WireValue, Result: WireValue>(
        _ name: String, _ path: String, _ part: repeat (each Part).Type, summary: String, permission: Permission,
        audit: Audit = .reading, query: Query.Type, returns: Result.Type, errors: [ProblemType] = [],
        rate: RateClass = .standard, stepUp: StepUp = .none,
        handler: @escaping @Sendable (Feature, Call<API, (repeat each Part), Query, Nothing>) async throws -> Result
    ) -> Self {
        Endpoint(
            .get, name, path, Parts(path, repeat each part), .record(Query.self), .nothing, .value(Result.self),
            summary: summary, permission: permission, audit: audit, errors: errors, rate: rate, stepUp: stepUp,
            handler: handler)
    }
}

extension QueryReader where Query: WireValue {
    static func record(_ type: Query.Type) -> QueryReader {
        guard case .object(let shape) = Query.schema.shape else { preconditionFailure("\(Query.self) is no record") }
        let parameters = shape.fields.map {
            Operation.Parameter(name: $0.name, place: .query, shape: $0.shape, isRequired: $0.isRequired, note: $0.note)
        }
        return QueryReader(parameters: parameters) { request, _, _ throws(Problem) in
            let names = request.query.map(\.name)
            guard Set(names).count == names.count else { throw Problem(.malformed, "A parameter appears twice.") }
            do throws(FieldErrors) {
                return try Query.schema.parse(.object(request.query.map { JSON.Member($0.name, .string($0.value)) }))
            } catch {
                throw Problem(.invalidFields, errors: error.errors)
            }
        }
    }
}
