import FoundationEssentials
import Kernel

extension PolicyGrant {
    /// A grant that there is not yet. Without a start it is judged as if it had stood on all the days. Where it belongs is
    /// found later, if it allows something.
    init(_ request: CreateGrant, at now: Date, in organization: OrganizationID) {
        candidate = CandidateGrant(
            id: .new(at: now), name: request.name, effect: request.effect, protocols: request.protocols,
            actions: request.actions, accounts: request.accounts, startsAt: request.startsAt ?? now,
            endsAt: request.endsAt, weekly: request.weekly, state: .active, moment: LocalMoment(weekday: 1, minute: 0))
        users = Set(request.users)
        groups = Set(request.groups)
        assets = Set(request.assets)
        nodes = Set(request.nodes)
        self.organization = organization
        zone = ""
        createdAt = .distantPast
        standsThroughout = request.startsAt == nil
    }
}

extension TriedChange {
    /// The grant with this change.
    func applied(to grant: PolicyGrant, _ number: Int) throws(FieldErrors) -> PolicyGrant {
        var next = grant
        next.users = Set(users.applied(to: Array(grant.users)))
        next.groups = Set(groups.applied(to: Array(grant.groups)))
        next.assets = Set(assets.applied(to: Array(grant.assets)))
        next.nodes = Set(nodes.applied(to: Array(grant.nodes)))
        next.candidate.accounts = accounts.applied(to: grant.candidate.accounts)
        next.candidate.protocols = protocols.applied(to: grant.candidate.protocols)
        next.candidate.actions = actions.applied(to: grant.candidate.actions)
        next.candidate.weekly = weekly.applied(to: grant.candidate.weekly)
        next.candidate.endsAt = endsAt.applied(to: grant.candidate.endsAt)
        if case .set(let start) = startsAt {
            next.candidate.startsAt = start
            next.createdAt = .distantPast
            next.standsThroughout = false
        }
        func refuse(_ field: String, _ message: String) throws(FieldErrors) {
            throw FieldErrors(errors: [FieldError(pointer: "/change/\(number)/\(field)", message: message)])
        }
        if next.users.isEmpty, next.groups.isEmpty { try refuse("users", "name a user or a group") }
        if next.assets.isEmpty, next.nodes.isEmpty { try refuse("assets", "name an asset or a node") }
        if let end = next.candidate.endsAt, case .set(let start) = startsAt, end <= start {
            try refuse("endsAt", "must be after startsAt")
        }
        return next
    }
}
