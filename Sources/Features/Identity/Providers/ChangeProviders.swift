import Audit
import Cryptography
import HTTPAPI
import Kernel
import Postgres
import Tenancy

/// Adds, changes and removes providers. Whoever may do this decides who comes in, and as what: so a rule gives no role
/// that its author could not give by hand.
struct ChangeProviders {
    let database: Database
    let keys: TenantKeys
    let catalogue: PermissionCatalogue

    func create(_ request: CreateIdentityProvider, _ acting: Acting) async throws -> IdentityProvider {
        let id = IdentityProviderID.new(at: acting.now)
        guard request.secret == nil || !request.settings.makesSecret else { throw Self.secret(isMissing: false) }
        let secret =
            request.settings.makesSecret ? try await SAMLKeys.make(for: id, at: acting.now) : request.secret
        var provider = IdentityProvider(
            id: id, name: request.name, position: request.position, enabled: request.enabled,
            domains: request.domains, createsUsers: request.createsUsers, linksUsers: request.linksUsers,
            bindsUsers: request.bindsUsers, rules: request.rules, settings: request.settings, hasSecret: secret != nil,
            createdAt: acting.now, version: 1)
        guard provider.hasSecret == provider.settings.needsSecret else {
            throw Self.secret(isMissing: !provider.hasSecret)
        }
        try Self.checkBinding(provider)
        try Self.check(provider.rules, for: provider.settings)
        if case .radius(let radius) = provider.settings { try radius.check(request.secret) }
        let sealed = try await seal(secret, for: provider.id, in: acting.scope)
        acting.audit.target("identity-provider", provider.id.text, name: provider.name)
        return try await database.transaction(in: acting.scope) { tx in
            try await RoleStore.holdAdministrators(in: acting.scope, tx)
            guard try await IdentityProviderStore.count(in: acting.scope, tx) < IdentityProvider.most else {
                throw IdentityError.tooMany("There are \(IdentityProvider.most) providers at most; remove one.")
            }
            let rules = try await resolve(provider.rules, acting, tx)
            try check(provider, vouchesFor: [], acting)
            try await IdentityProviderStore.insert(provider, secret: sealed, in: acting.scope, tx)
            try await IdentityProviderStore.setRules(rules, of: provider.id, in: acting.scope, tx)
            try await acting.audit.write(in: tx)
            provider = try await shown(provider.id, acting, tx)
            return provider
        }
    }

