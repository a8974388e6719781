import Audit
package import FoundationEssentials
package import HTTPAPI
package import Kernel
import Postgres

extension Access {
    /// What a changed policy would have said to what people did in the last days, and what it says now. Nothing is changed.
    ///
    /// A fixed number of statements reads it all, in sets; nothing is decided about people and assets that the change does
    /// not name. Somebody confined to a part sees what was done there; what is granted above counts all the same.
    package func attempt(
        _ request: TryAccess, at now: Date, audit: AuditDraft, in scope: TenantScope
    ) async throws -> AccessTrial {
        let trial = RunTrial(request: request, now: now, scope: scope)
        let seen = try await database.transaction(in: scope, isolation: .repeatableRead) { transaction in
            try await trial.look(transaction)
        }
        let named = try await database.transaction(in: scope.wholeTenant, isolation: .repeatableRead) { transaction in
            try await trial.name(seen, transaction)
        }
        // Of many people and grants it takes seconds: on a thread that nobody else waits for, and with no connection in hand.
        let concerned = try await judging { trial.concerned(by: named, seen) }
        let found = try await database.transaction(in: scope.wholeTenant, isolation: .repeatableRead) { transaction in
            try await trial.policy(named, concerned, seen, transaction)
        }
        let answer = try await judging { trial.judge(seen, found) }
        audit.detail("days", .int(Int64(request.days)))
        audit.detail("revoke", .array(request.revoke.map { .string($0.text) }))
        audit.detail("change", .array(request.change.map { .string($0.grant.text) }))
        audit.detail("add", .int(Int64(request.add.count)))
        audit.detail("memberships", .int(Int64(request.memberships.count)))
        return answer
    }

    private func judging<Value: Sendable>(_ work: @escaping @Sendable () -> Value) async throws -> Value {
        do {
            return try await judges.run(work)
        } catch is BlockingPool.Busy {
            throw AccessError.trialsBusy
        }
    }
}

/// One trial, from what is asked to what is answered.
struct RunTrial: Sendable {
    let request: TryAccess
    let now: Date
    let scope: TenantScope

    private var store: TrialStore { TrialStore() }
    private var wanted: Date { now.addingTimeInterval(-Double(request.days) * 86_400) }

    /// What the caller may see: what was done, and what the changes name.
    struct Seen: Sendable {
        var touched: [TriedGrant]
        var sessions: TrialStore.Deeds
        var attempts: TrialStore.Deeds
        var people: [Int: TrialStore.Part<UserKind>]
    }

    /// The changes where they belong, and everybody and everything that was touched or is named.
    struct Named: Sendable {
        var touched: [TriedGrant]
        var people: [PolicyPerson]
        var assets: [PolicyAsset]
        /// What the changes name.
        var parts: [Int: TrialStore.Part<AssetKind>]
    }

    /// The people and assets about which there is something to decide.
    struct Concerned: Sendable {
        var people: [PolicyPerson]
        var assets: [PolicyAsset]
    }

    /// What is decided by.
    struct Found: Sendable {
        var isTenantActive: Bool
        var concerned: Concerned
        var clocks: [String: ZoneClock]
        var grants: [TriedGrant]
        var spreads: [TrialSpread]
    }

    func look(_ transaction: Transaction) async throws -> Seen {
        let named = request.change.map(\.grant) + request.revoke
        let present = try await store.grants(named, in: scope, transaction)
        guard present.count == named.count else { throw AccessError.notFound }
        for grant in present {
            let candidate = grant.candidate
            let life = GrantLife(state: candidate.state, startsAt: candidate.startsAt, endsAt: candidate.endsAt)
            guard life.isHeld(at: now) else { throw AccessError.notActive }
        }
        let touched = try changes(of: present)
        guard try await store.sees(members(of: touched), in: scope, transaction) else {
            throw AccessError.unknownMember
        }
        return Seen(
            touched: touched,
            sessions: try await store.sessions(
                from: wanted, to: now, limit: TrialLimits.judged, in: scope, transaction),
            attempts: try await store.attempts(
                from: wanted, to: now, limit: TrialLimits.judged, in: scope, transaction),
            people: try await people(touched, transaction))
    }

    /// The grants as they are and as they would be: those that are revoked, those that are changed, those that are added.
    private func changes(of present: [PolicyGrant]) throws -> [TriedGrant] {
        let known = Dictionary(uniqueKeysWithValues: present.map { ($0.candidate.id, $0) })
        var touched: [TriedGrant] = []
        for id in request.revoke {
            guard var before = known[id] else { throw AccessError.notFound }
            before.standsThroughout = true
            var after = before
            after.candidate.state = .revoked
            touched.append(TriedGrant(from: before, to: after))
        }
        for (number, change) in request.change.enumerated() {
            guard var before = known[change.grant] else { throw AccessError.notFound }
            before.standsThroughout = true
            touched.append(TriedGrant(from: before, to: try change.applied(to: before, number)))
        }
        let root = scope.organizations?.first ?? OrganizationID(scope.tenant.uuid)
        return touched + request.add.map { TriedGrant(from: nil, to: PolicyGrant($0, at: now, in: root)) }
    }

