package import FoundationEssentials
import HTTPAPI
package import Kernel
import Postgres

/// The body that creates a tenant.
package struct CreateTenantRequest: WireValue {
    package let slug: TenantSlug
    package let name: TenantName
    package let language: String?
    package let timeZone: String?
    package let trialEndsAt: Date?
    package let administrator: NewAdministrator

    package init(
        slug: TenantSlug, name: TenantName, language: String? = nil, timeZone: String? = nil,
        trialEndsAt: Date? = nil, administrator: NewAdministrator
    ) {
        self.slug = slug
        self.name = name
        self.language = language
        self.timeZone = timeZone
        self.trialEndsAt = trialEndsAt
        self.administrator = administrator
    }

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("slug", \.slug, note: "The first part of the tenant's host name; it stays.")
        Field("name", \.name)
        Field("language", \.language, .text(2...16), note: "Such as en or zh-Hans; en if absent.")
        Field("timeZone", \.timeZone, .text(1...64), note: "Such as Asia/Shanghai; UTC if absent.")
        Field("trialEndsAt", \.trialEndsAt, note: "For a trial that ends then; without it the tenant is active.")
        Field("administrator", \.administrator)
    }
}

/// The person who administers a tenant first. Login and mail are parsed by Identity, which owns their rules.
package struct NewAdministrator: WireValue {
    package let login: String
    package let name: String
    package let email: String?

    package init(login: String, name: String, email: String? = nil) {
        self.login = login
        self.name = name
        self.email = email
    }

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("login", \.login, .text(1...64))
        Field("name", \.name, .text(1...200))
        Field("email", \.email, .text(3...254))
    }
}

/// A new tenant, and the link for its first administrator.
package struct CreatedTenant: WireValue {
    package let tenant: Tenant
    package let invitationUrl: String?
    package let mailedTo: String?

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("tenant", \.tenant)
        Field(
            "invitationUrl", \.invitationUrl, .text(1...500),
            note: "Shown once, good for three days; null if it was mailed, or the administrator has come in already.")
        Field("mailedTo", \.mailedTo, .text(1...254), note: "Where the link was mailed to.")
    }
}

/// Creates a tenant in two steps: its row belongs to the provider, everything in it to the tenant alone, and no role
/// may do both. The second step finds out what is there already, so a repeat completes what broke off. No event tells of
/// it: nobody can listen in a tenant that nobody has come into.
struct CreateTenant {
    let store: TenantStore
    let keys: TenantKeys
    let administrators: any FirstAdministrators
    let letters: LetterBox

    func callAsFunction(
        _ request: CreateTenantRequest, audit: AuditDraft, at now: Date, in scope: ProviderScope
    ) async throws -> CreatedTenant {
        guard !request.slug.isReserved else { throw TenancyError.slugReserved }
        let tenant = try await place(request, at: now, in: scope)
        audit.target("tenant", tenant.id.text, name: tenant.slug.text)
        // The record of the provider's trail is the gate's: written here, it would mark an Idempotency-Key as used
        // before the second step.
        let key = try await keys.prepare(for: tenant.scope)
        return try await store.database.transaction(in: tenant.scope) { tx in
            let isNew = try await keys.establish(key, at: now, in: tenant.scope, tx)
            let url = try await administrators.invite(
                request.administrator, to: tenant, isNew: isNew, at: now, in: tx)
            try await TenantStore.announce(tenant, in: tx)
            let mailedTo = try await mail(url, request.administrator, tenant, at: now, in: tx)
            return CreatedTenant(tenant: tenant, invitationUrl: mailedTo == nil ? url : nil, mailedTo: mailedTo)
        }
    }

    /// Where the link went; nil if it has to be handed over by whoever asked.
    private func mail(
        _ url: String?, _ administrator: NewAdministrator, _ tenant: Tenant, at now: Date, in tx: Transaction
    ) async throws -> String? {
        guard let url, let address = administrator.email else { return nil }
        let letter = InvitationLetter(
            person: administrator.name, company: tenant.name, login: administrator.login, url: url,
            language: tenant.language)
        return try await letters.send(letter.letter(to: address), tenant.id, now, tx) ? address : nil
    }

    /// The tenant's row: a new one, or that of an earlier attempt with the same data.
    private func place(
        _ request: CreateTenantRequest, at now: Date, in scope: ProviderScope
    ) async throws -> Tenant {
        var life = TenantLife(.active)
        if let end = request.trialEndsAt { life = try life.after(.trial(until: end), at: now) }
        let tenant = Tenant(
            id: .new(at: now), slug: request.slug, name: request.name.text, life: life,
            timeZone: request.timeZone ?? "UTC", language: request.language ?? "en", createdAt: now)
        if try await store.insert(tenant, in: scope) { return tenant }
        guard let existing = try await store.find(slug: request.slug, in: scope), existing.name == tenant.name,
            existing.state.isOpen
        else { throw TenancyError.slugTaken }
        return existing
    }
}
