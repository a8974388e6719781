package import Access
package import Assets
import Cryptography
package import FoundationEssentials
package import HTTPAPI
package import Kernel
import Postgres

/// How approvers sign with their passkeys: what is below of this feature knows nothing of passkeys, and is plugged in.
package struct PasskeyPort: Sendable {
    /// What the browser needs to have this challenge signed by one of the person's passkeys.
    package var question: @Sendable (_ challenge: [UInt8], UserID, RequestFacts, TenantScope) async throws -> JSON
    /// What proves that one of them has signed it; throws a problem if none has.
    package var proof:
        @Sendable (
            _ answer: JSON, _ challenge: [UInt8], UserID, RequestFacts, Date, AuditDraft, TenantScope
        ) async throws -> JSON

    package init(
        question: @escaping @Sendable ([UInt8], UserID, RequestFacts, TenantScope) async throws -> JSON,
        proof:
            @escaping @Sendable (
                JSON, [UInt8], UserID, RequestFacts, Date, AuditDraft, TenantScope
            ) async throws -> JSON
    ) {
        self.question = question
        self.proof = proof
    }

    /// Where nobody has passkeys.
    package static let none = PasskeyPort { _, _, _, _ in
        throw TicketError.needsPasskey
    } proof: { _, _, _, _, _, _, _ in
        throw TicketError.needsPasskey
    }
}

/// What a passkey is asked to sign: who approves which content of which request, on which level. The challenge is made of
/// it, so that the signature is over it.
struct DecisionChallenge: Sendable {
    static let lifetime: TimeInterval = 5 * 60

    let ticket: TicketID
    let level: Int
    let user: UserID
    let digest: [UInt8]
    /// The digest of what the approver makes of it; the same where nothing is taken away.
    let result: [UInt8]
    let nonce: [UInt8]

    var bytes: [UInt8] {
        let document: JSON = [
            "purpose": "gatehouse.decision", "ticket": .string(ticket.text), "level": .int(Int64(level)),
            "user": .string(user.text), "digest": .string(Hex.encode(digest)), "result": .string(Hex.encode(result)),
            "nonce": .string(Hex.encode(nonce)),
        ]
        return Hash256.of((try? CanonicalJSON.bytes(document)) ?? document.bytes).bytes
    }
}

/// The body that asks for a challenge.
package struct AskDecisionChallenge: WireValue {
    package let digest: String
    package let assets: [AssetID]?
    package let accounts: [AccountName]?
    package let actions: [AccessAction]?
    package let durationSeconds: Int?
    package let content: JSON?

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("digest", \.digest, .digest, note: "The digest of the request as it was read.")
        Field(
            "assets", \.assets, Schema<[AssetID]>.array(of: AssetID.schema, 1...50),
            note: "This and what follows as the decision will have it.")
        Field("accounts", \.accounts, Schema<[AccountName]>.array(of: AccountName.schema, 1...20))
        Field("actions", \.actions, Schema<[AccessAction]>.array(of: AccessAction.schema, 1...20))
        Field("durationSeconds", \.durationSeconds, .int(60...2_592_000))
        Field("content", \.content, Schema<JSON>.anything)
    }

    var narrowing: Narrowing {
        Narrowing(
            assets: assets, accounts: accounts, actions: actions, duration: durationSeconds, content: content)
    }
}

/// What the browser needs for the tap that approves.
package struct DecisionQuestion: WireValue, Sendable {
    package let level: Int
    package let options: JSON
    package let expiresAt: Date

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("level", \.level, .int(1...5))
        Field("options", \.options, .anything, note: "For navigator.credentials.get.")
        Field("expiresAt", \.expiresAt)
    }
}

