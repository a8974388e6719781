import FoundationEssentials
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
}

/// The body that answers through a link.
package struct AnswerLink: WireValue {
    package let outcome: TicketOutcome
    package let comment: String

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("outcome", \.outcome)
        Field("comment", \.comment, Schema<String>.lines(0...2000).otherwise(""))
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
