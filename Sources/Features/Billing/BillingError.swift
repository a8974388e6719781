package import HTTPAPI

/// What can be wrong with an invoice, closed.
package enum BillingError: ProblemRepresentable, Equatable {
    case notFound
    case monthRunning
    /// A sum that no currency has.
    case outOfRange
    case noTarget

    package var problem: Problem {
        switch self {
        case .notFound: Problem(.notFound)
        case .monthRunning:
            Problem(.monthRunning, "An invoice is final: wait until an hour after the month.")
        case .outOfRange: Problem(.billOutOfRange, "Look at the plan's prices.")
        case .noTarget: Problem(.noBillingTarget, "Say where invoices are sent first.")
        }
    }
}

extension ProblemType {
    package static let monthRunning = ProblemType("month-running", "The month is not over", status: 409)
    package static let billOutOfRange = ProblemType("bill-out-of-range", "The sum is too large", status: 409)
    package static let noBillingTarget = ProblemType("no-billing-target", "Invoices are sent nowhere", status: 409)
}
