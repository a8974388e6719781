package import HTTPAPI
import Kernel

/// An answer that came too late, twice, or about something else than what is asked by now: the refusal, and what has
/// happened meanwhile.
package struct StaleAnswer: ProblemRepresentable {
    package let error: TicketError
    let meanwhile: JSON
    private let words: String

    /// Remarks stay in the portal: whoever is told outside of it has the answers without them.
    init(_ error: TicketError, _ ticket: Ticket, outside: Bool = false) {
        self.error = error
        var members: [JSON.Member] = [
            .init("state", .string(ticket.state.rawValue)), .init("level", .int(Int64(ticket.level))),
            .init("levels", .int(Int64(ticket.levels))), .init("version", .int(Int64(ticket.version))),
            .init("deadline", .string(Timestamp.text(ticket.deadline))),
        ]
        let decisions = ticket.decisions.compactMap { try? $0.written }.map {
            outside ? $0.merging(["comment": ""]) : $0
        }
        members.append(.init("decisions", .array(decisions)))
        meanwhile = .object(members)
        words = Self.words(ticket)
    }

    package var problem: Problem {
        let plain = error.problem
        let detail = [plain.detail, words.isEmpty ? nil : words].compactMap(\.self).joined(separator: " ")
        return Problem(
            plain.type, detail.isEmpty ? nil : detail, errors: plain.errors, reasons: plain.reasons,
            headers: plain.headers, members: plain.members + [.init("meanwhile", meanwhile)])
    }

    /// The newest answer, and how things stand.
    private static func words(_ ticket: Ticket) -> String {
        let last = ticket.decisions.last.map { decision in
            let level = ticket.path.first { $0.level == decision.level }?.name ?? "level \(decision.level)"
            return "\(decision.user.name) \(decision.outcome.rawValue) it on \(level) at "
                + "\(Timestamp.text(decision.decidedAt))."
        }
        let now: String? =
            switch ticket.state {
            case .open: ticket.levelNames.dropFirst(ticket.level - 1).first.map { "It waits on \($0) now." }
            case .approved: "It is approved."
            case .rejected: "It is rejected."
            case .withdrawn: "It was taken back."
            case .expired: "It has expired."
            }
        return [last, now].compactMap(\.self).joined(separator: " ")
    }
}

extension TicketError {
    /// Something that happened since may be the reason.
    var isStale: Bool {
        switch self {
        case .notOpen, .expired, .changed, .alreadyDecided, .levelDone, .notYours, .nothingLeft: true
        default: false
        }
    }
}

extension Tickets {
    /// Does this, and says what has happened meanwhile if that may be why it is refused.
    func telling<Value>(
        of id: TicketID, in scope: TenantScope, _ work: () async throws -> Value
    ) async throws -> Value {
        do {
            return try await work()
        } catch let error as TicketError where error.isStale {
            guard let ticket = try await store.find(id, in: scope.wholeTenant, database) else { throw error }
            throw StaleAnswer(error, ticket)
        }
    }
}
