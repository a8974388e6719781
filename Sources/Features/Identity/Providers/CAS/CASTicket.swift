import Cryptography
import FoundationEssentials
import Kernel
import Postgres
import SAML

/// A service ticket: what a browser brings from a CAS server, and what its server says is over. Never one for a proxy.
enum CASTicket {
    /// As it can stand in an address: longer ones need not be taken (CAS protocol 3.0 §3.1.1).
    static func isTicket(_ text: String) -> Bool {
        4...256 ~= text.utf8.count && text.hasPrefix("ST-")
            && text.utf8.allSatisfy {
                0x61...0x7A ~= $0 | 0x20 || 0x30...0x39 ~= $0 || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: ".")
                    || $0 == UInt8(ascii: "_")
            }
    }

    /// The ticket whose session is over, out of what a server posts: it looks like SAML, and is no more than this.
    static func ended(by bytes: [UInt8]) -> String? {
        let space = "urn:oasis:names:tc:SAML:2.0:protocol"
        let limits = XMLLimits(bytes: 16 << 10, nodes: 100, depth: 8, attributes: 16, namespaces: 16)
        guard let root = try? XMLReader.read(bytes, limits: limits), root.isNamed("LogoutRequest", in: space),
            let index = root.only("SessionIndex", in: space), index.children.isEmpty, isTicket(index.trimmedText)
        else { return nil }
        return index.trimmedText
    }
}

/// The rows of tickets that were brought, each for longer than any server knows one.
enum CASTicketStore {
    private static let lifetime: TimeInterval = 24 * 3600

    /// Whether it is the first time. Some servers compare addresses without all of their parts, or know a ticket for longer
    /// than one use.
    static func use(
        _ ticket: String, of provider: IdentityProviderID, at now: Date, in scope: TenantScope, _ database: Database
    ) async throws -> Bool {
        try await database.first(
            """
            insert into cas_tickets (tenant_id, identity_provider_id, ticket_hash, expires_at)
            values (\(scope.tenant), \(provider), \(Hash256.of(Array(ticket.utf8)).bytes), \(now + lifetime))
            on conflict do nothing returning true
            """, in: scope
        ) { try $0.next(Bool.self) } ?? false
    }
}
