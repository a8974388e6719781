import Cryptography
import FoundationEssentials
import HTTPAPI
import Kernel
import Postgres
import Tenancy

/// A sign-in at a provider of the tenant: out with the browser, and back with what the provider says. Who comes back is
/// asked for the second factor as after a password.
struct SignInByBrowser {
    private enum Answer {
        case admitted(Account)
        case bound(Account)
        /// With the login that the provider named, if it named one that is to be believed.
        case refused(ProviderRefusal, login: String)
    }

    let database: Database
    let providers: ProviderSignIn
    let settings: IdentitySettings

    func begin(_ request: BeginBrowserSignIn, _ visit: Visit) async throws -> BrowserDeparture {
        let candidate = try await find(request.provider, in: visit.scope)
        guard candidate.provider.enabled else { throw IdentityError.notFound }
        return try await Depart(database: database, providers: providers)(
            candidate, .visitor, returnTo: request.returnTo, visit.request, visit.response, at: visit.now,
            in: visit.scope)
    }

    func finish(_ request: FinishBrowserSignIn, _ visit: Visit) async throws -> BrowserSignInReply {
        let start = ContinuousClock.now
        guard let browser = visit.request.cookie(BrowserAttempt.cookie),
            let taken = try await BrowserAttemptStore.take(
                state: request.state, code: request.answer.code, browser: browser, provider: request.provider,
                traveller: .visitor, at: visit.now, in: visit.scope, database)
        else { throw IdentityError.signInExpired }
        let candidate = try await find(request.provider, in: visit.scope)
        guard candidate.provider.enabled else { throw IdentityError.signInExpired }
        visit.audit.detail("providerName", .string(candidate.provider.name))
        let attempt = BrowserAttempt(
            state: request.state, browser: browser, provider: request.provider, at: visit.request)
        let trial = try await Return(providers: providers)(
            taken, request.answer, of: attempt, candidate, at: visit.now, in: visit.scope)
        let account: Account
        // A link that the person made says who comes in, and vouches for nothing.
        var (vouching, bound): (IdentityProviderID?, IdentityProviderID?) = (candidate.provider.id, nil)
        switch try await admit(trial, candidate.provider, visit) {
        case .admitted(let admitted): account = admitted
        case .bound(let admitted):
            account = admitted
            (vouching, bound) = (nil, candidate.provider.id)
        case .refused(let refusal, let login):
            let refused = try await RefuseSignIn(database: database, settings: settings)(
                nil, login: login, nowLocked: false, refusal, since: start, visit.audit, at: visit.now, in: visit.scope)
            throw refusal.hold.map(IdentityError.ownLinkHeld) ?? refused
        }
        visit.audit.target("user", account.id.text, name: account.login)
        visit.audit.detail("provider", .string(candidate.provider.id.text))
        let hint = try await sealed(trial.session?.hint, in: visit.scope)
        return try await database.transaction(in: visit.scope) { [vouching, bound] tx in
            let advance = AdvanceSignIn(visit: visit)
            let account = try await advance.demanding(account, by: vouching, isBound: bound != nil, in: tx)
            // While the provider was asked, it may have been switched off, or the link undone.
            guard
                try await IdentityProviderStore.holdEnabled(
                    candidate.provider.id, binding: bound != nil, in: visit.scope, tx)
            else { throw IdentityError.signInExpired }
            if let bound, try await !IdentityLinkStore.isBound(account.id, to: bound, in: visit.scope, tx) {
                throw IdentityError.signInExpired
            }
            if let session = trial.session {
                try await ProviderSessionStore.insert(
                    session, of: account.id, at: candidate.provider.id, at: visit.now, in: visit.scope, tx)
            }
            if let hint {
                try await SignOutHintStore.keep(
                    hint.id, hint.sealed, of: account.id, at: candidate.provider.id, visit: visit, tx)
            }
            let outcome = SignIn.afterPassword(account.standing, by: vouching, at: visit.now)
            if bound != nil { try AdvanceSignIn.mayByLink(outcome) }
            let reply = try await advance.begin(outcome, account, by: vouching, bound: bound, in: tx)
            visit.audit.detail("step", .string(reply.step.rawValue))
            try await visit.audit.write(in: tx)
            return BrowserSignInReply(
                step: reply.step, token: reply.token, factors: reply.factors, rememberDays: reply.rememberDays,
                returnTo: taken.returnTo)
        }
    }

