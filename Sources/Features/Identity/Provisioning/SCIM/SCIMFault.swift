package import HTTPAPI
import Kernel

/// What is wrong with what a provisioning client asks for, in the words of RFC 7644, 3.12.
enum SCIMFault: ProblemRepresentable, Equatable {
    enum Kind: String, Sendable {
        case invalidFilter, tooMany, mutability, invalidSyntax, invalidPath, noTarget, invalidValue
    }

    case invalid(Kind, String)
    /// Somebody or something here has the name already.
    case taken(String)
    /// It is not for provisioning to decide.
    case refused(String)

    var problem: Problem {
        switch self {
        case .invalid(let kind, let words): Self.problem(.provisioningInvalid, words, kind.rawValue)
        case .taken(let words): Self.problem(.provisioningConflict, words, "uniqueness")
        case .refused(let words): Problem(.provisioningRefused, words)
        }
    }

    private static func problem(_ type: ProblemType, _ words: String, _ kind: String) -> Problem {
        Problem(type, words, members: [.init(Problem.scimType, .string(kind))])
    }
}

extension ProblemType {
    package static let provisioningInvalid = ProblemType(
        "provisioning-invalid", "This cannot be provisioned", status: 400)
    package static let provisioningConflict = ProblemType("provisioning-conflict", "This is taken", status: 409)
    package static let provisioningRefused = ProblemType(
        "provisioning-refused", "Provisioning may not do this", status: 403)
}
