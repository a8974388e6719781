package import FoundationEssentials
package import Kernel
import Postgres
import Tenancy

extension Notifications {
    /// Tells people something, once of each occasion. Returns how many it was for. It is for an event that comes again if
    /// what came of it is lost, so this waits for no disk.
    @discardableResult
    package func tell(_ notice: Notice, at now: Date, in scope: TenantScope) async throws -> Int {
        let portal = try await ports.portal(scope)
        return try await database.transaction(in: scope, lasting: .brief) { tx in
            try await tell(notice, portal: portal, at: now, in: scope, tx).count
        }
    }

    /// The same in a transaction; returns whom it was for, in the order of their ids if it was for some at a time.
    func tell(
        _ notice: Notice, portal: String, announcing: (id: AnnouncementID, until: Date)? = nil, at now: Date,
        in scope: TenantScope, _ tx: Transaction
    ) async throws -> [UserID] {
        if case .people(let users) = notice.audience, users.isEmpty { return [] }
        let recipients = try await RecipientStore.recipients(of: notice, at: now, in: scope, tx)
        guard !recipients.isEmpty else { return [] }
        let custom = try await RecipientStore.custom(notice.type, in: scope, tx)
        let render = RenderNotice(type: notice.type, parameters: notice.parameters, own: custom.templates)
        var (site, waiting): ([SiteMessageDraft], [DeliveryDraft]) = ([], [])
        var mailed: [UserID: (email: String, reader: NoticeReader)] = [:]
        for recipient in recipients {
            let link = portal + notice.link
            let reader = NoticeReader(
                name: recipient.name, company: recipient.company, language: recipient.language, link: link,
                offsets: recipient.offsets)
            let channels = NoticePlan.channels(
                of: notice.type, among: there, company: custom.wants, person: recipient.wants)
            for channel in channels {
                let text = render(channel, to: reader)
                if channel == .site {
                    site.append(SiteMessageDraft(user: recipient.user, text: text))
                    continue
                }
                if channel == .mail, recipient.email == nil { continue }
                let plan = NoticePlan.due(
                    channel, isUrgent: notice.isUrgent, quiet: recipient.quiet, digest: recipient.digest,
                    minute: recipient.minute, at: now)
                let isNow = channel == .mail && plan == nil
                if isNow, let email = recipient.email { mailed[recipient.user] = (email, reader) }
                waiting.append(
                    DeliveryDraft(
                        user: recipient.user, channel: channel, text: text, link: link,
                        isDigest: plan?.isDigest ?? false, isSent: isNow, due: plan?.due ?? now))
            }
        }
        let told = try await SiteMessageStore.insert(
            site, of: notice, announcing: announcing, at: now, in: scope, tx)
        if !told.isEmpty {
            try await SiteMessageStore.trim(told, in: scope, tx)
            try await ports.hint(told, scope, tx)
        }
        let fresh = try await NoticeDeliveryStore.insert(waiting, of: notice, at: now, in: scope, tx)
        let readers = fresh.filter { $0.channel == .mail }.compactMap { one in mailed[one.user].map { (one.user, $0) } }
        let letters = try await letters(of: notice, to: readers, render, portal, at: now, in: scope, tx)
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

/// A message of the portal that is to be written.
struct SiteMessageDraft: Sendable {
    let user: UserID
    let text: RenderedNotice
}

/// A notice that goes out of the house.
struct DeliveryDraft: Sendable {
    let user: UserID
    let channel: NoticeChannel
    let text: RenderedNotice
    let link: String
    let isDigest: Bool
    /// It goes with this very transaction.
    let isSent: Bool
    let due: Date
}
