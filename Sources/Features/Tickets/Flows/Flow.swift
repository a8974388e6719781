import HTTPAPI
package import Kernel

/// How requests are decided: for which it is, and levels with the people who may decide them.
package struct Flow: Versioned, Sendable {
    package var id: FlowID
    /// The flows of the organization that is nearest to what is asked for are tried first.
    package var organization: OrganizationID
    package var organizationName: String
    package var name: String
    /// Tried last in its organization, and for everything.
    package var isDefault: Bool
    package var isEnabled: Bool
    /// The lowest is tried first.
    package var priority: Int
    package var conditions: FlowConditions
    package var isParallel: Bool
    package var approvesLowRisk: Bool
    package var copies: [FlowCopy]
    package var unusedAfter: Int?
    package var levels: [FlowLevel]
    package var version: Int
}

extension Flow: WireValue {
    package static let schema: Schema<Self> = .record(Self.init) {
        Field("id", \.id)
        Field("organization", \.organization)
        Field("organizationName", \.organizationName, .text(0...200))
        Field("name", \.name, .text(1...100))
        Field("isDefault", \.isDefault)
        Field("enabled", \.isEnabled)
        Field("priority", \.priority, .int(1...10_000))
        Field("conditions", \.conditions)
        Field("parallel", \.isParallel)
        Field("approvesLowRisk", \.approvesLowRisk)
        Field("copies", \.copies, count: 0...50)
        Field("unusedAfterSeconds", \.unusedAfter, .int(60...31_536_000))
        Field("levels", \.levels, count: 1...5)
        Field("version", \.version, .int(1...Int(Int32.max)))
    }
}

/// All flows that somebody may change, in the order in which they are tried, and those from above by name.
package struct Flows: WireValue, Sendable {
    package let items: [Flow]
    package let inherited: [InheritedFlow]

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("items", \.items, count: 0...1000)
        Field(
            "inherited", \.inherited, count: 0...1000,
            note:
                "For somebody who is confined to organizations: those of the organizations above, tried after their own."
        )
    }
}

/// A flow of an organization above those that somebody may change.
package struct InheritedFlow: WireValue, Sendable {
    package let organizationName: String
    package let name: String
    package let isDefault: Bool

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("organizationName", \.organizationName, .text(0...200))
        Field("name", \.name, .text(1...100))
        Field("isDefault", \.isDefault)
    }
}

/// Somebody who may decide: a person, a group, a role, or whoever has to do with what is asked for.
package struct FlowApprover: WireValue, Sendable, Hashable {
    package enum Member: Sendable, Hashable {
        case user(UserID)
        case group(GroupID)
        case role(RoleID)
        case relation(Relation)
    }

    package enum Relation: String, Sendable, CaseIterable, WireValue {
        /// Whoever owns all assets that are asked for.
        case assetOwner = "asset-owner"
        /// Whoever owns a node above each of them.
        case nodeOwner = "node-owner"
        /// The manager of the person who asks.
        case manager
    }

    package let member: Member
    /// Filled in answers, ignored in requests.
    package let name: String

    package var user: UserID? { if case .user(let id) = member { id } else { nil } }
    package var group: GroupID? { if case .group(let id) = member { id } else { nil } }
    package var role: RoleID? { if case .role(let id) = member { id } else { nil } }
    package var relation: Relation? { if case .relation(let relation) = member { relation } else { nil } }

    package init(_ member: Member, name: String = "") {
        self.member = member
        self.name = name
    }

    package init(
        user: UserID?, group: GroupID?, role: RoleID?, relation: Relation?, name: String
    ) throws(Invalid) {
        switch (user, group, role, relation) {
        case (let user?, nil, nil, nil): member = .user(user)
        case (nil, let group?, nil, nil): member = .group(group)
        case (nil, nil, let role?, nil): member = .role(role)
        case (nil, nil, nil, let relation?): member = .relation(relation)
        default: throw Invalid("name exactly one of user, group, role and relation")
        }
        self.name = name
    }

    package static func user(_ id: UserID) -> FlowApprover { FlowApprover(.user(id)) }
    package static func group(_ id: GroupID) -> FlowApprover { FlowApprover(.group(id)) }
    package static func role(_ id: RoleID) -> FlowApprover { FlowApprover(.role(id)) }
    package static func relation(_ relation: Relation) -> FlowApprover { FlowApprover(.relation(relation)) }

    package static let schema: Schema<Self> = .record({
        (
            user: UserID?, group: GroupID?, role: RoleID?, relation: Relation?, name: String
        ) throws(Invalid) in
        try FlowApprover(user: user, group: group, role: role, relation: relation, name: name)
    }) {
        Field("user", \.user)
        Field("group", \.group)
        Field("role", \.role, note: "Whoever has it where all assets lie, or above.")
        Field("relation", \.relation)
        Field("name", \.name, Schema<String>.text(0...200).otherwise(""), note: "Filled in answers.")
    }
}

