package import FoundationEssentials
import HTTPAPI
package import Kernel
import LDAP
import Postgres

/// How the people of a provider are kept up with, besides their sign-ins.
package struct IdentitySync: Versioned, Sendable {
    /// Narrows the provider's own filter; nil for everybody whom it finds.
    package var filter: String?
    /// Nil for runs by hand only.
    package var intervalMinutes: Int?
    package var createsUsers: Bool
    package var disablesLeavers: Bool
    package var previewedAt: Date?
    package var nextRunAt: Date?
    package var version: Int

    /// What a provider begins with.
    static let initial = IdentitySync(
        filter: nil, intervalMinutes: nil, createsUsers: true, disablesLeavers: false, previewedAt: nil,
        nextRunAt: nil, version: 1)

    /// Throws unless a filter stands alone beside another one.
    static func check(filter: String?) throws(Invalid) {
        guard let filter else { return }
        guard filter.hasPrefix("("), filter.hasSuffix(")"),
            LDAPFilter("(&(objectClass={x})\(filter))", place: "x") != nil
        else { throw Invalid("must be one filter, such as (department=IT)", field: "filter") }
    }
}

extension IdentitySync: WireValue {
    package static let schema: Schema<Self> = .record(Self.init) {
        Field(
            "filter", \.filter, .text(3...1000), note: "Narrows the provider's filter; everybody whom it finds if null."
        )
        Field("intervalMinutes", \.intervalMinutes, .int(15...10080), note: "Runs are started by hand if null.")
        Field("createsUsers", \.createsUsers, note: "Whether people are taken in before they sign in.")
        Field(
            "disablesLeavers", \.disablesLeavers,
            note: "Whether people who are gone from the provider are disabled; only after a preview.")
        Field("previewedAt", \.previewedAt)
        Field("nextRunAt", \.nextRunAt)
        Field("version", \.version, .int(1...Int(Int32.max)))
    }
}

/// The body that changes how a provider is kept up with.
package struct ChangeIdentitySync: WireValue {
    package let filter: Change<String?>
    package let intervalMinutes: Change<Int?>
    package let createsUsers: Change<Bool>
    package let disablesLeavers: Change<Bool>

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("filter", \.filter, .text(3...1000))
        Field("intervalMinutes", \.intervalMinutes, .int(15...10080))
        Field("createsUsers", \.createsUsers)
        Field("disablesLeavers", \.disablesLeavers)
    }
}

/// The body that starts a run.
package struct StartIdentitySync: WireValue {
    package let kind: IdentitySyncRun.Kind
    package let confirmed: Bool

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("kind", \.kind)
        Field(
            "confirmed", \.confirmed, Bool.schema.otherwise(false),
            note: "Whether unusually many people may be disabled.")
    }
}
