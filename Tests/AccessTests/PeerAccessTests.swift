import Assets
import FoundationEssentials
import HTTPAPI
import Kernel
import Postgres
import Stage
import TestSupport
import Testing

@testable import Access

/// What others have, told without saying who.
@Suite struct PeerAccessTests {
    private struct Crew {
        let estate: Estate
        let pat: UserID
        let quinn: UserID
        let group: GroupID
        let db: AssetID

        init(of size: Int = 3) async throws {
            estate = try await Estate()
            let (stage, scope) = (estate.stage, estate.scope)
            pat = try await stage.makeUser("pat", in: scope)
            quinn = try await stage.makeUser("quinn", in: scope)
            group = try await stage.makeGroup("crew", of: Array([estate.rita, pat, quinn].prefix(size)), in: scope)
            db = try await stage.makeAsset("db-1", accounts: ["root", "deploy"], in: scope)
        }

        func peers(of user: UserID? = nil, at home: [OrganizationID]? = nil) async throws -> [PeerAsset] {
            try await estate.access.peers(
                of: user ?? estate.rita, at: estate.stage.now,
                in: TenantScope(tenant: estate.scope.tenant, organizations: home)
            ).items
        }
    }

    @Test func `what others have and one has not is named with its accounts, and nobody by name`() async throws {
        let crew = try await Crew()
        let estate = crew.estate
        try await estate.grant("Pat's", users: [crew.pat], assets: [crew.db, estate.asset], accounts: [.name("root")])
        try await estate.grant("Quinn's", users: [crew.quinn], assets: [crew.db], accounts: [.name("deploy")])
        try await estate.grant("mine", assets: [estate.asset], accounts: [.name("root")])
        #expect(
            try await crew.peers() == [PeerAsset(id: crew.db, name: "db-1", accounts: ["deploy", "root"])])
        // The half that one has is left out.
        try await estate.grant("also mine", assets: [crew.db], accounts: [.name("root")])
        #expect(try await crew.peers() == [PeerAsset(id: crew.db, name: "db-1", accounts: ["deploy"])])
        try await estate.grant("all mine", assets: [crew.db], accounts: [.all])
        #expect(try await crew.peers().isEmpty)
        let text = String(
            decoding: PeerAccess.schema.bytes(of: PeerAccess(items: try await crew.peers(of: crew.pat))), as: UTF8.self)
        for secret in ["quinn", "Quinn", crew.quinn.text, crew.group.text, "crew"] { #expect(!text.contains(secret)) }
    }

    @Test func `a group of two says what one other person has, so it says nothing`() async throws {
        let crew = try await Crew(of: 2)
        let estate = crew.estate
        try await estate.grant("Pat's", users: [crew.pat], assets: [crew.db])
        #expect(try await crew.peers().isEmpty)
        _ = try await estate.stage.database.execute(
            """
            insert into group_members (tenant_id, group_id, user_id)
            values (\(estate.scope.tenant), \(crew.group), \(crew.quinn))
            """, in: estate.scope)
        #expect(try await crew.peers().map(\.name) == ["db-1"])
        // Who is disabled is nobody to hide behind, and has nothing to show.
        try await estate.stage.disable(crew.quinn, in: estate.scope)
        #expect(try await crew.peers().isEmpty)
    }

    @Test func `only what is there now, opens something, is not denied and may be asked for`() async throws {
        let crew = try await Crew()
        let estate = crew.estate
        let now = estate.stage.now
        try await estate.grant("later", users: [crew.pat], assets: [crew.db], startsAt: now + 60)
        try await estate.grant("denied", effect: .deny, users: [crew.pat], assets: [crew.db])
        let strange = try await estate.stage.makeUser("stranger", in: estate.scope)
        try await estate.grant("not of the crew", users: [strange], assets: [crew.db])
        #expect(try await crew.peers().isEmpty)
        let held = try await estate.grant("now", users: [crew.pat], assets: [crew.db], endsAt: now + 600)
        #expect(try await crew.peers().map(\.name) == ["db-1"])
        try await estate.stage.database.execute(
            "update grants set strict_recording = true where tenant_id = \(estate.scope.tenant) and grant_id = \(held.id)",
            in: estate.scope)
        #expect(try await crew.peers().isEmpty, "emergency access")
        try await estate.stage.database.execute(
            "update grants set strict_recording = false where tenant_id = \(estate.scope.tenant) and grant_id = \(held.id)",
            in: estate.scope)
        let europe = try await estate.stage.makeOrganization("Europe", in: estate.scope)
        #expect(try await crew.peers(at: [europe]).isEmpty, "lies elsewhere")
        try await estate.stage.database.execute(
            "update assets set org_id = \(europe) where tenant_id = \(estate.scope.tenant) and asset_id = \(crew.db)",
            in: estate.scope)
        #expect(try await crew.peers(at: [europe]).map(\.name) == ["db-1"])
        try await estate.grant("no", effect: .deny, assets: [crew.db])
        #expect(try await crew.peers().isEmpty, "denied to the person")
    }

    @Test func `what others have by their groups and by nodes counts, and the list ends`() async throws {
        let crew = try await Crew()
        let estate = crew.estate
        let (stage, scope) = (estate.stage, estate.scope)
        let other = try await stage.makeGroup("operators", of: [crew.pat], in: scope)
        let node = NodeID.new()
        try await stage.database.execute(
            "insert into nodes (tenant_id, node_id, name) values (\(scope.tenant), \(node), 'Racks')", in: scope)
        try await stage.database.execute(
            """
            insert into node_closure (tenant_id, ancestor_id, descendant_id, depth)
            values (\(scope.tenant), \(node), \(node), 0) on conflict do nothing
            """, in: scope)
        try await stage.database.execute(
            """
            with made as (
                insert into assets (tenant_id, asset_id, name, address)
                select \(scope.tenant)::uuid, gen_random_uuid(), 'rack-' || lpad(n::text, 3, '0'), 'rack.example'
                from generate_series(1, 60) n returning tenant_id, asset_id)
            insert into asset_nodes (tenant_id, node_id, asset_id)
            select tenant_id, \(node)::uuid, asset_id from made
            """, in: scope)
        try await estate.grant("racks", groups: [other], nodes: [node], accounts: [.all])
        let found = try await crew.peers()
        #expect(found.count == 50 && found.first == PeerAsset(id: found[0].id, name: "rack-001", accounts: []))
    }

    @Test func `another company has no peers here`() async throws {
        let crew = try await Crew()
        let estate = crew.estate
        try await estate.grant("Pat's", users: [crew.pat], assets: [crew.db])
        let bolt = try await estate.stage.makeTenant("bolt")
        #expect(try await estate.access.peers(of: estate.rita, at: estate.stage.now, in: bolt).items.isEmpty)
    }
}
