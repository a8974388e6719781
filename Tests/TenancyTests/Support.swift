import Cryptography
import FoundationEssentials
import HTTPAPI
import Kernel
import Postgres
import TestSupport

@testable import Tenancy

/// Tenants on a database of their own, with a stand-in for Identity.
struct TenancyFixture {
    static let now = Date(timeIntervalSince1970: 1_795_000_000)

    let test: TestDatabase
    let master = MasterKey.ephemeral()
    let keys: TenantKeys
    let tenancy: Tenancy

    init(administrators: any FirstAdministrators = StandInAdministrators()) async throws {
        test = try await TestDatabase()
        keys = TenantKeys(database: test.database, master: master)
        tenancy = Tenancy(database: test.database, keys: keys, administrators: administrators)
    }

    func create(
        _ slug: String = "acme", name: String = "Acme", login: String = "ada", trialEndsAt: Date? = nil
    ) async throws -> CreatedTenant {
        let request = CreateTenantRequest(
            slug: TenantSlug(slug)!, name: try TenantName(parsing: name), trialEndsAt: trialEndsAt,
            administrator: NewAdministrator(login: login, name: "Ada"))
        return try await tenancy.create(request, audit: .discarding, at: Self.now, in: ProviderScope())
    }

    func events(_ scope: TenantScope) async throws -> [String] {
        try await test.database.query(
            "select type from events where tenant_id = \(scope.tenant) order by sequence", in: scope
        ) { try $0.next() }
    }
}

struct StandInAdministrators: FirstAdministrators {
    func invite(
        _ administrator: NewAdministrator, to tenant: Tenant, isNew: Bool, at now: Date, in tx: Transaction
    ) async throws -> String? {
        "https://\(tenant.slug.text).example/invitation#token=\(administrator.login)"
    }
}

/// Fails as a server does that dies between the two steps.
struct DyingAdministrators: FirstAdministrators {
    struct Died: Error {}

    func invite(
        _ administrator: NewAdministrator, to tenant: Tenant, isNew: Bool, at now: Date, in tx: Transaction
    ) async throws -> String? { throw Died() }
}
