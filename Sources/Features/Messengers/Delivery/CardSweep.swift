import FoundationEssentials
import Kernel
import Postgres

/// What is asked about cards of all tenants. It sees ids, states and times, and nothing of what is sent.
struct CardSweep: Sendable {
    let database: Database

    /// The tenants with approvers whom no vendor has been given a card for in time.
    func late(at now: Date) async throws -> [TenantID] {
        try await database.query(
            "select distinct tenant_id from messenger_cards where fallback_at <= \(now) limit 1000",
            in: SystemScope(reason: "tell approvers another way")
        ) { try $0.next() }
    }

    /// Forgets callbacks that are too old to be believed once more, and notices that were told long ago.
    func sweep(callbacksBefore old: Date, noticesBefore older: Date) async throws {
        let scope = SystemScope(reason: "forget old callbacks")
        try await database.execute("delete from messenger_events where at < \(old)", in: scope)
        try await database.execute(
            "delete from messenger_cards where ticket_id is null and created_at < \(older)", in: scope)
    }
}
