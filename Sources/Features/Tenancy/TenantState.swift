package import HTTPAPI
import Kernel
import Postgres

/// Where a tenant is in its life.
package enum TenantState: String, Sendable, CaseIterable, WireValue, SQLBindable, SQLDecodable {
    case trial, active, suspended, closing, deleted

    /// Whether its people may sign in and work.
    package var isOpen: Bool {
        switch self {
        case .trial, .active: true
        case .suspended, .closing, .deleted: false
        }
    }
}

/// What can be wrong with a tenant, closed.
package enum TenancyError: ProblemRepresentable, Equatable {
    case notFound
    case slugTaken
    case slugReserved
    case wrongState
    /// The trial that a suspended tenant would go back to is over.
    case trialOver
    case trialTooLong
    /// The name that was typed to confirm is not the tenant's.
    case nameDiffers
    /// Its people are shut out.
    case closed(TenantClosure)
    /// Somebody else is changing the tenant's keys.
    case keysChanging
    /// The key that a tenant brings does not work.
    case ownKeyRefused(String)

    package var problem: Problem {
        switch self {
        case .notFound: Problem(.notFound)
        case .slugTaken: Problem(.slugTaken, "Another company has this slug, or had it with other data.")
        case .slugReserved:
            Problem(.invalidFields, errors: [FieldError(pointer: "/slug", message: "is reserved for the installation")])
        case .wrongState: Problem(.wrongTenantState)
        case .trialOver: Problem(.wrongTenantState, "Its trial is over: activate it, or give it a longer trial.")
        case .trialTooLong:
            Problem(
                .invalidFields,
                errors: [FieldError(pointer: "/endsAt", message: "must be in the future, within a year")])
        case .nameDiffers:
            Problem(.invalidFields, errors: [FieldError(pointer: "/confirm", message: "is not the tenant's name")])
        case .closed(let closure): Problem(.tenantClosed, closure.text, reasons: [.init(closure.code, closure.text)])
        case .ownKeyRefused(let reason): Problem(.ownKeyRefused, String(reason.prefix(400)))
        case .keysChanging: Problem(.keysChanging, "Look at the keys again, then repeat.")
        }
    }
}

extension ProblemType {
    package static let slugTaken = ProblemType("slug-taken", "The slug is taken", status: 409)
    package static let wrongTenantState = ProblemType(
        "wrong-tenant-state", "The tenant is not in a state for this", status: 409)
    package static let ownKeyRefused = ProblemType("own-key-refused", "The key cannot be used", status: 409)
    package static let keysChanging = ProblemType("keys-changing", "The keys are being changed", status: 409)
}
