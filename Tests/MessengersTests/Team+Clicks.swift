import HTTPAPI
import Kernel
import Postgres
import Stage
import Synchronization

@testable import Messengers

/// What came of clicks.
extension Team {
    func answers(_ ticket: TicketID) -> [(UserID, Bool)] {
        office.book.withLock { $0.requests[ticket]?.answers.map { ($0.user, $0.isApproval) } ?? [] }
    }

    static func toast(_ answer: Answer) -> String { answer.json["toast"]?["content"]?.text ?? "" }

    func trail() async throws -> [String] {
        try await stage.database.query(
            """
            select action || ' ' || outcome || ' ' || coalesce(details ->> 'reason', '') from audit_events
            where tenant_id = \(scope.tenant) and action = 'ticket.decided' order by 1
            """, in: scope
        ) { try $0.next() }
    }
}
