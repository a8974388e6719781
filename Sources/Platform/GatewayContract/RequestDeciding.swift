package import FoundationEssentials
package import Kernel

/// Requests of one's own, or those that wait for one.
package enum RequestView: String, CaseIterable, WireValue {
    case mine
    case inbox
}

/// A page of requests is asked for.
package struct RequestListQuestion: WireValue, Equatable {
    package let admission: AdmissionID
    package let view: RequestView

    package init(admission: AdmissionID, view: RequestView) {
        self.admission = admission
        self.view = view
    }

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("admission", \.admission)
        Field("view", \.view)
    }
}

/// The first of them: of one's own the newest, of those that wait for one those that end first.
package struct RequestList: WireValue, Equatable {
    package let items: [RequestCard]
    package let hasMore: Bool

    package init(items: [RequestCard], hasMore: Bool) {
        self.items = items
        self.hasMore = hasMore
    }

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("items", \.items, .array(of: RequestCard.schema, 0...100))
        Field("hasMore", \.hasMore)
    }
}

/// One request is asked about. A worker at which somebody waits for it asks now and then, and is told by an event in the
/// meantime: the answer is the truth, the event is speed.
package struct RequestQuestion: WireValue, Equatable {
    package let admission: AdmissionID
    package let ticket: TicketID

    package init(admission: AdmissionID, ticket: TicketID) {
        self.admission = admission
        self.ticket = ticket
    }

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("admission", \.admission)
        Field("ticket", \.ticket)
    }
}

/// An approver answers. The worker decides nothing by itself: an approval carries a code of the second factor that only the
/// person has, and names what they were shown.
package struct RequestDecision: WireValue, Equatable {
    package let admission: AdmissionID
    package let ticket: TicketID
    package let isApproval: Bool
    package let comment: String
    package let digest: String
    package let code: PassedSecret?

    package init(
        admission: AdmissionID, ticket: TicketID, isApproval: Bool, comment: String, digest: String,
        code: PassedSecret?
    ) {
        self.admission = admission
        self.ticket = ticket
        self.isApproval = isApproval
        self.comment = comment
        self.digest = digest
        self.code = code
    }

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("admission", \.admission)
        Field("ticket", \.ticket)
        Field("approval", \.isApproval)
        Field("comment", \.comment, .lines(0...2000))
        Field("digest", \.digest, .text(64...64), note: "Of the request as it was shown.")
        Field("code", \.code, note: "A code of the second factor; an approval needs one, a refusal none.")
    }
}

/// How a request stands, or why it is not shown or not changed.
package enum RequestAnswer: WireValue, Equatable {
    case shown(RequestCard)
    case refused(RequestRefused)

    package static let schema: Schema<Self> = .union(
        "outcome",
        Variant(
            "shown", { (shown: ShownRequest) in Self.shown(shown.card) },
            { if case .shown(let card) = $0 { ShownRequest(card: card) } else { nil } }),
        Variant("refused", Self.refused, { if case .refused(let value) = $0 { value } else { nil } }))
}

/// A request that is shown: what a list has too is not told apart by an outcome.
package struct ShownRequest: WireValue, Equatable {
    package let card: RequestCard

    package static let schema: Schema<Self> = .record(Self.init(card:)) {
        Field("card", \.card)
    }
}

/// A request as a terminal shows it. It carries no secrets.
package struct RequestCard: WireValue, Equatable {
    package let ticket: TicketID
    package let number: Int
    package let kind: String
    /// What the kind is called.
    package let kindName: Wording?
    package let requester: String
    package let isOwn: Bool
    package let facts: [RequestFact]
    package let reason: String
    package let risk: String
    package let state: String
    package let levels: [RequestLevel]
    package let deadline: Date
    package let createdAt: Date
    package let digest: String
    /// Whether the person who asks about it may answer it now.
    package let mayDecide: Bool
    /// Whether their approval takes a tap on a passkey, which no terminal can ask for.
    package let needsPasskey: Bool
    /// Whether their approval is taken with a comment only, and whether their refusal is.
    package let approvalNeedsComment: Bool
    package let refusalNeedsComment: Bool
    package let url: String

    package init(
        ticket: TicketID, number: Int, kind: String, kindName: Wording? = nil, requester: String, isOwn: Bool,
        facts: [RequestFact], reason: String, risk: String, state: String, levels: [RequestLevel], deadline: Date,
        createdAt: Date, digest: String, mayDecide: Bool, needsPasskey: Bool,
        approvalNeedsComment: Bool = false, refusalNeedsComment: Bool = false, url: String
    ) {
        self.ticket = ticket
        self.number = number
        self.kind = kind
        self.kindName = kindName
        self.requester = requester
        self.isOwn = isOwn
        self.facts = facts
        self.reason = reason
        self.risk = risk
        self.state = state
        self.levels = levels
        self.deadline = deadline
        self.createdAt = createdAt
        self.digest = digest
        self.mayDecide = mayDecide
        self.needsPasskey = needsPasskey
        self.approvalNeedsComment = approvalNeedsComment
        self.refusalNeedsComment = refusalNeedsComment
        self.url = url
    }

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("ticket", \.ticket)
        Field("number", \.number, .int(1...Int(Int32.max)))
        Field("kind", \.kind, .text(1...40))
        Field("kindName", \.kindName, Wording.schema)
        Field("requester", \.requester, .text(0...200))
        Field("own", \.isOwn, note: "The person asked for this.")
        Field("facts", \.facts, .array(of: RequestFact.schema, 0...100))
        Field("reason", \.reason, .lines(0...500))
        Field("risk", \.risk, .text(1...20))
        Field("state", \.state, .text(1...20), note: "open, approved, rejected, withdrawn or expired.")
        Field("levels", \.levels, .array(of: RequestLevel.schema, 0...5))
        Field("deadline", \.deadline)
        Field("createdAt", \.createdAt)
        Field("digest", \.digest, .text(64...64), note: "A decision names it.")
        Field("mayDecide", \.mayDecide, note: "Whether it is the person's turn.")
        Field("needsPasskey", \.needsPasskey, note: "Whether their approval takes a tap on a passkey.")
        Field(
            "approvalNeedsComment", \.approvalNeedsComment, Bool.schema.otherwise(false),
            note: "Whether their approval is taken with a comment only.")
        Field("refusalNeedsComment", \.refusalNeedsComment, Bool.schema.otherwise(false))
        Field("url", \.url, .text(0...1024), note: "The request in the portal.")
    }

    package var isOpen: Bool { state == "open" }
}

