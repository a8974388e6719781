import Cryptography
package import FoundationEssentials
import HTTPAPI
package import Kernel
import Postgres
import Tenancy

/// Sign-in for those who stand in front of a gateway, without anything of the web: the caller keeps its own admission
/// between two calls, and says when the person is in.
package struct GatewaySignIn: Sendable {
    /// What follows a password.
    package enum PasswordAnswer: Sendable, Equatable {
        /// Right: ask for a code now.
        case codeNeeded(Person)
        /// Right, but the account has something to do that only the portal can ask for.
        case finishInPortal(Person)
        /// Right, but the second factor is a passkey, which takes a browser.
        case browserNeeded(Person)
        /// Wrong, unknown, locked or disabled: one answer.
        case refused
    }

    /// What follows a key.
    package enum KeyAnswer: Sendable, Equatable {
        case enough
        /// The company asks for a code besides.
        case codeNeeded
        /// It does, and the person has none to type.
        case browserNeeded
    }

    let database: Database
    let hasher: PasswordHasher
    let keys: TenantKeys
    let providers: ProviderSignIn
    let settings: IdentitySettings
    let tenants: TenantSettings

    /// The person of this login to whom this key belongs. The caller has checked a signature by the key over this very
    /// connection: the key alone proves nothing, since it is public.
    package func person(
        login: String, publicKey blob: [UInt8], at now: Date, in scope: TenantScope
    ) async throws -> Person? {
        guard let login = Login(login), let key = try? SSHPublicKey(blob: blob) else { return nil }
        return try await SSHKeyStore.owner(of: key, login: login, at: now, in: scope, database)
    }

    /// What else somebody has to show whose key was right; the key is noted as used.
    package func answer(
        to blob: [UInt8], of person: Person, at now: Date, in scope: TenantScope
    ) async throws -> KeyAnswer {
        guard try await tenants.value(of: Setting.keyAndCode, in: scope) else { return .enough }
        let fingerprint = try SSHPublicKey(blob: blob).fingerprint
        return try await database.transaction(in: scope) { tx in
            let account = try await AccountStore.lock(person.id, in: scope, tx)
            _ = try await SSHKeyStore.touch(fingerprint, of: person.id, at: now, in: scope, tx)
            return account?.standing.canTypeCode == true ? .codeNeeded : .browserNeeded
        }
    }

    /// Checks a password. Throws `IdentityError.busy` when too many are being checked.
    package func password(
        login: String, _ password: Secret, from address: String, at now: Date, in scope: TenantScope
    ) async throws -> PasswordAnswer {
        let start = ContinuousClock.now
        guard await settings.throttle(address) == nil else { throw IdentityError.busy }
        let proof = try await ProvePassword(database: database, hasher: hasher, providers: providers)(
            login: login, password: password, from: address, at: now, in: scope)
        switch proof {
        case .right(let account, let provider):
            guard account.standing.isReady(by: provider) else { return .finishInPortal(account.person) }
            return account.standing.canTypeCode ? .codeNeeded(account.person) : .browserNeeded(account.person)
        case .wrong(let account, let nowLocked, let refusal):
            let trail = GatewayTrail(database: database, address: address, now: now, scope: scope)
            if let account {
                try await trail.refused(account, nowLocked: nowLocked, refusal)
            } else if let login = Login(login) {
                try await trail.refused(login: login, refusal)
            }
            try await Task.sleep(until: start + settings.refusalFloor(in: scope))
            return .refused
        }
    }

    /// How long refusals take where identity providers are asked.
    package func pace(in scope: TenantScope) -> Duration { settings.refusalFloor(in: scope) }

    /// Checks an authenticator's code of somebody whose password was right. A recovery code does not count here.
    package func code(
        _ code: String, of person: UserID, from address: String, at now: Date, in scope: TenantScope
    ) async throws -> Bool {
        guard await settings.throttle(address) == nil else { throw IdentityError.busy }
        let proof = try await ProveCode(database: database, keys: keys)(
            code, of: person, allowRecovery: false, at: now, in: scope)
        guard case .wrong(let nowLocked) = proof else { return true }
        let account = try await database.transaction(in: scope) { try await AccountStore.lock(person, in: scope, $0) }
        if let account {
            try await GatewayTrail(database: database, address: address, now: now, scope: scope).refused(
                account, nowLocked: nowLocked)
        }
        return false
    }

    /// Notes that somebody is in, and says so in the trail. `publicKey` is the key that let them in, if one did alone;
    /// `afterKey` says that a code did after a key. A password and a code forget the failures before them. Throws if the person has been shut out meanwhile.
    package func admitted(
        _ person: Person, publicKey blob: [UInt8]? = nil, afterKey: Bool = false, from address: String, at now: Date,
        in scope: TenantScope
    ) async throws {
        try await database.transaction(in: scope) { tx in
            try await TenantDoor.check(at: now, in: scope, tx)
            guard try await AccountStore.lock(person.id, in: scope, tx)?.isActive == true else {
                throw IdentityError.signInRefused
            }
            var key: SSHKeyID?
            if let blob {
                key = try await SSHKeyStore.touch(
                    SSHPublicKey(blob: blob).fingerprint, of: person.id, at: now, in: scope, tx)
                guard key != nil else { throw IdentityError.signInRefused }
                try await AccountStore.recordKeySignIn(person.id, at: now, in: scope, tx)
            } else if afterKey {
                try await AccountStore.recordKeySignIn(person.id, at: now, in: scope, tx)
            } else {
                try await AccountStore.recordSignIn(person.id, at: now, in: scope, tx)
            }
            try await GatewayTrail(database: database, address: address, now: now, scope: scope).admitted(
                person, key: key, afterKey: afterKey, in: tx)
        }
    }
}

extension Account {
    var person: Person { Person(id: id, login: login, name: name, email: nil, isActive: isActive) }
}
