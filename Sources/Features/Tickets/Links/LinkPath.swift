package import FoundationEssentials
package import Kernel

/// A level of a request, as a message with links and a page behind one show it: no more than a card does.
package struct LinkStage: WireValue, Sendable {
    package let level: Int
    package let name: String
    package let quorum: Int
    package let needsPasskey: Bool
    package let isOpen: Bool
    package let passedAt: Date?
    package let answers: [LinkAnswer]

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("level", \.level, .int(1...5))
        Field("name", \.name, .text(0...100))
        Field("quorum", \.quorum, .int(1...1000), note: "How many have to agree.")
        Field("needsPasskey", \.needsPasskey)
        Field("isOpen", \.isOpen)
        Field("passedAt", \.passedAt, Date.schema)
        Field("answers", \.answers, count: 0...50, note: "The first fifty.")
    }
}

/// What somebody has answered, without the remark that they made.
package struct LinkAnswer: WireValue, Sendable {
    package let name: String
    package let onBehalfOf: String?
    package let outcome: TicketOutcome
    package let decidedAt: Date
    package let changes: [TicketChange]

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("name", \.name, .text(0...200))
        Field("onBehalfOf", \.onBehalfOf, .text(0...200))
        Field("outcome", \.outcome)
        Field("decidedAt", \.decidedAt)
        Field("changes", \.changes, count: 0...10, note: "What it took away.")
    }
}

/// How a level may be answered through its links.
package struct LinkWays: WireValue, Sendable {
    package let outcomes: [TicketOutcome]
    package let needsComment: CommentNeed
    package let longestComment: Int
    package let until: Date

    package static let schema: Schema<Self> = .record(Self.init) {
        Field(
            "outcomes", \.outcomes, count: 1...2,
            note: "What `outcome` of an answer may be. Agreeing where that takes a passkey is for the portal.")
        Field("needsComment", \.needsComment, note: "Which answers are given with a comment only.")
        Field("longestComment", \.longestComment, .int(1...2000))
        Field("until", \.until, note: "When the links are over.")
    }
}

extension Ticket {
    private static let mostAnswers = 50
    private static let mostValues = 50
    private static let longestValue = 200

    /// The levels with what was answered so far.
    var linkPath: [LinkStage] {
        let open = Set(openStages.map(\.level))
        return path.map { stage in
            let answers = decisions.filter { $0.level == stage.level }.prefix(Self.mostAnswers)
            return LinkStage(
                level: stage.level, name: stage.name, quorum: stage.quorum, needsPasskey: stage.needsPasskey,
                isOpen: open.contains(stage.level), passedAt: stage.passedAt,
                answers: answers.map { answer in
                    LinkAnswer(
                        name: answer.user.name, onBehalfOf: answer.onBehalfOf?.name, outcome: answer.outcome,
                        decidedAt: answer.decidedAt, changes: answer.changes.prefix(10).map(Self.shortened))
                })
        }
    }

    /// How the level may be answered by a link that is good until then.
    func ways(at level: Int, until end: Date) -> LinkWays {
        let stage = path.first { $0.level == level }
        return LinkWays(
            outcomes: stage?.needsPasskey ?? true ? [.rejected] : [.approved, .rejected],
            needsComment: stage?.needsComment ?? .always,
            longestComment: AnswerLink.longestComment, until: end)
    }

    /// What a message with links says of the request, besides what every event about it does.
    func question(facts: [TicketFact], level: Int, until end: Date, portal: String) throws -> JSON {
        [
            "level": .int(Int64(level)), "levels": .int(Int64(levels)), "levelName": .string(levelName(level)),
            "portal": .string(portal), "requesterName": .string(requester.name),
            "assetNames": .array(assets.map { .string($0.name) }),
            "startsAt": startsAt.map { .string(Timestamp.text($0)) } ?? .null, "risk": .string(risk.rawValue),
            "facts": .array(try facts.map { try $0.written }),
            "path": .array(try linkPath.map { try $0.written }), "ways": try ways(at: level, until: end).written,
        ]
    }

    func levelName(_ level: Int) -> String { path.first { $0.level == level }?.name ?? "" }

    private static func shortened(_ change: TicketChange) -> TicketChange {
        func cut(_ values: [String]) -> [String] {
            values.prefix(mostValues).map { $0.count > longestValue ? $0.prefix(longestValue) + "…" : $0 }
        }
        return TicketChange(label: change.label, before: cut(change.before), after: cut(change.after))
    }
}