    func callAsFunction(
        _ id: IdentityProviderID, to change: ChangeIdentityProvider, from version: Int, _ acting: Acting
    ) async throws -> IdentityProvider {
        // Sealed before the transaction: keys are never waited for with a connection in hand.
        var sealed: SealedValue?
        if case .set(let secret) = change.secret { sealed = try await seal(secret, for: id, in: acting.scope) }
        let made = try await made(for: id, change, acting)
        return try await database.transaction(in: acting.scope) { tx in
            try await RoleStore.holdAdministrators(in: acting.scope, tx)
            var provider = try await hold(id, acting, tx)
            guard provider.version == version else { throw IdentityError.changed }
            let before = provider.rules
            let narrows = try await narrows(change, provider, acting, tx)
            if !narrows { try await check(provider, acting, tx) }
            provider.name = change.name.applied(to: provider.name)
            provider.position = change.position.applied(to: provider.position)
            try await noteKeys(change, of: provider, acting, tx)
            provider.enabled = change.enabled.applied(to: provider.enabled)
            provider.domains = change.domains.applied(to: provider.domains)
            provider.createsUsers = change.createsUsers.applied(to: provider.createsUsers)
            provider.linksUsers = change.linksUsers.applied(to: provider.linksUsers)
            provider.bindsUsers = change.bindsUsers.applied(to: provider.bindsUsers)
            let settings = change.settings.applied(to: provider.settings)
            try Self.checkServers(settings, change)
            try await setSecret(sealed, or: made, of: provider, with: settings, acting, tx)
            if !settings.isSame(as: provider.settings) {
                try await IdentitySyncStore.askForPreview(of: id, in: acting.scope, tx)
            }
            // Whom people named as themselves there is nobody in particular elsewhere.
            if !settings.mayKeepSecret(of: provider.settings) {
                try await IdentityLinkStore.removeBound(at: id, now: acting.now, in: acting.scope, tx)
                try await SignOutHintStore.forget(at: id, in: acting.scope, tx)
            }
            if settings.confirmsOtherwise(than: provider.settings) {
                try await forgetConfirmations(at: id, acting, tx)
            }
            if case .ldap = settings {} else { try await releaseGroups(of: id, acting, tx) }
            provider.settings = settings
            try Self.checkBinding(provider)
            try Self.check(change.rules.applied(to: before), for: settings)
            if !provider.enabled || !provider.bindsUsers {
                try await IdentityLinkStore.endBound(at: id, now: acting.now, in: acting.scope, tx)
            }
            if case .set(let rules) = change.rules {
                let resolved = try await resolve(rules, acting, isOld: narrows, tx)
                try await IdentityProviderStore.setRules(resolved, of: id, in: acting.scope, tx)
            }
            if !narrows { try check(provider, vouchesFor: [], acting) }
            provider.version += 1
            try await IdentityProviderStore.update(provider, in: acting.scope, tx)
            if case .set(true) = change.enabled {
                try await IdentityLinkStore.endBound(ofPeopleAt: id, now: acting.now, in: acting.scope, tx)
            }
            let changed = try await shown(id, acting, tx)
            if case .set = change.rules {
                let exchange = RuleExchange(
                    provider: changed, ledger: .program, catalogue: catalogue, trail: AuditLog(database: database),
                    actor: "provisioning", now: acting.now, scope: acting.scope)
                if changed.rules.wantFacts || before.wantFacts {
                    try await ProvisionedFacts(changed).renew(in: acting.scope, tx)
                }
                try await SettleProvisioned(exchange: exchange)(nil, tx)
            }
            try await acting.audit.write(in: tx)
            return changed
        }
    }

    /// Forgets who somebody is at a provider, and takes what only its rules gave: the next sign-in decides anew.
    func unlink(_ user: UserID, from id: IdentityProviderID, _ acting: Acting) async throws {
        try await database.transaction(in: acting.scope) { tx in
            try await RoleStore.holdAdministrators(in: acting.scope, tx)
            let provider = try await hold(id, acting, tx)
            acting.audit.detail("user", .string(user.text))
            try await acting.mayHandle(user, catalogue, tx)
            _ = try await TakeGiven(
                provider: provider, catalogue: catalogue, trail: AuditLog(database: database), now: acting.now,
                scope: acting.scope
            ).from(user, tx)
            guard try await IdentityLinkStore.remove(user, from: id, in: acting.scope, tx) else {
                throw IdentityError.notFound
            }
            try await IdentityLinkStore.endBound(of: [user], now: acting.now, in: acting.scope, tx)
            try await acting.audit.write(in: tx)
        }
    }

    /// Whoever says where a provider is says who its people are. So they may do what its rules give, and what those may do
    /// whom it knows: as a provider of theirs, it could let them in as anybody of these.
    func check(_ provider: IdentityProvider, _ acting: Acting, _ tx: Transaction) async throws {
        guard !acting.permissions.isSuperset(of: catalogue.all) else { return }
        if !acting.permissions.contains(.groupsManage),
            try await KeptGroupStore.keepsAny(provider.id, in: acting.scope, tx)
        {
            throw IdentityError.beyondOwnPermissions
        }
        _ = try await resolve(provider.rules, acting, tx)
        let known = try await RoleStore.permissions(
            ofPeopleAt: provider.id, at: acting.now, catalogue, in: acting.scope, tx)
        try check(provider, vouchesFor: known, acting)
    }

    /// Whether the change only takes from a provider what it may, where duties are separated: then it knows people of other
    /// duties, whom nobody who keeps providers may handle, and could not be made safer by anybody.
    private func narrows(
        _ change: ChangeIdentityProvider, _ old: IdentityProvider, _ acting: Acting, _ tx: Transaction
    ) async throws -> Bool {
        guard change.narrows(old) else { return false }
        return try await DutyStore.isOn(in: acting.scope, tx)
    }

