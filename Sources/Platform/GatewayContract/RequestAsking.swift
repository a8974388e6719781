package import FoundationEssentials
package import Kernel

/// What may this person ask for?
package struct RequestableQuestion: WireValue, Equatable {
    package let admission: AdmissionID
    package let words: String
    package let page: Int

    package init(admission: AdmissionID, words: String, page: Int) {
        self.admission = admission
        self.words = words
        self.page = page
    }

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("admission", \.admission)
        Field("words", \.words, .text(0...255), note: "Only assets whose names have these words in them.")
        Field("page", \.page, .int(0...10_000))
    }
}

/// A page of what may be asked for.
package struct RequestablePage: WireValue, Equatable {
    package let items: [RequestableTarget]
    package let hasMore: Bool
    /// What may be asked for on them besides to connect.
    package let actions: [RequestWord]

    package init(items: [RequestableTarget], hasMore: Bool, actions: [RequestWord] = []) {
        self.items = items
        self.hasMore = hasMore
        self.actions = actions
    }

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("items", \.items, .array(of: RequestableTarget.schema, 0...100))
        Field("hasMore", \.hasMore)
        Field("actions", \.actions, RequestWord.actions, note: "What may be asked for besides to connect.")
    }
}

/// An asset that may be asked for.
package struct RequestableTarget: WireValue, Equatable {
    package let asset: AssetID
    package let name: String
    package let platform: String

    package init(asset: AssetID, name: String, platform: String) {
        self.asset = asset
        self.name = name
        self.platform = platform
    }

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("asset", \.asset)
        Field("name", \.name, .text(1...255))
        Field("platform", \.platform, .text(0...64))
    }
}

/// Access to one account of one asset for a while; to connect, and nothing more, is the smallest thing that can be asked for.
package struct RequestWish: WireValue, Equatable {
    package let asset: AssetID
    package let name: String
    /// Nil where it has to be said first.
    package let account: String?
    /// What is to be done there besides connecting.
    package let actions: [String]
    package let durationSeconds: Int

    package init(asset: AssetID, name: String, account: String?, actions: [String] = [], durationSeconds: Int) {
        self.asset = asset
        self.name = name
        self.account = account
        self.actions = actions
        self.durationSeconds = durationSeconds
    }

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("asset", \.asset)
        Field("name", \.name, .text(1...255), note: "What people call the asset; the id counts.")
        Field("account", \.account, .text(1...255), note: "Null where it has to be said first.")
        Field(
            "actions", \.actions, Schema<[String]>.array(of: .text(1...20), 0...20).otherwise([]),
            note: "What is to be done there besides connecting.")
        Field("durationSeconds", \.durationSeconds, .int(60...2_592_000))
    }
}

/// Which way would this go?
package struct RequestPathQuestion: WireValue, Equatable {
    package let admission: AdmissionID
    package let wish: RequestWish

    package init(admission: AdmissionID, wish: RequestWish) {
        self.admission = admission
        self.wish = wish
    }

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("admission", \.admission)
        Field("wish", \.wish)
    }
}

/// The way that a request would go if it were sent now, or why there is none.
package enum RequestPathAnswer: WireValue, Equatable {
    case path(RequestPath)
    case refused(RequestRefused)

    package static let schema: Schema<Self> = .union(
        "outcome",
        Variant("path", Self.path, { if case .path(let value) = $0 { value } else { nil } }),
        Variant("refused", Self.refused, { if case .refused(let value) = $0 { value } else { nil } }))
}

/// The levels of a request that is not sent yet.
package struct RequestPath: WireValue, Equatable {
    package let flow: String
    package let risk: String
    package let approvesItself: Bool
    package let isParallel: Bool
    package let levels: [RequestPathLevel]

    package init(flow: String, risk: String, approvesItself: Bool, isParallel: Bool, levels: [RequestPathLevel]) {
        self.flow = flow
        self.risk = risk
        self.approvesItself = approvesItself
        self.isParallel = isParallel
        self.levels = levels
    }

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("flow", \.flow, .text(0...100))
        Field("risk", \.risk, .text(1...20))
        Field("approvesItself", \.approvesItself, note: "Nobody is asked.")
        Field("parallel", \.isParallel, note: "All levels are asked at once.")
        Field("levels", \.levels, .array(of: RequestPathLevel.schema, 0...5))
    }
}

/// One level of it.
package struct RequestPathLevel: WireValue, Equatable {
    package let name: String
    package let quorum: Int
    package let people: [String]
    package let more: Int
    package let needsPasskey: Bool
    package let latest: Date

    package init(name: String, quorum: Int, people: [String], more: Int, needsPasskey: Bool, latest: Date) {
        self.name = name
        self.quorum = quorum
        self.people = people
        self.more = more
        self.needsPasskey = needsPasskey
        self.latest = latest
    }

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("name", \.name, .text(0...100))
        Field("quorum", \.quorum, .int(1...1000), note: "How many of them have to agree.")
        Field("people", \.people, .array(of: .text(0...200), 0...20))
        Field("more", \.more, .int(0...100_000), note: "How many there are besides.")
        Field("needsPasskey", \.needsPasskey)
        Field("latest", \.latest, note: "When it ends at the latest.")
    }
}

/// A person asks.
package struct NewRequest: WireValue, Equatable {
    package let admission: AdmissionID
    package let wish: RequestWish
    package let reason: String

    package init(admission: AdmissionID, wish: RequestWish, reason: String) {
        self.admission = admission
        self.wish = wish
        self.reason = reason
    }

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("admission", \.admission)
        Field("wish", \.wish)
        Field("reason", \.reason, .text(1...500))
    }
}

/// Why something about a request cannot be done, in words for the person.
package struct RequestRefused: WireValue, Equatable {
    package let code: String
    package let text: String
    package let url: String

    package init(code: String, text: String, url: String = "") {
        self.code = code
        self.text = text
        self.url = url
    }

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("code", \.code, .text(1...64), note: "The name of the problem, as the API has it.")
        Field("text", \.text, .lines(0...4096))
        Field("url", \.url, .text(0...1024), note: "Where it can be done instead; empty if nowhere.")
    }
}
