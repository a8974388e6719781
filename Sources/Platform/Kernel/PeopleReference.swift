/// A person, or everybody in a group or with a role.
package struct PeopleReference: WireValue, Sendable, Hashable {
    package enum Member: Sendable, Hashable {
        case user(UserID)
        case group(GroupID)
        case role(RoleID)
    }

    package let member: Member
    /// Filled in answers, ignored in requests.
    package let name: String

    package var user: UserID? { if case .user(let id) = member { id } else { nil } }
    package var group: GroupID? { if case .group(let id) = member { id } else { nil } }
    package var role: RoleID? { if case .role(let id) = member { id } else { nil } }

    package init(_ member: Member, name: String = "") {
        self.member = member
        self.name = name
    }

    package init(user: UserID?, group: GroupID?, role: RoleID?, name: String) throws(Invalid) {
        switch (user, group, role) {
        case (let user?, nil, nil): member = .user(user)
        case (nil, let group?, nil): member = .group(group)
        case (nil, nil, let role?): member = .role(role)
        default: throw Invalid("name exactly one of user, group and role")
        }
        self.name = name
    }

    package static let schema: Schema<Self> = .record({
        (user: UserID?, group: GroupID?, role: RoleID?, name: String) throws(Invalid) in
        try PeopleReference(user: user, group: group, role: role, name: name)
    }) {
        Field("user", \.user)
        Field("group", \.group)
        Field("role", \.role)
        Field("name", \.name, Schema<String>.text(0...200).otherwise(""), note: "Filled in answers.")
    }
}
