package import FoundationEssentials
package import HTTPAPI
package import Kernel
package import Postgres

/// The settings of a tenant, as its administrators see and change them.
package struct Settings: Sendable {
    let database: Database
    let keys: TenantKeys
    let values: TenantSettings
    let baseDomain: String

    /// Host names under `baseDomain` are the installation's to give.
    package init(database: Database, keys: TenantKeys, values: TenantSettings, baseDomain: String) {
        self.database = database
        self.keys = keys
        self.values = values
        self.baseDomain = baseDomain
    }

    package func show(in scope: TenantScope) async throws -> SettingsView {
        guard
            let stored = try await database.first(
                SettingStore.read(scope, without: []), in: scope, SettingStore.stored)
        else { throw SettingError.noTenant }
        return SettingsView(stored)
    }

    /// The mail server alone: whoever keeps what there is keeps it, and none of the rest.
    package func showMailServer(in scope: TenantScope) async throws -> SettingsView {
        try await show(in: scope).only([Setting.mailServer.name])
    }

    package func changeMailServer(
        _ changes: SettingChanges, from version: Int?, by user: UserID, at now: Date, audit: AuditDraft,
        in scope: TenantScope
    ) async throws -> SettingsView {
        if let other = changes.items.first(where: { $0.declaration.name != Setting.mailServer.name }) {
            throw SettingError.refused(other.declaration.name, Invalid("is no setting of the mail server"))
        }
        try await ChangeSettings(database: database, keys: keys, baseDomain: baseDomain, keepsMail: true)(
            changes, from: version, by: user, at: now, audit: audit, in: scope)
        values.forget(scope.tenant)
        return try await showMailServer(in: scope)
    }

    /// Changes what is named, all of it or nothing.
    package func change(
        _ changes: SettingChanges, from version: Int?, by user: UserID, at now: Date, audit: AuditDraft,
        in scope: TenantScope
    ) async throws -> SettingsView {
        try await ChangeSettings(database: database, keys: keys, baseDomain: baseDomain)(
            changes, from: version, by: user, at: now, audit: audit, in: scope)
        values.forget(scope.tenant)
        return try await show(in: scope)
    }
}
