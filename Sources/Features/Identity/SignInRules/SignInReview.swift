package import FoundationEssentials
package import HTTPAPI
package import Kernel
import Postgres

/// By which door somebody comes in.
package enum SignInEntrance: String, Sendable, CaseIterable, WireValue, SQLBindable, SQLDecodable {
    case web, cli, ssh
}

/// A sign-in that waits for somebody's word, as those who can give it see it.
package struct SignInReview: WireValue, Sendable {
    package static let lifetime: TimeInterval = 10 * 60
    /// So many at once are no longer somebody who wants to come in.
    static let mostOfOnePerson = 5

    package enum State: String, Sendable, CaseIterable, WireValue, SQLBindable, SQLDecodable {
        case waiting, approved, rejected
        /// Approved, and the person came in by it.
        case used
    }

    package let id: SignInReviewID
    package let user: UserID
    package let login: String
    package let name: String
    package let ruleName: String
    package let entrance: SignInEntrance
    package let clientAddress: String?
    package let state: State
    package let createdAt: Date
    package let expiresAt: Date
    package let decidedAt: Date?
    package let decidedBy: String?
    package let reason: String?

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("id", \.id)
        Field("user", \.user)
        Field("login", \.login, .text(1...64))
        Field("name", \.name, .text(1...200))
        Field("ruleName", \.ruleName, .text(1...100))
        Field("entrance", \.entrance)
        Field("clientAddress", \.clientAddress, .text(0...100))
        Field("state", \.state)
        Field("createdAt", \.createdAt)
        Field("expiresAt", \.expiresAt)
        Field("decidedAt", \.decidedAt)
        Field("decidedBy", \.decidedBy, .text(1...200))
        Field("reason", \.reason, .lines(0...500))
    }

    package static let listing = Listing<SignInReview>(
        key: Column("id", "v.sign_in_review_id", \.id), order: .descending("createdAt"), sortable: ["createdAt"],
        columns: [
            Column("createdAt", "v.created_at", \.createdAt), Column("state", "v.state", \.state),
            Column("user", "v.user_id", \.user),
        ])
}

/// The body by which somebody gives their word.
package struct DecideSignInRequest: WireValue {
    package enum Outcome: String, Sendable, CaseIterable, WireValue { case approved, rejected }

    package let outcome: Outcome
    package let reason: String

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("outcome", \.outcome)
        Field("reason", \.reason, Schema<String>.lines(0...500).otherwise(""))
    }
}
