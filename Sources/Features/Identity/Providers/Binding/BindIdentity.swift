import Cryptography
import FoundationEssentials
import HTTPAPI
import Kernel
import Postgres
import Tenancy

/// Binds a person's own account at a provider to them, in two steps. The provider says whose account it is, to the browser
/// and the session that left for it; then the person sees which account would be bound to whom, and says yes with a second
/// factor that is fresh. So nobody binds theirs to somebody else, or has another browser finish what they began.
struct BindIdentity {
    /// How long the person may think about it.
    static let lifetime: TimeInterval = 10 * 60

    let database: Database
    let providers: ProviderSignIn
    let settings: IdentitySettings

    func begin(
        _ request: BeginBinding, in session: WebSessionID?, _ facts: RequestFacts, _ response: ResponseDraft,
        _ acting: Acting
    ) async throws -> BrowserDeparture {
        guard let session else { throw IdentityError.browserNeeded }
        let candidate = try await find(request.provider, in: acting.scope)
        acting.audit.target("identity-provider", request.provider.text, name: candidate.provider.name)
        _ = try await database.transaction(in: acting.scope) { try await check(candidate.provider, acting, $0) }
        return try await Depart(database: database, providers: providers)(
            candidate, .owner(acting.user, session), returnTo: nil, facts, response, at: acting.now, in: acting.scope)
    }

    /// The browser is back. Nothing is bound by it.
    func arrive(
        _ body: FinishBrowserSignIn, in session: WebSessionID?, _ facts: RequestFacts, _ acting: Acting
    ) async throws -> ProposedBinding {
        guard let session else { throw IdentityError.browserNeeded }
        guard let browser = facts.cookie(BrowserAttempt.cookie),
            let taken = try await BrowserAttemptStore.take(
                state: body.state, code: body.answer.code, browser: browser, provider: body.provider,
                traveller: .owner(acting.user, session), at: acting.now, in: acting.scope, database)
        else { throw IdentityError.bindingExpired }
        let candidate = try await find(body.provider, in: acting.scope)
        acting.audit.target("identity-provider", body.provider.text, name: candidate.provider.name)
        let attempt = BrowserAttempt(state: body.state, browser: browser, provider: body.provider, at: facts)
        let trial = try await Return(providers: providers)(
            taken, body.answer, of: attempt, candidate, at: acting.now, in: acting.scope)
        guard case .right(let profile) = trial.answer else {
            acting.audit.detail("cause", .string(trial.cause))
            throw IdentityError.bindingRefused
        }
        let token = RandomToken()
        let pending = PendingBinding(
            user: acting.user, provider: body.provider, subject: profile.subject, account: Self.name(of: profile),
            expiresAt: acting.now + Self.lifetime)
        return try await database.transaction(in: acting.scope) { tx in
            // What was asked is where the provider was then: one that was changed meanwhile has said nothing.
            guard let now = try await IdentityProviderStore.lock(body.provider, in: acting.scope, tx),
                now.version == candidate.provider.version
            else { throw IdentityError.bindingExpired }
            let account = try await check(now, acting, tx)
            try await checkFree(profile.subject, at: body.provider, acting, tx)
            try await IdentityBindingStore.put(pending, token: token, in: session, of: acting.scope, tx)
            acting.audit.detail("account", .string(pending.account))
            try await acting.audit.write(in: tx)
            return ProposedBinding(
                token: token.text.reveal(), provider: candidate.provider.name, account: pending.account,
                login: account.login, name: account.name, expiresAt: pending.expiresAt)
        }
    }

    /// The person says yes. Whether their second factor is fresh has been checked by now.
    func confirm(_ body: ConfirmBinding, in session: WebSessionID?, _ acting: Acting) async throws {
        guard let session else { throw IdentityError.browserNeeded }
        do {
            try await database.transaction(in: acting.scope) { tx in
                guard
                    let pending = try await IdentityBindingStore.take(
                        body.token, of: acting.user, in: session, at: acting.now, acting.scope, tx),
                    let provider = try await IdentityProviderStore.lock(pending.provider, in: acting.scope, tx)
                else { throw IdentityError.bindingExpired }
                let account = try await check(provider, acting, tx)
                try await IdentityLinkStore.bind(
                    pending.subject, as: pending.account, of: account.id, at: provider.id, at: acting.now,
                    in: acting.scope, tx)
                acting.audit.target("user", account.id.text, name: account.login)
                acting.audit.detail("provider", .string(provider.id.text))
                acting.audit.detail("providerName", .string(provider.name))
                acting.audit.detail("account", .string(pending.account))
                try await IdentityEvent.identityBound.publish(
                    account.id.text, ["provider": .string(provider.id.text)], at: acting.now, in: acting.scope, tx)
                try await tell(account.id, BindingNews(provider: provider.name, account: pending.account), acting, tx)
                try await acting.audit.write(in: tx)
            }
        } catch let error as DatabaseError where error.constraint == "identity_links_subject_uq" {
            throw IdentityError.accountBound
        } catch let error as DatabaseError where error.constraint == "identity_links_pk" {
            throw IdentityError.alreadyBound
        }
    }

