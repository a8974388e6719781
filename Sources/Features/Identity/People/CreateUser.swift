import Cryptography
import FoundationEssentials
import HTTPAPI
import Kernel
import Metering
import Postgres
import Tenancy

/// Takes a person in: with a first password that must be changed, or by invitation.
struct CreateUser {
    let database: Database
    let hasher: PasswordHasher
    let settings: IdentitySettings
    /// What a first password has to be.
    let demand: PasswordDemand

    func callAsFunction(_ request: CreateUserRequest, _ acting: Acting) async throws -> CreatedUser {
        if let end = request.expiresAt, end <= acting.now { throw Invalid("must be in the future", field: "expiresAt") }
        let hash = try await hash(request, in: acting.scope)
        return try await database.transaction(in: acting.scope) { tx in
            try await RoleStore.holdAdministrators(in: acting.scope, tx)
            let roles = try await RoleStore.resolve(request.roles, settings.catalogue, in: acting.scope, tx)
            let duties = GuardDuties(catalogue: settings.catalogue, acting: acting, reviews: .none)
            try await duties.mayChange(roles, of: nil, tx)
            try roles.check(at: acting.home, in: acting.scope)
            let id = UserID.new(at: acting.now)
            acting.audit.target("user", id.text, name: request.login.text)
            try await Quotas.take(.users, in: acting.scope, at: acting.now, tx)
            try await UserStore.insert(id, request, passwordHash: hash, at: acting.now, in: acting.scope, tx)
            try await RoleStore.bind(roles.ids, to: id, in: acting.scope, tx)
            try await duties.check(id, given: roles, tx)
            let url =
                try await hash == nil
                ? InviteUser(settings: settings).link(for: id, at: acting.now, in: acting.scope, tx) : nil
            let mailedTo = try await mail(url, request, acting, in: tx)
            acting.audit.detail("roles", .array(roles.ids.map { .string($0.text) }))
            try await acting.audit.write(in: tx)
            try await IdentityEvent.userCreated.publish(id.text, at: acting.now, in: acting.scope, tx)
            guard let user = try await UserStore.find(id, in: acting.scope, tx) else { throw IdentityError.notFound }
            return CreatedUser(user: user, invitationUrl: mailedTo == nil ? url : nil, mailedTo: mailedTo)
        }
    }

    /// Where the invitation went; nil if it has to be handed over by whoever asked.
    private func mail(
        _ url: String?, _ request: CreateUserRequest, _ acting: Acting, in tx: Transaction
    ) async throws -> String? {
        guard let url, let address = request.email?.text,
            let tenant = try await tx.first(
                """
                select t.name, coalesce(
                  (select s.value #>> '{}' from gatehouse_setting(
                    t.tenant_id, \(acting.home), 'locale.language', 'organization', 0) s), t.language)
                from tenants t where t.tenant_id = \(acting.scope.tenant)
                """,
                { (name: try $0.next(String.self), language: try $0.next(String.self)) })
        else { return nil }
        let letter = InvitationLetter(
            person: request.name.text, company: tenant.name, login: request.login.text, url: url,
            language: tenant.language)
        let isSent = try await settings.letters.send(
            letter.letter(to: address), acting.scope.tenant, acting.now, tx)
        return isSent ? address : nil
    }

    private func hash(_ request: CreateUserRequest, in scope: TenantScope) async throws -> String? {
        guard let password = request.password else { return nil }
        let tenant =
            try await database.first(
                "select slug, name from tenants where tenant_id = \(scope.tenant)", in: scope
            ) { [try $0.next(String.self), try $0.next(String.self)] } ?? []
        try NewPassword.check(
            password, words: [request.login.text, request.name.text, request.email?.text ?? ""] + tenant,
            demand, breached: settings.breached)
        do {
            return try await hasher.hash(password.reveal())
        } catch is BlockingPool.Busy {
            throw IdentityError.busy
        }
    }
}
