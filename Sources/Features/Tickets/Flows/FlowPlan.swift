package import Kernel

/// The path that a request takes: which flow was chosen and why, and who decides its levels. It is settled when the request
/// is opened, and kept with it.
package struct FlowPlan: Sendable, Hashable {
    /// Nil where a rule says who is asked.
    package var flow: FlowID?
    package var flowName: String
    /// Why this flow and no other: the name of the organization that it is of, and what of the request it asked for.
    package var because: [String]
    package var risk: TicketRisk
    /// What makes the risk what it is.
    package var riskReasons: [RiskReason]
    /// Empty if it approves itself: nobody is asked then.
    package var levels: [PlannedLevel]
    /// All levels are asked at once instead of one after another.
    package var isParallel: Bool
    /// The flow lets low risk through without asking anybody; what it was chosen by is its reason on the record.
    package var approvesItself: Bool
    /// People who are told and do not decide.
    package var copies: [UserID]
    /// A grant that nobody has used for so many seconds after its start ends early; nil for never.
    package var unusedAfter: Int?

    package init(
        flow: FlowID?, flowName: String, because: [String] = [], risk: TicketRisk = .low,
        riskReasons: [RiskReason] = [], levels: [PlannedLevel], isParallel: Bool = false,
        approvesItself: Bool = false, copies: [UserID] = [], unusedAfter: Int? = nil
    ) {
        self.flow = flow
        self.flowName = flowName
        self.because = because
        self.risk = risk
        self.riskReasons = riskReasons
        self.levels = levels
        self.isParallel = isParallel
        self.approvesItself = approvesItself
        self.copies = copies
        self.unusedAfter = unusedAfter
    }
}

/// One level of a path: who may decide it, how many of them have to, until when, and what happens if they do not.
package struct PlannedLevel: Sendable, Hashable {
    package var name: String
    package var seats: [Seat]
    /// How many of them have to agree; one refusal refuses the request.
    package var quorum: Int
    package var webhook: WebhookID?
    /// Seconds from the level's opening.
    package var deadline: Int
    /// Seconds from the level's opening after which those who have not answered are reminded.
    package var reminder: Int?
    package var lapse: Lapse
    /// Who may decide as well once `escalation` seconds have passed since the level's opening.
    package var escalation: Escalation?
    /// Approving takes a tap on a passkey, over what is approved.
    package var needsPasskey: Bool
    package var needsComment: CommentNeed

    /// What a level comes to when its deadline has passed. Silence never approves.
    package enum Lapse: String, Sendable, CaseIterable { case expired, rejected }

    package struct Escalation: Sendable, Hashable {
        package var after: Int
        package var seats: [Seat]

        package init(after: Int, seats: [Seat]) {
            self.after = after
            self.seats = seats
        }
    }

    package init(
        name: String, seats: [Seat], quorum: Int = 1, webhook: WebhookID? = nil, deadline: Int = 3 * 24 * 3600,
        reminder: Int? = nil, lapse: Lapse = .expired, escalation: Escalation? = nil, needsPasskey: Bool = false,
        needsComment: CommentNeed = .never
    ) {
        self.name = name
        self.seats = seats
        self.quorum = quorum
        self.webhook = webhook
        self.deadline = deadline
        self.reminder = reminder
        self.lapse = lapse
        self.escalation = escalation
        self.needsPasskey = needsPasskey
        self.needsComment = needsComment
    }
}

/// Somebody who may decide, and why.
package struct Seat: Sendable, Hashable {
    package var user: UserID
    package var reason: Reason
    /// The group's or role's name, the asset's or node's name, the person's who handed over: as it was then.
    package var detail: String

    package enum Reason: String, Sendable, CaseIterable {
        case named, group, role
        case assetOwner = "asset-owner"
        case nodeOwner = "node-owner"
        case manager
        case escalation
        /// Handed over by the person who had the seat, or by an administrator.
        case reassigned
    }

    package init(user: UserID, reason: Reason, detail: String = "") {
        self.user = user
        self.reason = reason
        self.detail = detail
    }
}

/// How much could go wrong.
package enum TicketRisk: String, Sendable, CaseIterable {
    case low, medium, high
}
