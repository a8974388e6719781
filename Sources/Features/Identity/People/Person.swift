package import Kernel

/// A person as other features name them.
package struct Person: Sendable, Hashable {
    package let id: UserID
    package let login: String
    package let name: String
    package let email: String?
    package let isActive: Bool

    package init(id: UserID, login: String, name: String, email: String?, isActive: Bool) {
        self.id = id
        self.login = login
        self.name = name
        self.email = email
        self.isActive = isActive
    }
}

/// Who may be meant when somebody has to decide.
package struct Audience: Sendable, Hashable {
    package let users: [UserID]
    package let groups: [GroupID]
    package let roles: [RoleID]

    package init(users: [UserID] = [], groups: [GroupID] = [], roles: [RoleID] = []) {
        self.users = users
        self.groups = groups
        self.roles = roles
    }
}
