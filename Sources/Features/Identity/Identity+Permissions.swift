package import HTTPAPI

extension Permission {
    /// To ask who one is; every role has it, and somebody of the provider who was let in.
    package static let profileRead = Permission("profile.read")
    /// One's own account; every role has it.
    package static let profile = Permission("profile.use")
    package static let usersRead = Permission("users.read")
    package static let usersManage = Permission("users.manage")
    package static let groupsRead = Permission("groups.read")
    package static let groupsManage = Permission("groups.manage")
    package static let identityProvidersRead = Permission("identity-providers.read")
    package static let identityProvidersManage = Permission("identity-providers.manage")
    /// What a program may that provisions people; no role has it.
    package static let provisioning = Permission("provisioning.use")
    package static let rolesRead = Permission("roles.read")
    package static let rolesManage = Permission("roles.manage")
    package static let dutiesRead = Permission("duties.read")
    package static let dutiesManage = Permission("duties.manage")
}
