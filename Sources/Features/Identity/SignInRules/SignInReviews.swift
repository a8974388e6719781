package import FoundationEssentials
package import Kernel
package import Postgres

/// Sign-ins that wait for the word of somebody else. Rules say who is asked about what; who asks them, and where they answer,
/// is plugged in.
package struct SignInReviews: Sendable {
    package static let lifetime = 10 * 60

    /// What somebody is asked.
    package struct Question: Sendable {
        package let user: UserID
        package let login: String
        package let name: String
        package let entrance: SignInEntrance
        package let clientAddress: String?
        /// Tells this attempt from others of the same person: somebody's word is good for one of them.
        package let attempt: String
        package let rule: SignInRuleID
        package let ruleName: String
        package let asked: [Asked]
        /// Somebody is connected and waits. At the command line people come again.
        package var isAttended: Bool { entrance != .cli }
    }

    /// Somebody whom the rule asks, and why.
    package struct Asked: Sendable, Equatable {
        package enum Reason: String, Sendable, SQLDecodable { case named, group, role }

        package let user: UserID
        package let reason: Reason
        /// What the group or role is called.
        package let detail: String
    }

    package enum Standing: Sendable, Equatable {
        /// Nobody has answered yet, and nobody can any more from then on.
        case waits(TicketID, until: Date)
        case approved, rejected
        /// The person has taken it back.
        case withdrawn
        /// So many wait already that nobody is asked.
        case crowded
        /// None of those whom the rule asks can answer.
        case nobody
    }

    /// Why somebody waits no longer.
    package enum Waking: Sendable, Equatable { case woken, timeIsUp, crowded }

    /// How an attempt stands; whoever it takes is asked, if they were not. What is agreed is told once.
    package var ask: @Sendable (Question, Date, TenantScope, Transaction) async throws -> Standing
    /// Whether any of these could answer what this person waits for.
    package var canAnswer: @Sendable ([Asked], _ about: UserID, Date, TenantScope, Transaction) async throws -> Bool
    /// Takes back what an attempt waits for.
    package var withdraw: @Sendable (_ attempt: String, UserID, Date, TenantScope, Transaction) async throws -> Void
    /// The names of those who are asked, in the order of names.
    package var asked: @Sendable (TicketID, TenantScope, Transaction) async throws -> [String]
    /// Ends what these people wait for, also what was agreed to and let nobody in yet: what they have proven counts no more.
    package var end: @Sendable (_ of: [UserID], Date, TenantScope, Transaction) async throws -> Void
    /// Waits for news since a moment, with no connection of the database; at most for as long as one request may take.
    package var wait:
        @Sendable (TicketID, _ address: String?, _ since: ContinuousClock.Instant, TenantScope) async -> Waking
    /// What somebody waits for who comes again with the same key, if there is no news since.
    package var place: @Sendable (_ key: String, Date) -> TicketID?
    /// Remembers what somebody with this key waits for, if there is no news since a moment.
    package var keep:
        @Sendable (_ key: String, TicketID, _ since: ContinuousClock.Instant, TenantScope, _ until: Date) -> Void

    /// Voids what was asked under these rules, which ask others now: nobody comes in by the word of those before.
    package var void: @Sendable (Set<SignInRuleID>, Date, TenantScope, Transaction) async throws -> Void
    /// Has everybody of the company who waits ask again: the rules have changed.
    package var stir: @Sendable (TenantScope, Transaction) async throws -> Void

    /// In which those who wait look for news, a few at a time.
    let turns: FairAdmission<TenantID>

    package init(
        turns: FairAdmission<TenantID> = FairAdmission(places: 4, placesBesideOthers: 2, mostWaiting: 5_000),
        ask: @escaping @Sendable (Question, Date, TenantScope, Transaction) async throws -> Standing,
        canAnswer: @escaping @Sendable ([Asked], UserID, Date, TenantScope, Transaction) async throws -> Bool,
        withdraw: @escaping @Sendable (String, UserID, Date, TenantScope, Transaction) async throws -> Void,
        asked: @escaping @Sendable (TicketID, TenantScope, Transaction) async throws -> [String],
        end: @escaping @Sendable ([UserID], Date, TenantScope, Transaction) async throws -> Void,
        wait: @escaping @Sendable (TicketID, String?, ContinuousClock.Instant, TenantScope) async -> Waking,
        place: @escaping @Sendable (String, Date) -> TicketID?,
        keep: @escaping @Sendable (String, TicketID, ContinuousClock.Instant, TenantScope, Date) -> Void,
        void: @escaping @Sendable (Set<SignInRuleID>, Date, TenantScope, Transaction) async throws -> Void,
        stir: @escaping @Sendable (TenantScope, Transaction) async throws -> Void
    ) {
        self.turns = turns
        self.void = void
        self.stir = stir
        self.ask = ask
        self.canAnswer = canAnswer
        self.withdraw = withdraw
        self.asked = asked
        self.end = end
        self.wait = wait
        self.place = place
        self.keep = keep
    }

    /// Nobody can be asked, so nobody comes in by a review.
    package static let none = SignInReviews(
        ask: { _, _, _, _ in .nobody }, canAnswer: { _, _, _, _, _ in false }, withdraw: { _, _, _, _, _ in },
        asked: { _, _, _ in [] }, end: { _, _, _, _ in }, wait: { _, _, _, _ in .timeIsUp }, place: { _, _ in nil },
        keep: { _, _, _, _, _ in }, void: { _, _, _, _ in },
        stir: { _, _ in })
}

/// What a sign-in waits for; no part of an answer.
struct WaitingReview: Sendable, Equatable {
    let ticket: TicketID
    let end: Date
}
