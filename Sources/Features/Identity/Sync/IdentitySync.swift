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
    /// How many of a hundred people, or of what rules gave, may be gone before a run asks.
    package var leaverPercent: Int
    /// Whether groups of the directory are groups here, with whom it says.
    package var importsGroups = false
    /// Narrows which of them; nil for all where groups are.
    package var groupFilter: String?
    package var previewedAt: Date?
    package var nextRunAt: Date?
    package var version: Int

    /// What a provider begins with.
    static let initial = IdentitySync(
        filter: nil, intervalMinutes: nil, createsUsers: true, disablesLeavers: false, leaverPercent: 20,
        previewedAt: nil, nextRunAt: nil, version: 1)

    /// Throws unless a filter stands alone beside another one.
    static func check(filter: String?, field: String = "filter") throws(Invalid) {
        guard let filter else { return }
        guard filter.hasPrefix("("), filter.hasSuffix(")"),
            LDAPFilter("(&(objectClass={x})\(filter))", place: "x") != nil
        else { throw Invalid("must be one filter, such as (department=IT)", field: field) }
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
        Field(
            "leaverPercent", \.leaverPercent, .int(1...100),
            note:
                "A run that would disable a larger part of the provider's people, or take away of what rules gave, asks first."
        )
        Field(
            "importsGroups", \.importsGroups,
            note: "Whether groups of the directory are groups here, whose names and members it says.")
        Field("groupFilter", \.groupFilter, .text(3...1000), note: "Narrows which groups; all if null.")
        Field(
            "previewedAt", \.previewedAt,
            note: "Without a preview since the latest change of who they are, nothing runs.")
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
    package let leaverPercent: Change<Int>
    package let importsGroups: Change<Bool>
    package let groupFilter: Change<String?>

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("filter", \.filter, .text(3...1000))
        Field("intervalMinutes", \.intervalMinutes, .int(15...10080))
        Field("createsUsers", \.createsUsers)
        Field("disablesLeavers", \.disablesLeavers)
        Field("leaverPercent", \.leaverPercent, .int(1...100))
        Field("importsGroups", \.importsGroups)
        Field("groupFilter", \.groupFilter, .text(3...1000))
    }
}

/// The body that starts a run.
package struct StartIdentitySync: WireValue {
    package let kind: IdentitySyncRun.Kind
    package let mayDisable: Int?
    package let mayRemove: Int?

    /// The schedule's: nobody has agreed to anything.
    static let unasked = StartIdentitySync(kind: .run, mayDisable: nil, mayRemove: nil)

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("kind", \.kind)
        Field(
            "mayDisable", \.mayDisable, .int(0...Int(Int32.max)),
            note: "So many people are disabled without asking: as many as a report named that somebody has seen.")
        Field(
            "mayRemove", \.mayRemove, .int(0...Int(Int32.max)),
            note: "So many memberships are taken away without asking: as many as a report named that somebody has seen."
        )
    }
}
