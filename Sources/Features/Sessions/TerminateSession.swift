import FoundationEssentials
import GatewayContract
import HTTPAPI
package import Kernel
import Postgres

/// Ends a session because somebody with the right to do so says so.
struct TerminateSession {
    let database: Database
    let line: WorkerLine

    func callAsFunction(
        _ id: SessionID, saying reason: TerminationReason, in scope: TenantScope, at now: Date, audit: AuditDraft
    ) async throws {
        try await database.transaction(in: scope) { transaction in
            guard
                let row = try await transaction.first(
                    SessionStore.lock(id, tenant: scope.tenant), { try SessionRow(&$0) })
            else { throw SessionError.notFound }
            audit.target("session", id.text, name: "\(row.user.name) on \(row.assetName)")
            audit.detail("reason", .string(reason.text))
            guard row.life.state != .ended else { throw SessionError.ended }
            try await EndSessions(line: line)(
                where: .session(id), tenant: scope.tenant, in: transaction, at: now,
                because: { _ in .terminated }, text: "Terminated by an administrator: \(reason.text)")
            try await audit.write(in: transaction)
        }
    }
}

/// Why a session is terminated: told to the person, and kept.
package struct TerminationReason: WireValue, Equatable {
    package let text: String

    package init(text: String) {
        self.text = text
    }

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("reason", \.text, .text(1...500))
    }
}
