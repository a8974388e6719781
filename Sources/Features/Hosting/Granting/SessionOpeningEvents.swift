import Audit
import FoundationEssentials
import GatewayContract
import Kernel
import Postgres
import Sessions

/// What the tenant's trail says about sessions that are asked for at a gateway.
enum SessionOpeningEvents {
    private static let action = "session.granted"

    static func opened(
        _ session: NewSession, _ database: Database, in scope: TenantScope, _ transaction: Transaction
    ) async throws {
        let entry = AuditEntry(
            action: action, actor: .user(session.user.id, session.user.name),
            target: AuditTarget("session", session.id, "\(session.accountName) on \(session.asset.name)"),
            details: [
                "asset": .string(session.asset.id.text), "account": .string(session.accountName),
                "entrance": .string(session.entrance.rawValue), "channel": .string(session.channel.rawValue),
                "grant": .string(session.grant.text), "worker": .string(session.worker.text),
            ], traceID: session.traceID, clientAddress: session.clientAddress, at: session.createdAt)
        try await AuditLog(database: database).append(entry, in: scope, transaction)
    }

    static func refused(_ refusal: SessionRefused, _ opening: OpenSession.Opening, _ database: Database) async throws {
        let wanted = opening.request.target
        let entry = AuditEntry(
            action: action, actor: .user(opening.person.user.id, opening.person.user.name),
            target: AuditTarget(kind: "target", id: nil, name: "\(wanted.account ?? "?") on \(wanted.asset)"),
            outcome: .refused, details: ["reasons": .array(refusal.reasons.map { .string($0.code) })],
            traceID: opening.traceID, clientAddress: opening.request.clientAddress, at: opening.now)
        try await AuditLog(database: database).append(entry, scope: opening.person.scope)
    }
}