/// Somebody who is told of a request and does not decide: a person, or everybody in a group.
package struct FlowCopy: WireValue, Sendable, Hashable {
    package let user: UserID?
    package let group: GroupID?
    /// Filled in answers, ignored in requests.
    package let name: String

    package init(user: UserID?, group: GroupID?, name: String = "") throws(Invalid) {
        guard (user == nil) != (group == nil) else { throw Invalid("name exactly one of user and group") }
        self.user = user
        self.group = group
        self.name = name
    }

    package static let schema: Schema<Self> = .record({
        (user: UserID?, group: GroupID?, name: String) throws(Invalid) in
        try FlowCopy(user: user, group: group, name: name)
    }) {
        Field("user", \.user)
        Field("group", \.group)
        Field("name", \.name, Schema<String>.text(0...200).otherwise(""), note: "Filled in answers.")
    }
}

/// Who may decide as well, once a level has waited for a while.
package struct FlowEscalation: WireValue, Sendable, Hashable {
    package let after: Int
    package let approvers: [FlowApprover]

    package init(after: Int, approvers: [FlowApprover]) {
        self.after = after
        self.approvers = approvers
    }

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("afterSeconds", \.after, .int(60...2_592_000))
        Field("approvers", \.approvers, count: 1...50)
    }
}

extension PlannedLevel.Lapse: WireValue {}

/// One level of a flow.
package struct FlowLevel: WireValue, Sendable {
    package let name: String
    /// Where the question is sent as well as to the portal.
    package let webhook: WebhookID?
    package let approvers: [FlowApprover]
    package let quorum: Int
    package let deadline: Int
    package let reminder: Int?
    package let lapse: PlannedLevel.Lapse
    package let escalation: FlowEscalation?
    package let needsPasskey: Bool
    package let needsComment: CommentNeed

    static let standardDeadline = 3 * 24 * 3600

    package init(
        name: String, webhook: WebhookID? = nil, approvers: [FlowApprover], quorum: Int = 1,
        deadline: Int = FlowLevel.standardDeadline, reminder: Int? = nil, lapse: PlannedLevel.Lapse = .expired,
        escalation: FlowEscalation? = nil, needsPasskey: Bool = false, needsComment: CommentNeed = .never
    ) {
        self.name = name
        self.webhook = webhook
        self.approvers = approvers
        self.quorum = quorum
        self.deadline = deadline
        self.reminder = reminder
        self.lapse = lapse
        self.escalation = escalation
        self.needsPasskey = needsPasskey
        self.needsComment = needsComment
    }

    package static let schema: Schema<Self> = .record({
        (
            name: String, webhook: WebhookID?, approvers: [FlowApprover], quorum: Int, deadline: Int, reminder: Int?,
            lapse: PlannedLevel.Lapse, escalation: FlowEscalation?, needsPasskey: Bool, needsComment: CommentNeed
        ) throws(Invalid) in
        if let reminder, reminder >= deadline {
            throw Invalid("must be before the deadline", field: "reminderSeconds")
        }
        if let escalation, escalation.after >= deadline {
            throw Invalid("must escalate before the deadline", field: "escalation")
        }
        return FlowLevel(
            name: name, webhook: webhook, approvers: approvers, quorum: quorum, deadline: deadline, reminder: reminder,
            lapse: lapse, escalation: escalation, needsPasskey: needsPasskey, needsComment: needsComment)
    }) {
        Field("name", \.name, .text(1...100))
        Field("webhook", \.webhook, WebhookID.schema, note: "Sends the question there too, with decision links.")
        Field("approvers", \.approvers, count: 1...50)
        Field(
            "quorum", \.quorum, Schema<Int>.int(1...10).otherwise(1), note: "How many of them have to agree.")
        Field(
            "deadlineSeconds", \.deadline, Schema<Int>.int(60...2_592_000).otherwise(standardDeadline),
            note: "From the opening of the level.")
        Field(
            "reminderSeconds", \.reminder, .int(60...2_592_000),
            note: "When those who have not answered are reminded; null for never.")
        Field(
            "lapse", \.lapse, PlannedLevel.Lapse.schema.otherwise(.expired),
            note: "What silence comes to; it never approves.")
        Field("escalation", \.escalation)
        Field(
            "needsPasskey", \.needsPasskey, Bool.schema.otherwise(false),
            note: "Approving takes a tap on a passkey.")
        Field(
            "needsComment", \.needsComment, CommentNeed.schema.otherwise(.never),
            note: "Which answers are given with a comment only.")
    }
}

