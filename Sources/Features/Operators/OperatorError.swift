package import HTTPAPI

/// What can be wrong with operators, closed. What goes wrong at the door is told in Identity's words.
package enum OperatorError: ProblemRepresentable, Equatable {
    case notFound
    case changed
    case loginTaken
    case lastOperator
    case notYourself

    package var problem: Problem {
        switch self {
        case .notFound: Problem(.notFound)
        case .changed: Problem(.versionChanged)
        case .loginTaken: Problem(.operatorLoginTaken)
        case .lastOperator: Problem(.lastOperator, "Give somebody else the role operator first.")
        case .notYourself: Problem(.notYourOwnAccount, "Ask another operator.")
        }
    }
}

extension ProblemType {
    package static let operatorLoginTaken = ProblemType(
        "operator-login-taken", "Another operator has this login", status: 409)
    package static let lastOperator = ProblemType(
        "last-operator", "Nobody would be left to run the installation", status: 409)
    package static let notYourOwnAccount = ProblemType(
        "not-your-own-account", "Nobody changes their own roles or state", status: 409)
}
