import Cryptography
import FoundationEssentials
import Kernel
import Postgres
import Tenancy

/// Keeps a provider's question until its answer comes. What the provider knows the conversation by is sealed: it lies
/// here for minutes and is nobody's business.
struct KeepChallenge {
    let database: Database
    let keys: TenantKeys

    func callAsFunction(
        _ pending: PendingChallenge, under key: ChallengeKey, from address: String?, at now: Date, in scope: TenantScope
    ) async throws {
        let id = SignInID.new(at: now)
        // A state may be missing, and then none is sent back; an empty one would be.
        let state = pending.question.isOurs ? [2] : pending.question.state.map { [1] + $0 } ?? [0]
        let sealed = try await keys.seal(state, table: ChallengeStore.table, row: id.text, version: 1, in: scope)
        let stored = StoredChallenge(
            id: id, challenge: pending.challenge, server: pending.question.server, sealedState: sealed.bytes)
        try await database.transaction(in: scope) { tx in
            try await ChallengeStore.remove(key, in: scope, tx)
            try await ChallengeStore.insert(stored, under: key, from: address, at: now, in: scope, tx)
        }
    }

    /// The question, to be answered. Throws if the key that sealed it is no more.
    func question(of stored: StoredChallenge, in scope: TenantScope) async throws -> ProviderQuestion {
        let state = try await keys.open(
            stored.sealedState, table: ChallengeStore.table, row: stored.id.text, version: 1, in: scope)
        return ProviderQuestion(
            prompt: "", state: state.first == 1 ? Array(state.dropFirst()) : nil, server: stored.server,
            isOurs: state.first == 2)
    }
}
