import FoundationEssentials
import HTTPAPI
import Kernel
import Postgres
import Tenancy

/// Begins a sign-in by a link. The link stands for the password and for nothing else: account, second factor, sign-in
/// rules and everything behind them are as after a password. What was failed before stays as it is, since no password was
/// shown.
struct UseSignInLink {
    let database: Database
    let lockout: Lockout
    let tenants: TenantSettings
    let catalogue: PermissionCatalogue

    func callAsFunction(_ request: SignInLinkRequest, _ visit: Visit) async throws -> BrowserSignInReply {
        let address = visit.request.clientAddress
        try await lockout.admit(address, at: visit.now, in: visit.scope)
        let limits = try await lockout.limits(in: visit.scope)
        guard let user = try await SignInLinkStore.person(request.token, in: visit.scope, database) else {
            // Nobody can guess one; who tries all the same is slowed down.
            try await lockout.count(nil, nil, from: address, at: visit.now, in: visit.scope)
            throw IdentityError.signInExpired
        }
        visit.audit.target("user", user.text)
        let takesAdministrators = try await tenants.value(of: Setting.signInLinksForAdministrators, in: visit.scope)
        return try await database.transaction(in: visit.scope) { tx in
            try await AccountStore.waitBriefly(tx)
            guard let account = try await AccountStore.lock(user, in: visit.scope, tx), account.isActive else {
                throw IdentityError.signInExpired
            }
            visit.audit.target("user", account.id.text, name: account.login)
            guard
                try await Lockout.reservation(
                    for: account, from: address, within: limits, at: visit.now, in: visit.scope, tx) != nil
            else { throw IdentityError.signInRefused }
            guard try await !IdentityLinkStore.isVouchedFor(account.id, in: visit.scope, tx) else {
                throw IdentityError.signInExpired
            }
            let advance = AdvanceSignIn(visit: visit)
            let held = try await advance.demanding(account, by: nil, in: tx)
            // Only who has shown it replaces a password that is due.
            guard !held.standing.mustChangePassword else { throw IdentityError.finishInPortal }
            // Whoever asked for the link must not become somebody by setting up what that person has not: a second factor
            // that counts is there already where one is asked for, and some proof of the person's own in any case.
            guard held.standing.isExempt || held.standing.hasSecondFactor,
                account.passwordHash != nil || !held.standing.asked.isEmpty
            else { throw IdentityError.finishInPortal }
            guard
                let link = try await SignInLinkStore.use(
                    request.token, from: address, at: visit.now, in: visit.scope, tx)
            else { throw IdentityError.signInExpired }
            visit.audit.detail("link", .string(link.id.text))
            guard try await stands(link, for: account.id, takesAdministrators, visit, tx) else {
                throw IdentityError.signInExpired
            }
            let reply = try await advance.begin(
                try SignIn.afterLink(held.standing, at: visit.now), held, byKey: true, byLink: true, in: tx)
            visit.audit.detail("step", .string(reply.step.rawValue))
            try await visit.audit.write(in: tx)
            return BrowserSignInReply(
                step: reply.step, token: reply.token, factors: reply.factors, rememberDays: reply.rememberDays,
                returnTo: try link.landing.map(ReturnPath.init(parsing:)))
        }
    }

    /// Whether whoever asked for the link would get it now: both may have other rights by now, and the company other
    /// settings.
    private func stands(
        _ link: SignInLinkStore.Open, for user: UserID, _ takesAdministrators: Bool, _ visit: Visit, _ tx: Transaction
    ) async throws -> Bool {
        guard let issuer = try await SignInLinkStore.issuer(link.issuer, at: visit.now, in: visit.scope, tx),
            let reach = try? issuer.admitted(at: visit.now).reach(catalogue, forGood: true, in: visit.scope),
            reach.whole.contains(.signInLinksIssue)
        else { return false }
        let theirs = try await RoleStore.permissions(of: user, at: visit.now, catalogue, in: visit.scope, tx).all
        return theirs.isSubset(of: reach.whole) && (takesAdministrators || catalogue.isPlain(theirs))
    }
}
