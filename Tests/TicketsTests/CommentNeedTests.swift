import Access
import Audit
import Foundation
import HTTPAPI
import Kernel
import Stage
import TestSupport
import Testing

@testable import Tickets

/// Levels that take an answer with a comment only, whatever way it comes.
@Suite(.timeLimit(.minutes(2))) struct CommentNeedTests {
    private static let says: [(need: CommentNeed, approved: Bool, rejected: Bool)] = [
        (.never, false, false), (.approved, true, false), (.rejected, false, true), (.always, true, true),
    ]

    private func decide(
        _ desk: Desk, _ ticket: Ticket, _ outcome: String, _ comment: String, by user: UserID
    ) async throws -> Answer {
        try await desk.stage.call(
            desk.endpoints, "tickets.decide", [ticket.id.text],
            body: ["outcome": .string(outcome), "comment": .string(comment), "digest": .string(ticket.digest)],
            by: user, in: desk.scope)
    }

    @Test func `an answer that its level takes with a comment only is refused without one, and counts with one`()
        async throws
    {
        let desk = try await Desk()
        for (need, approved, rejected) in Self.says {
            for (outcome, isNeeded) in [("approved", approved), ("rejected", rejected)] {
                let ticket = try await desk.open([.of(desk.ann, needsComment: need)])
                let said = try #require(try await desk.read(ticket).path.first)
                #expect(said.needsComment == need)
                if isNeeded {
                    // What nobody can read is none.
                    for comment in ["", "  ", "\n\n", "\u{200B}\u{2060}", "\u{2800}\u{3164}"] {
                        let none = try await decide(desk, ticket, outcome, comment, by: desk.ann)
                        #expect(none.status == 422 && none.problem == "ticket-needs-comment", "\(none.json)")
                        let word = outcome == "approved" ? "why you approve" : "why you reject"
                        #expect(none.json["detail"]?.text?.contains(word) == true)
                    }
                    #expect(try await desk.read(ticket).decisions.isEmpty)
                }
                let answer = try await decide(desk, ticket, outcome, isNeeded ? "Ticket 12" : "", by: desk.ann)
                #expect(answer.status == 200 && answer["state"] == outcome, "\(answer.json)")
            }
        }
    }

    @Test(
        arguments: [
            // Braille without dots, the fillers of Hangul, and of Khitan.
            "\u{2800}", "\u{3164}", "\u{115F}", "\u{1160}", "\u{FFA0}", "\u{16FE4}",
            "\u{A0}", "\u{3000}", "\u{AD}", "\u{34F}", "\u{180E}", "\u{200D}", "\u{2063}", "\u{FE0F}", "\u{FEFF}",
            "\u{FFF9}", "\u{FFFC}", "\u{1D159}", "\u{1D173}", "\u{E0020}", "\u{301}", "\u{20E3}", "\u{7F}", "\u{2028}",
        ])
    func `what prints nothing is no comment, and takes none away`(_ blank: String) {
        #expect(!blank.isReadable)
        #expect(!" \(blank)\n\(blank)".isReadable)
        #expect("\(blank)ok".isReadable)
    }

    @Test(arguments: ["k", "好", "ㅋ", "7", ".", "👍", "🏳️‍🌈", "⠓", "é", "e\u{301}", "√", "१", "־"])
    func `what prints something is one`(_ text: String) {
        #expect(text.isReadable)
    }

    @Test func `whoever is to decide is told before, and so is who looks at the path`() async throws {
        let desk = try await Desk()
        _ = try await desk.tickets.createFlow(
            SaveFlow(
                name: "Standard", isDefault: true,
                levels: [FlowLevel(name: "Lead", approvers: [.user(desk.ann)], needsComment: .rejected)]),
            at: desk.stage.now, audit: .discarding, in: desk.scope)
        let path = try await desk.stage.call(
            desk.endpoints, "tickets.preview",
            body: ["assets": [.string(desk.asset.text)], "accounts": ["root"], "durationSeconds": 3600],
            by: desk.rita, in: desk.scope)
        guard case .array(let levels)? = path.json["levels"] else { return #expect(Bool(false), "\(path.json)") }
        #expect(levels.map { $0["needsComment"] } == ["rejected"])
        let ticket = try await desk.open()
        let shown = try await desk.tickets.find(ticket.id, for: desk.ann, at: desk.stage.now, in: desk.scope)
        #expect(shown.turn?.needsComment == .rejected && shown.mayDecide)
        // A messenger's card, a link in a mail and a terminal come in by this door.
        func click(_ outcome: TicketOutcome, _ comment: String = "") async throws {
            _ = try await desk.tickets.decide(
                fromMessenger: MessengerClick(
                    ticket: ticket.id, level: 1, user: desk.ann, outcome: outcome, comment: comment,
                    digest: ticket.digest, channel: .slack), at: desk.stage.now, audit: .discarding, in: desk.scope)
        }
        await #expect(throws: TicketError.needsComment(.rejected)) { try await click(.rejected) }
        try await click(.rejected, "Not on a Friday")
        #expect(try await desk.read(ticket).state == .rejected)
    }

    @Test func `a flow keeps what it says of comments`() async throws {
        let desk = try await Desk()
        let made = try await desk.tickets.createFlow(
            SaveFlow(
                name: "Standard", isDefault: true,
                levels: CommentNeed.allCases.map { need in
                    FlowLevel(
                        name: need.rawValue, approvers: [.user(desk.ann), .user(desk.abe), .user(desk.bob)],
                        needsComment: need)
                }.suffix(3)), at: desk.stage.now, audit: .discarding, in: desk.scope)
        #expect(made.levels.map(\.needsComment) == [.approved, .rejected, .always])
        #expect(made.levels.map(\.name) == ["approved", "rejected", "always"])
    }

    @Test func `of two needs both count`() {
        for (one, a, b) in Self.says {
            for (other, c, d) in Self.says {
                let both = one.with(other)
                #expect(both.covers(.approved) == (a || c) && both.covers(.rejected) == (b || d))
            }
        }
    }
}
