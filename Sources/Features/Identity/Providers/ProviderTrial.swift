package import Kernel
import Outbound

/// One step of asking a provider, as administrators see it.
package struct ProviderStep: WireValue, Equatable {
    package enum Name: String, Sendable, CaseIterable, WireValue {
        case connect, bind, search, password, question, challenge, groups, account, rules
        /// Whether the provider has switched the person's account off.
        case standing
        case discovery, keys, authorization, token
        case idToken = "id-token"
        /// What the program itself is known by, and whether the person is of the company.
        case application, membership
        case userinfo, claims, response, ticket
        /// What rules go by besides, where it is asked for apart.
        case attributes
    }
    package enum Outcome: String, Sendable, CaseIterable, WireValue { case passed, failed, skipped }

    package let name: Name
    package let outcome: Outcome
    package let detail: String
    package let milliseconds: Int

    package init(_ name: Name, _ outcome: Outcome, _ detail: String, milliseconds: Int = 0) {
        self.name = name
        self.outcome = outcome
        self.detail = String(detail.prefix(1000))
        self.milliseconds = milliseconds
    }

    private init(name: Name, outcome: Outcome, detail: String, milliseconds: Int) {
        self.init(name, outcome, detail, milliseconds: milliseconds)
    }

    static func passed(_ name: Name, _ detail: String, since start: ContinuousClock.Instant) -> ProviderStep {
        let took = (ContinuousClock.now - start).components
        return ProviderStep(
            name, .passed, detail,
            milliseconds: Int(took.seconds) * 1000 + Int(took.attoseconds / 1_000_000_000_000_000))
    }

    package static let schema: Schema<Self> = .record(Self.init(name:outcome:detail:milliseconds:)) {
        Field("name", \.name)
        Field("outcome", \.outcome)
        Field("detail", \.detail, .lines(0...1000))
        Field("milliseconds", \.milliseconds, .int(0...Int(Int32.max)))
    }
}

/// Somebody as a provider knows them.
package struct ProviderProfile: WireValue, Equatable {
    /// Never given to somebody else, unlike a name.
    package let subject: String
    package let login: String
    package let name: String?
    package let email: String?
    /// Names under which the rules find the person's groups, nested ones included.
    package let groups: [String]
    /// What rules go by besides, as far as they name it.
    package var attributes: [ProviderAttribute] = []
    /// The distinguished name of the person's entry, where there is a directory.
    package var place: String?
    /// Of what the provider would not or could not speak. What rules gave by it stays.
    package var unsaid: [ProviderFact] = []

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("subject", \.subject, .text(1...500))
        Field("login", \.login, .text(0...500))
        Field("name", \.name, .text(0...500))
        Field("email", \.email, .text(0...500))
        Field("groups", \.groups, .array(of: .text(0...1000), 0...5000))
        Field(
            "attributes", \.attributes,
            Schema<[ProviderAttribute]>.array(of: ProviderAttribute.schema, 0...2000).otherwise([]),
            note: "Those that rules name.")
        Field("place", \.place, .text(1...2000), note: "Where the person's entry lies in a directory.")
        Field(
            "unsaid", \.unsaid, Schema<[ProviderFact]>.array(of: ProviderFact.schema, 0...10).otherwise([]),
            note: "Of what the provider would not or could not speak: what rules gave by it stays.")
    }
}

/// A kind of thing that rules go by, asked for by itself.
package enum ProviderFact: String, Sendable, CaseIterable, WireValue {
    case attributes, department, role, group
}

/// What a provider says about a login and a password, and how it came to that.
struct ProviderTrial: Sendable {
    enum Answer: Sendable, Equatable {
        /// Without a password to check, this says no more than who it is.
        case right(ProviderProfile)
        /// The person is there, the password is not theirs; the subject, if it is known.
        case wrong(subject: String?)
        /// The person is there and is kept out there, whatever their password is.
        case barred(subject: String, ProviderRefusal.Reason)
        /// Wrong, or nobody of this provider: it does not say which.
        case rejected(subject: String)
        /// It wants to know more before it says anything.
        case asked(ProviderQuestion)
        case unknown
        /// Two entries, or one that cannot be told from another.
        case ambiguous
        /// Nothing was learnt.
        case unavailable
    }

    var answer: Answer
    var steps: [ProviderStep]
    /// Whether a provider that said nothing may have done something.
    var mayHaveBeenHeard = false

    /// What went wrong, for the trail.
    var cause: String { steps.last { $0.outcome == .failed }?.detail ?? "" }
}

/// A kind of provider that takes a password: it is handed over, and nothing of it is kept.
protocol PasswordProver: Sendable {
    /// A nil password tries everything else. Throws `BlockingPool.Busy` when too many are asked at once.
    func prove(_ login: Login, _ password: Secret?) async throws -> ProviderTrial
}

/// What a provider wants to know besides the password, such as a code.
struct ProviderQuestion: Sendable, Equatable {
    /// One line for whoever signs in, in the provider's own words; empty if it has none.
    let prompt: String
    /// What the provider knows the conversation by.
    let state: [UInt8]?
    /// Who asked: the answer goes there.
    let server: HostPort
    /// Whether it is ours, and nobody was asked yet.
    var isOurs = false
}

/// A kind of provider that may answer a password with a question.
protocol QuestionProver: PasswordProver {
    func answer(_ question: ProviderQuestion, _ login: Login, _ answer: Secret) async throws -> ProviderTrial
}

/// Why a provider let nobody in: for the trail and for administrators, never for whoever signs in.
struct ProviderRefusal: Sendable, Equatable {
    enum Reason: String, Sendable {
        case wrongPassword = "wrong-password"
        /// Wrong, or unknown there: the provider does not say which.
        case rejected = "rejected-by-provider"
        case unknown = "unknown-at-provider"
        case ambiguous
        case unavailable
        /// Only those come in whom somebody took in before.
        case noAccount = "no-account"
        /// Somebody has the login here, and the provider may not take them over.
        case notLinked = "not-linked"
        /// Another provider vouches for whoever made the link.
        case comesByProvider = "comes-by-provider"
        /// A provider knows whoever made the link, and they have not come in by it, or by their password, for too long.
        case provider
        /// Nor can they: it is switched off.
        case providerOff = "provider-off"
        /// The login belongs to somebody else of the same provider, or came with somebody else's password.
        case otherPerson = "other-person"
        /// The provider's login is none here: it has look-alikes, blanks or signs that are not taken.
        case unusableLogin = "unusable-login"
        case disabled
        case locked
        /// What the provider says of the person's account there.
        case disabledThere = "disabled-at-provider"
        case expiredThere = "expired-at-provider"
        case lockedThere = "locked-at-provider"
        case passwordExpiredThere = "password-expired-at-provider"
        case passwordToChangeThere = "password-to-change-at-provider"
        case notNowThere = "not-now-at-provider"
        case notFromHereThere = "not-from-here-at-provider"
        case overQuota = "over-quota"
        /// It went on asking, whatever it was answered.
        case tooManyQuestions = "too-many-questions"
        /// The provider, or the person there, said no.
        case declined
        /// What the provider, or somebody in its name, gave does not stand up to the checks.
        case untrusted = "untrusted-answer"
    }

    let provider: IdentityProviderID?
    let reason: Reason
    var cause = ""

    /// What whoever has proven an account of theirs is told: why the link that they made lets them in no more.
    var hold: KeyHold? {
        switch reason {
        case .comesByProvider, .provider: .signIn
        case .providerOff: .providerOff
        default: nil
        }
    }

    /// Nothing was learnt about the password, so the attempt does not count.
    var countsNot: Bool { reason == .unavailable }
}