    private func sealed(
        _ hint: SignOutHint?, in scope: TenantScope
    ) async throws -> (id: SignOutHintID, sealed: SealedValue)? {
        guard let hint else { return nil }
        let id = SignOutHintID.new()
        let sealed = try await providers.keys.seal(
            Array(hint.text.utf8), table: SignOutHint.table, row: id.text, version: 1, in: scope)
        return (id, sealed)
    }

    private func admit(
        _ trial: BrowserTrial, _ provider: IdentityProvider, _ visit: Visit
    ) async throws -> Answer {
        func refusal(_ reason: ProviderRefusal.Reason, _ cause: String = "", login: String = "") -> Answer {
            .refused(ProviderRefusal(provider: provider.id, reason: reason, cause: cause), login: login)
        }
        switch trial.answer {
        case .declined: return refusal(.declined, trial.cause)
        case .untrusted: return refusal(.untrusted, trial.cause)
        case .unavailable: return refusal(.unavailable, trial.cause)
        case .right(let profile):
            let admit = try await providers.admitting(
                by: provider, from: visit.request.clientAddress, at: visit.now, in: visit.scope)
            switch try await admit(profile, typed: nil) {
            case .admitted(let account): return .admitted(account)
            case .bound(let account): return .bound(account)
            case .refused(let reason): return refusal(reason, login: Login(profile.login)?.text ?? "")
            }
        }
    }

    private func find(_ id: IdentityProviderID, in scope: TenantScope) async throws -> ProviderCandidate {
        guard let candidate = try await IdentityProviderStore.find(id, in: scope, database),
            candidate.provider.settings.takesBrowsers
        else { throw IdentityError.notFound }
        return candidate
    }
}

/// Sends a browser to a provider: for somebody who signs in, who binds an account there, or who tries it out.
struct Depart {
    let database: Database
    let providers: ProviderSignIn

    func callAsFunction(
        _ candidate: ProviderCandidate, _ traveller: BrowserTraveller, returnTo: ReturnPath?, _ request: RequestFacts,
        _ response: ResponseDraft, at now: Date, in scope: TenantScope
    ) async throws -> BrowserDeparture {
        let id = candidate.provider.id
        // One browser may have several attempts under way, in several tabs.
        let browser = Self.browser(of: request)
        // Not every provider takes other signs than letters and digits.
        let state = Hex.encode(SecureRandom.bytes(32))
        let attempt = BrowserAttempt(state: state, browser: browser, provider: id, at: request)
        let address: String
        do {
            address = try await providers.browserProver(for: candidate, at: now, in: scope).address(of: attempt)
        } catch is ProviderFault {
            throw IdentityError.providerUnavailable
        }
        try await database.transaction(in: scope) { tx in
            try await BrowserAttemptStore.insert(
                state: state, browser: browser, provider: id, traveller: traveller, returnTo: returnTo,
                from: request.clientAddress, at: now, in: scope, tx)
        }
        response.set(Cookie(BrowserAttempt.cookie, browser, maxAge: Int(BrowserAttempt.lifetime)))
        return BrowserDeparture(url: address)
    }

    /// What a browser is known by, or will be once it has the cookie.
    static func browser(of request: RequestFacts) -> String {
        request.cookie(BrowserAttempt.cookie).flatMap(Self.token) ?? RandomToken().text.reveal()
    }

    /// A value that this could have set.
    private static func token(_ text: String) -> String? {
        Base64URL.decode(text)?.count == 32 ? text : nil
    }
}

/// What comes of a browser that is back: what the provider had it bring ahead of itself, or what it has with it now.
struct Return {
    let providers: ProviderSignIn

    func callAsFunction(
        _ taken: TakenAttempt, _ answer: BrowserAnswer, of attempt: BrowserAttempt, _ candidate: ProviderCandidate,
        at now: Date, in scope: TenantScope
    ) async throws -> BrowserTrial {
        if let trial = taken.trial { return trial }
        return try await providers.browserProver(for: candidate, at: now, in: scope).prove(answer, of: attempt)
    }
}
