import Cryptography
import FoundationEssentials
import Kernel
import Postgres
import Tenancy

/// A gateway with what opens it.
struct SealedSMSGateway {
    let gateway: SMSGateway
    let sealedSecret: [UInt8]?
}

/// The rows of gateways for text messages.
enum SMSGatewayStore {
    /// The table, which every sealed secret is bound to.
    static let table = "sms_gateways"

    private static let columns: SQL = """
        g.sms_gateway_id, g.name, g.enabled, g.kind, g.settings, g.sealed_secret is not null, g.created_at, g.last_taken_at,
          g.last_refusal, g.last_refused_at, g.version, g.sealed_secret
        """

    private static func gateway(_ row: inout Row) throws -> SealedSMSGateway {
        let (id, name, enabled): (SMSGatewayID, String, Bool) = (try row.next(), try row.next(), try row.next())
        let (kind, settings): (String, JSON) = (try row.next(), try row.next())
        let gateway = SMSGateway(
            id: id, name: name, enabled: enabled, kind: kind, settings: try? SMSGatewaySettings.schema.parse(settings),
            hasSecret: try row.next(), createdAt: try row.next(), lastTakenAt: try row.next(),
            lastRefusal: try row.next(), lastRefusedAt: try row.next(), version: try row.next())
        return SealedSMSGateway(gateway: gateway, sealedSecret: try row.next())
    }

    /// In their order.
    static func all(in scope: TenantScope, _ database: Database) async throws -> [SealedSMSGateway] {
        try await database.query(
            """
            select \(fragment: columns) from sms_gateways g where g.tenant_id = \(scope.tenant)
            order by g.position, g.sms_gateway_id limit \(SMSGateway.most)
            """, in: scope, gateway)
    }

    static func find(
        _ id: SMSGatewayID, in scope: TenantScope, _ database: Database
    ) async throws -> SealedSMSGateway? {
        try await database.first(
            """
            select \(fragment: columns) from sms_gateways g
            where g.tenant_id = \(scope.tenant) and g.sms_gateway_id = \(id)
            """, in: scope, gateway)
    }

    /// Holds the gateway until the transaction ends.
    static func lock(_ id: SMSGatewayID, in scope: TenantScope, _ tx: Transaction) async throws -> SMSGateway? {
        try await tx.first(
            """
            select \(fragment: columns) from sms_gateways g
            where g.tenant_id = \(scope.tenant) and g.sms_gateway_id = \(id) for no key update of g
            """, gateway
        )?.gateway
    }

    static func insert(
        _ gateway: SMSGateway, _ settings: SMSGatewaySettings, secret: SealedValue?, in scope: TenantScope,
        _ tx: Transaction
    ) async throws -> Bool {
        // Two at once are one after the other, so that there are never too many.
        try await tx.execute(
            "select pg_advisory_xact_lock(hashtextextended('sms-gateways ' || \(scope.tenant)::uuid::text, 0))")
        return try await naming {
            try await tx.execute(
                """
                insert into sms_gateways (tenant_id, sms_gateway_id, name, kind, position, enabled, settings,
                  tenant_key_id, sealed_secret, created_at)
                select \(scope.tenant), \(gateway.id), \(gateway.name), \(settings.kind),
                  coalesce(max(g.position), 0) + 1, \(gateway.enabled), \(try json(settings)),
                  \(secret?.tenantKey), \(secret?.bytes), \(gateway.createdAt)
                from sms_gateways g where g.tenant_id = \(scope.tenant) having count(*) < \(SMSGateway.most)
                """) == 1
        }
    }

    /// Settings that cannot be read stay as they are, unless there are new ones.
    static func update(
        _ gateway: SMSGateway, _ settings: SMSGatewaySettings?, in scope: TenantScope, _ tx: Transaction
    ) async throws {
        _ = try await naming {
            try await tx.execute(
                """
                update sms_gateways set name = \(gateway.name), enabled = \(gateway.enabled),
                  kind = \(gateway.kind), settings = coalesce(\(try settings.map(json)), settings),
                  version = \(gateway.version)
                where tenant_id = \(scope.tenant) and sms_gateway_id = \(gateway.id)
                """)
        }
    }

    static func setSecret(
        _ secret: SealedValue?, of id: SMSGatewayID, in scope: TenantScope, _ tx: Transaction
    ) async throws {
        try await tx.execute(
            """
            update sms_gateways set tenant_key_id = \(secret?.tenantKey), sealed_secret = \(secret?.bytes)
            where tenant_id = \(scope.tenant) and sms_gateway_id = \(id)
            """)
    }

    static func remove(_ id: SMSGatewayID, in scope: TenantScope, _ tx: Transaction) async throws {
        try await tx.execute(
            "delete from sms_gateways where tenant_id = \(scope.tenant) and sms_gateway_id = \(id)")
    }

    /// Puts them in this order; false unless these are all.
    static func order(_ ids: [SMSGatewayID], in scope: TenantScope, _ tx: Transaction) async throws -> Bool {
        let all = try await tx.query(
            """
            select sms_gateway_id from sms_gateways where tenant_id = \(scope.tenant) order by sms_gateway_id for update
            """
        ) { try $0.next(SMSGatewayID.self) }
        guard ids.count == all.count, Set(ids) == Set(all) else { return false }
        try await tx.execute(
            """
            update sms_gateways set position = array_position(\(ids)::uuid[], sms_gateway_id)
            where tenant_id = \(scope.tenant)
            """)
        return true
    }

    /// What became of a message, in words that may be kept.
    static func note(
        _ refusal: String?, of id: SMSGatewayID, at now: Date, in scope: TenantScope, _ database: Database
    ) async throws {
        try await database.execute(
            """
            update sms_gateways set
              last_taken_at = case when \(refusal)::text is null then \(now) else last_taken_at end,
              last_refusal = coalesce(\(refusal), last_refusal),
              last_refused_at = case when \(refusal)::text is null then last_refused_at else \(now) end
            where tenant_id = \(scope.tenant) and sms_gateway_id = \(id)
            """, in: scope)
    }

    private static func json(_ settings: SMSGatewaySettings) throws -> JSON {
        try JSONParser.parse(SMSGatewaySettings.schema.bytes(of: settings))
    }

    private static func naming<Value>(_ body: () async throws -> Value) async throws -> Value {
        do {
            return try await body()
        } catch let error as DatabaseError where error.constraint == "sms_gateways_name_uq" {
            throw IdentityError.nameTaken
        }
    }
}
