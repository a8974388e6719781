package import HTTPAPI
package import Kernel

// The parts of a tenant, and who administers them.
extension Identity {
    package func organizations(in scope: TenantScope) async throws -> OrganizationTree {
        OrganizationTree(items: try await OrganizationStore.all(in: scope, database))
    }

    package func createOrganization(_ request: CreateOrganization, _ acting: Acting) async throws -> Organization {
        try await ChangeOrganizations(database: database).create(request, acting)
    }

    package func changeOrganization(
        _ id: OrganizationID, to change: ChangeOrganization, from version: Int, _ acting: Acting
    ) async throws -> Organization {
        try await ChangeOrganizations(database: database)(id, to: change, from: version, acting)
    }

    package func merge(
        _ id: OrganizationID, into target: OrganizationID, _ acting: Acting
    ) async throws -> Organization {
        try await ChangeOrganizations(database: database).merge(id, into: target, acting)
    }

    package func removeOrganization(_ id: OrganizationID, _ acting: Acting) async throws {
        try await ChangeOrganizations(database: database).remove(id, acting)
    }

    package func fill(
        _ id: OrganizationID, with request: FillOrganization, _ acting: Acting
    ) async throws -> Organization {
        try await FillOrganizations(database: database, catalogue: settings.catalogue)(id, with: request, acting)
    }

    package func bindings(
        at id: OrganizationID, _ page: PageRequest, in scope: TenantScope
    ) async throws -> Rows<RoleBinding> {
        Rows(try await roleBinder.list(at: id, page, in: scope), of: page)
    }

    package func bind(_ role: RoleID, to user: UserID, at id: OrganizationID, _ acting: Acting) async throws {
        try await roleBinder.bind(role, to: user, at: id, acting)
    }

    package func unbind(_ role: RoleID, from user: UserID, at id: OrganizationID, _ acting: Acting) async throws {
        try await roleBinder.unbind(role, from: user, at: id, acting)
    }

    private var roleBinder: BindRole { BindRole(database: database, catalogue: settings.catalogue, reviews: reviews) }
}