    /// Whoever switches a provider off ends the SSH keys, and what is held as they are, of those who come in by it alone.
    private func noteKeys(
        _ change: ChangeIdentityProvider, of provider: IdentityProvider, _ acting: Acting, _ tx: Transaction
    ) async throws {
        guard provider.enabled, !change.enabled.applied(to: true) else { return }
        let holders = try await tx.first(
            KeyHold.count(onlyBy: provider.id, at: acting.now, in: acting.scope)
        ) { try $0.next(Int.self) }
        acting.audit.detail("keyHolders", .int(Int64(holders ?? 0)))
    }

    /// What people have shown elsewhere, or under another name, stands for nothing any more.
    private func forgetConfirmations(at id: IdentityProviderID, _ acting: Acting, _ tx: Transaction) async throws {
        let people = try await RADIUSFactorStore.people(at: id, in: acting.scope, tx)
        try await RememberedDeviceStore.forgetAll(of: people, in: acting.scope, tx)
        try await IdentityEvent.secondFactorReset.publish(people, at: acting.now, in: acting.scope, tx) {
            (subject: $0.text, data: [:])
        }
    }

    /// Nothing but a directory says who is in a group: those of one that is none any more would stay as they were for ever.
    private func releaseGroups(of id: IdentityProviderID, _ acting: Acting, _ tx: Transaction) async throws {
        let emptied = try await KeptGroupStore.empty(id, of: nil, at: acting.now, in: acting.scope, tx)
        if !emptied.isEmpty {
            acting.audit.detail("memberships", .int(Int64(emptied.reduce(0) { $0 + $1.people.count })))
        }
        try await KeptGroupStore.release(id, in: acting.scope, tx)
    }

    /// One that links people by their names vouches for everybody, and one that makes people gives them their first role.
    private func check(
        _ provider: IdentityProvider, vouchesFor known: Set<Permission>, _ acting: Acting
    ) throws {
        let first = provider.createsUsers ? catalogue.permissions(of: .user) : []
        try acting.mayHandle(provider.linksUsers ? catalogue.all : known.union(first))
    }

    /// Takes the new secret, keeps the old one where it may be kept, and forgets it where it is of no use.
    private func setSecret(
        _ given: SealedValue?, or made: SealedValue?, of provider: IdentityProvider,
        with settings: ProviderSettings, _ acting: Acting, _ tx: Transaction
    ) async throws {
        guard given == nil || settings.needsSecret && !settings.makesSecret else {
            throw Self.secret(isMissing: false)
        }
        let keeps = provider.hasSecret && settings.needsSecret && settings.mayKeepSecret(of: provider.settings)
        let sealed = given ?? (keeps ? nil : made)
        guard sealed != nil || keeps || !settings.needsSecret else { throw Self.secret(isMissing: true) }
        guard sealed != nil || !keeps else { return }
        try await IdentityProviderStore.setSecret(sealed, of: provider.id, in: acting.scope, tx)
    }

    /// A key for a provider that becomes one of a kind that needs one of ours.
    private func made(
        for id: IdentityProviderID, _ change: ChangeIdentityProvider, _ acting: Acting
    ) async throws -> SealedValue? {
        guard case .set(let settings) = change.settings, settings.makesSecret,
            let old = try await IdentityProviderStore.find(id, in: acting.scope, database),
            !settings.mayKeepSecret(of: old.provider.settings)
        else { return nil }
        return try await seal(try await SAMLKeys.make(for: id, at: acting.now), for: id, in: acting.scope)
    }

    private static func checkServers(_ settings: ProviderSettings, _ change: ChangeIdentityProvider) throws {
        guard case .radius(let radius) = settings else { return }
        switch (change.settings, change.secret) {
        case (.keep, .keep): return
        case (_, .set(let secret)): try radius.check(secret)
        case (.set, .keep): try radius.check(nil)
        }
    }

