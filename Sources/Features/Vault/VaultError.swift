package import HTTPAPI
import Kernel

/// What can be wrong with an account, closed.
package enum VaultError: ProblemRepresentable {
    case notFound
    case changed
    case nameTaken
    case unknownAsset
    case noSecret
    case notAKey
    case keyIsLocked
    /// Somebody else has the secret of an account that is out with one person at a time.
    case isOut
    case checkOutOver
    case checkOutLater
    /// The account is denied to whoever has checked it out, or it is out of service.
    case barred

    package var problem: Problem {
        switch self {
        case .notFound: Problem(.notFound)
        case .changed: Problem(.versionChanged)
        case .nameTaken: Problem(.accountNameTaken, "The asset has an account of this name already.")
        case .unknownAsset: Problem(.unknownAccountAsset, "The asset does not exist. Choose another one.")
        case .noSecret: Problem(.noSecret, "Set a password or a key for this account first.")
        case .isOut:
            Problem(.checkOutNotOpen, "Somebody else has checked it out at that time. Wait until it is back.")
        case .checkOutOver:
            Problem(.checkOutNotOpen, "It is checked in, revoked, or its time is over. Ask for it again.")
        case .checkOutLater: Problem(.checkOutNotOpen, "Its time has not come yet. Try again when it has.")
        case .barred:
            Problem(
                .checkOutNotOpen,
                "The account is denied to you, or its asset is out of service. Ask whoever looks after access.")
        case .notAKey: Self.invalid("must be a private key in OpenSSH or PEM form")
        case .keyIsLocked: Self.invalid("must be without a passphrase: remove it with ssh-keygen -p first")
        }
    }

    private static func invalid(_ message: String) -> Problem {
        Problem(.invalidFields, errors: [.init(pointer: "/secret", message: message)])
    }
}

extension ProblemType {
    package static let accountNameTaken = ProblemType("account-name-taken", "The name is taken", status: 409)
    package static let unknownAccountAsset = ProblemType("unknown-account-asset", "There is no such asset", status: 422)
    package static let noSecret = ProblemType("no-secret", "The account has no secret", status: 409)
    package static let checkOutNotOpen = ProblemType("check-out-not-open", "The check-out is not open", status: 409)

    package static let vault: [ProblemType] = [
        accountNameTaken, unknownAccountAsset, noSecret, checkOutNotOpen,
    ]
}
