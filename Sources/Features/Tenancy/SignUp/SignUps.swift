import Cryptography
package import FoundationEssentials
package import HTTPAPI
package import Kernel
package import Postgres

/// Companies that sign themselves up.
package struct SignUps: Sendable {
    let database: Database
    let tenancy: Tenancy
    let letters: LetterBox
    let address: Address

    /// Where the pages of signing up are, and whether there is mail at all: without it nobody can confirm anything.
    package struct Address: Sendable {
        let baseDomain: String
        let origin: String
        let hasMail: Bool

        package init(baseDomain: String, origin: String, hasMail: Bool) {
            self.baseDomain = baseDomain
            self.origin = origin
            self.hasMail = hasMail
        }
    }

    package init(database: Database, tenancy: Tenancy, letters: LetterBox, address: Address) {
        self.database = database
        self.tenancy = tenancy
        self.letters = letters
        self.address = address
    }

    var store: SignUpStore { SignUpStore(database: database) }

    package func settings() async throws -> SignUpSettings {
        try await SignUpSettingsStore(database: database).read()
    }

    package func change(_ settings: SignUpSettings, audit: AuditDraft) async throws -> SignUpSettings {
        try await database.transaction(in: ProviderScope()) { tx in
            try await SignUpSettingsStore.write(settings, tx)
            audit.target("setting", "sign-up")
            audit.detail("mode", .string(settings.mode.rawValue))
            try await audit.write(in: tx)
        }
        return settings
    }

    package func face() async throws -> SignUpFace {
        let settings = try await settings()
        return SignUpFace(
            mode: address.hasMail ? settings.mode : .off, baseDomain: address.baseDomain,
            trialDays: settings.trialDays, contact: settings.contact)
    }

    package func list(_ page: PageRequest, in scope: ProviderScope) async throws -> Rows<SignUp> {
        Rows(try await store.list(page, in: scope), of: page)
    }

    /// Finishes what a node that died left half done, and forgets what is over.
    package func sweep(at now: Date) async throws {
        for signUp in try await store.unfinished(before: now - 60, limit: 100) {
            _ = try await make(signUp, mailing: true, at: now)
        }
        try await store.prune(at: now)
    }

    /// The tenant of a company that was approved. A repeat gives the same one, and a fresh link.
    func make(_ signUp: SignUp, mailing: Bool, at now: Date) async throws -> CreatedTenant {
        let settings = try await settings()
        let request = CreateTenantRequest(
            slug: signUp.slug, name: try TenantName(parsing: signUp.company), language: signUp.language,
            trialEndsAt: now + Double(settings.trialDays) * 86_400,
            administrator: NewAdministrator(login: "admin", name: signUp.person, email: signUp.email))
        let created: CreatedTenant
        do {
            created = try await tenancy.create(
                request, mailing: mailing, audit: .discarding, at: now, in: ProviderScope())
        } catch TenancyError.slugTaken {
            // Somebody else was quicker: this one has to choose another name.
            try await database.transaction(in: ProviderScope()) { tx in
                try await SignUpStore.decide(
                    signUp.id, .rejected, by: "sign-up", reason: "The name was taken meanwhile.", at: now, tx)
            }
            throw TenancyError.slugTaken
        }
        try await store.note(created.tenant.id, of: signUp.id)
        return created
    }
}
