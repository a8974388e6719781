package import FoundationEssentials
import HTTPAPI
package import Kernel

/// Whether a tenant's administrators are divided, who wants that changed, and what would become of whom.
package struct DutySeparation: WireValue, Sendable {
    static let mostPeople = 10_000

    package let isOn: Bool
    package let since: Date?
    package let proposal: DutyProposal?
    package let people: [DutyPerson]
    package let missing: [Duty]
    package let rules: Int

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("isOn", \.isOn)
        Field("since", \.since)
        Field("proposal", \.proposal)
        Field(
            "people", \.people, count: 0...mostPeople,
            note: "Whoever administers anything, with what they keep and what they lose when it is switched on.")
        Field("missing", \.missing, count: 0...3, note: "Duties that nobody active has as a whole.")
        Field(
            "rules", \.rules, .int(0...Int(Int32.max)),
            note: "Rules of identity providers that make people administrators: there may be none.")
    }
}

/// Somebody wants it switched on or off, and waits for somebody else.
package struct DutyProposal: WireValue, Sendable {
    package let on: Bool
    package let by: BoundUser
    package let at: Date
    package let until: Date

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("on", \.on)
        Field("by", \.by)
        Field("at", \.at)
        Field("until", \.until)
    }
}

/// A person with roles of administrators.
package struct DutyPerson: WireValue, Sendable {
    package let user: BoundUser
    package let duty: Duty?
    package let crosses: Bool
    package let keeps: [RoleReference]
    package let loses: [RoleReference]

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("user", \.user)
        Field("duty", \.duty)
        Field("crosses", \.crosses, note: "Whether they hold two of the three: one has to be taken first.")
        Field("keeps", \.keeps, count: 0...200)
        Field("loses", \.loses, count: 0...200)
    }
}

/// The body that asks for it, and the one that decides.
package struct WantDutySeparation: WireValue, Sendable {
    package let on: Bool

    package static let schema: Schema<Self> = .record(Self.init) { Field("on", \.on) }
}

/// A person with the roles that they hold, wherever it is. Pure.
struct DutyHolder: Sendable {
    struct Held: Sendable {
        let role: RoleReference
        let permissions: Set<Permission>
        let isOfWhole: Bool
    }

    let user: BoundUser
    /// Whether they are there to stay.
    let isActive: Bool
    var roles: [Held]

    private var duties: Set<Duty> { Set(roles.compactMap { Duty($0.role.builtIn) }) }
    /// Their one duty.
    var duty: Duty? { duties.count == 1 ? duties.first : nil }
    var crosses: Bool { duties.count > 1 }

    /// The duty that they can stand in for.
    var stands: Duty? {
        guard isActive, let duty, roles.contains(where: { $0.isOfWhole && $0.role.builtIn == duty.role }) else {
            return nil
        }
        return duty
    }

    /// What does not go with their duty; without one, all that administers if it goes with no single duty.
    func loses(_ catalogue: PermissionCatalogue) -> [RoleReference] {
        let kept: Set<Permission>
        if let duty {
            kept = catalogue.permissions(of: duty)
        } else {
            let all = roles.reduce(into: Set<Permission>()) { $0.formUnion($1.permissions) }
            guard !crosses, catalogue.duties(fitting: all).isEmpty else { return [] }
            kept = catalogue.permissions(of: .user)
        }
        return roles.filter { !$0.permissions.isSubset(of: kept) }.map(\.role)
    }

    func shown(_ catalogue: PermissionCatalogue) -> DutyPerson {
        let loses = loses(catalogue)
        let lost = Set(loses.map(\.id))
        return DutyPerson(
            user: user, duty: duty, crosses: crosses, keeps: roles.map(\.role).filter { !lost.contains($0.id) },
            loses: loses)
    }
}
