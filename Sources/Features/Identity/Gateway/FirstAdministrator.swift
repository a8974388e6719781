package import FoundationEssentials
import HTTPAPI
import Kernel
import Metering
package import Postgres
package import Tenancy

/// Identity's part in a new tenant: the built-in roles, and somebody to administer it.
package struct FirstAdministrator: FirstAdministrators {
    private let settings: IdentitySettings

    package init(settings: IdentitySettings) {
        self.settings = settings
    }

    package func invite(
        _ administrator: NewAdministrator, to tenant: Tenant, isNew: Bool, at now: Date, in tx: Transaction
    ) async throws -> String? {
        let request = try Self.parse(administrator)
        let roles = try await RoleStore.establish(at: now, in: tenant.scope, tx)
        if !isNew, let user = try await UserStore.find(request.login, in: tenant.scope, tx) {
            guard user.name == request.name.text, user.email == request.email?.text,
                user.roles.contains(where: { $0.builtIn == .administrator })
            else { throw TenancyError.slugTaken }
            let hasComeIn = try await UserStore.hasPassword(user.id, in: tenant.scope, tx)
            return hasComeIn ? nil : try await link(for: user.id, tenant, at: now, tx)
        }
        if !isNew, try await RoleStore.hasAdministrator(in: tenant.scope, tx) { throw TenancyError.slugTaken }
        let id = UserID.new(at: now)
        try await Quotas.take(.users, in: tenant.scope, at: now, tx)
        try await UserStore.insert(id, request, passwordHash: nil, at: now, in: tenant.scope, tx)
        if let role = roles[.administrator] {
            try await BindingStore.insert(role, id, .root(of: tenant.id), in: tenant.scope, tx)
        } else {
            let known = try await RoleStore.resolve(request.roles, settings.catalogue, in: tenant.scope, tx)
            try await RoleStore.bind(known.ids, to: id, in: tenant.scope, tx)
        }
        guard isNew else { return try await link(for: id, tenant, at: now, tx) }
        return try await InviteUser(settings: settings).firstLink(
            for: id, to: tenant.slug.text, at: nil, at: now, in: tenant.scope, tx)
    }

    private func link(for id: UserID, _ tenant: Tenant, at now: Date, _ tx: Transaction) async throws -> String {
        try await InviteUser(settings: settings).link(for: id, at: now, in: tenant.scope, tx)
    }

    private static func parse(_ administrator: NewAdministrator) throws -> CreateUserRequest {
        var errors: [FieldError] = []
        func parsed<Value: WireValue>(_ field: String, _ text: String) -> Value? {
            do throws(FieldErrors) {
                return try Value.schema.parse(.string(text))
            } catch {
                errors += error.errors.map { FieldError(pointer: "/administrator/\(field)", message: $0.message) }
                return nil
            }
        }
        let login: Login? = parsed("login", administrator.login)
        let name: PersonName? = parsed("name", administrator.name)
        let email: EmailAddress? = administrator.email.flatMap { parsed("email", $0) }
        guard errors.isEmpty, let login, let name else { throw FieldErrors(errors: errors) }
        return CreateUserRequest(login: login, name: name, email: email, roles: [.builtIn(.administrator)])
    }
}
