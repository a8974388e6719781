package import HTTPAPI

/// What can be wrong with support access, closed.
package enum SupportError: ProblemRepresentable, Equatable {
    case notFound
    case notOpen
    /// It has been asked for already.
    case pending
    case entryExpired
    case tenantClosed

    package var problem: Problem {
        switch self {
        case .notFound: Problem(.notFound)
        case .notOpen: Problem(.supportNotOpen)
        case .pending: Problem(.supportPending, "Wait for the answer, or withdraw it.")
        case .entryExpired: Problem(.supportEntryExpired, "Make a new link at the console.")
        case .tenantClosed: Problem(.supportNotOpen, "The company is closed.")
        }
    }
}

extension ProblemType {
    package static let supportNotOpen = ProblemType(
        "support-not-open", "This support access is not open any more, or not yet", status: 409)
    package static let supportPending = ProblemType(
        "support-pending", "You have asked this tenant already", status: 409)
    package static let supportEntryExpired = ProblemType(
        "support-entry-expired", "This link is used or too old", status: 401)
}

extension Permission {
    /// To ask tenants for support access, and to go in.
    package static let providerSupport = Permission("provider.support")
    package static let supportRead = Permission("support.read")
    /// To let the provider's people in, and to put them out.
    package static let supportManage = Permission("support.manage")
}
