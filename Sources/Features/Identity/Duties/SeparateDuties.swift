import FoundationEssentials
import HTTPAPI
import Kernel
import Postgres

/// Divides a tenant's administrators into three duties, and puts an end to it.
///
/// Nobody does it alone. It is switched on by two people; it is switched off by two people of two duties, who are the
/// administrators then.
struct SeparateDuties {
    let database: Database
    let catalogue: PermissionCatalogue

    func show(at now: Date, in scope: TenantScope) async throws -> DutySeparation {
        try await database.transaction(in: scope) { tx in
            try await shown(try await DutyStore.find(at: now, in: scope, tx), at: now, in: scope, tx)
        }
    }

    func propose(_ on: Bool, _ acting: Acting) async throws -> DutySeparation {
        try await change(acting) { state, tx in
            guard state.isOn != on, state.wanted == nil else { throw IdentityError.dutiesDecided }
            if on { _ = try await free(acting, tx) }
            acting.audit.detail("on", .bool(on))
            try await DutyStore.want(on, by: acting.user, at: acting.now, in: acting.scope, tx)
            try await IdentityEvent.dutiesProposed.publish(
                acting.scope.tenant.text, ["on": .bool(on), "user": .string(acting.user.text)], at: acting.now,
                in: acting.scope, tx)
        }
    }

    func withdraw(_ acting: Acting) async throws {
        _ = try await change(acting) { state, tx in
            guard let wanted = state.wanted else { throw IdentityError.notFound }
            acting.audit.detail("on", .bool(wanted.on))
            try await DutyStore.want(nil, by: nil, at: nil, in: acting.scope, tx)
        }
    }

    func decide(_ on: Bool, _ acting: Acting) async throws -> DutySeparation {
        try await change(acting) { state, tx in
            guard let wanted = state.wanted, wanted.on == on else { throw IdentityError.notFound }
            guard wanted.by.id != acting.user, try await mayStillWant(wanted.by.id, acting, tx) else {
                throw IdentityError.secondPersonNeeded
            }
            acting.audit.detail("on", .bool(on))
            acting.audit.detail("proposedBy", .string(wanted.by.id.text))
            let people = on ? try await divide(acting, tx) : try await unite(wanted.by.id, acting, tx)
            try await DutyStore.turn(on, at: acting.now, in: acting.scope, tx)
            for user in people { try await UserStore.bump(user, in: acting.scope, tx) }
            try await IdentityEvent.rolesChanged.publish(people, at: acting.now, in: acting.scope, tx) {
                ($0.text, [:])
            }
            try await IdentityEvent.dutiesChanged.publish(
                acting.scope.tenant.text, ["on": .bool(on)], at: acting.now, in: acting.scope, tx)
        }
    }

    /// Whoever asked has to be there, and to be one who may.
    private func mayStillWant(_ user: UserID, _ acting: Acting, _ tx: Transaction) async throws -> Bool {
        let held = try await DutyStore.holders(
            of: user, forGood: true, at: acting.now, catalogue, in: acting.scope, tx
        ).first
        return held?.isActive == true
            && held?.roles.contains { $0.isOfWhole && $0.permissions.contains(.dutiesManage) } == true
    }

    /// Takes what does not go with anybody's duty.
    private func divide(_ acting: Acting, _ tx: Transaction) async throws -> [UserID] {
        let holders = try await free(acting, tx)
        let lost = holders.flatMap { holder in holder.loses(catalogue).map { (user: holder.user.id, role: $0.id) } }
        try await DutyStore.take(lost, in: acting.scope, tx)
        try await DutyStore.makeUsers(lost.map(\.user), in: acting.scope, tx)
        try await DutyStore.keepGiven(in: acting.scope, tx)
        acting.audit.detail("taken", .int(Int64(lost.count)))
        return Array(Set(lost.map(\.user))).sorted { $0.text < $1.text }
    }

    /// The two who agreed are the administrators from now on, so that there are some.
    private func unite(_ other: UserID, _ acting: Acting, _ tx: Transaction) async throws -> [UserID] {
        let holders = try await DutyStore.holders(forGood: true, at: acting.now, catalogue, in: acting.scope, tx)
        func duty(of user: UserID) -> Duty? { holders.first { $0.user.id == user }?.stands }
        guard let theirs = duty(of: other), let own = duty(of: acting.user), theirs != own,
            let role = try await RoleStore.administrator(in: acting.scope, tx)
        else { throw IdentityError.secondPersonNeeded }
        let people = [other, acting.user].sorted { $0.text < $1.text }
        for user in people {
            try await BindingStore.insert(role, user, .root(of: acting.scope.tenant), in: acting.scope, tx)
        }
        return people
    }

