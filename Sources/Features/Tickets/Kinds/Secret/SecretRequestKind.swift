package import Assets
package import FoundationEssentials
import HTTPAPI
package import Kernel
package import Postgres

/// Asks to see the secret of one account for a while, and give it back: for what no session can do. What comes of it is a
/// check-out, by which the person who asked may show it until its end.
package struct SecretRequestKind: RequestKind {
    package struct Content: WireValue, Equatable {
        /// The account that was found under the name that was asked for: another one that is called so later is not it.
        /// Filled when the request is opened, ignored in requests.
        package let account: AccountID?
        /// What it proves itself with; filled as well.
        package let form: String

        package static let schema: Schema<Self> = .record(Self.init) {
            Field("account", \.account, AccountID.schema, note: "Ignored in requests.")
            Field("form", \.form, Schema<String>.text(0...40).otherwise(""), note: "Ignored in requests.")
        }
    }

    package static let kind = TicketKindName(rawValue: "secret")
    /// How long somebody may have one at once.
    static let longest = 604_800
    /// How far ahead one can be asked for.
    static let furthest: TimeInterval = 90 * 86_400

    package let name = Self.kind
    package let words = KindWords(
        "Secret check-out", "借用凭据", facts: ["secret": Wording("Secret", "凭据")],
        values: ["secret": ["password": Wording("password", "密码"), "ssh-key": Wording("private key", "私钥")]])
    let desk: SecretDesk

    package init(desk: SecretDesk) {
        self.desk = desk
    }

    package func check(
        _ content: Content, of draft: TicketDraft, _ opening: TicketOpening
    ) async throws -> Content {
        let start = draft.ask.startsAt ?? opening.at
        var errors: [FieldError] = []
        if draft.ask.assets.count != 1 {
            errors.append(FieldError(pointer: "/assets", message: "must be one asset for a secret"))
        }
        if draft.ask.accounts.count != 1 {
            errors.append(FieldError(pointer: "/accounts", message: "must be one account for a secret"))
        }
        if draft.ask.duration > Self.longest {
            errors.append(FieldError(pointer: "/durationSeconds", message: "must be seven days at most for a secret"))
        }
        // The clock of whoever asks may be a little behind.
        if start < opening.at.addingTimeInterval(-60) || start > opening.at.addingTimeInterval(Self.furthest) {
            errors.append(FieldError(pointer: "/startsAt", message: "must not be past, and within ninety days"))
        }
        guard errors.isEmpty, let asset = draft.ask.assets.first, let account = draft.ask.accounts.first else {
            throw FieldErrors(errors: errors)
        }
        let wish = SecretDesk.Wish(
            asset: asset, account: account, from: start,
            to: start.addingTimeInterval(Double(draft.ask.duration)), at: opening.at)
        // Before anything is looked up: whoever may not ask does not learn which accounts have a secret.
        guard try await desk.mayAsk(opening.requester, wish, opening.scope, opening.transaction) else {
            throw TicketError.secretNotForYou
        }
        guard let found = try await desk.find(wish, opening.scope, opening.transaction) else {
            throw FieldErrors(errors: [
                FieldError(pointer: "/accounts", message: "must be an account of the asset whose secret is kept here")
            ])
        }
        guard !found.isTaken else {
            throw FieldErrors(errors: [
                FieldError(
                    pointer: "/startsAt",
                    message: "must be when nobody else has it, as one person does at a time")
            ])
        }
        return Content(account: found.account, form: found.form)
    }

    /// Nothing is connected to and nothing carried: the secret itself is what is asked for.
    package func ask(
        _ content: Content, of draft: TicketDraft, _ opening: TicketOpening
    ) async throws -> TicketAsk {
        var ask = draft.ask
        ask.protocols = []
        ask.actions = []
        return ask
    }

    package func facts(_ content: Content, _ shown: TicketShown) -> [TicketFact] {
        shown.facts + (content.form.isEmpty ? [] : [TicketFact("secret", [content.form])])
    }

    package func effect(_ content: Content, of approved: ApprovedTicket) async throws -> TicketEffect {
        let (ticket, now) = (approved.progress, approved.at)
        // Approvers saw a window: one that is decided late becomes shorter, and does not move.
        let end = (ticket.ask.startsAt ?? now).addingTimeInterval(Double(ticket.ask.duration))
        guard now < end else { throw TicketError.windowOver }
        let start = max(ticket.ask.startsAt ?? now, now)
        guard let account = content.account, let asset = ticket.ask.assets.first, let name = ticket.ask.accounts.first
        else { throw TicketError.nothingLeft }
        // Approvers read a name, and the secret is of an account: whoever may rename accounts must not have them agree to
        // another one than they read of.
        let wish = SecretDesk.Wish(asset: asset, account: name, from: start, to: end, at: now)
        guard let found = try await desk.find(wish, approved.scope, approved.transaction), found.account == account,
            found.form == content.form
        else { throw TicketError.secretChanged }
        try await desk.lend(
            SecretDesk.Loan(
                account: account, user: ticket.requester, ticket: ticket.id, number: approved.number, startsAt: start,
                endsAt: end),
            approved)
        return .nothing
    }
}

/// Who keeps secrets: Vault, which the control plane plugs in.
package struct SecretDesk: Sendable {
    /// An account by its name, and when its secret is wanted.
    package struct Wish: Sendable, Hashable {
        package let asset: AssetID
        package let account: AccountName
        package let from: Date
        package let to: Date
        package let at: Date
    }

    package struct Found: Sendable, Hashable {
        package let account: AccountID
        /// A password or a key.
        package let form: String
        /// Somebody else has it at that time, and it is out with one person at a time.
        package let isTaken: Bool

        package init(account: AccountID, form: String, isTaken: Bool) {
            self.account = account
            self.form = form
            self.isTaken = isTaken
        }
    }

    package struct Loan: Sendable, Hashable {
        package let account: AccountID
        package let user: UserID
        package let ticket: TicketID
        package let number: Int
        package let startsAt: Date
        package let endsAt: Date
    }

    /// Whether this person could have it at all: they may have secrets, no rule denies them the account, and the asset is in
    /// service. It is the same whether there is such an account or not.
    package var mayAsk: @Sendable (UserID, Wish, TenantScope, Transaction) async throws -> Bool
    /// The account of this name; nil where there is none, or none of its secret is kept.
    package var find: @Sendable (Wish, TenantScope, Transaction) async throws -> Found?
    /// Gives it. Throws `TicketError.secretIsOut`, `secretBarred` and `nothingLeft`.
    package var lend: @Sendable (Loan, ApprovedTicket) async throws -> Void

    package init(
        mayAsk: @escaping @Sendable (UserID, Wish, TenantScope, Transaction) async throws -> Bool,
        find: @escaping @Sendable (Wish, TenantScope, Transaction) async throws -> Found?,
        lend: @escaping @Sendable (Loan, ApprovedTicket) async throws -> Void
    ) {
        self.mayAsk = mayAsk
        self.find = find
        self.lend = lend
    }
}
