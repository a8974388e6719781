package import FoundationEssentials
package import Kernel

/// Something that people are told.
package struct Notice: Sendable {
    package let type: NoticeType
    /// What it is about, at most 200 characters: nobody is told twice of one occasion by the same way.
    package let occasion: String
    package let audience: Audience
    package let parameters: [String: Value]
    /// A path of the portal, such as `/inbox/tkt_…`.
    package let link: String
    package let isUrgent: Bool
    /// What it asks of whoever gets it; mails then lead right there, by a link of each person's own.
    package let question: Question?
    /// Whether rooms may hear it, too, if its type is one for them.
    let isForRooms: Bool

    /// Something that waits for answers, as whoever makes links to it knows it.
    package struct Question: Sendable, Equatable {
        package let ticket: TicketID
        package let level: Int

        package init(ticket: TicketID, level: Int) {
            self.ticket = ticket
            self.level = level
        }
    }

    /// Whom it is for. Those whose account is shut are told nothing.
    package enum Audience: Sendable, Equatable {
        case people([UserID])
        /// Those who administer the whole company.
        case administrators
        /// Those of an announcement whose ids are greater, some at a time.
        case announcement(AnnouncementID, after: UserID?, limit: Int)
        /// Those of groups whose ids are greater, some at a time.
        case members(of: [GroupID], after: UserID?, limit: Int)
    }

    /// What stands where a template has a name.
    package enum Value: Sendable, Equatable {
        /// One line.
        case text(String)
        /// Text of several lines.
        case lines(String)
        /// A moment, in the reader's time zone.
        case time(Date)
        /// A word of ours, in the reader's language: `word.` and this stand in `NoticeWords`.
        case word(String)
        /// A word that somebody else has in every language, such as what a kind of request is called.
        case name(Wording)
        /// The secret of something that has a name; never one itself.
        case secret(of: String)
        case connection(to: String)
        case command(String, on: String)
    }

    package init(
        _ type: NoticeType, occasion: String, to audience: Audience, _ parameters: [String: Value], link: String,
        isUrgent: Bool? = nil, question: Question? = nil, isForRooms: Bool = true
    ) {
        self.type = type
        self.occasion = occasion
        self.audience = audience
        self.parameters = parameters
        self.link = link
        self.isUrgent = isUrgent ?? type.isUrgent
        self.question = question
        self.isForRooms = isForRooms
    }

    var times: [(name: String, time: Date)] {
        parameters.compactMap { name, value in
            if case .time(let time) = value { (name, time) } else { nil }
        }.sorted { $0.0 < $1.0 }
    }
}