    /// Everybody who administers something; fails if they cannot be divided.
    private func free(_ acting: Acting, _ tx: Transaction) async throws -> [DutyHolder] {
        let holders = try await DutyStore.holders(at: acting.now, catalogue, in: acting.scope, tx)
        guard Set(holders.compactMap(\.stands)).count == Duty.allCases.count, !holders.contains(where: \.crosses),
            try await DutyStore.rules(catalogue, in: acting.scope, tx) == 0,
            try await !DutyStore.hasOpenProvider(in: acting.scope, tx)
        else { throw IdentityError.dutiesNotReady }
        return holders
    }

    private func change(
        _ acting: Acting, _ body: (DutyStore.State, Transaction) async throws -> Void
    ) async throws -> DutySeparation {
        try await database.transaction(in: acting.scope) { tx in
            try await RoleStore.holdAdministrators(in: acting.scope, tx)
            acting.audit.target("tenant", acting.scope.tenant.text)
            try await body(try await DutyStore.lock(at: acting.now, in: acting.scope, tx), tx)
            try await acting.audit.write(in: tx)
            return try await shown(
                try await DutyStore.find(at: acting.now, in: acting.scope, tx), at: acting.now, in: acting.scope, tx)
        }
    }

    private func shown(
        _ state: DutyStore.State, at now: Date, in scope: TenantScope, _ tx: Transaction
    ) async throws -> DutySeparation {
        let holders = try await DutyStore.holders(at: now, catalogue, in: scope, tx)
        let filled = Set(holders.compactMap(\.stands))
        return DutySeparation(
            isOn: state.isOn, since: state.since,
            proposal: state.wanted.map {
                DutyProposal(on: $0.on, by: $0.by, at: $0.at, until: $0.until)
            },
            people: holders.prefix(DutySeparation.mostPeople).map { $0.shown(catalogue) },
            missing: Duty.allCases.filter { !filled.contains($0) },
            rules: try await DutyStore.rules(catalogue, in: scope, tx))
    }
}

/// Whether roles may be given and taken, by the rules of the tenant. Where duties are separated it is the security
/// administrator's work: they give what they do not have themselves, to others and never to themselves, and nobody gets
/// two duties.
struct GuardDuties {
    let catalogue: PermissionCatalogue
    let acting: Acting
    let reviews: SignInReviews

    func mayChange(_ roles: ResolvedRoles, of user: UserID?, _ tx: Transaction) async throws {
        guard !catalogue.isPlain(roles.permissions) else { return try acting.mayHandle(roles.permissions) }
        if try await DutyStore.isOn(in: acting.scope, tx) {
            guard acting.permissions.contains(.rolesManage), acting.scope.organizations == nil else {
                throw IdentityError.beyondOwnPermissions
            }
            guard user != acting.user else { throw IdentityError.notYourself }
        } else {
            try acting.mayHandle(roles.permissions)
        }
        // Whoever finds a browser open, or a token, would have an account with a second factor of their own.
        if let problem = acting.stepUp { throw problem }
    }

    /// The same where all roles of a person are replaced: those that go are given back.
    func mayReplace(_ roles: ResolvedRoles, of user: UserID, _ tx: Transaction) async throws {
        try await mayChange(roles, of: user, tx)
        guard try await DutyStore.isOn(in: acting.scope, tx), !acting.permissions.contains(.rolesManage) else {
            return
        }
        let held = try await RoleStore.permissions(of: user, at: acting.now, catalogue, in: acting.scope, tx).all
        guard catalogue.isPlain(held) else { throw IdentityError.beyondOwnPermissions }
    }

    /// After roles were given: what somebody holds now is of one duty. Whoever becomes an administrator comes in anew: what
    /// was opened for them while they were a person like any other is of no use, whoever may have it, nor is what somebody
    /// agreed to about a sign-in of theirs.
    func check(_ user: UserID, given roles: ResolvedRoles, _ tx: Transaction) async throws {
        guard try await DutyStore.isOn(in: acting.scope, tx) else { return }
        let holders = try await DutyStore.holders(of: user, at: acting.now, catalogue, in: acting.scope, tx)
        try fit(holders)
        guard !catalogue.isPlain(roles.permissions) else { return }
        try await OpenAccess.end(of: [user], reviews, at: acting.now, in: acting.scope, tx)
    }

    /// After a role was changed: the same about all who hold it.
    func check(holdersOf role: RoleID, _ tx: Transaction) async throws {
        guard try await DutyStore.isOn(in: acting.scope, tx) else { return }
        // A provider's rule may name a role that was nobody's work until now.
        guard try await DutyStore.rules(catalogue, in: acting.scope, tx) == 0 else { throw IdentityError.dutiesCross }
        let holders = try await DutyStore.holders(at: acting.now, catalogue, in: acting.scope, tx)
        try fit(holders.filter { $0.roles.contains { $0.role.id == role } })
    }

    private func fit(_ holders: [DutyHolder]) throws(IdentityError) {
        for holder in holders {
            let all = holder.roles.reduce(into: Set<Permission>()) { $0.formUnion($1.permissions) }
            guard !holder.crosses, !catalogue.duties(fitting: all).isEmpty else { throw .dutiesCross }
        }
    }
}
