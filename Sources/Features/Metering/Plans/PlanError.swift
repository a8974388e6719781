package import HTTPAPI
import Kernel

/// What can be wrong with a plan, closed.
package enum PlanError: ProblemRepresentable, Equatable {
    case notFound
    case unknownPlan
    case changed
    case codeTaken
    case retired
    case isDefault
    case otherCurrency

    package var problem: Problem {
        switch self {
        case .notFound: Problem(.notFound)
        case .unknownPlan:
            Problem(.invalidFields, errors: [FieldError(pointer: "/plan", message: "there is no plan with this code")])
        case .changed: Problem(.versionChanged)
        case .codeTaken: Problem(.planCodeTaken, "Another plan has this code, or had it.")
        case .retired: Problem(.planRetired, "Offer it again, or choose another plan.")
        case .isDefault: Problem(.planIsDefault, "Make another plan the default first.")
        case .otherCurrency:
            Problem(.planCurrency, "A month is billed in one currency: it takes a tenant of its own.")
        }
    }
}

extension ProblemType {
    package static let planCodeTaken = ProblemType("plan-code-taken", "The code is taken", status: 409)
    package static let planRetired = ProblemType("plan-retired", "The plan is not offered any more", status: 409)
    package static let planIsDefault = ProblemType("plan-is-default", "New tenants get this plan", status: 409)
    package static let planCurrency = ProblemType("plan-currency", "The plan has another currency", status: 409)
}
