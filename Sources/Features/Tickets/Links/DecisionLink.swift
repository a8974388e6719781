package import Access
package import Assets
package import FoundationEssentials
package import Kernel

/// A single-use link by which one approver decides one level of one request as it was when the link was made.
struct DecisionLink: Sendable, Hashable {
    let ticket: TicketID
    let level: Int
    let user: UserID
    /// The person's name, for the trail.
    let name: String
    let digest: [UInt8]
    /// The webhook through which it went, whose secret signs the answer.
    let webhook: WebhookID?
    let expiresAt: Date
    var usedAt: Date?

    func isGood(at now: Date) -> Bool { usedAt == nil && expiresAt > now }
}

/// What a link is about, for a page or a bridge that shows it before somebody answers.
package struct LinkQuestion: WireValue, Sendable {
    package let ticket: TicketID
    package let number: Int
    package let approver: String
    package let requester: String
    package let kind: TicketKindName
    package let risk: TicketRisk
    package let reason: String
    package let startsAt: Date?
    package let facts: [TicketFact]
    package let assets: [String]
    package let accounts: [AccountName]
    package let actions: [AccessAction]
    package let durationSeconds: Int
    package let state: TicketState.Word
    package let level: Int
    package let levels: Int
    package let levelName: String
    package let path: [LinkStage]
    package let ways: LinkWays
    package let deadline: Date
    package let portal: String

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("ticket", \.ticket)
        Field("number", \.number, .int(1...Int(Int32.max)))
        Field("approver", \.approver, .text(0...200))
        Field("requester", \.requester, .text(0...200))
        Field("kind", \.kind)
        Field("risk", \.risk)
        Field("reason", \.reason, .text(1...500))
        Field("startsAt", \.startsAt, Date.schema, note: "Null for from the decision on.")
        Field("facts", \.facts, count: 0...100, note: "All that is decided about, whatever the kind.")
        Field("assets", \.assets, Schema<[String]>.array(of: .text(0...200), 0...100))
        Field("accounts", \.accounts, count: 0...100)
        Field("actions", \.actions, count: 0...20)
        Field("durationSeconds", \.durationSeconds, .int(0...31_536_000))
        Field("state", \.state)
        Field("level", \.level, .int(1...5), note: "The level that the link decides.")
        Field("levels", \.levels, .int(1...5))
        Field("levelName", \.levelName, .text(0...100))
        Field("path", \.path, count: 0...5, note: "The levels, with what was answered so far.")
        Field("ways", \.ways)
        Field("deadline", \.deadline)
        Field("portal", \.portal, .text(1...500), note: "Where the request is in the portal.")
    }
}

/// The body that answers through a link.
package struct AnswerLink: WireValue {
    package let outcome: TicketOutcome
    package let comment: String

    static let longestComment = 2000

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("outcome", \.outcome)
        Field("comment", \.comment, Schema<String>.lines(0...longestComment).otherwise(""))
    }
}

/// What came of an answer through a link.
package struct LinkOutcome: WireValue, Sendable {
    package let ticket: TicketID
    package let number: Int
    package let state: TicketState.Word
    package let level: Int
    package let levels: Int

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("ticket", \.ticket)
        Field("number", \.number, .int(1...Int(Int32.max)))
        Field("state", \.state)
        Field("level", \.level, .int(1...5))
        Field("levels", \.levels, .int(1...5))
    }
}
