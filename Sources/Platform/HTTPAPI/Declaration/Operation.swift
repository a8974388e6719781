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

    package enum Body: Sendable {
        case nothing
        case json(Shape)
        case raw(mediaTypes: [String])
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
    package let path: String
    package let summary: String
    package let host: HostKind
    package let permission: Permission
    package let audit: Audit
    package let stepUp: StepUp
    package let rate: RateClass
    package let precondition: Precondition
    package let idempotency: Idempotency
    package let parameters: [Parameter]
    package let body: Body
    /// The most bytes that its body may have.
    package let bodyLimit: Int
    package let response: Response
    package let hasETag: Bool
    package let status: Int
    package let errors: [ProblemType]
    /// Whether a page of another site may have a browser send it: such a request has no cookie, and proves itself.
    package let isFromAnySite: Bool

    package var isIdempotencyKeyed: Bool { idempotency == .keyed }
    package var group: String { String(name.prefix { $0 != "." }) }
    package var isPublic: Bool { permission == .public }

    /// The schema of a JSON body.
    package var bodyShape: Shape? {
        if case .json(let shape) = body { shape } else { nil }
    }

    /// Every problem this operation can answer with: the declared ones and those its declaration implies.
    package var problems: [ProblemType] {
        var problems: [ProblemType] = [.malformed, .notFound, .tooMany, .failed, .unavailable, .timedOut]
        if !isPublic { problems += [.unauthenticated, .forbidden] }
        if host == .tenant { problems.append(.tenantClosed) }
        if stepUp == .recent { problems.append(.stepUpRequired) }
        if method != .get { problems.append(.crossSite) }
        if precondition == .ifMatch { problems += [.versionRequired, .versionChanged] }
        if isIdempotencyKeyed { problems += [.inProgress, .answerLost, .keyReused, .invalidFields] }
        if case .nothing = body {} else { problems += [.tooLarge, .unsupportedMedia, .invalidFields] }
        if parameters.contains(where: { $0.place != .path }) { problems.append(.invalidFields) }
        return problems + errors
    }
}