/// The body that creates or replaces a flow.
package struct SaveFlow: WireValue {
    package let organization: OrganizationID?
    package let name: String
    package let isDefault: Bool
    package let isEnabled: Bool
    package let priority: Int
    package let conditions: FlowConditions
    package let isParallel: Bool
    package let approvesLowRisk: Bool
    package let copies: [FlowCopy]
    package let unusedAfter: Int?
    package let levels: [FlowLevel]

    package init(
        organization: OrganizationID? = nil, name: String, isDefault: Bool, isEnabled: Bool = true, priority: Int = 100,
        conditions: FlowConditions = FlowConditions(), isParallel: Bool = false, approvesLowRisk: Bool = false,
        copies: [FlowCopy] = [], unusedAfter: Int? = nil, levels: [FlowLevel]
    ) {
        self.organization = organization
        self.name = name
        self.isDefault = isDefault
        self.isEnabled = isEnabled
        self.priority = priority
        self.conditions = conditions
        self.isParallel = isParallel
        self.approvesLowRisk = approvesLowRisk
        self.copies = copies
        self.unusedAfter = unusedAfter
        self.levels = levels
    }

    package static let schema: Schema<Self> = .record({
        (
            organization: OrganizationID?, name: String, isDefault: Bool, isEnabled: Bool, priority: Int,
            conditions: FlowConditions, isParallel: Bool, approvesLowRisk: Bool, copies: [FlowCopy], unusedAfter: Int?,
            levels: [FlowLevel]
        ) throws(Invalid) in
        guard !isDefault || conditions.isEmpty else {
            throw Invalid("must be empty for the default flow", field: "conditions")
        }
        guard !isDefault || isEnabled else { throw Invalid("must be true for the default flow", field: "enabled") }
        return SaveFlow(
            organization: organization, name: name, isDefault: isDefault, isEnabled: isEnabled, priority: priority,
            conditions: conditions, isParallel: isParallel, approvesLowRisk: approvesLowRisk, copies: copies,
            unusedAfter: unusedAfter, levels: levels)
    }) {
        Field(
            "organization", \.organization, OrganizationID.schema,
            note:
                "Where it holds; absent for the organization one looks at, or the tenant as a whole. It stays where it was "
                + "made.")
        Field("name", \.name, .text(1...100))
        Field(
            "isDefault", \.isDefault, Bool.schema.otherwise(true),
            note: "Tried last in its organization, for everything. The default flow before is turned off.")
        Field("enabled", \.isEnabled, Bool.schema.otherwise(true))
        Field(
            "priority", \.priority, Schema<Int>.int(1...10_000).otherwise(100), note: "The lowest is tried first.")
        Field("conditions", \.conditions, FlowConditions.schema.otherwise(FlowConditions()))
        Field("parallel", \.isParallel, Bool.schema.otherwise(false), note: "All levels are asked at once.")
        Field(
            "approvesLowRisk", \.approvesLowRisk, Bool.schema.otherwise(false),
            note: "Requests of low risk are approved without asking anybody.")
        Field("copies", \.copies, Schema<[FlowCopy]>.array(of: FlowCopy.schema, 0...50).otherwise([]))
        Field(
            "unusedAfterSeconds", \.unusedAfter, .int(60...31_536_000),
            note: "A grant that nobody has used for so long after its start ends early; null for never.")
        Field("levels", \.levels, count: 1...5)
    }
}
