import Audit
import FoundationEssentials
import HTTPAPI
import Kernel
import Metering
import Postgres

/// Finds the person here who is somebody at a provider, after the provider has proven them: one user record, whichever
/// way they come in.
///
/// What counts is the provider's subject, which is never given to somebody else. A login only decides the first time, and
/// only as it is written here: plain letters, so that no look-alike of a name is taken for it.
struct AdmitSubject {
    enum Answer {
        case admitted(Account)
        /// By a link that the person made: they come in, and nothing else is said about them.
        case bound(Account)
        case refused(ProviderRefusal.Reason)
    }

    /// What would become of a subject; the same rules for a test as for a sign-in.
    enum Verdict {
        case known(Account)
        case bound(Account)
        case link(Account)
        case create(CreateUserRequest)
        case refused(ProviderRefusal.Reason)
    }

    let database: Database
    let catalogue: PermissionCatalogue
    let provider: IdentityProvider
    /// How long a link that the person made lets them in after the word of a provider that is switched off.
    let keyDays: Int
    let address: String?
    let now: Date
    let scope: TenantScope

    /// `typed` is the account with the login that was typed, if there is one, whose attempt has been counted.
    func callAsFunction(_ profile: ProviderProfile, typed: UserID?) async throws -> Answer {
        do {
            return try await once(profile, typed: typed)
        } catch let error where Self.isRace(error) {
            // Two first sign-ins at once: by now the other one's rows are there.
            return try await once(profile, typed: typed)
        }
    }

    func verdict(on profile: ProviderProfile, typed: UserID?, _ tx: Transaction) async throws -> Verdict {
        if let link = try await IdentityLinkStore.link(of: profile.subject, at: provider.id, in: scope, tx) {
            guard let account = try await AccountStore.lock(link.user, in: scope, tx),
                typed == nil || typed == account.id
            else { return .refused(.otherPerson) }
            if let reason = try await bar(account, isCounted: typed != nil, tx) { return .refused(reason) }
            guard link.isBound else { return .known(account) }
            guard provider.bindsUsers, typed == nil else { return .refused(.notLinked) }
            // Whom another provider vouches for comes in by it: whoever is shut out there must be out here. Where it is
            // switched off, the link is held as an SSH key is.
            guard try await !IdentityLinkStore.isVouchedFor(account.id, in: scope, tx) else {
                return .refused(.comesByProvider)
            }
            let hold = try await KeyHold.find(account.id, within: keyDays, at: now, in: scope, tx)
            return hold.map { .refused($0 == .signIn ? .provider : .providerOff) } ?? .bound(account)
        }
        guard let login = Login(profile.login) else { return .refused(.unusableLogin) }
        // A login of a domain is the word of that domain's provider, and no other one's.
        if typed == nil, try await IdentityProviderStore.isElsewhere(login, than: provider.id, in: scope, tx) {
            return .refused(.otherPerson)
        }
        if let user = try await ProvisionedUserStore.user(called: login, at: provider.id, in: scope, tx) {
            return try await verdict(onProvisioned: user, typed: typed, tx)
        }
        if let account = try await AccountStore.lock(login, in: scope, tx) {
            guard typed == nil || typed == account.id,
                try await !IdentityLinkStore.isLinked(account.id, to: provider.id, in: scope, tx)
            else { return .refused(.otherPerson) }
            guard provider.linksUsers else { return .refused(.notLinked) }
            if let reason = try await bar(account, isCounted: typed != nil, tx) { return .refused(reason) }
            return .link(account)
        }
        guard typed == nil else { return .refused(.otherPerson) }
        guard provider.createsUsers else { return .refused(.noAccount) }
        guard let name = try? PersonName(parsing: profile.name.flatMap(Self.line) ?? login.text) else {
            return .refused(.unusableLogin)
        }
        return .create(CreateUserRequest(login: login, name: name, email: try await address(of: profile, tx)))
    }

    /// Whom the provider's own program has named is the person whom the provider means: no setting has to say so.
    private func verdict(onProvisioned user: UserID, typed: UserID?, _ tx: Transaction) async throws -> Verdict {
        guard let account = try await AccountStore.lock(user, in: scope, tx), typed == nil || typed == account.id,
            try await !IdentityLinkStore.isLinked(account.id, to: provider.id, in: scope, tx)
        else { return .refused(.otherPerson) }
        if let reason = try await bar(account, isCounted: typed != nil, tx) { return .refused(reason) }
        return .link(account)
    }

