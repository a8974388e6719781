package import FoundationEssentials
package import Kernel

/// What approvers are shown of a request, wherever they are. It has no secrets.
package struct ApprovalCard: Sendable, Hashable {
    package enum State: String, Sendable, CaseIterable { case open, approved, rejected, withdrawn, expired }

    package let ticket: TicketID
    package let number: Int
    /// The kind of the request, such as `access`, and what it is called.
    package let kind: String
    package let kindName: Wording?
    package let requester: String
    package let facts: [ApprovalFact]
    package let reason: String
    /// Nil where nobody has judged it.
    package let risk: String?
    package let levels: [ApprovalLevel]
    package let state: State
    /// What a decision is bound to, in hexadecimal.
    package let digest: String
    /// When the request ends by itself, as far as that is known.
    package let deadline: Date?

    package init(
        ticket: TicketID, number: Int, kind: String, kindName: Wording? = nil, requester: String,
        facts: [ApprovalFact], reason: String, risk: String?, levels: [ApprovalLevel], state: State, digest: String,
        deadline: Date?
    ) {
        self.ticket = ticket
        self.number = number
        self.kind = kind
        self.kindName = kindName
        self.requester = requester
        self.facts = facts
        self.reason = reason
        self.risk = risk
        self.levels = levels
        self.state = state
        self.digest = digest
        self.deadline = deadline
    }

    /// The level that waits for this person, if one does.
    package func level(of user: UserID) -> ApprovalLevel? {
        guard state == .open else { return nil }
        return levels.first { $0.isOpen && $0.seats.contains(user) }
    }
}

/// One thing that is asked for: what it is, as a key with the word that its kind has for it, and the thing itself.
package struct ApprovalFact: Sendable, Hashable {
    /// How a value is to be read.
    package enum Form: String, Sendable { case text, seconds, time }

    package let label: String
    package let values: [String]
    package let form: Form
    /// What the label is called.
    package let name: Wording?
    /// What values are called that are words of ours.
    package let words: [String: Wording]

    package init(
        _ label: String, _ values: [String], as form: Form = .text, name: Wording? = nil,
        words: [String: Wording] = [:]
    ) {
        self.label = label
        self.values = values
        self.form = form
        self.name = name
        self.words = words
    }
}

/// A level of a request.
package struct ApprovalLevel: Sendable, Hashable {
    package let number: Int
    package let name: String
    package let isOpen: Bool
    /// Who may still answer.
    package let seats: Set<UserID>
    /// Whether approving it takes a passkey, which a messenger does not have.
    package let needsPasskey: Bool
    /// Which answers it takes with a comment only: approvals (`true`), refusals (`false`).
    package let commented: Set<Bool>
    package let answers: [ApprovalAnswer]

    package init(
        number: Int, name: String, isOpen: Bool, seats: Set<UserID>, needsPasskey: Bool, commented: Set<Bool> = [],
        answers: [ApprovalAnswer]
    ) {
        self.number = number
        self.name = name
        self.isOpen = isOpen
        self.seats = seats
        self.needsPasskey = needsPasskey
        self.commented = commented
        self.answers = answers
    }
}

/// What somebody has answered.
package struct ApprovalAnswer: Sendable, Hashable {
    package let name: String
    package let onBehalfOf: String?
    package let isApproval: Bool
    /// What it took away, as it was and as it is.
    package let changes: [ApprovalChange]

    package init(name: String, onBehalfOf: String?, isApproval: Bool, changes: [ApprovalChange] = []) {
        self.name = name
        self.onBehalfOf = onBehalfOf
        self.isApproval = isApproval
        self.changes = changes
    }
}

/// What an approver has made smaller.
package struct ApprovalChange: Sendable, Hashable {
    package let before: ApprovalFact
    package let after: ApprovalFact

    package init(from before: ApprovalFact, to after: ApprovalFact) {
        self.before = before
        self.after = after
    }
}
