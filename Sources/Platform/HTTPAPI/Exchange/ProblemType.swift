/// A kind of problem: the stable name that clients switch on, its title and its status. All are listed in
/// `ProblemType.common` or beside their feature, and a test compares the list with `Docs/errors.md`.
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
    package static let unknownHost = ProblemType("unknown-host", "Nobody is served under this host name", status: 400)
    package static let unauthenticated = ProblemType("unauthenticated", "Sign in first", status: 401)
    package static let stepUpRequired = ProblemType("step-up-required", "Confirm with a second factor", status: 401)
    package static let forbidden = ProblemType("forbidden", "You may not do this", status: 403)
    /// The whole tenant is shut for its people: every operation of theirs may answer this.
    package static let tenantClosed = ProblemType("tenant-closed", "The company is closed for now", status: 403)
    package static let crossSite = ProblemType("cross-site", "A cookie does not count across sites", status: 403)
    package static let notFound = ProblemType("not-found", "There is no such thing", status: 404)
    package static let methodNotAllowed = ProblemType("method-not-allowed", "This path has other methods", status: 405)
    package static let tooSlow = ProblemType("too-slow", "The request did not arrive in time", status: 408)
    package static let inProgress = ProblemType("in-progress", "The same request is being worked on", status: 409)
    package static let answerLost = ProblemType(
        "answer-lost", "It was done before, but the answer is lost", status: 409)
    package static let versionChanged = ProblemType("version-changed", "It was changed in the meantime", status: 412)
    package static let tooLarge = ProblemType("too-large", "The body is too large", status: 413)
    package static let unsupportedMedia = ProblemType(
        "unsupported-media-type", "Send another kind of body", status: 415)
    package static let invalidFields = ProblemType("invalid-fields", "Some fields are not acceptable", status: 422)
    package static let keyReused = ProblemType(
        "idempotency-key-reused", "The key belongs to another request", status: 422)
    package static let versionRequired = ProblemType("version-required", "Say which version you change", status: 428)
    package static let tooMany = ProblemType("too-many-requests", "Slow down", status: 429)
    package static let failed = ProblemType("internal", "Something went wrong here", status: 500)
    package static let unavailable = ProblemType("unavailable", "Try again in a moment", status: 503)
    package static let timedOut = ProblemType("timed-out", "It took too long and was given up", status: 503)

    package static let common: [ProblemType] = [
        malformed, unknownHost, unauthenticated, stepUpRequired, forbidden, tenantClosed, crossSite, notFound,
        methodNotAllowed, tooSlow, inProgress, answerLost, versionChanged, tooLarge, unsupportedMedia, invalidFields,
        keyReused, versionRequired, tooMany, failed, unavailable, timedOut,
    ]
}
