package import Kernel

/// Something that the members of groups are told, of whom there may be very many.
package struct NoticeRound: Sendable {
    let event: EventID
    let type: NoticeType
    let groups: [GroupID]
    /// What stands where a template has a name, one line each.
    let texts: [String: String]
    let link: String

    package init(
        _ type: NoticeType, of event: EventID, to groups: [GroupID], _ texts: [String: String], link: String
    ) {
        self.event = event
        self.type = type
        self.groups = groups
        self.texts = texts
        self.link = link
    }

    /// The notice for those of its people whose ids are greater. Whoever is named beside the groups is told of the same
    /// occasion, and so once.
    func notice(after last: UserID?, limit: Int) -> Notice {
        Notice(
            type, occasion: event.text, to: .members(of: groups, after: last, limit: limit),
            texts.mapValues { .text($0) }, link: link)
    }
}
