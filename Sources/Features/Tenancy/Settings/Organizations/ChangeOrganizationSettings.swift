import FoundationEssentials
import HTTPAPI
import Kernel
import Postgres

/// Sets what an organization says for itself and what lies below it, or takes it back.
///
/// What is looser than what holds above is refused here; what becomes so later, because something above was made
/// stricter or the organization was moved, does not hold when settings are resolved.
struct ChangeOrganizationSettings {
    let database: Database

    func callAsFunction(
        _ changes: SettingChanges, at id: OrganizationID, from version: Int?, by user: UserID, at now: Date,
        audit: AuditDraft, in scope: TenantScope
    ) async throws {
        try await database.transaction(in: scope) { tx in
            guard let place = try await OrganizationSettingStore.lock(id, in: scope, tx) else {
                throw SettingError.noOrganization
            }
            audit.target("organization", id.text, name: place.name)
            guard !id.isTop(of: scope.tenant) else { throw SettingError.topOrganization }
            guard place.version == version else { throw SettingError.changed }
            let before = try await views(at: id, in: scope, tx)
            var trail: [JSON.Member] = []
            for item in changes.items {
                let declaration = item.declaration
                guard let view = before[declaration.name] else {
                    throw SettingError.refused(declaration.name, Invalid("is set for the company as a whole"))
                }
                guard (item.value ?? .null) != view.own else { continue }
                if let value = item.value {
                    try await check(value, declaration, below: view.inherited.value, tx)
                    try await OrganizationSettingStore.put(
                        declaration.name, value, at: id, by: user, at: now, in: scope, tx)
                } else {
                    try await OrganizationSettingStore.remove(declaration.name, at: id, in: scope, tx)
                }
                trail.append(
                    JSON.Member(declaration.name, ["from": view.own, "to": item.value ?? .null]))
            }
            guard !trail.isEmpty else { return }
            try await OrganizationSettingStore.touch(id, in: scope, tx)
            audit.detail("settings", .object(trail))
            try await audit.write(in: tx)
        }
    }

    private func views(
        at id: OrganizationID, in scope: TenantScope, _ tx: Transaction
    ) async throws -> [String: OrganizationSettingView] {
        let rows = try await tx.query(
            OrganizationSettingStore.read(id, in: scope), OrganizationSettingStore.row)
        let views = StoredOrganizationSettings(rows)?.views ?? []
        return Dictionary(uniqueKeysWithValues: views.map { ($0.key, $0) })
    }

    private func check(
        _ value: JSON, _ declaration: SettingDeclaration, below above: JSON, _ tx: Transaction
    ) async throws {
        if declaration.home == .timeZone, try await !SettingStore.isTimeZone(value.text ?? "", tx) {
            throw SettingError.refused(declaration.name, Invalid("is not the name of a time zone"))
        }
        guard !declaration.scope.admits(value, below: above) else { return }
        let limit = String(decoding: above.bytes, as: UTF8.self)
        throw SettingError.refused(
            declaration.name,
            Invalid("must be \(declaration.scope == .lower ? "at most" : "at least") \(limit), which holds above"))
    }
}

extension OrganizationID {
    /// Whether it is the organization that is the tenant as a whole: it has the tenant's own id.
    func isTop(of tenant: TenantID) -> Bool { uuid == tenant.uuid }
}