    private func once(_ profile: ProviderProfile, typed: UserID?) async throws -> Answer {
        try await database.transaction(in: scope) { tx in
            try await TenantDoor.check(at: now, in: scope, tx)
            // Whoever may lose the administrators' role comes after others who may, and they hold it before any account.
            let isHeld = try await IdentityLinkStore.hasRoles(profile.subject, by: provider.id, in: scope, tx)
            if isHeld { try await RoleStore.holdAdministrators(in: scope, tx) }
            let user: UserID
            switch try await verdict(on: profile, typed: typed, tx) {
            case .refused(let reason): return .refused(reason)
            case .bound(let account):
                try await IdentityLinkStore.touch(account.id, at: provider.id, at: now, in: scope, tx)
                return .bound(account)
            case .known(let account): user = account.id
            case .link(let account):
                user = account.id
                try await link(profile, to: user, login: account.login, tx)
            case .create(let request):
                guard try await Quotas.takeIfFree(.users, in: scope, at: now, tx) else { return .refused(.overQuota) }
                user = try await create(request, tx)
                try await link(profile, to: user, login: request.login.text, tx)
            }
            try await keepUp(with: profile, user, isHeld: isHeld, tx)
            guard let account = try await AccountStore.lock(user, in: scope, tx) else { return .refused(.disabled) }
            return .admitted(account)
        }
    }

    private func create(_ request: CreateUserRequest, _ tx: Transaction) async throws -> UserID {
        let id = UserID.new(at: now)
        try await UserStore.insert(id, request, passwordHash: nil, at: now, in: scope, tx)
        let roles = try await RoleStore.resolve([.builtIn(.user)], PermissionCatalogue([]), in: scope, tx)
        try await RoleStore.bind(roles.ids, to: id, in: scope, tx)
        try await tell("user.created", id, request.login.text, tx)
        try await IdentityEvent.userCreated.publish(id.text, at: now, in: scope, tx)
        return id
    }

    private func link(_ profile: ProviderProfile, to user: UserID, login: String, _ tx: Transaction) async throws {
        try await IdentityLinkStore.insert(profile.subject, of: user, at: provider.id, at: now, in: scope, tx)
        try await IdentityLinkStore.endBound(of: [user], now: now, in: scope, tx)
        try await tell("identity-link.created", user, login, tx)
    }

    /// Name, address, roles and groups as the provider has them today.
    private func keepUp(
        with profile: ProviderProfile, _ user: UserID, isHeld: Bool, _ tx: Transaction
    ) async throws {
        let name = profile.name.flatMap(Self.line).flatMap { try? PersonName(parsing: $0) }
        let hasChanged = try await IdentityLinkStore.setProfile(
            name: name?.text, email: try await address(of: profile, tx)?.text, of: user, in: scope, tx)
        if hasChanged { try await IdentityEvent.userChanged.publish(user.text, at: now, in: scope, tx) }
        let exchange = RuleExchange(
            provider: provider, ledger: .directory, catalogue: catalogue, trail: AuditLog(database: database),
            actor: "sign-in", now: now, scope: scope)
        try await ApplyRules(exchange: exchange, user: user, isHeld: isHeld)(profile, in: tx)
        try await IdentityLinkStore.touch(user, at: provider.id, at: now, in: scope, tx)
    }

    /// What is kept as the person's address. One of a domain that other providers speak for is none that this one knows.
    private func address(of profile: ProviderProfile, _ tx: Transaction) async throws -> EmailAddress? {
        guard let address = profile.email.flatMap(EmailAddress.init) else { return nil }
        guard provider.settings.canBeBound else { return address }
        let isElsewhere = try await IdentityProviderStore.isElsewhere(address.text, than: provider.id, in: scope, tx)
        return isElsewhere ? nil : address
    }

    private func tell(_ action: String, _ user: UserID, _ login: String, _ tx: Transaction) async throws {
        let entry = AuditEntry(
            action: action, actor: .system("sign-in"), target: AuditTarget("user", user, login),
            details: ["provider": .string(provider.id.text), "providerName": .string(provider.name)],
            clientAddress: address, at: now)
        try await AuditLog(database: database).append(entry, in: scope, tx)
    }

    private func bar(
        _ account: Account, isCounted: Bool, _ tx: Transaction
    ) async throws -> ProviderRefusal.Reason? {
        guard account.isActive else { return .disabled }
        // An attempt that has been counted may have set the lock itself.
        guard !isCounted, account.counter.isLocked(at: now) else { return nil }
        // Nobody guesses at a browser's provider here, so where its owner comes from they come in.
        guard provider.settings.takesBrowsers,
            try await Lockout.reservation(
                for: account, from: address, within: AttemptLimits(), at: now, in: scope, tx) != nil
        else { return .locked }
        return nil
    }

    /// A name of another system as one line, which is what a name is here. What is invisible, or turns the direction of
    /// writing, is left out: it makes a name look like another one.
    static func line(_ text: String) -> String? {
        if 1...200 ~= text.utf8.count, text.utf8.allSatisfy({ 0x20...0x7E ~= $0 }) { return text }
        let line = String(
            String.UnicodeScalarView(text.unicodeScalars.filter(isVisible).prefix(200)))
        return line.isEmpty ? nil : line
    }

    private static func isVisible(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse, .unassigned: false
        default: true
        }
    }

    private static func isRace(_ error: any Error) -> Bool {
        if case IdentityError.loginTaken = error { return true }
        let constraint = (error as? DatabaseError)?.constraint
        return constraint == "identity_links_subject_uq" || constraint == "identity_links_pk"
    }
}
