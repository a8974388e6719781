import Cryptography
package import FoundationEssentials
package import Kernel
import Postgres
import Tenancy

// Keys at a gateway: a first step, after which is asked what the company's rules say.
extension GatewaySignIn {
    /// What follows a key.
    package enum KeyAnswer: Sendable, Equatable {
        /// Nothing more is asked of the person here.
        case enough
        case codeNeeded
        /// A code is on its way to the person.
        case codeSent
        /// The person has none to type.
        case browserNeeded
        /// They have nothing yet that they could show.
        case finishInPortal
        /// They are known to an identity provider, and have not come in for too long.
        case held(KeyHold)
    }

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
        to blob: [UInt8], of person: Person, from address: String, at now: Date, in scope: TenantScope
    ) async throws -> KeyAnswer {
        let days = try await tenants.value(of: Setting.keyProviderDays, in: scope)
        let fingerprint = try SSHPublicKey(blob: blob).fingerprint
        let trail = trail(of: address, now, scope)
        let (answer, asked): (KeyAnswer?, Set<SecondFactorKind>) = try await database.transaction(in: scope) { tx in
            let found = try await AccountStore.lock(
                person.id, at: .ssh, from: address, now: now, in: scope, tx)
            guard let (account, question) = found else { return (.finishInPortal, []) }
            if let hold = try await KeyHold.find(account.id, within: days, at: now, in: scope, tx) {
                try await trail.kept(out: person, because: hold.reason, in: tx)
                return (.held(hold), [])
            }
            let demand = question.demand(after: .key)
            guard demand.isRequired else { return (.enough, []) }
            _ = try await SSHKeyStore.touch(fingerprint, of: person.id, at: now, in: scope, tx)
            let standing = account.under(demand).standing
            return (standing.asked.isEmpty ? .finishInPortal : nil, standing.factors)
        }
        if let answer { return answer }
        // Which one is meant is typed.
        if asked.contains(.authenticator) || asked.contains(.radius) { return .codeNeeded }
        guard CodeChannel.allCases.contains(where: { asked.contains($0.factor) }) else { return .browserNeeded }
        return try await sendCode(to: person.id, afterKey: true, from: address, at: now, in: scope)
            ? .codeSent : .browserNeeded
    }
}