extension Tickets {
    /// Asks for the tap that approves the request as it was read. Throws what the approval itself would.
    package func decisionChallenge(
        _ id: TicketID, _ request: AskDecisionChallenge, by user: UserID, _ facts: RequestFacts, at now: Date,
        in scope: TenantScope
    ) async throws -> DecisionQuestion {
        let digest = [UInt8](hexadecimal: request.digest) ?? []
        let challenge = try await telling(of: id, in: scope) {
            try await database.transaction(in: scope) { transaction in
                let standing = try await standing(id, of: user, at: now, in: scope, transaction)
                let narrowing = try narrowing(request.narrowing, of: standing.progress)
                let step = try standing.progress.decided(
                    by: user, .approved, on: digest, narrowing: narrowing, handedOver: standing.handedOver,
                    among: standing.people, hasProof: true, isCommented: true, at: now)
                try await deciders.check(
                    [user] + (step.onBehalfOf.map { [$0] } ?? []), at: now, in: scope, transaction)
                let challenge = DecisionChallenge(
                    ticket: id, level: step.level, user: user, digest: digest,
                    result: step.progress.digest, nonce: SecureRandom.bytes(32))
                try await ChallengeStore.insert(challenge, at: now, in: scope, transaction)
                return challenge
            }
        }
        return DecisionQuestion(
            level: challenge.level, options: try await passkeys.question(challenge.bytes, user, facts, scope),
            expiresAt: now.addingTimeInterval(DecisionChallenge.lifetime))
    }

    /// Forgets challenges that nobody can answer any more.
    package func pruneChallenges(at now: Date) async throws {
        try await ChallengeStore.prune(at: now, database)
    }

    /// The proof that goes with a decision; the challenge is used up, whatever comes of it.
    func proof(
        _ answer: JSON, for decision: NewDecision, of id: TicketID, _ facts: RequestFacts, audit: AuditDraft,
        in scope: TenantScope
    ) async throws -> (challenge: DecisionChallenge, proof: JSON) {
        guard let signed = Self.challenge(in: answer),
            let challenge = try await ChallengeStore.take(signed, at: decision.at, in: scope, database),
            challenge.ticket == id, challenge.user == decision.user, challenge.digest == decision.digest
        else { throw TicketError.needsPasskey }
        let proof = try await passkeys.proof(
            answer, challenge.bytes, decision.user, facts, decision.at, audit, scope)
        return (
            challenge,
            proof.merging([
                "level": .int(Int64(challenge.level)), "digest": .string(Hex.encode(challenge.digest)),
                "result": .string(Hex.encode(challenge.result)), "nonce": .string(Hex.encode(challenge.nonce)),
            ])
        )
    }

    /// What the browser says that was signed. That it was is what the proof says.
    private static func challenge(in answer: JSON) -> [UInt8]? {
        guard let data = answer["clientDataJSON"]?.text.flatMap(Base64URL.decode), data.count <= 4096,
            let text = (try? JSONParser.parse(data))?["challenge"]?.text
        else { return nil }
        return Base64URL.decode(text)
    }
}

/// The SQL of challenges, which are known by the hash of what is signed.
enum ChallengeStore {
    static func insert(
        _ challenge: DecisionChallenge, at now: Date, in scope: TenantScope, _ transaction: Transaction
    ) async throws {
        _ = try await transaction.execute(
            """
            delete from decision_challenges where tenant_id = \(scope.tenant) and user_id = \(challenge.user)
                and (ticket_id = \(challenge.ticket) or expires_at <= \(now))
            """)
        _ = try await transaction.execute(
            """
            insert into decision_challenges (tenant_id, challenge_hash, ticket_id, level, user_id, digest, result,
                nonce, expires_at)
            values (\(scope.tenant), \(Hash256.of(challenge.bytes).bytes), \(challenge.ticket), \(challenge.level),
                \(challenge.user), \(challenge.digest), \(challenge.result), \(challenge.nonce),
                \(now.addingTimeInterval(DecisionChallenge.lifetime)))
            """)
    }

    /// Forgets what nobody can answer any more, in whichever company.
    static func prune(at now: Date, _ database: Database) async throws {
        try await database.execute(
            "delete from decision_challenges where expires_at <= \(now)",
            in: SystemScope(reason: "prune challenges of decisions"))
    }

    /// Uses a challenge up; nil if nobody asked it, or too long ago.
    static func take(
        _ challenge: [UInt8], at now: Date, in scope: TenantScope, _ database: Database
    ) async throws -> DecisionChallenge? {
        let found: (DecisionChallenge, Date)? = try await database.first(
            """
            delete from decision_challenges
            where tenant_id = \(scope.tenant) and challenge_hash = \(Hash256.of(challenge).bytes)
            returning ticket_id, level, user_id, digest, result, nonce, expires_at
            """, in: scope
        ) { row in
            (
                DecisionChallenge(
                    ticket: try row.next(), level: try row.next(), user: try row.next(), digest: try row.next(),
                    result: try row.next(), nonce: try row.next()), try row.next()
            )
        }
        return found.flatMap { now < $0.1 ? $0.0 : nil }
    }
}
