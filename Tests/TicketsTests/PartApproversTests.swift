import Access
import FoundationEssentials
import HTTPAPI
import Kernel
import Postgres
import Stage
import TestSupport
import Testing

@testable import Tickets

/// A flow that asks a role, and people who have it in different places of the company.
@Suite struct PartApproversTests {
    private struct Parts {
        let desk: Desk
        let europe: OrganizationID
        let berlin: OrganizationID
        let asia: OrganizationID
        let role: RoleID

        init() async throws {
            desk = try await Desk()
            let (stage, scope) = (desk.stage, desk.scope)
            europe = try await stage.makeOrganization("Europe", in: scope)
            berlin = try await stage.makeOrganization("Berlin", below: europe, in: scope)
            asia = try await stage.makeOrganization("Asia", in: scope)
            role = try await stage.makeRole("security", of: [desk.bob], in: scope)
            _ = try await desk.tickets.createFlow(
                SaveFlow(
                    name: "Standard", isDefault: true,
                    levels: [FlowLevel(name: "Security", webhook: nil, approvers: [.role(role)])]),
                at: stage.now, audit: .discarding, in: scope)
        }

        func give(_ user: UserID, at place: OrganizationID) async throws {
            try await desk.stage.database.execute(
                """
                insert into role_bindings (tenant_id, role_id, user_id, org_id)
                values (\(desk.scope.tenant), \(role), \(user), \(place))
                """, in: desk.scope)
        }

        func put(_ asset: AssetID, into place: OrganizationID) async throws {
            try await desk.stage.database.execute(
                """
                update assets set org_id = \(place)
                where tenant_id = \(desk.scope.tenant) and asset_id = \(asset)
                """, in: desk.scope)
        }

        /// Who may decide what is asked for.
        func approvers(of assets: [AssetID]) async throws -> Set<UserID> {
            Set(try await desk.open(assets: assets).waitingFor.map(\.id))
        }
    }

    @Test func `a role at an organization decides what lies in it or below, and nothing else`() async throws {
        let parts = try await Parts()
        let desk = parts.desk
        try await parts.give(desk.ann, at: parts.europe)
        try await parts.give(desk.abe, at: parts.berlin)
        let (top, ann, abe) = (desk.bob, desk.ann, desk.abe)
        // Where the two assets lie, and who may then decide about the one, and about both.
        let company = OrganizationID(desk.scope.tenant.uuid)
        let cases: [(OrganizationID, OrganizationID, one: Set<UserID>, both: Set<UserID>)] = [
            (company, company, [top], [top]), (parts.europe, company, [top, ann], [top]),
            (parts.europe, parts.europe, [top, ann], [top, ann]),
            (parts.berlin, parts.berlin, [top, ann, abe], [top, ann, abe]),
            (parts.berlin, parts.europe, [top, ann, abe], [top, ann]), (parts.asia, parts.europe, [top], [top]),
            (parts.berlin, parts.asia, [top, ann, abe], [top]),
        ]
        for (first, second, one, both) in cases {
            try await parts.put(desk.asset, into: first)
            try await parts.put(desk.other, into: second)
            #expect(try await parts.approvers(of: [desk.asset]) == one)
            #expect(try await parts.approvers(of: [desk.asset, desk.other]) == both)
        }
    }

    @Test func `nobody decides their own request by a role of a part either, and a part alone can fill a level`()
        async throws
    {
        let parts = try await Parts()
        let desk = parts.desk
        try await desk.stage.disable(desk.bob, in: desk.scope)
        try await parts.put(desk.asset, into: parts.berlin)
        try await parts.give(desk.rita, at: parts.europe)
        try await parts.give(desk.ann, at: parts.asia)
        await #expect(throws: TicketError.noApprovers(level: 1)) { try await desk.open() }
        try await parts.give(desk.abe, at: parts.berlin)
        let ticket = try await desk.open()
        await #expect(throws: TicketError.ownTicket) { try await desk.decide(ticket, by: desk.rita) }
        await #expect(throws: TicketError.notFound) { try await desk.decide(ticket, by: desk.ann) }
        #expect(try await desk.decide(ticket, by: desk.abe).state == .approved)
        #expect(try await desk.mayConnect(desk.rita).isAllowed)
    }

    @Test func `who reads the requests of a part reads those of people from elsewhere, with their names and no more`()
        async throws
    {
        let parts = try await Parts()
        let desk = parts.desk
        try await parts.put(desk.asset, into: parts.berlin)
        try await parts.put(desk.other, into: parts.asia)
        let asked = try await desk.open()
        let elsewhere = try await desk.open(assets: [desk.other])
        let both = try await desk.open(assets: [desk.asset, desk.other])
        try await desk.decide(asked, by: desk.bob)
        let part = TenantScope(tenant: desk.scope.tenant, organizations: [parts.europe])
        let page = try PageRequest.parse(#"reason eq "Disk is full""#, Ticket.listing)
        let shown = try await desk.tickets.list(page, for: desk.bob, at: desk.stage.now, in: part).rows
        #expect(shown.map(\.id) == [asked.id])
        #expect(shown[0].requester.name == "Rita" && shown[0].decisions.map(\.user.name) == ["Bob"])
        #expect(
            try await desk.tickets.find(asked.id, for: desk.ann, readable: part, at: desk.stage.now, in: desk.scope).id
                == asked.id)
        for other in [elsewhere, both] {
            await #expect(throws: TicketError.notFound) {
                try await desk.tickets.find(other.id, for: desk.ann, readable: part, at: desk.stage.now, in: desk.scope)
            }
        }
    }
}
