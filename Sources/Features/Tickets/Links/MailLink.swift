import Cryptography
package import FoundationEssentials
import HTTPAPI
package import Kernel
package import Postgres

extension Tickets {
    /// How long a link in a mail leads anywhere.
    package static let mailLinkLife: TimeInterval = 3600

    /// Paths of the portal that lead each of these people from a mail to their decision. They prove nothing: whoever opens
    /// one has to be signed in as the person that it was made for.
    package func mailLinks(
        to ticket: TicketID, level: Int, for users: [UserID], at now: Date, in scope: TenantScope,
        _ transaction: Transaction
    ) async throws -> [UserID: String] {
        let links = users.map { (user: $0, token: RandomToken()) }
        try await MailLinkStore.insert(
            links.map { ($0.user, $0.token.hash.bytes) }, to: ticket, level: level,
            until: now + Self.mailLinkLife, in: scope, transaction)
        // Behind the sign that browsers send to nobody.
        return Dictionary(links.map { ($0.user, "/decide#\($0.token.text.reveal())") }) { first, _ in first }
    }

    /// Where a link leads somebody who is signed in. It is spent as soon as its level waits for them no more, whatever has
    /// ended that; somebody else's leads nowhere, and does not say that it is one.
    package func open(
        mailLink token: String, by user: UserID, at now: Date, in scope: TenantScope
    ) async throws -> OpenedMailLink {
        let found = try await MailLinkStore.find(
            RandomToken.hash(of: token).bytes, of: user, at: now, in: scope, database)
        guard let found,
            let ticket = try await store.find(
                found.ticket, where: TicketStore.waiting(for: user, at: now, in: scope), in: scope, database),
            ticket.openStages.contains(where: { $0.level == found.level })
        else { throw TicketError.linkInvalid }
        return OpenedMailLink(ticket: ticket.id)
    }

    /// Forgets links that lead nowhere any more.
    package func pruneMailLinks(at now: Date) async throws {
        try await MailLinkStore.prune(at: now, database)
    }
}

/// The body that opens a link from a mail.
package struct OpenMailLink: WireValue {
    package let token: LinkToken

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("token", \.token, note: "What stands behind # in the link.")
    }
}

/// Where a link from a mail leads.
package struct OpenedMailLink: WireValue, Sendable {
    package let ticket: TicketID

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("ticket", \.ticket, note: "Of the request that waits for the caller.")
    }
}

/// The SQL of links in mails; a token is known here by its hash only.
enum MailLinkStore {
    static func insert(
        _ links: [(user: UserID, hash: [UInt8])], to ticket: TicketID, level: Int, until end: Date,
        in scope: TenantScope, _ transaction: Transaction
    ) async throws {
        guard !links.isEmpty else { return }
        try await transaction.execute(
            """
            insert into ticket_mail_links (tenant_id, token_hash, ticket_id, level, user_id, expires_at)
            select \(scope.tenant)::uuid, n.hash, \(ticket)::uuid, \(level)::int, n.person, \(end)::timestamptz
            from unnest(\(links.map(\.hash))::bytea[], \(links.map(\.user))::uuid[]) as n (hash, person)
            """)
    }

    static func find(
        _ hash: [UInt8], of user: UserID, at now: Date, in scope: TenantScope, _ database: Database
    ) async throws -> (ticket: TicketID, level: Int)? {
        try await database.first(
            """
            select ticket_id, level from ticket_mail_links
            where tenant_id = \(scope.tenant) and token_hash = \(hash) and user_id = \(user) and expires_at > \(now)
            """, in: scope
        ) { (try $0.next(), try $0.next()) }
    }

    static func prune(at now: Date, _ database: Database) async throws {
        try await database.execute(
            "delete from ticket_mail_links where expires_at < \(now)",
            in: SystemScope(reason: "forget old links in mails"))
    }
}
