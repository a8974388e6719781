import Cryptography
package import FoundationEssentials
import GatewayContract
package import HTTPAPI
package import Kernel
package import Postgres

/// Tokens by which a browser opens a terminal at a gateway, which knows nothing of the portal's cookies.
package struct TerminalTokens: Sendable {
    /// What a gateway is looked for: to reach what, from where.
    package struct Destination: Sendable, Equatable {
        package let asset: AssetID
        package let clientAddress: String
        package let scope: TenantScope
    }
    package typealias Gateway = @Sendable (Destination) async throws -> String?

    let database: Database
    /// Where web terminals are served, such as `wss://gateway.example.com`; nil if no gateway is there. Hosting knows.
    let gateway: Gateway

    package init(database: Database, gateway: @escaping Gateway) {
        self.database = database
        self.gateway = gateway
    }

    /// Makes a token. Whether the person may open the asset is decided when the token is spent.
    package func issue(
        _ request: TerminalTokenRequest, to user: UserID, origin: String, clientAddress: String, in scope: TenantScope,
        at now: Date, audit: AuditDraft
    ) async throws -> TerminalToken {
        let destination = Destination(asset: request.asset, clientAddress: clientAddress, scope: scope)
        guard let gateway = try await gateway(destination) else { throw TerminalError.noGateway }
        let token = RandomToken(prefix: "gwt_")
        let expiresAt = now + TerminalToken.lifetime
        do {
            try await database.transaction(in: scope) { transaction in
                try await transaction.execute(
                    """
                    insert into terminal_tokens (
                      tenant_id, token_hash, user_id, asset_id, account_name, origin, expires_at)
                    values (
                      \(scope.tenant), \(token.hash.bytes), \(user), \(request.asset), \(request.account), \(origin),
                      \(expiresAt))
                    """)
                audit.target("asset", request.asset.text)
                audit.detail("account", .string(request.account))
                try await audit.write(in: transaction)
            }
        } catch let error as DatabaseError where error.isForeignKeyViolation {
            throw SessionError.notFound
        }
        let text = token.text.reveal()
        return TerminalToken(
            token: PassedSecret(text), url: PassedSecret("\(gateway)/v1/terminal?token=\(text)"), expiresAt: expiresAt)
    }

    /// Spends a token. It is gone even if it came from the wrong place: whoever has it there should not have it.
    package func spend(_ token: String, origin: String, at now: Date) async throws -> TerminalPass? {
        let hash = RandomToken.hash(of: token).bytes
        let tenant = try await database.first(
            "select tenant_id from terminal_tokens where token_hash = \(hash)",
            in: SystemScope(reason: "a terminal token"), { try $0.next(TenantID.self) })
        guard let tenant else { return nil }
        let scope = TenantScope(tenant: tenant)
        let spent = try await database.first(
            """
            update terminal_tokens set used_at = \(now)
            where tenant_id = \(tenant) and token_hash = \(hash) and used_at is null and expires_at > \(now)
            returning user_id, asset_id, account_name, origin
            """, in: scope
        ) { row in
            (
                pass: TerminalPass(
                    scope: scope, user: try row.next(), asset: try row.next(), account: try row.next()),
                origin: try row.next(String.self)
            )
        }
        guard let spent, spent.origin == origin else { return nil }
        return spent.pass
    }

    /// Forgets tokens that are of no use any more.
    package func sweep(at now: Date) async throws {
        try await database.execute(
            "delete from terminal_tokens where expires_at < \(now)", in: SystemScope(reason: "old terminal tokens"))
    }
}

/// Why there is no terminal.
package enum TerminalError: ProblemRepresentable {
    case noGateway

    package var problem: Problem {
        switch self {
        case .noGateway: Problem(.noGateway, "No gateway serves web terminals right now.")
        }
    }
}

extension ProblemType {
    package static let noGateway = ProblemType("no-gateway", "There is no gateway", status: 503)
}
