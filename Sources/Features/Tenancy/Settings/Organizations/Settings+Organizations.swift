package import FoundationEssentials
package import HTTPAPI
package import Kernel
import Postgres

// What organizations set.
extension Settings {
    package func show(at id: OrganizationID, in scope: TenantScope) async throws -> OrganizationSettingsView {
        guard try await OrganizationSettingStore.reaches(id, in: scope, database) else {
            throw SettingError.noOrganization
        }
        // Whoever administers a part is told by name which of those above a value comes from.
        let rows = try await database.query(
            OrganizationSettingStore.read(id, in: scope), in: scope.wholeTenant, OrganizationSettingStore.row)
        guard let stored = StoredOrganizationSettings(rows) else { throw SettingError.noOrganization }
        return OrganizationSettingsView(version: stored.version, items: stored.views)
    }

    /// Changes what is named, all of it or nothing.
    package func change(
        _ changes: SettingChanges, at id: OrganizationID, from version: Int?, by user: UserID, at now: Date,
        audit: AuditDraft, in scope: TenantScope
    ) async throws -> OrganizationSettingsView {
        try await ChangeOrganizationSettings(database: database)(
            changes, at: id, from: version, by: user, at: now, audit: audit, in: scope)
        return try await show(at: id, in: scope)
    }
}
