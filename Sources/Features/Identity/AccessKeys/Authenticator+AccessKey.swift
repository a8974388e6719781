import Crypto
import Cryptography
import FoundationEssentials
import HTTPAPI
import HTTPTypes
import Kernel
import Postgres
import Tenancy

// Programs that sign each request.
extension Authenticator {
    /// What of a key it takes to look at a request.
    fileprivate struct Found {
        let id: AccessKeyID
        let algorithm: AccessKey.Algorithm
        let sealed: [UInt8]?
        let publicKey: [UInt8]?
        let sources: [String]
        let expiresAt: Date
        let isEnabled: Bool
        let lastUsedAt: Date?
        let secondFactorAt: Date?
        let hasRules: Bool
        let person: CallingPerson
    }

    /// Fields that say where a request counts, or whether it does: whichever is there has to be signed.
    private static let weighty: [HTTPField.Name] = [.organization, .ifMatch, .idempotencyKey]

    /// Nothing is told of a key before the signature is right, and its nonce is used up last of all: whoever has not
    /// got the key cannot use one up.
    func signed(
        _ request: Incoming, looking chosen: OrganizationID?, in scope: TenantScope
    ) async throws -> Authenticated<TenantAPI.Caller> {
        let (now, address) = (now(), request.facts.clientAddress)
        let (signature, facts, base) = try read(request, at: now)
        guard let id = AccessKeyID(facts.keyID), let key = try await find(id, chosen, in: scope),
            facts.algorithm == nil || facts.algorithm == key.algorithm.rawValue,
            try await isRight(signature.signature, over: base, by: key, in: scope)
        else { throw Problem.unauthenticated("The signature is not good here.") }
        guard key.isEnabled, now < key.expiresAt else {
            throw Problem.unauthenticated("The access key is switched off, or has ended.")
        }
        let person = try key.person.admitted(at: now)
        let guarding = GuardToken(database: database)
        guard AddressSet.admits(address, to: key.sources) else {
            try await guarding.note(.key(id), of: person, ["reason": "address"], from: address, at: now, in: scope)
            throw Problem(.forbidden, "The access key does not count from where you are.")
        }
        if key.hasRules,
            try await !guarding(.key(id), of: person, agreed: nil, from: address, at: now, in: scope)
        {
            throw Problem(.forbidden, "Signing in is not allowed here and now. Ask your company's administrator.")
        }
        let reach = try person.reach(catalogue, in: scope)
        guard pace.takes(id, at: now) else { throw Problem.tooMany(after: 1) }
        guard
            try await AccessKeyStore.use(facts.nonce, of: id, created: facts.created, in: scope, database)
        else {
            try await guarding.note(.key(id), of: person, ["reason": "replay"], from: address, at: now, in: scope)
            throw Problem.unauthenticated("The nonce has been used: sign each request anew.")
        }
        if key.lastUsedAt.map({ now >= $0 + WebSessionLife.touch }) ?? true {
            try await AccessKeyStore.touch(id, from: address, at: now, in: scope, database)
        }
        return Authenticated(
            caller: TenantAPI.Caller(
                scope: scope, user: person.user, name: person.name, accessKey: id, reach: reach,
                lasting: person.lasting(catalogue, in: scope)),
            permissions: reach.anywhere, means: .bearer, secondFactorAt: key.secondFactorAt,
            stepUpAge: try await stepUpAge(in: scope))
    }

    private func read(
        _ request: Incoming, at now: Date
    ) throws(Problem) -> (MessageSignature, SignatureFacts, base: [UInt8]) {
        do throws(SignatureFault) {
            let signature = try MessageSignature(request.headers)
            let facts = try SignatureFacts(signature, of: request, weighty: Self.weighty, at: now)
            return (signature, facts, try signature.base(of: SignedMessage(request)))
        } catch {
            throw .unauthenticated(error.reason)
        }
    }

    private func find(_ id: AccessKeyID, _ chosen: OrganizationID?, in scope: TenantScope) async throws -> Found? {
        try await database.first(
            """
            select k.access_key_id, k.algorithm, k.sealed, k.public_key, k.sources, k.expires_at, k.disabled_at is null,
              k.last_used_at, k.second_factor_at, exists (
                select from tenant_sign_in_rules r where r.tenant_id = k.tenant_id and r.rules <> '[]'),
              \(fragment: Self.person(chosen, at: now()))
            from access_keys k
            join users u on u.tenant_id = k.tenant_id and u.user_id = k.user_id
            join tenants t on t.tenant_id = k.tenant_id
            where k.tenant_id = \(scope.tenant) and k.access_key_id = \(id)
            """, in: scope
        ) { row in
            Found(
                id: try row.next(), algorithm: try row.next(), sealed: try row.next(), publicKey: try row.next(),
                sources: try row.next(), expiresAt: try row.next(), isEnabled: try row.next(),
                lastUsedAt: try row.next(), secondFactorAt: try row.next(), hasRules: try row.next(),
                person: try Self.person(&row, chosen))
        }
    }

    private func isRight(
        _ signature: [UInt8], over base: [UInt8], by key: Found, in scope: TenantScope
    ) async throws -> Bool {
        switch key.algorithm {
        case .hmac:
            guard let sealed = key.sealed else { return false }
            let secret = try await keys.open(
                sealed, table: AccessKeyStore.table, row: key.id.text, version: 1, in: scope)
            return HMAC<SHA256>.isValidAuthenticationCode(
                signature, authenticating: base, using: SymmetricKey(data: secret))
        case .ed25519:
            guard let bytes = key.publicKey,
                let publicKey = try? Curve25519.Signing.PublicKey(rawRepresentation: bytes)
            else { return false }
            return publicKey.isValidSignature(signature, for: base)
        }
    }
}
