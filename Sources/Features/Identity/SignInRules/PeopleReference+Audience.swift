import HTTPAPI
import Kernel

extension [PeopleReference] {
    /// The people that are meant, as the directory looks for them.
    var audience: Audience {
        Audience(users: compactMap(\.user), groups: compactMap(\.group), roles: compactMap(\.role))
    }

    /// Without what requests may say of names.
    var bare: [PeopleReference] { map { PeopleReference($0.member) } }

    func named(by names: [PeopleReference.Member: String]) -> [PeopleReference] {
        map { PeopleReference($0.member, name: names[$0.member] ?? "") }
    }

    /// What to say of those that are not there; the pointer is that of the list.
    func errors(unless names: [PeopleReference.Member: String], at pointer: String) -> [FieldError] {
        enumerated().filter { names[$0.element.member] == nil }.map {
            FieldError(pointer: "\(pointer)/\($0.offset)", message: "does not exist")
        }
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
