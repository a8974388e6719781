package import HTTPTypes
package import Kernel

/// A kind of problem: the stable name that clients switch on, its title and its status. All are listed in
/// `ProblemType.common`
/// or beside their feature, and a test compares the list with the documentation.
package struct ProblemType: Sendable, Hashable {
    package let name: String
    package let title: String
    package let status: Int

    package init(_ name: String, _ title: String, status: Int) {
        self.name = name
        self.title = title
        self.status = status
    }

    package var uri: String { "urn:gatehouse:problem:\(name)" }
}

extension ProblemType {
    package static let malformed = ProblemType("malformed", "The request is not well-formed", status: 400)
    package static let unauthenticated = ProblemType("unauthenticated", "Sign in first", status: 401)
    package static let stepUpRequired = ProblemType("step-up-required", "Confirm with a second factor", status: 401)
    package static let forbidden = ProblemType("forbidden", "You may not do this", status: 403)
    package static let crossSite = ProblemType("cross-site", "A cookie does not count across sites", status: 403)
    package static let notFound = ProblemType("not-found", "There is no such thing", status: 404)
    package static let methodNotAllowed = ProblemType("method-not-allowed", "This path has other methods", status: 405)
    package static let inProgress = ProblemType("in-progress", "The same request is being worked on", status: 409)
    package static let versionChanged = ProblemType("version-changed", "It was changed in the meantime", status: 412)
    package static let tooLarge = ProblemType("too-large", "The body is too large", status: 413)
    package static let unsupportedMedia = ProblemType("unsupported-media-type", "Send application/json", status: 415)
    package static let invalidFields = ProblemType("invalid-fields", "Some fields are not acceptable", status: 422)
    package static let keyReused = ProblemType(
        "idempotency-key-reused", "The key belongs to another request", status: 422)
    package static let versionRequired = ProblemType("version-required", "Say which version you change", status: 428)
    package static let tooMany = ProblemType("too-many-requests", "Slow down", status: 429)
    package static let failed = ProblemType("internal", "Something went wrong here", status: 500)

    package static let common: [ProblemType] = [
        malformed, unauthenticated, stepUpRequired, forbidden, crossSite, notFound, methodNotAllowed, inProgress,
        versionChanged,
        tooLarge, unsupportedMedia, invalidFields, keyReused, versionRequired, tooMany, failed,
    ]
}

/// An RFC 9457 problem: the one way in which a request fails.
package struct Problem: Error, Sendable {
    package let type: ProblemType
    package let detail: String?
    package let errors: [FieldError]
    package let headers: HTTPFields

    package init(_ type: ProblemType, _ detail: String? = nil, errors: [FieldError] = [], headers: HTTPFields = [:]) {
        self.type = type
        self.detail = detail
        self.errors = errors
        self.headers = headers
    }

    func body(traceID: String) -> JSON {
        var members: [JSON.Member] = [
            .init("type", .string(type.uri)), .init("title", .string(type.title)),
            .init("status", .int(Int64(type.status))),
            .init("traceId", .string(traceID)),
        ]
        if let detail { members.append(.init("detail", .string(detail))) }
        if !errors.isEmpty {
            let list = errors.map { error -> JSON in
                ["pointer": .string(error.pointer), "message": .string(error.message)]
            }
            members.append(.init("errors", .array(list)))
        }
        return .object(members)
    }
}

/// A feature's closed error enum says which problem it is.
package protocol ProblemRepresentable: Error {
    var problem: Problem { get }
}

extension Problem: ProblemRepresentable {
    package var problem: Problem { self }
}