/// A line about a request: a word that the reader's language has a name for, and what it is.
package struct RequestFact: WireValue, Equatable {
    package enum Form: String, CaseIterable, WireValue {
        case text
        case seconds
        case time
    }

    package let label: String
    package let values: [String]
    package let form: Form
    /// What the label is called, and those values that are words of ours.
    package let name: Wording?
    package let words: [RequestWord]

    package init(
        label: String, values: [String], form: Form = .text, name: Wording? = nil, words: [RequestWord] = []
    ) {
        self.label = label
        self.values = values
        self.form = form
        self.name = name
        self.words = words
    }

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("label", \.label, .text(1...100))
        Field("values", \.values, .array(of: .lines(0...2000), 0...1000))
        Field("form", \.form)
        Field("name", \.name, Wording.schema)
        Field("words", \.words, .array(of: RequestWord.schema, 0...100).otherwise([]))
    }
}

/// What a value is called that is a word of ours.
package struct RequestWord: WireValue, Equatable {
    package let value: String
    package let name: Wording

    package init(_ value: String, _ name: Wording) {
        self.value = value
        self.name = name
    }

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("value", \.value, .text(0...2000))
        Field("name", \.name)
    }
}

/// One level of the path of a request.
package struct RequestLevel: WireValue, Equatable {
    package let name: String
    package let quorum: Int
    package let isOpen: Bool
    package let isPassed: Bool
    package let needsPasskey: Bool
    package let deadline: Date?
    package let people: [String]
    package let more: Int
    package let answers: [RequestLevelAnswer]

    package init(
        name: String, quorum: Int, isOpen: Bool, isPassed: Bool, needsPasskey: Bool, deadline: Date?,
        people: [String], more: Int, answers: [RequestLevelAnswer]
    ) {
        self.name = name
        self.quorum = quorum
        self.isOpen = isOpen
        self.isPassed = isPassed
        self.needsPasskey = needsPasskey
        self.deadline = deadline
        self.people = people
        self.more = more
        self.answers = answers
    }

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("name", \.name, .text(0...100))
        Field("quorum", \.quorum, .int(1...1000))
        Field("open", \.isOpen)
        Field("passed", \.isPassed)
        Field("needsPasskey", \.needsPasskey)
        Field("deadline", \.deadline, note: "Null until it is asked.")
        Field("people", \.people, .array(of: .text(0...200), 0...20), note: "Who may answer it.")
        Field("more", \.more, .int(0...100_000), note: "How many there are besides.")
        Field("answers", \.answers, .array(of: RequestLevelAnswer.schema, 0...100))
    }
}

/// An answer that was given.
package struct RequestLevelAnswer: WireValue, Equatable {
    package let name: String
    package let onBehalfOf: String?
    package let isApproval: Bool
    package let comment: String
    package let at: Date
    /// What it took away.
    package let changes: [RequestChange]

    package init(
        name: String, onBehalfOf: String?, isApproval: Bool, comment: String, at: Date, changes: [RequestChange] = []
    ) {
        self.name = name
        self.onBehalfOf = onBehalfOf
        self.isApproval = isApproval
        self.comment = comment
        self.at = at
        self.changes = changes
    }

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("name", \.name, .text(0...200))
        Field("onBehalfOf", \.onBehalfOf, .text(0...200))
        Field("approval", \.isApproval)
        Field("comment", \.comment, .lines(0...2000))
        Field("at", \.at)
        Field("changes", \.changes, .array(of: RequestChange.schema, 0...10).otherwise([]))
    }
}

/// What an approver has made smaller, as it was and as it is.
package struct RequestChange: WireValue, Equatable {
    package let before: RequestFact
    package let after: RequestFact

    package init(from before: RequestFact, to after: RequestFact) {
        self.before = before
        self.after = after
    }

    package static let schema: Schema<Self> = .record(Self.init(from:to:)) {
        Field("before", \.before)
        Field("after", \.after)
    }
}
