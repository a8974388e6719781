package import FoundationEssentials
package import Kernel
import Postgres
import Tenancy

extension Notifications {
    /// Tells people something, once of each occasion. Returns how many it was for. It is for an event that comes again if
    /// what came of it is lost, so this waits for no disk.
    @discardableResult
    package func tell(_ notice: Notice, at now: Date, in scope: TenantScope) async throws -> Int {
        if case .people(let users) = notice.audience, users.isEmpty { return 0 }
        let ground = try await ground(in: scope)
        return try await database.transaction(in: scope, lasting: .brief) { tx in
            try await tell(notice, on: ground, at: now, in: scope, tx).count
        }
    }

    /// What is asked of others before a transaction begins.
    func ground(in scope: TenantScope) async throws -> NoticeGround {
        NoticeGround(portal: try await ports.portal(scope), there: try await there(in: scope).ways)
    }

    /// The same in a transaction; returns whom it was for, in the order of their ids if it was for some at a time.
    func tell(
        _ notice: Notice, on ground: NoticeGround, announcing: (id: AnnouncementID, until: Date)? = nil, at now: Date,
        in scope: TenantScope, _ tx: Transaction
    ) async throws -> [UserID] {
        if case .people(let users) = notice.audience, users.isEmpty { return [] }
        let recipients = try await RecipientStore.recipients(of: notice, at: now, in: scope, tx)
        guard !recipients.isEmpty else { return [] }
        let custom = try await RecipientStore.custom(notice.type, in: scope, tx)
        let render = RenderNotice(type: notice.type, parameters: notice.parameters, own: custom.templates)
        let drafts = NoticeDrafts(
            of: notice, to: recipients, ground.there, company: custom.wants, render, link: ground.portal + notice.link,
            at: now)
        let told = try await SiteMessageStore.insert(
            drafts.site, of: notice, announcing: announcing, at: now, in: scope, tx)
        if !told.isEmpty { try await ports.hint(told, scope, tx) }
        let fresh = try await NoticeDeliveryStore.insert(drafts.outside, of: notice, at: now, in: scope, tx)
        let readers = fresh.filter { $0.channel == .mail }.compactMap { one in
            one.user.flatMap { user in drafts.mailed[user].map { (user, $0) } }
        }
        let letters = try await letters(of: notice, to: readers, render, ground.portal, at: now, in: scope, tx)
        if !letters.isEmpty { _ = try await ports.mail(letters, scope, now, tx) }
        return recipients.map(\.user)
    }

    /// Mails that go at once. Where something is asked, each leads its reader right there; a mail that waits does not, since
    /// such links do not last.
    private func letters(
        of notice: Notice, to readers: [(UserID, (email: String, reader: NoticeReader))], _ render: RenderNotice,
        _ portal: String, at now: Date, in scope: TenantScope, _ tx: Transaction
    ) async throws -> [Letter] {
        var links: [UserID: String] = [:]
        if let question = notice.question, !readers.isEmpty {
            links = try await ports.links(question, readers.map(\.0), scope, now, tx)
        }
        return readers.map { user, one in
            var reader = one.reader
            if let link = links[user] { reader.link = portal + link }
            let text = render(.mail, to: reader)
            return Letter(kind: "notice", to: one.email, subject: text.title, text: text.body + "\n")
        }
    }
}

/// What notices of a company stand on.
struct NoticeGround: Sendable {
    /// Where people open the portal.
    let portal: String
    /// The ways that there are.
    let there: Set<NoticeChannel>
}
