package import HTTPAPI
package import Kernel

/// What can be wrong with a change of settings, closed.
package enum SettingError: ProblemRepresentable, Equatable {
    case changed
    case noTenant
    case noOrganization
    /// The organization at the top has the tenant's settings.
    case topOrganization
    case hostNameTaken
    /// A value that is well-formed and cannot be all the same.
    case refused(String, Invalid)

    package var problem: Problem {
        switch self {
        case .changed: Problem(.versionChanged)
        case .noTenant, .noOrganization: Problem(.notFound)
        case .topOrganization: Problem(.topOrganization)
        case .hostNameTaken: Problem(.hostNameTaken, "Another company uses this host name.")
        case .refused(let setting, let reason):
            Problem(
                .invalidFields,
                errors: [
                    FieldError(
                        pointer: "/" + setting + (reason.field.map { "/" + $0 } ?? ""), message: reason.message)
                ])
        }
    }
}

extension ProblemType {
    package static let topOrganization = ProblemType(
        "top-organization", "The settings of the top organization are those of the company", status: 409)
    package static let hostNameTaken = ProblemType("host-name-taken", "The host name is taken", status: 409)
}