    /// Undoes what the person bound themselves; every browser that came in by it is signed out.
    func undo(_ id: IdentityProviderID, _ acting: Acting) async throws {
        try await database.transaction(in: acting.scope) { tx in
            guard let account = try await AccountStore.lock(acting.user, in: acting.scope, tx),
                let bound = try await IdentityLinkStore.unbind(account.id, from: id, in: acting.scope, tx)
            else { throw IdentityError.notFound }
            acting.audit.target("user", account.id.text, name: account.login)
            acting.audit.detail("provider", .string(id.text))
            acting.audit.detail("account", .string(bound))
            try await IdentityEvent.identityUnbound.publish(
                account.id.text, ["provider": .string(id.text)], at: acting.now, in: acting.scope, tx)
            // What came in by it may have sessions on assets.
            try await IdentityEvent.signedOutByProvider.publish(account.id.text, at: acting.now, in: acting.scope, tx)
            try await acting.audit.write(in: tx)
        }
    }

    /// Whether this person may bind an account there now: not if the company knows them by a provider's word, since who they
    /// are comes from there.
    @discardableResult
    private func check(
        _ provider: IdentityProvider, _ acting: Acting, _ tx: Transaction
    ) async throws -> Account {
        guard provider.enabled, provider.bindsUsers, provider.settings.canBeBound else { throw IdentityError.notFound }
        guard let account = try await AccountStore.lock(acting.user, in: acting.scope, tx), account.isActive else {
            throw IdentityError.notFound
        }
        guard try await !IdentityLinkStore.isLinked(account.id, to: provider.id, in: acting.scope, tx) else {
            throw IdentityError.alreadyBound
        }
        guard try await !IdentityLinkStore.isVouchedFor(account.id, in: acting.scope, tx) else {
            throw IdentityError.knownByProvider
        }
        return account
    }

    private func checkFree(
        _ subject: String, at provider: IdentityProviderID, _ acting: Acting, _ tx: Transaction
    ) async throws {
        guard try await IdentityLinkStore.link(of: subject, at: provider, in: acting.scope, tx) == nil else {
            throw IdentityError.accountBound
        }
    }

    private func find(_ id: IdentityProviderID, in scope: TenantScope) async throws -> ProviderCandidate {
        guard let found = try await IdentityProviderStore.find(id, in: scope, database),
            found.provider.enabled, found.provider.bindsUsers, found.provider.settings.canBeBound
        else { throw IdentityError.notFound }
        return found
    }

    /// What the account is called there, for its owner to know it again.
    private static func name(of profile: ProviderProfile) -> String {
        let name = profile.name.flatMap(AdmitSubject.line)
        let login = AdmitSubject.line(profile.login) ?? AdmitSubject.line(profile.subject) ?? "?"
        return name.map { $0 == login ? login : "\($0) (\(login))" } ?? login
    }

    private func tell(_ user: UserID, _ news: BindingNews, _ acting: Acting, _ tx: Transaction) async throws {
        guard let person = try await MailedPersonStore.find([user], in: acting.scope, tx).first,
            let letter = BindingLetter(
                person: person, news: news, time: acting.now,
                url: person.portal(settings.portal) + "/profile?tab=accounts"
            ).letter(to: person)
        else { return }
        _ = try await settings.letters.send(letter, acting.scope.tenant, acting.now, tx)
    }
}

/// What was bound.
struct BindingNews {
    let provider: String
    let account: String
}

/// Tells a person that an account elsewhere lets somebody in as them.
struct BindingLetter: PersonalLetter {
    let person: MailedPerson
    let news: BindingNews
    let time: Date
    let url: String

    let kind = "identity-bound"

    var english: (subject: String, text: String) {
        (
            "\(person.company): another account signs you in",
            """
            Hello \(person.name),

            an account at \(news.provider) was bound to \(person.login) at \(person.company). Whoever has it can sign in as you from now on.

            Account: \(news.account)
            When: \(time.inLetters)

            If it was you, there is nothing to do. If not, undo it, change your password and tell your administrator: \(url)
            """
        )
    }

    var chinese: (subject: String, text: String) {
        (
            "\(person.company)：已绑定新的登录方式",
            """
            \(person.name)，您好：

            \(news.provider) 的一个账号已绑定到 \(person.company) 的 \(person.login)，此后可用它以您的身份登录。

            账号：\(news.account)
            时间：\(time.inLetters)

            如为本人操作，请忽略。否则请解除绑定、修改密码并联系管理员：\(url)
            """
        )
    }
}
