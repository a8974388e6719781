package import FoundationEssentials
package import Kernel

/// What may this person reach now?
package struct TargetsRequest: WireValue, Equatable {
    package let admission: AdmissionID
    package let words: String?
    package let page: Int

    package init(admission: AdmissionID, words: String? = nil, page: Int) {
        self.admission = admission
        self.words = words
        self.page = page
    }

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("admission", \.admission)
        Field("words", \.words, .text(0...255), note: "Only targets that match these words.")
        Field("page", \.page, .int(0...10_000))
    }
}

/// A page of the menu.
package struct TargetsPage: WireValue, Equatable {
    package let items: [MenuTarget]
    package let total: Int
    package let pageSize: Int
    /// Always empty: the menu shows requests on a page of their own. Workers of an earlier build read no page without it.
    package let waiting: [WaitingTicket]

    package init(items: [MenuTarget], total: Int, pageSize: Int, waiting: [WaitingTicket] = []) {
        self.items = items
        self.total = total
        self.pageSize = pageSize
        self.waiting = waiting
    }

    package static let schema: Schema<Self> = .record(Self.init(items:total:pageSize:waiting:)) {
        Field("items", \.items, .array(of: MenuTarget.schema, 0...200))
        Field("total", \.total, .int(0...Int(Int32.max)))
        Field("pageSize", \.pageSize, .int(1...200))
        Field(
            "waiting", \.waiting, .array(of: WaitingTicket.schema, 0...50).otherwise([]),
            note: "Empty: requests are asked for by themselves. Earlier workers need the field.")
    }
}

/// One line of the menu.
package struct MenuTarget: WireValue, Equatable {
    package let name: String
    package let account: String
    package let address: String
    package let platform: String
    package let until: Date?
    package let lastUsed: Date?

    package init(
        name: String, account: String, address: String, platform: String, until: Date? = nil, lastUsed: Date? = nil
    ) {
        self.name = name
        self.account = account
        self.address = address
        self.platform = platform
        self.until = until
        self.lastUsed = lastUsed
    }

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("name", \.name, .text(1...255))
        Field("account", \.account, .text(1...255))
        Field("address", \.address, .text(0...255))
        Field("platform", \.platform, .text(1...64))
        Field("until", \.until, note: "When the access ends, if it does.")
        Field("lastUsed", \.lastUsed, note: "When this person was there, if that was of late.")
    }
}

/// A request that is not decided yet.
package struct WaitingTicket: WireValue, Equatable {
    package let number: Int
    package let text: String

    package init(number: Int, text: String) {
        self.number = number
        self.text = text
    }

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("number", \.number, .int(1...Int(Int32.max)))
        Field("text", \.text, .text(0...500))
    }
}
