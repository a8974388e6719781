import HTTPAPI
package import Kernel

/// Where somebody is told of what, and when.
package struct NoticeSubscriptions: WireValue, Sendable {
    package let types: [TypeSubscription]
    /// The company's chats.
    package let chats: [NoticeChannel]
    package let quiet: QuietTime?
    /// Whose clock quiet hours and digests follow; null for the company's.
    package let timeZone: String?
    package let digest: NoticeDigest

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("types", \.types, count: 0...50)
        Field("chats", \.chats, count: 0...10, note: "The company's chats.")
        Field("quiet", \.quiet, QuietTime.schema, note: "Null for no quiet hours.")
        Field("timeZone", \.timeZone, .text(1...64), note: "Null for the company's.")
        Field("digest", \.digest, note: "How often mail is gathered; what is urgent does not wait.")
    }
}

/// From when to when somebody wants to hear nothing.
package struct QuietTime: WireValue, Sendable, Hashable {
    package let from: String
    package let to: String

    var hours: QuietHours { QuietHours(from: Self.minute(from) ?? 0, to: Self.minute(to) ?? 0) }

    init(from: String, to: String) throws(Invalid) {
        guard from != to else { throw Invalid("must not be the time at which they begin", field: "to") }
        self.from = from
        self.to = to
    }

    init?(_ hours: QuietHours?) {
        guard let hours else { return nil }
        (from, to) = (Self.text(hours.from), Self.text(hours.to))
    }

    private static let time = Schema<String>.string(
        5...5, pattern: "^([01][0-9]|2[0-3]):[0-5][0-9]$", "must be a time of the day, such as 22:00"
    ) { minute($0) != nil }

    package static let schema: Schema<Self> = .record({ (from: String, to: String) throws(Invalid) in
        try QuietTime(from: from, to: to)
    }) {
        Field("from", \.from, time)
        Field("to", \.to, time, note: "May be on the next day.")
    }

    private static func minute(_ text: String) -> Int? {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, parts.allSatisfy({ $0.count == 2 && $0.allSatisfy { ("0"..."9").contains($0) } }),
            let hour = Int(parts[0]), let minute = Int(parts[1]), hour < 24, minute < 60
        else { return nil }
        return hour * 60 + minute
    }

    private static func text(_ minute: Int) -> String {
        func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
        return "\(two(minute / 60)):\(two(minute % 60))"
    }
}

/// One type of notices, way by way.
package struct TypeSubscription: WireValue, Sendable {
    package let type: NoticeType
    package let channels: [ChannelSubscription]

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("type", \.type)
        Field("channels", \.channels, count: 0...NoticeChannel.allCases.count)
    }
}

/// Whether a type of notices goes by one way.
package struct ChannelSubscription: WireValue, Sendable {
    package let channel: NoticeChannel
    package let isWanted: Bool
    /// What holds for those who say nothing.
    package let isStandard: Bool
    /// It cannot be switched off.
    package let isFixed: Bool

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("channel", \.channel)
        Field("isWanted", \.isWanted)
        Field("isStandard", \.isStandard, note: "What holds for those who say nothing.")
        Field("isFixed", \.isFixed, note: "It cannot be switched off.")
    }
}

/// The body that sets where one is told of what.
package struct SetNoticeSubscriptions: WireValue {
    package let wishes: [NoticeWish]
    package let quiet: QuietTime?
    package let timeZone: String?
    package let digest: NoticeDigest

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("wishes", \.wishes, count: 0...200, note: "Whatever is not among them is as the company has it.")
        Field("quiet", \.quiet, QuietTime.schema)
        Field("timeZone", \.timeZone, .text(1...64))
        Field("digest", \.digest)
    }
}

/// Whether a type of notices is to go by a way.
package struct NoticeWish: WireValue, Sendable, Hashable {
    package let type: NoticeType
    package let channel: NoticeChannel
    package let isWanted: Bool

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("type", \.type)
        Field("channel", \.channel)
        Field("isWanted", \.isWanted)
    }

    /// Each that can be, once; by none of `others`, for which somebody else decides.
    static func check(_ wishes: [NoticeWish], besides others: Set<NoticeChannel> = []) throws {
        for (index, wish) in wishes.enumerated() {
            let pointer = "/wishes/\(index)"
            guard wish.type.possible.contains(wish.channel), !others.contains(wish.channel) else {
                throw NotificationError.notPossible(
                    pointer: pointer + "/channel", message: "is no way by which these notices go")
            }
            guard wish.isWanted || wish.type.isFree(wish.channel) else {
                throw NotificationError.notPossible(
                    pointer: pointer + "/isWanted", message: "cannot be switched off for these notices")
            }
            guard !wishes[..<index].contains(where: { $0.type == wish.type && $0.channel == wish.channel }) else {
                throw NotificationError.notPossible(pointer: pointer, message: "is named twice")
            }
        }
    }
}

/// What a company has as its people's standard.
package struct NoticeDefaults: WireValue, Sendable {
    package let types: [TypeSubscription]
    package let chats: [NoticeChannel]

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("types", \.types, count: 0...50)
        Field("chats", \.chats, count: 0...10, note: "The company's chats.")
    }
}

/// The body that sets it.
package struct SetNoticeDefaults: WireValue {
    package let wishes: [NoticeWish]

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("wishes", \.wishes, count: 0...200, note: "Whatever is not among them is as the product has it.")
    }
}
