package import HTTPTypes
package import Kernel

/// Everything about an endpoint but its handler: what OpenAPI, the CLI and the completeness tests read.
package struct Operation: Sendable {
    package struct Parameter: Sendable {
        package enum Place: String, Sendable { case path, query, header }

        package let name: String
        package let place: Place
        package let shape: Shape
        package let isRequired: Bool
        package let note: String
    }

    package enum Response: Sendable {
        case nothing
        case json(Shape)
        case events(Shape)
        case file(mediaType: String)
    }

    /// `tickets.open`: the operationId, the CLI's words, the audit's source.
    package var name: String
    package let method: HTTPRequest.Method
    /// `/api/v1/tickets/{ticket}`
    package var path: String
    package let summary: String
    package let permission: Permission
    package let audit: Audit
    package let stepUp: StepUp
    package let rate: RateClass
    package let precondition: Precondition
    package let parameters: [Parameter]
    package let body: Shape?
    package let response: Response
    package let hasETag: Bool
    package let status: Int
    package let errors: [ProblemType]

    package var isIdempotencyKeyed: Bool { method == .post }
    package var group: String { String(name.prefix { $0 != "." }) }

    /// Every problem this operation can answer with: the declared ones and those its declaration implies.
    package var problems: [ProblemType] {
        var problems: [ProblemType] = [.malformed, .unauthenticated, .forbidden, .tooMany, .failed]
        if stepUp == .recent { problems.append(.stepUpRequired) }
        if method != .get { problems.append(.crossSite) }
        if parameters.contains(where: { $0.place == .path }) { problems.append(.notFound) }
        if precondition == .ifMatch { problems += [.versionRequired, .versionChanged] }
        if isIdempotencyKeyed { problems += [.inProgress, .keyReused, .invalidFields] }
        if body != nil { problems += [.tooLarge, .unsupportedMedia] }
        if body != nil || parameters.contains(where: { $0.place != .path }) { problems.append(.invalidFields) }
        return problems + errors
    }
}
