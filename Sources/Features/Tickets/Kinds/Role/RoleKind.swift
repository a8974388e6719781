package import FoundationEssentials
import HTTPAPI
package import Kernel
package import Postgres

/// Asks for a role, at an organization, for a time: it ends by itself. One of those who agree has to be somebody who could
/// give the role for good.
package struct RoleKind: RequestKind {
    package struct Content: WireValue, Equatable {
        package let role: RoleID
        package let organization: OrganizationID?
        package let durationSeconds: Int
        /// What they were called when it was asked.
        package let roleName: String
        package let organizationName: String

        package static let schema: Schema<Self> = .record(Self.init) {
            Field("role", \.role)
            Field("organization", \.organization, OrganizationID.schema, note: "Absent for the whole company.")
            Field(
                "durationSeconds", \.durationSeconds, Schema<Int>.int(300...2_592_000).otherwise(28_800),
                note: "Counted from the approval; eight hours if absent.")
            Field("roleName", \.roleName, Schema<String>.text(0...100).otherwise(""))
            Field("organizationName", \.organizationName, Schema<String>.text(0...100).otherwise(""))
        }
    }

    static let kind = TicketKindName(rawValue: "role")

    package let name = Self.kind
    package let words = KindWords(
        "Role", "角色", facts: ["role": Wording("Role", "角色"), "organization": Wording("Organization", "组织")])
    package let mayBeNarrowed = false
    let desk: RoleDesk

    package init(desk: RoleDesk) {
        self.desk = desk
    }

    /// The whole company: its first organization has its own number.
    private static func root(of scope: TenantScope) -> OrganizationID { OrganizationID(scope.tenant.uuid) }

    package func check(
        _ content: Content, of draft: TicketDraft, _ opening: TicketOpening
    ) async throws -> Content {
        guard draft.ask.assets.isEmpty, draft.ask.accounts.isEmpty else {
            throw FieldErrors(errors: [FieldError(pointer: "/assets", message: "must be empty for a role")])
        }
        let place = content.organization ?? Self.root(of: opening.scope)
        guard let names = try await desk.names(content.role, place, opening.scope, opening.transaction) else {
            throw FieldErrors(errors: [
                FieldError(pointer: "/content/role", message: "must be a role that can be held there")
            ])
        }
        return Content(
            role: content.role, organization: place, durationSeconds: content.durationSeconds, roleName: names.role,
            organizationName: names.organization)
    }

    package func ask(
        _ content: Content, of draft: TicketDraft, _ opening: TicketOpening
    ) async throws -> TicketAsk {
        var ask = TicketAsk.nothing
        ask.duration = content.durationSeconds
        return ask
    }

    /// A role is never given without people who answer for it, with a tap on a passkey: whoever gives one by hand has shown
    /// a second factor as well.
    package func path(
        _ opening: TicketOpening, usual: () async throws -> FlowPlan
    ) async throws -> FlowPlan {
        var plan = try await usual()
        guard !plan.approvesItself else { throw TicketError.noApprovers(level: 1) }
        plan.risk = .high
        plan.levels = plan.levels.map { level in
            var level = level
            level.needsPasskey = true
            return level
        }
        return plan
    }

    package func facts(_ content: Content, _ shown: TicketShown) -> [TicketFact] {
        [
            TicketFact("role", [content.roleName]), TicketFact("organization", [content.organizationName]),
            TicketFact("duration", [String(content.durationSeconds)], as: .seconds),
        ]
    }

    package func narrowed(_ content: Content, to smaller: Content) throws(TicketError) -> Content {
        guard smaller.role == content.role, smaller.organization == content.organization,
            smaller.durationSeconds <= content.durationSeconds
        else { throw .wider }
        return Content(
            role: content.role, organization: content.organization, durationSeconds: smaller.durationSeconds,
            roleName: content.roleName, organizationName: content.organizationName)
    }

    package func effect(_ content: Content, of approved: ApprovedTicket) async throws -> TicketEffect {
        let end = approved.at.addingTimeInterval(Double(content.durationSeconds))
        let loan = RoleDesk.Loan(
            role: content.role, organization: content.organization ?? Self.root(of: approved.scope),
            user: approved.progress.requester, until: end)
        // Those who answered, not those in whose seats they did: nobody gives by another's rights.
        let givers = approved.progress.answers.filter { $0.outcome == .approved }.map(\.user)
        let giver = try await desk.lend(loan, givers, approved)
        try await approved.audit.also(
            "role.lent", kind: "role", id: content.role.text, name: content.roleName,
            details: [
                "user": .string(loan.user.text), "organization": .string(loan.organization.text),
                "givenBy": .string(giver.text), "until": .string(Timestamp.text(end)),
            ], in: approved.transaction)
        return .nothing
    }
}

/// Who gives roles: Identity, which the control plane plugs in.
package struct RoleDesk: Sendable {
    package struct Loan: Sendable, Hashable {
        package let role: RoleID
        package let organization: OrganizationID
        package let user: UserID
        package let until: Date
    }

    /// What role and organization are called; nil where there is none, or it cannot be held there.
    package var names:
        @Sendable (RoleID, OrganizationID, TenantScope, Transaction) async throws -> (
            role: String, organization: String
        )?
    /// Gives it for a while, by the word of these people; answers whose it was.
    package var lend: @Sendable (Loan, [UserID], ApprovedTicket) async throws -> UserID

    package init(
        names:
            @escaping @Sendable (RoleID, OrganizationID, TenantScope, Transaction) async throws -> (
                role: String, organization: String
            )?,
        lend: @escaping @Sendable (Loan, [UserID], ApprovedTicket) async throws -> UserID
    ) {
        self.names = names
        self.lend = lend
    }
}
