import Audit
import FoundationEssentials
import Geolocation
import Kernel
import Postgres

/// What the audit trail says about sign-ins at gateways, where no endpoint's gate writes it.
struct GatewayTrail {
    let database: Database
    let address: String
    let places: Places
    /// Where the sign-in comes from, if that was found out already; else it is looked up for what is written.
    var origin: SignInOrigin?
    let now: Date
    let scope: TenantScope

    /// Somebody was refused; the seventh time locks the account.
    func refused(_ account: Account, nowLocked: Bool, _ refusal: ProviderRefusal? = nil) async throws {
        let log = AuditLog(database: database)
        try await database.transaction(in: scope) { tx in
            try await log.append(
                entry(
                    "sign-in.gateway", .nobody(account.login), account.id, account.login, .refused,
                    details: refusal?.details ?? []), in: scope, tx)
            guard nowLocked else { return }
            try await log.append(
                entry("user.locked", .system("sign-in"), account.id, account.login, .success), in: scope, tx)
            try await IdentityEvent.userLocked.publish(account.id.text, at: now, in: scope, tx)
        }
    }

    /// Somebody claims a login that nobody has.
    func refused(login: Login, _ refusal: ProviderRefusal?) async throws {
        let entry = AuditEntry(
            action: "sign-in.gateway", actor: .nobody(login.text), outcome: .refused,
            details: .object((refusal?.details ?? []) + place), clientAddress: address, at: now)
        try await AuditLog(database: database).append(entry, scope: scope)
    }

    /// Who they are was proven, and the tenant's rules did not let them in.
    func kept(out person: Person, by refusal: SignInRefusal, in tx: Transaction) async throws {
        let line = entry(
            "sign-in.gateway", .nobody(person.login), person.id, person.login, .refused,
            details: refusal.details)
        try await AuditLog(database: database).append(line, in: scope, tx)
    }

    func sentCode(to user: UserID) async throws {
        let entry = AuditEntry(
            action: "sign-in.code-sent", actor: .system("sign-in"), target: AuditTarget("user", user),
            clientAddress: address, at: now)
        try await AuditLog(database: database).append(entry, scope: scope)
    }

    /// Who they are was proven, and something else has to be done first.
    func kept(out person: Person, because reason: String, in tx: Transaction) async throws {
        let refusal = entry(
            "sign-in.gateway", .nobody(person.login), person.id, person.login, .refused,
            details: [JSON.Member("reason", .string(reason))])
        try await AuditLog(database: database).append(refusal, in: scope, tx)
    }

    func admitted(_ person: Person, by way: GatewayWay, key: SSHKeyID?, in tx: Transaction) async throws {
        var details = [JSON.Member("by", .string(way.text))]
        if let key { details.append(JSON.Member("key", .string(key.text))) }
        let entry = AuditEntry(
            action: "sign-in.gateway", actor: .user(person.id, person.name),
            target: AuditTarget("user", person.id, person.login), details: .object(details + place),
            clientAddress: address,
            at: now)
        try await AuditLog(database: database).append(entry, in: scope, tx)
    }

    private var place: [JSON.Member] {
        let place = origin.map(\.place) ?? places.place(of: address)
        return place.map { [JSON.Member("place", $0.json)] } ?? []
    }

    private func entry(
        _ action: String, _ actor: AuditActor, _ user: UserID, _ login: String, _ outcome: AuditOutcome,
        details: [JSON.Member] = []
    ) -> AuditEntry {
        AuditEntry(
            action: action, actor: actor, target: AuditTarget("user", user, login), outcome: outcome,
            details: .object(details + place), clientAddress: address, at: now)
    }
}

extension GatewaySignIn {
    func trail(
        of address: String, from origin: SignInOrigin? = nil, _ now: Date, _ scope: TenantScope
    ) -> GatewayTrail {
        GatewayTrail(
            database: database, address: address, places: settings.places, origin: origin, now: now, scope: scope)
    }
}