    private static func checkBinding(_ provider: IdentityProvider) throws {
        guard !provider.bindsUsers || provider.settings.canBeBound else {
            throw Invalid("is for OAuth 2 and messengers", field: "bindsUsers")
        }
    }

    private static func check(_ rules: [ProviderRule], for settings: ProviderSettings) throws {
        if case .ldap = settings { return }
        let hasPlace = rules.contains { $0.all.contains { if case .under = $0 { true } else { false } } }
        guard !hasPlace else { throw Invalid("has a branch, and only directories have those", field: "rules") }
    }

    /// Rules that are there already give nothing that somebody would have to have.
    private func resolve(
        _ rules: [ProviderRule], _ acting: Acting, isOld: Bool = false, _ tx: Transaction
    ) async throws -> [ResolvedRule] {
        let groups = Set(rules.compactMap(\.group))
        // Whoever is in a group has what is granted to it.
        guard groups.isEmpty || isOld || acting.permissions.contains(.groupsManage) else {
            throw IdentityError.beyondOwnPermissions
        }
        guard try await IdentityProviderStore.groupsExist(groups, in: acting.scope, tx) else {
            throw Invalid("names a group that does not exist, or that a directory keeps", field: "rules")
        }
        let places = Set(rules.compactMap(\.organization))
        // Whoever makes a rule for an organization gives roles there.
        guard places.isEmpty || isOld || acting.permissions.contains(.organizationsManage) else {
            throw IdentityError.beyondOwnPermissions
        }
        guard try await OrganizationStore.exist(places, in: acting.scope, tx) else {
            throw Invalid("names an organization that does not exist", field: "rules")
        }
        let whole = OrganizationID.root(of: acting.scope.tenant)
        guard !rules.contains(where: { $0.isPlace && $0.organization == whole }) else {
            throw Invalid("places people in the company as a whole, where they are without a rule", field: "rules")
        }
        var resolved: [ResolvedRule] = []
        for rule in rules {
            let roles = try await resolve(rule.role, acting, tx)
            if !isOld { try acting.mayHandle(roles.permissions) }
            // A directory makes nobody an administrator of a duty: it is the work of those who manage providers.
            if !isOld, !catalogue.isPlain(roles.permissions), try await DutyStore.isOn(in: acting.scope, tx) {
                throw IdentityError.dutiesCross
            }
            if let place = rule.organization { try roles.check(at: place, in: acting.scope) }
            resolved.append(ResolvedRule(rule: rule, role: roles.ids.first))
        }
        return resolved
    }

    private func resolve(
        _ role: RoleName?, _ acting: Acting, _ tx: Transaction
    ) async throws -> ResolvedRoles {
        do {
            return try await RoleStore.resolve(role.map { [$0] } ?? [], catalogue, in: acting.scope, tx)
        } catch IdentityError.unknownRole {
            throw Invalid("names a role that does not exist", field: "rules")
        }
    }

    private func seal(
        _ secret: Secret?, for id: IdentityProviderID, in scope: TenantScope
    ) async throws -> SealedValue? {
        guard let secret else { return nil }
        return try await keys.seal(
            Array(secret.reveal().utf8), table: IdentityProviderStore.table, row: id.text, version: 1, in: scope)
    }

    func hold(_ id: IdentityProviderID, _ acting: Acting, _ tx: Transaction) async throws -> IdentityProvider {
        guard let provider = try await IdentityProviderStore.lock(id, in: acting.scope, tx) else {
            throw IdentityError.notFound
        }
        acting.audit.target("identity-provider", id.text, name: provider.name)
        return provider
    }

    private func shown(_ id: IdentityProviderID, _ acting: Acting, _ tx: Transaction) async throws -> IdentityProvider {
        guard let provider = try await IdentityProviderStore.lock(id, in: acting.scope, tx) else {
            throw IdentityError.notFound
        }
        return provider
    }

    private static func secret(isMissing: Bool) -> Invalid {
        Invalid(
            isMissing ? "is needed: for a new place it has to be given again" : "is of no use with these settings",
            field: "secret")
    }
}
