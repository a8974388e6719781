package import FoundationEssentials
package import HTTPAPI
package import Kernel
import Postgres
import Tenancy

/// Somebody who is signed in and does something: who, with which permissions, when, and the record of it.
package struct Acting: Sendable {
    package let user: UserID
    /// What they may do for good: more is not theirs to hand out, and gives no say over those who have it.
    package let permissions: Set<Permission>
    package let scope: TenantScope
    package let now: Date
    package let audit: AuditDraft
    /// What is answered where only part of what is done takes a fresh second factor; nil if it was shown lately.
    let stepUp: Problem?
    private let began = ContinuousClock.now

    package init(
        user: UserID, permissions: Set<Permission>, scope: TenantScope, now: Date, audit: AuditDraft = .discarding,
        stepUp: Problem? = nil
    ) {
        self.user = user
        self.permissions = permissions
        self.scope = scope
        self.now = now
        self.audit = audit
        self.stepUp = stepUp
    }

    /// Later than `now` by what the request has waited since.
    var moment: Date { now + (ContinuousClock.now - began) / .seconds(1) }

    /// Where what is made now belongs.
    var home: OrganizationID { scope.organizations?.first ?? .root(of: scope.tenant) }

    /// Nobody hands out more than they have, and nobody takes over somebody who may do more. In a part of the tenant a
    /// role is worth what can be done in parts.
    func mayHandle(_ others: Set<Permission>) throws(IdentityError) {
        let worth = scope.organizations == nil ? others : others.intersection(PermissionCatalogue.divided)
        guard worth.isSubset(of: permissions) else { throw .beyondOwnPermissions }
    }

    /// The same about a person as they are: also what they may do elsewhere counts, except for what everybody may.
    func mayHandle(_ user: UserID, _ catalogue: PermissionCatalogue, _ tx: Transaction) async throws {
        let theirs = try await RoleStore.permissions(of: user, at: now, catalogue, in: scope, tx)
        guard theirs.outside.isSubset(of: catalogue.permissions(of: .user)) else {
            throw IdentityError.beyondOwnPermissions
        }
        try mayHandle(theirs.all)
    }
}

/// Somebody who is not signed in yet, at the door of one tenant.
package struct Visit: Sendable {
    package let scope: TenantScope
    package private(set) var now: Date
    package let request: RequestFacts
    package let audit: AuditDraft
    package let response: ResponseDraft
    /// Who is asked whether they agree; set with what follows.
    var reviews: SignInReviews = .none
    /// How long a browser stays signed in that comes in now: the tenant's setting, once it was asked for.
    var sessionLasts: TimeInterval = 0
    /// What of a person's ends when they come in: the tenant's setting, asked for with it.
    var singleSession: SingleSession = .off
    /// Where they come from; asked for with it.
    var origin = SignInOrigin()
    /// For how many days a browser can be remembered; asked for with it.
    var rememberDays = 0
    private let began = ContinuousClock.now

    /// Later than `now` by what the request has waited since.
    var moment: Date { now + (ContinuousClock.now - began) / .seconds(1) }

    /// The same after what it has waited.
    var resumed: Visit {
        var visit = self
        visit.now = moment
        return visit
    }

    package init(
        scope: TenantScope, now: Date, request: RequestFacts, audit: AuditDraft = .discarding,
        response: ResponseDraft = ResponseDraft()
    ) {
        self.scope = scope
        self.now = now
        self.request = request
        self.audit = audit
        self.response = response
    }
}

extension Call where API == TenantAPI {
    var acting: Acting {
        Acting(
            user: actor, permissions: caller.lasting ?? permissions, scope: scope, now: now, audit: audit,
            stepUp: stepUp)
    }
}

extension Call where API == PublicAPI {
    var visit: Visit { Visit(scope: scope, now: now, request: request, audit: audit, response: response) }
}
