package import HTTPTypes
package import Kernel
import Postgres

/// An RFC 9457 problem: the one way in which a request fails.
package struct Problem: Error, Sendable {
    /// Why something was refused, one step of the decision each: a code to switch on, and words for people.
    package struct Reason: Sendable, Equatable {
        package let code: String
        package let message: String

        package init(_ code: String, _ message: String) {
            self.code = code
            self.message = message
        }
    }

    package let type: ProblemType
    package let detail: String?
    package let errors: [FieldError]
    package let reasons: [Reason]
    package let headers: HTTPFields
    /// What programs need beside the words, by names of the problem's own (RFC 9457, 3.2).
    package let members: [JSON.Member]

    package init(
        _ type: ProblemType, _ detail: String? = nil, errors: [FieldError] = [], reasons: [Reason] = [],
        headers: HTTPFields = [:], members: [JSON.Member] = []
    ) {
        self.type = type
        self.detail = detail
        self.errors = errors
        self.reasons = reasons
        self.headers = headers
        self.members = members
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
        if !reasons.isEmpty {
            let list = reasons.map { reason -> JSON in
                ["code": .string(reason.code), "message": .string(reason.message)]
            }
            members.append(.init("reasons", .array(list)))
        }
        return .object(members + self.members)
    }
}

/// A feature's closed error enum says which problem it is.
package protocol ProblemRepresentable: Error {
    var problem: Problem { get }
}

extension Problem: ProblemRepresentable {
    package var problem: Problem { self }
}

extension Problem {
    /// The problem that an error is told as. What nobody gave a name is `internal`, without a word about its cause.
    package static func representing(_ error: any Error) -> Problem {
        switch error {
        case let error as any ProblemRepresentable: error.problem
        case let error as FieldErrors: Problem(.invalidFields, errors: error.errors)
        case let error as Invalid:
            Problem(
                .invalidFields,
                errors: [FieldError(pointer: error.field.map { "/\($0)" } ?? "", message: error.message)])
        case let error as DatabaseError where error.isTimeout: Problem(.timedOut, headers: [.retryAfter: "5"])
        case let error as DatabaseError where error.isUnavailable: Problem(.unavailable, headers: [.retryAfter: "2"])
        // Two changes met, and neither was made: the same request may be first the next time.
        case let error as DatabaseError where error.isSerializationFailure:
            Problem(.unavailable, headers: [.retryAfter: "1"])
        case is CancellationError: Problem(.unavailable, headers: [.retryAfter: "1"])
        default: Problem(.failed)
        }
    }
}
