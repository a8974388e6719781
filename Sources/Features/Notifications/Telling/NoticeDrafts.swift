import FoundationEssentials
import Kernel
import Tenancy

/// What is to be written for those who are told something: by which ways it goes, when, and in which words. Pure.
struct NoticeDrafts: Sendable {
    /// Messages of the portal.
    private(set) var site: [SiteMessageDraft] = []
    /// What goes out of the house.
    private(set) var outside: [DeliveryDraft] = []
    /// Those whose mail goes at once. It is put into words when its link is known, and only for those who did not have it.
    private(set) var mailed: [UserID: (email: String, reader: NoticeReader)] = [:]

    init(
        of notice: Notice, to recipients: [Recipient], _ there: Set<NoticeChannel>, company: [NoticeChannel: Bool],
        _ render: RenderNotice, link: String, at now: Date
    ) {
        for recipient in recipients {
            let reader = NoticeReader(
                name: recipient.name, company: recipient.company, language: recipient.language, link: link,
                offsets: recipient.offsets)
            let channels = NoticePlan.channels(of: notice.type, among: there, company: company, person: recipient.wants)
            for channel in channels {
                if channel == .site {
                    site.append(SiteMessageDraft(user: recipient.user, text: render(channel, to: reader)))
                    continue
                }
                if channel == .mail, recipient.email == nil { continue }
                let plan = NoticePlan.due(
                    channel, isUrgent: notice.isUrgent, quiet: recipient.quiet, digest: recipient.digest,
                    minute: recipient.minute, at: now)
                let isNow = channel == .mail && plan == nil
                if isNow, let email = recipient.email { mailed[recipient.user] = (email, reader) }
                outside.append(
                    DeliveryDraft(
                        user: recipient.user, channel: channel, text: isNow ? nil : render(channel, to: reader),
                        link: link, isDigest: plan?.isDigest ?? false, due: plan?.due ?? now))
            }
        }
        guard notice.isForRooms, let first = recipients.min(by: { $0.user.text < $1.user.text }) else { return }
        // Addressed to the company, in the language of most who are told; it hangs on none of them, and waits for nobody's night.
        let reader = NoticeReader(
            name: first.company, company: first.company, language: Self.commonest(recipients.map(\.language)),
            link: link, offsets: first.offsets)
        outside += NoticePlan.rooms(of: notice.type, among: there, company: company).map { room in
            DeliveryDraft(
                user: nil, channel: room, text: render(room, to: reader), link: link, isDigest: false, due: now)
        }
    }

    private static func commonest(_ languages: [PortalLanguage]) -> PortalLanguage {
        languages.filter { $0 == .chinese }.count * 2 > languages.count ? .chinese : .english
    }
}

/// A message of the portal that is to be written.
struct SiteMessageDraft: Sendable {
    let user: UserID
    let text: RenderedNotice
}

/// A notice that goes out of the house.
struct DeliveryDraft: Sendable {
    /// Nil for a room.
    let user: UserID?
    let channel: NoticeChannel
    /// None if it goes with this very transaction.
    let text: RenderedNotice?
    let link: String
    let isDigest: Bool
    let due: Date
}