    /// What is named that may not be there, or not within the scope.
    private func members(of touched: [TriedGrant]) -> TrialStore.Named {
        var named = TrialStore.Named()
        for membership in request.memberships {
            named.users.insert(membership.user)
            named.groups.insert(membership.group)
        }
        for grant in touched {
            guard let after = grant.after else { continue }
            named.users.formUnion(after.users.subtracting(grant.before?.users ?? []))
            named.groups.formUnion(after.groups.subtracting(grant.before?.groups ?? []))
            named.assets.formUnion(after.assets.subtracting(grant.before?.assets ?? []))
            named.nodes.formUnion(after.nodes.subtracting(grant.before?.nodes ?? []))
        }
        return named
    }

    /// The changes of grants that may open something, numbered: what would allow, and what denies no more.
    private func openings(_ touched: [TriedGrant]) -> [(number: Int, grant: PolicyGrant)] {
        touched.enumerated().compactMap { number, grant in
            if let before = grant.before, before.candidate.effect == .deny { return (number, before) }
            guard let after = grant.after, after.candidate.state == .active, after.candidate.effect == .allow else {
                return nil
            }
            return (number, after)
        }
    }

    /// The changes of groups, numbered after them: who joins one gets what it is granted, who leaves what it is denied.
    private func moves(_ touched: [TriedGrant]) -> [(number: Int, membership: TriedMembership)] {
        request.memberships.enumerated().map { (touched.count + $0.offset, $0.element) }
    }

    private func people(
        _ touched: [TriedGrant], _ transaction: Transaction
    ) async throws -> [Int: TrialStore.Part<UserKind>] {
        var users = TrialStore.Numbered<UserKind>()
        var groups = TrialStore.Numbered<GroupKind>()
        for (number, grant) in openings(touched) {
            users.add(grant.users, number)
            groups.add(grant.groups, number)
        }
        for (number, membership) in moves(touched) { users.add([membership.user], number) }
        return try await store.people(users, groups, in: scope, transaction)
    }

    private func assets(
        _ touched: [TriedGrant], _ transaction: Transaction
    ) async throws -> [Int: TrialStore.Part<AssetKind>] {
        var assets = TrialStore.Numbered<AssetKind>()
        var nodes = TrialStore.Numbered<NodeKind>()
        var groups = TrialStore.Numbered<GroupKind>()
        for (number, grant) in openings(touched) {
            assets.add(grant.assets, number)
            nodes.add(grant.nodes, number)
        }
        var effects: [Grant.Effect] = []
        for (number, membership) in moves(touched) {
            groups.add([membership.group], number)
            effects.append(membership.isMember ? .allow : .deny)
        }
        return try await store.assets(assets, nodes, ofGroups: groups, effects, in: scope, transaction)
    }
}

extension RunTrial {
    func name(_ seen: Seen, _ transaction: Transaction) async throws -> Named {
        let whole = scope.wholeTenant
        let touched = try await placed(seen.touched, in: whole, transaction)
        let parts = try await assets(touched, transaction)
        let deeds = seen.sessions.deeds + seen.attempts.deeds
        let users = Set(deeds.map(\.user)).union(seen.people.values.flatMap(\.ids))
            .union(request.memberships.map(\.user))
        let places = Set(deeds.map(\.asset)).union(parts.values.flatMap(\.ids))
        return Named(
            touched: touched, people: try await store.people(Array(users), in: whole, transaction),
            assets: try await store.assets(Array(places), in: whole, transaction), parts: parts)
    }

    func policy(
        _ named: Named, _ concerned: Concerned, _ seen: Seen, _ transaction: Transaction
    ) async throws -> Found {
        let whole = scope.wholeTenant
        let touched = named.touched
        let ids = Set(touched.compactMap { $0.before?.candidate.id })
        let grants = try await store.grants(
            naming: concerned.people.map(widened), concerned.assets, from: wanted, to: now, limit: TrialLimits.grants,
            in: whole,
            transaction)
        guard grants.count < TrialLimits.grants else { throw AccessError.trialTooLarge }
        let all = touched + grants.filter { !ids.contains($0.candidate.id) }.map(TriedGrant.init)
        let zones = Set(all.flatMap { [$0.before?.zone, $0.after?.zone] }.compactMap(\.self))
        return Found(
            isTenantActive: try await store.isOpen(whole, transaction), concerned: concerned,
            clocks: try await store.clocks(zones, from: wanted, to: now, transaction), grants: all,
            spreads: spreads(touched, seen.people, named.parts, concerned.people))
    }

