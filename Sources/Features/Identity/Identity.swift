package import Cryptography
package import FoundationEssentials
import HTTPAPI
import Kernel
package import Postgres
package import Tenancy

/// People of a tenant, how they prove who they are, and what they may do.
package struct Identity: Sendable {
    let database: Database
    let hasher: PasswordHasher
    let keys: TenantKeys
    let settings: IdentitySettings
    let tenants: TenantSettings
    let reviews: SignInReviews

    package init(
        database: Database, hasher: PasswordHasher, keys: TenantKeys, settings: IdentitySettings,
        tenants: TenantSettings, reviews: SignInReviews = .none
    ) {
        self.reviews = reviews
        self.database = database
        self.hasher = hasher
        self.keys = keys
        self.settings = settings
        self.tenants = tenants
    }

    /// The same, with those who are asked about sign-ins.
    package func asking(_ reviews: SignInReviews) -> Identity {
        Identity(
            database: database, hasher: hasher, keys: keys, settings: settings, tenants: tenants, reviews: reviews)
    }

    /// People, groups and roles for other features.
    package var directory: Directory { Directory(database: database) }

    /// Sign-in for those who stand in front of a gateway.
    package var gateway: GatewaySignIn {
        GatewaySignIn(
            database: database, hasher: hasher, keys: keys, providers: providerSignIn, settings: settings,
            tenants: tenants, sender: sendCode, reviews: reviews)
    }

    /// Who sends a request to `/api/v1`.
    package var authenticator: Authenticator {
        Authenticator(database: database, catalogue: settings.catalogue, keys: keys, tenants: tenants)
    }

    /// Forgets sign-ins and sessions that are over; a periodic job.
    package func purge(at now: Date) async throws {
        let scope = SystemScope(reason: "forget sign-ins and sessions that are over")
        try await database.execute("delete from sign_ins where expires_at < \(now)", in: scope)
        try await database.execute("delete from identity_challenges where expires_at < \(now)", in: scope)
        try await database.execute("delete from passkey_challenges where expires_at < \(now)", in: scope)
        try await database.execute("delete from browser_sign_ins where expires_at < \(now)", in: scope)
        try await database.execute("delete from remembered_devices where expires_at < \(now)", in: scope)
        try await database.execute("delete from sent_codes where expires_at < \(now)", in: scope)
        try await database.execute("delete from face_checks where expires_at < \(now)", in: scope)
        try await database.execute("delete from sms_sends where sent_at < \(now - SMSLimits.day)", in: scope)
        try await database.execute("delete from saml_assertions where expires_at < \(now)", in: scope)
        try await database.execute("delete from cas_tickets where expires_at < \(now)", in: scope)
        try await database.execute("delete from device_links where expires_at < \(now)", in: scope)
        try await database.execute(
            "delete from sign_in_links where expires_at < \(now - SignInLink.kept)", in: scope)
        try await database.execute("delete from access_key_nonces where expires_at < now()", in: scope)
        try await database.execute("delete from identity_logout_tokens where expires_at < \(now)", in: scope)
        try await database.execute(
            "delete from identity_sessions where created_at < \(now - 30 * 24 * 3600)", in: scope)
        try await database.execute(
            "delete from sign_out_hints where created_at < \(now - TimeInterval(24 * 3600))", in: scope)
        try await database.execute("delete from temporary_passwords where expires_at < \(now)", in: scope)
        // Longer than any lock or window is.
        try await database.execute(
            "delete from sign_in_addresses where failed_at < \(now - TimeInterval(3 * 86_400))", in: scope)
        try await database.execute(
            "delete from familiar_addresses where signed_in_at < \(now - FamiliarAddressStore.lifetime)", in: scope)
        try await database.execute(
            "delete from familiar_browsers where signed_in_at < \(now - FamiliarAddressStore.lifetime)", in: scope)
        try await database.execute(
            "delete from familiar_places where signed_in_at < \(now - FamiliarPlaceStore.lifetime)", in: scope)
        // Whose idle time is shorter is signed out by it all the same; the row goes when nobody's could be longer.
        let longest = TimeInterval(Setting.longestIdle * 60)
        try await database.execute(
            "delete from web_sessions where expires_at < \(now) or last_seen_at < \(now - longest)", in: scope)
    }
}
