package import Kernel

/// What people of a provider get here of whom all conditions hold, and as long as they do: a role, where they belong or at
/// an organization, a group, or a place in an organization. Of several rules each gives what it gives, and the first of those
/// that say where somebody belongs counts.
package struct ProviderRule: Sendable, Hashable {
    package static let mostConditions = 10

    package let directoryGroup: String?
    package let conditions: [RuleCondition]
    package let role: RoleName?
    package let organization: OrganizationID?
    package let group: GroupID?

    package init(
        directoryGroup: String?, conditions: [RuleCondition] = [], role: RoleName?, organization: OrganizationID? = nil,
        group: GroupID?
    ) throws(Invalid) {
        guard role == nil || group == nil, role != nil || group != nil || organization != nil else {
            throw Invalid("must name a role, a group or an organization, and a role and a group not both")
        }
        guard directoryGroup != nil || !conditions.isEmpty else {
            throw Invalid("must name a group or have a condition")
        }
        guard organization == nil || group == nil else {
            throw Invalid("is where a role is given, or where people belong", field: "organization")
        }
        self.directoryGroup = directoryGroup
        self.conditions = conditions
        self.role = role
        self.organization = organization
        self.group = group
    }

    /// Whether it says where people belong.
    var isPlace: Bool { role == nil && group == nil }

    /// Everything that must hold.
    var all: [RuleCondition] { (directoryGroup.map { [.group(RuleGroup(name: $0))] } ?? []) + conditions }

    /// For whoever reads about it.
    var words: String {
        let words = all.map { condition in
            switch condition {
            case .group(let group): group.name
            case .under(let place): "under \(place.dn)"
            case .attribute(let one):
                switch one.match {
                case .equals: "\(one.name)=\(one.value)"
                case .startsWith: "\(one.name)=\(one.value)*"
                case .endsWith: "\(one.name)=*\(one.value)"
                }
            }
        }
        return words.joined(separator: " + ")
    }
}

extension ProviderRule: WireValue {
    static let list: Schema<[RuleCondition]> = .array(of: RuleCondition.schema, 0...mostConditions)

    package static let schema: Schema<Self> = .record({
        (
            name: String?, conditions: [RuleCondition], role: RoleName?, organization: OrganizationID?, group: GroupID?
        ) throws(Invalid) in
        try ProviderRule(
            directoryGroup: name, conditions: conditions, role: role, organization: organization, group: group)
    }) {
        Field(
            "directoryGroup", \.directoryGroup, .text(1...500),
            note: "A distinguished name, or a group's plain name; null where other conditions say enough.")
        Field(
            "conditions", \.conditions, list.otherwise([]),
            note: "What must hold besides, all of it.")
        Field("role", \.role)
        Field(
            "organization", \.organization, OrganizationID.schema,
            note: "Where the role is given; where the person belongs if null. Without a role, where they are to belong."
        )
        Field("group", \.group)
    }
}