    /// Where what is added or names other assets would belong, and by which clock its hours would be meant.
    private func placed(
        _ touched: [TriedGrant], in whole: TenantScope, _ transaction: Transaction
    ) async throws -> [TriedGrant] {
        var touched = touched
        var moved: [Int] = []
        var wanted: [(grant: PolicyGrant, isPlaced: Bool)] = []
        for (number, grant) in touched.enumerated() {
            guard let after = grant.after else { continue }
            moved.append(number)
            wanted.append((after, grant.before.map { $0.assets == after.assets && $0.nodes == after.nodes } ?? false))
        }
        let places = try await store.places(of: wanted, in: whole, transaction)
        for (number, place) in zip(moved, places) {
            touched[number].after?.organization = place.organization
            touched[number].after?.zone = place.zone
        }
        return touched
    }

    /// A person with all groups that they are in by either policy.
    private func widened(_ person: PolicyPerson) -> PolicyPerson {
        var person = person
        for membership in request.memberships where membership.user == person.id && membership.isMember {
            person.groups.insert(membership.group)
        }
        return person
    }

    /// Those that a change names. Pure.
    func concerned(by named: Named, _ seen: Seen) -> Concerned {
        let rough = TriedPolicy(
            root: OrganizationID(scope.tenant.uuid), isTenantActive: true, people: named.people, assets: named.assets,
            memberships: request.memberships, clocks: [:], grants: named.touched)
        let joining = Set(request.memberships.map(\.user))
        var users = Set(seen.people.values.flatMap(\.ids))
        var places = Set(named.parts.values.flatMap(\.ids))
        for deed in seen.sessions.deeds + seen.attempts.deeds
        where joining.contains(deed.user) || rough.pair(deed.user, deed.asset)?.isTouched ?? false {
            users.insert(deed.user)
            places.insert(deed.asset)
        }
        return Concerned(
            people: named.people.filter { users.contains($0.id) },
            assets: named.assets.filter { places.contains($0.id) })
    }

    private func spreads(
        _ touched: [TriedGrant], _ people: [Int: TrialStore.Part<UserKind>],
        _ assets: [Int: TrialStore.Part<AssetKind>], _ known: [PolicyPerson]
    ) -> [TrialSpread] {
        func spread(_ number: Int, _ name: String, _ grant: GrantID?) -> TrialSpread {
            let (users, places) = (people[number], assets[number])
            return TrialSpread(
                name: name, grant: grant, people: users?.ids ?? [], assets: places?.ids ?? [],
                peopleCount: users?.count ?? 0, assetCount: places?.count ?? 0)
        }
        let grants = openings(touched).map { number, grant in
            spread(number, grant.candidate.name, touched[number].before?.candidate.id)
        }
        return grants
            + moves(touched).map { number, membership in
                spread(number, known.first { $0.id == membership.user }?.name ?? "", nil)
            }
    }

    func judge(_ seen: Seen, _ found: Found) -> AccessTrial {
        let policy = TriedPolicy(
            root: OrganizationID(scope.tenant.uuid), isTenantActive: found.isTenantActive,
            people: found.concerned.people, assets: found.concerned.assets, memberships: request.memberships,
            clocks: found.clocks, grants: found.grants)
        let replay = TrialReplay(policy: policy, now: now)
        let loses = replay.loses(seen.sessions.deeds)
        let gains = replay.gains(seen.attempts.deeds)
        let from = [seen.sessions.from, seen.attempts.from].compactMap(\.self).max()
        func count(_ deeds: TrialStore.Deeds, _ found: TrialReplay.Outcome) -> TrialCount {
            TrialCount(
                judged: deeds.count - found.leftOut, changed: found.rows.reduce(0) { $0 + $1.changed })
        }
        func people(_ found: TrialReplay.Outcome) -> Int { Set(found.rows.map(\.user.id)).count }
        return AccessTrial(
            from: from ?? wanted, to: now, isComplete: from == nil, sessions: count(seen.sessions, loses),
            attempts: count(seen.attempts, gains), leftOut: loses.leftOut + gains.leftOut,
            losingPeople: people(loses), gainingPeople: people(gains),
            loses: Array(loses.rows.prefix(TrialLimits.rows)),
            moreLoses: max(0, loses.rows.count - TrialLimits.rows),
            gains: Array(gains.rows.prefix(TrialLimits.rows)),
            moreGains: max(0, gains.rows.count - TrialLimits.rows), widens: replay.widenings(found.spreads))
    }
}
