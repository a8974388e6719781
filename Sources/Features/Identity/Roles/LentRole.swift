package import FoundationEssentials
package import Kernel

/// A role as it stands beside a person who has it for a while.
package struct LentRole: Sendable, Hashable {
    package let role: RoleReference
    package let until: Date

    package init(role: RoleReference, until: Date) {
        (self.role, self.until) = (role, until)
    }

    /// What the store aggregates: a reference, and its end in milliseconds.
    static func list(from json: JSON) -> [LentRole] {
        guard case .array(let items) = json else { return [] }
        return items.compactMap { item in
            guard let role = RoleReference.list(from: [item]).first, case .int(let end)? = item["until"] else {
                return nil
            }
            return LentRole(role: role, until: Date(timeIntervalSince1970: Double(end) / 1000))
        }
    }
}

extension LentRole: WireValue {
    package static let schema: Schema<Self> = .record(Self.init) {
        Field("role", \.role)
        Field("until", \.until)
    }
}
