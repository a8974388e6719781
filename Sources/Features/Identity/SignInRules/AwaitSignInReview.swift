import Cryptography
import FoundationEssentials
import HTTPAPI
import Kernel
import Postgres

/// Waits with somebody in the browser for the word of somebody else. In the meantime it holds nothing of the database, and
/// of whoever comes again only the door asks it something, as long as there is no news: whether the company is open.
struct AwaitSignInReview {
    let database: Database

    func callAsFunction(_ request: SignInTokenRequest, _ visit: Visit) async throws -> SignInReply {
        let key = "web \(Base64URL.encode(RandomToken.hash(of: request.token).bytes)) \(visit.request.clientAddress)"
        let reply = try await visit.awaitReview(key) { visit -> AwaitedReview<SignInReply> in
            let reply = try await ask(request, visit)
            return reply.review.map(AwaitedReview.waits) ?? .over(reply)
        }
        return reply ?? SignInReply(step: .review, token: request.token)
    }

    private func ask(_ request: SignInTokenRequest, _ visit: Visit) async throws -> SignInReply {
        let advance = AdvanceSignIn(visit: visit)
        return try await database.transaction(in: visit.scope) { tx in
            let (stored, account) = try await advance.hold(request.token, in: tx)
            return try await advance.resume(stored, token: request.token, account, in: tx)
        }
    }
}

/// What a look at a sign-in finds that may wait for somebody's word.
enum AwaitedReview<Reply> {
    case over(Reply)
    case waits(WaitingReview)
}

extension Visit {
    /// Waits for news of what is known by this key; nil if there were none for as long as a request may take. It takes no place
    /// of those who are served, and all who wait look one behind the other, a few at a time: changed rules wake thousands.
    func awaitReview<Reply>(
        _ key: String, _ look: (Visit) async throws -> AwaitedReview<Reply>
    ) async throws -> Reply? {
        try await RequestPlace.lent { try await wait(for: key, look) }
    }

    private func wait<Reply>(
        for key: String, _ look: (Visit) async throws -> AwaitedReview<Reply>
    ) async throws -> Reply? {
        let address = request.clientAddress
        var asked = ContinuousClock.now
        var waiting = reviews.place(key, now)
        while true {
            if waiting == nil {
                let found = try await reviews.turns.serve(scope.tenant) {
                    asked = .now
                    return try await look(resumed)
                }
                guard let found else { throw Problem.tooMany(after: 1) }
                switch found {
                case .over(let reply): return reply
                case .waits(let review):
                    reviews.keep(key, review.ticket, asked, scope, review.end)
                    waiting = review.ticket
                }
            }
            guard let ticket = waiting else { continue }
            switch await reviews.wait(ticket, address, asked, scope) {
            case .timeIsUp: return nil
            case .crowded: throw Problem.tooMany(after: 5)
            case .woken: waiting = nil
            }
        }
    }
}

/// Ends a sign-in whose person waits no longer: they gave up, or closed the page.
struct GiveUpSignIn {
    let database: Database

    func callAsFunction(_ request: SignInTokenRequest, _ visit: Visit) async throws {
        try await database.transaction(in: visit.scope) { tx in
            guard let stored = try await SignInStore.lock(request.token, in: visit.scope, tx),
                stored.state.stage == .review
            else { return }
            try await visit.reviews.withdraw(stored.id.text, stored.user, visit.now, visit.scope, tx)
            try await SignInStore.remove(stored.id, in: visit.scope, tx)
        }
    }
}

extension AdvanceSignIn {
    /// Everything has been proven already; only the rules are asked again.
    func resume(
        _ stored: StoredSignIn, token: String, _ account: Account, in tx: Transaction
    ) async throws -> SignInReply {
        guard stored.state.stage == .review, visit.now < stored.state.expiresAt else {
            throw IdentityError.signInExpired
        }
        let (provider, shown) = (stored.state.provider, stored.state.shown)
        // What was shown has to count as the rules are now.
        guard shown.map({ account.standing.counts($0.by) }) ?? true || account.standing.isExempt else {
            throw IdentityError.signInExpired
        }
        var device: [UInt8]?
        if shown == nil, !account.standing.isExempt, !stored.state.byKey {
            device = try await remembered(account, in: tx)
        }
        return try await complete(
            account, stored, token, provider, shown, bound: stored.bound, byKey: stored.state.byKey,
            byLink: stored.state.byLink, device: device, in: tx)
    }

    /// Nil if the rules let the person in. Where somebody has to agree first, the sign-in is kept for the time being.
    func wait(
        _ account: Account, _ stored: StoredSignIn?, _ token: String?, _ provider: IdentityProviderID?,
        _ shown: ShownFactor?, bound: IdentityProviderID?, byKey: Bool, byLink: Bool, in tx: Transaction
    ) async throws -> SignInReply? {
        let id = stored?.id ?? SignInID.new(at: visit.now)
        let attempt = SignInAttempt(
            user: account.id, login: account.login, name: account.name, entrance: .web,
            address: visit.request.clientAddress, origin: visit.origin, key: id.text, now: visit.now, scope: visit.scope
        )
        switch try await SignInGuard(reviews: visit.reviews).check(attempt, in: tx) {
        case .admitted: return nil
        case .denied(let refusal):
            for detail in refusal.details { visit.audit.detail(detail.name, detail.value) }
            throw IdentityError.signInDenied
        case .rejected(let refusal):
            for detail in refusal.details { visit.audit.detail(detail.name, detail.value) }
            throw IdentityError.signInRejected
        case .withdrawn: throw IdentityError.signInExpired
        case .waits(let ticket, let until):
            let review = WaitingReview(ticket: ticket, end: until)
            if let stored, let token {
                if stored.state.stage != .review {
                    try await SignInStore.update(
                        id, to: .review(provider, shown, byKey: byKey, byLink: byLink, until: until), in: visit.scope,
                        tx)
                }
                return SignInReply(token: token, review)
            }
            let token = RandomToken()
            try await SignInStore.insert(
                .review(provider, shown, byKey: byKey, byLink: byLink, until: until), id: id, of: account.id,
                token: token, bound: bound, from: visit.request.clientAddress, at: visit.now, in: visit.scope, tx)
            return SignInReply(token: token.text.reveal(), review)
        }
    }
}

extension SignInReply {
    fileprivate init(token: String, _ review: WaitingReview) {
        self.init(step: .review, token: token)
        self.review = review
    }
}

extension SignIn {
    fileprivate static func review(
        _ provider: IdentityProviderID?, _ shown: ShownFactor?, byKey: Bool, byLink: Bool, until: Date
    ) -> SignIn {
        SignIn(
            stage: .review, secondFactorAt: shown?.at, by: shown?.by, expiresAt: until, provider: provider,
            byKey: byKey, byLink: byLink)
    }
}
