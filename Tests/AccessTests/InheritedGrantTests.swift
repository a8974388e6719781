import FoundationEssentials
import HTTPAPI
import Kernel
import Postgres
import Stage
import TestSupport
import Testing

@testable import Access

@Suite struct InheritedGrantTests {
    @Test func `a part sees what holds in it from above, by name and origin, and nothing else`() async throws {
        let estate = try await Estate()
        let (stage, scope) = (estate.stage, estate.scope)
        let europe = try await stage.makeOrganization("Europe", in: scope)
        let berlin = try await stage.makeOrganization("Berlin", below: europe, in: scope)
        let asia = try await stage.makeOrganization("Asia", in: scope)
        func place(_ asset: AssetID, in organization: OrganizationID) async throws {
            try await stage.database.execute(
                """
                update assets set org_id = \(organization)
                where tenant_id = \(scope.tenant) and asset_id = \(asset)
                """, in: scope)
        }
        let tokyo = try await stage.makeAsset("tokyo", in: scope)
        let other = try await stage.makeAsset("paris", in: scope)
        try await place(estate.asset, in: berlin)
        try await place(other, in: europe)
        try await place(tokyo, in: asia)
        let node = try await estate.node("Servers")
        try await estate.put(estate.asset, into: node)

        try await estate.grant("Own")  // all of it lies in Berlin
        try await estate.grant("Europe's", assets: [estate.asset, other])
        try await estate.grant("Company's", assets: [estate.asset, tokyo])
        try await estate.grant("By folder", nodes: [node])
        try await estate.grant("Denial", effect: .deny)
        try await estate.grant("Elsewhere", assets: [tokyo])
        let moved = try await estate.grant("Asia's denial", effect: .deny)
        try await stage.database.execute(
            "update grants set org_id = \(asia) where tenant_id = \(scope.tenant) and grant_id = \(moved.id)", in: scope
        )
        let over = try await estate.grant("Revoked", assets: [estate.asset, tokyo])
        _ = try await estate.access.revoke(
            over.id, RevokeGrant(reason: "over"), by: estate.admin, at: stage.now, audit: .discarding, in: scope)

        func inherited(
            _ organization: OrganizationID, by reach: [OrganizationID]? = nil
        ) async throws -> [String: String?] {
            let page = try PageRequest.parse(#"name ne "x""#, InheritedGrant.listing)
            let rows = try await estate.access.inherited(
                by: organization, page, in: TenantScope(tenant: scope.tenant, organizations: reach)
            ).rows
            return Dictionary(uniqueKeysWithValues: rows.map { ($0.name, $0.organization?.name) })
        }
        let company = try #require(
            try await stage.database.first(
                """
                select name from organizations
                where tenant_id = \(scope.tenant) and org_id = \(OrganizationID(scope.tenant.uuid))
                """, in: scope
            ) { try $0.next(String.self) })
        let atBerlin: [String: String?] = [
            "Europe's": "Europe", "Company's": company, "By folder": company, "Denial": company, "Asia's denial": nil,
        ]
        #expect(try await inherited(berlin) == atBerlin)
        #expect(try await inherited(berlin, by: [berlin]) == atBerlin)
        #expect(
            try await inherited(europe, by: [europe]) == [
                "Company's": company, "By folder": company, "Denial": company, "Asia's denial": nil,
            ])
        #expect(try await inherited(asia) == ["Company's": company])
        for place in [europe, asia] {
            await #expect(throws: AccessError.notFound) { try await inherited(place, by: [berlin]) }
        }
        let theirs = try await stage.makeTenant("bolt")
        let page = try PageRequest.parse(#"name ne "x""#, InheritedGrant.listing)
        await #expect(throws: AccessError.notFound) { try await estate.access.inherited(by: berlin, page, in: theirs) }
    }

    @Test func `every filter and order of the list runs`() async throws {
        let estate = try await Estate()
        let top = OrganizationID(estate.scope.tenant.uuid)
        for page in InheritedGrant.listing.samples {
            _ = try await estate.access.inherited(by: top, page, in: estate.scope)
        }
    }
}
