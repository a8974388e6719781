import Kernel

extension [PeopleReference] {
    /// The people that are meant, as the directory looks for them.
    var audience: Audience {
        Audience(users: compactMap(\.user), groups: compactMap(\.group), roles: compactMap(\.role))
    }

    func include(_ user: UserID, groups: Set<GroupID>, roles: Set<RoleID>) -> Bool {
        contains { one in
            switch one.member {
            case .user(let id): id == user
            case .group(let id): groups.contains(id)
            case .role(let id): roles.contains(id)
            }
        }
    }
}
