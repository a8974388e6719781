import Audit
import Cryptography
import FoundationEssentials
import HTTPAPI
import Kernel
import Postgres

/// How an operator with a consent gets into the tenant's portal: a link of one use leads from the console to the tenant's
/// host, and makes a session there that lives as long as the consent.
struct EnterTenant {
    static let entryLifetime: TimeInterval = 60

    let database: Database

    /// The token of a fresh link; the one before stops working.
    func makeEntry(_ id: SupportAccessID, in scope: TenantScope, _ acting: SupportActing) async throws -> String {
        let token = RandomToken()
        try await database.transaction(in: scope) { tx in
            guard let access = try await SupportStore.lock(id, in: scope, tx), access.person == acting.operator else {
                throw SupportError.notFound
            }
            guard access.state == .consented, access.isOpen(at: acting.now) else { throw SupportError.notOpen }
            try await SupportStore.setEntry(token, until: acting.now + Self.entryLifetime, of: id, in: scope, tx)
            try await SupportTrail(database: database).tell(
                .entryMade, id, by: .provider(acting.operator, acting.name), at: acting.now, in: scope, tx)
        }
        return token.text.reveal()
    }

    /// Spends the link: the browser gets the cookie of the session.
    func enter(
        _ token: String, _ request: RequestFacts, _ response: ResponseDraft, audit: AuditDraft, at now: Date,
        in scope: TenantScope
    ) async throws {
        try await database.transaction(in: scope) { tx in
            guard let access = try await SupportStore.lock(entry: token, in: scope, tx), let until = access.entryUntil,
                now < until, access.state == .consented, access.isOpen(at: now)
            else { throw SupportError.entryExpired }
            audit.onBehalf(
                of: Principal(.provider, id: access.person.text, name: access.personName, tenant: scope.tenant))
            audit.target("support-access", access.id.text, name: access.personName)
            try await SupportStore.setEntry(nil, until: nil, of: access.id, in: scope, tx)
            let cookie = RandomToken()
            try await SupportSessionStore.insert(cookie, for: access.id, request, at: now, in: scope, tx)
            try await audit.write(in: tx)
            response.set(
                Cookie(
                    Cookie.supportName, cookie.text.reveal(), maxAge: Int(access.endsAt.timeIntervalSince(now)),
                    sameSite: .strict))
        }
    }
}
