import Assets
import FoundationEssentials
import Kernel

/// A grant with whom and what it names, as far as it matters for a trial.
struct PolicyGrant: Sendable {
    /// What is decided by; its moment is that of each question.
    var candidate: CandidateGrant
    var users: Set<UserID>
    var groups: Set<GroupID>
    var assets: Set<AssetID>
    var nodes: Set<NodeID>
    var organization: OrganizationID
    var zone: String
    var createdAt: Date
    /// When it was revoked or ended.
    var overAt: Date?
    /// Whether it is judged as if it had stood on all the days, whenever it began.
    var standsThroughout = false

    func names(_ person: PolicyPerson, _ asset: PolicyAsset, root: OrganizationID) -> Bool {
        (users.contains(person.id) || !groups.isDisjoint(with: person.groups))
            && (assets.contains(asset.id) || !nodes.isDisjoint(with: asset.nodes))
            && (candidate.effect == .deny || organization == root || asset.organizations.contains(organization))
    }
}

/// A person as grants see them.
struct PolicyPerson: Sendable {
    let id: UserID
    let name: String
    let login: String
    let isActive: Bool
    var groups: Set<GroupID>
}

/// An asset as grants see it: in which folders, with all above them, and in which organizations.
struct PolicyAsset: Sendable {
    let id: AssetID
    let name: String
    let isActive: Bool
    let nodes: Set<NodeID>
    let organizations: Set<OrganizationID>
    let accounts: Set<AccountName>
}

/// A grant as it is and as it would be; nil for what there is not.
struct TriedGrant: Sendable {
    var before: PolicyGrant?
    var after: PolicyGrant?
    var isTouched = false

    init(_ grant: PolicyGrant) {
        before = grant
        after = grant
    }

    init(from before: PolicyGrant?, to after: PolicyGrant?) {
        self.before = before
        self.after = after
        isTouched = true
    }
}

/// When the clock of a time zone was moved, and by how much it is ahead of UTC from then on.
struct ZoneClock: Sendable {
    /// The first one first; what lies before it is like it.
    let offsets: [(from: Date, seconds: Int)]

    func moment(at time: Date) -> LocalMoment {
        let seconds = (offsets.last { $0.from <= time } ?? offsets.first)?.seconds ?? 0
        let minutes = Int((time.timeIntervalSince1970 / 60).rounded(.down)) + seconds / 60
        let day = Int((Double(minutes) / Double(LocalMoment.minutesOfDay)).rounded(.down))
        // The first of January 1970 was a Thursday.
        let weekday = ((day + 3) % 7 + 7) % 7 + 1
        return LocalMoment(weekday: weekday, minute: minutes - day * LocalMoment.minutesOfDay)
    }
}

/// Both policies, with the people and assets that are asked about.
struct TriedPolicy: Sendable {
    let root: OrganizationID
    let isTenantActive: Bool
    let people: [UserID: PolicyPerson]
    let assets: [AssetID: PolicyAsset]
    let memberships: [TriedMembership]
    let clocks: [String: ZoneClock]
    /// What is active first and of that the denials, as a decision reads them.
    let grants: [TriedGrant]
    private let peopleAfter: [UserID: PolicyPerson]
    private let indexBefore: Index
    private let indexAfter: Index

    /// Which grants name a person, or a group.
    private struct Index: Sendable {
        var users: [UserID: [Int]] = [:]
        var groups: [GroupID: [Int]] = [:]

        init(_ grants: [PolicyGrant?]) {
            for (number, grant) in grants.enumerated() {
                guard let grant else { continue }
                for user in grant.users { users[user, default: []].append(number) }
                for group in grant.groups { groups[group, default: []].append(number) }
            }
        }

        func numbers(of person: PolicyPerson) -> [Int] {
            var numbers = Set(users[person.id] ?? [])
            for group in person.groups { numbers.formUnion(groups[group] ?? []) }
            return numbers.sorted()
        }
    }

    init(
        root: OrganizationID, isTenantActive: Bool, people: [PolicyPerson], assets: [PolicyAsset],
        memberships: [TriedMembership], clocks: [String: ZoneClock], grants: [TriedGrant]
    ) {
        self.root = root
        self.isTenantActive = isTenantActive
        self.people = Dictionary(people.map { ($0.id, $0) }) { first, _ in first }
        self.assets = Dictionary(assets.map { ($0.id, $0) }) { first, _ in first }
        self.memberships = memberships
        self.clocks = clocks
        self.grants = grants
        peopleAfter = memberships.reduce(into: self.people) { people, membership in
            if membership.isMember {
                people[membership.user]?.groups.insert(membership.group)
            } else {
                people[membership.user]?.groups.remove(membership.group)
            }
        }
        indexBefore = Index(grants.map(\.before))
        indexAfter = Index(grants.map(\.after))
    }

    /// What both policies have for a person and an asset; nil if there is no such person or asset any more.
    func pair(_ user: UserID, _ asset: AssetID) -> TriedPair? {
        guard let person = people[user], let personAfter = peopleAfter[user], let asset = assets[asset] else {
            return nil
        }
        let before = indexBefore.numbers(of: person).filter { grants[$0].before!.names(person, asset, root: root) }
        let after = indexAfter.numbers(of: personAfter).filter {
            grants[$0].after!.names(personAfter, asset, root: root)
        }
        let isTouched = before != after || before.contains { grants[$0].isTouched }
        return TriedPair(
            person: person, asset: asset, isTenantActive: isTenantActive, clocks: clocks,
            before: Self.asRead(before.map { grants[$0].before! }), after: Self.asRead(after.map { grants[$0].after! }),
            isTouched: isTouched)
    }

    /// Denials first, and of each kind the last one that was made: the order in which a decision reads what is active, and
    /// then the rest. Of very many alone it matters, and they are sorted once for all questions about them.
    private static func asRead(_ grants: [PolicyGrant]) -> [PolicyGrant] {
        guard grants.count > AccessFacts.mostRead else { return grants }
        func place(_ one: PolicyGrant) -> (Int, Date) { (one.candidate.effect == .deny ? 1 : 0, one.createdAt) }
        return grants.sorted { place($0) > place($1) }
    }
}

/// A person and an asset with what both policies have for them. Every question goes to the one function that decides.
struct TriedPair {
    enum Time {
        /// As it was at a moment of the past.
        case then(Date)
        /// As it is.
        case now(Date)
        /// As it is at an hour of the coming week, when what allows something has begun.
        case begun(Date, hour: Date)
    }

    let person: PolicyPerson
    let asset: PolicyAsset
    let isTenantActive: Bool
    let clocks: [String: ZoneClock]
    let before: [PolicyGrant]
    let after: [PolicyGrant]
    let isTouched: Bool

    /// What the grants say. Without an account it is open if one of the asset's accounts is.
    func decide(
        _ grants: [PolicyGrant], _ account: AccountName?, _ way: AccessProtocol, _ time: Time
    ) -> Decision {
        let at = time.moment
        let facts = AccessFacts(
            isTenantActive: isTenantActive, login: person.login, isUserActive: person.isActive, assetName: asset.name,
            isAssetActive: asset.isActive, hasAccount: true,
            candidates: candidates(grants, time))
        func ask(_ account: AccountName) -> Decision {
            var facts = facts
            facts.hasAccount = asset.accounts.contains(account)
            return facts.decide(
                AccessQuestion(
                    user: person.id, asset: asset.id, account: account, protocol: way, action: .connect, at: at))
        }
        if let account { return ask(account) }
        let decisions = asset.accounts.sorted { $0.text < $1.text }.map(ask)
        return decisions.first(where: \.isAllowed) ?? decisions.first ?? Decision(opening: nil, reasons: [])
    }

    /// What a decision would read of them at the moment, and no more: of very many it does not see the rest.
    private func candidates(_ grants: [PolicyGrant], _ time: Time) -> [CandidateGrant] {
        let found = grants.compactMap { candidate($0, time) }
        guard found.count > AccessFacts.mostRead else { return found }
        let active = found.filter { $0.state == .active }
        guard active.count < AccessFacts.mostRead else { return Array(active.prefix(AccessFacts.mostRead)) }
        return active + found.filter { $0.state != .active }.prefix(AccessFacts.mostRead - active.count)
    }

    /// A grant at a moment: one that was made later was not there, and one that is over since then was.
    private func candidate(_ grant: PolicyGrant, _ time: Time) -> CandidateGrant? {
        var candidate = grant.candidate
        switch time {
        case .then(let at):
            if grant.standsThroughout {
                candidate.startsAt = .distantPast
            } else {
                guard grant.createdAt <= at else { return nil }
                if let over = grant.overAt, over > at { candidate.state = .active }
            }
            candidate.moment = clock(of: grant).moment(at: at)
        case .now(let at):
            candidate.moment = clock(of: grant).moment(at: at)
        case .begun(let at, let hour):
            if candidate.effect == .deny, candidate.startsAt > at { return nil }
            candidate.startsAt = .distantPast
            candidate.moment = clock(of: grant).moment(at: hour)
        }
        return candidate
    }

    private func clock(of grant: PolicyGrant) -> ZoneClock { clocks[grant.zone] ?? ZoneClock(offsets: []) }

    /// The moments at which one of the grants says something else than before, apart from its hours.
    var turns: [Date] {
        var turns: Set<Date> = []
        for grant in before + after {
            turns.insert(grant.createdAt)
            turns.insert(grant.candidate.startsAt)
            if let end = grant.candidate.endsAt { turns.insert(end) }
            if let over = grant.overAt { turns.insert(over) }
        }
        return turns.sorted()
    }

    /// The hours of the grants, each once, with the clock that they are meant by.
    var hours: [(blocks: [WeeklyHours], clock: ZoneClock)] {
        var known: Set<Hours> = []
        return (before + after).compactMap { grant in
            let hours = Hours(zone: grant.zone, blocks: grant.candidate.weekly)
            guard !hours.blocks.isEmpty, known.insert(hours).inserted else { return nil }
            return (hours.blocks, clock(of: grant))
        }
    }

    /// The moments of the coming week from which on hours of the grants are open or closed.
    func hours(from now: Date) -> Set<Date> {
        let week = 7 * LocalMoment.minutesOfDay
        return hours.reduce(into: [now]) { moments, hours in
            let here = hours.clock.moment(at: now)
            for block in hours.blocks {
                for day in block.days {
                    for minute in [block.from, block.to] {
                        let ahead = (day - here.weekday) * LocalMoment.minutesOfDay + minute - here.minute
                        moments.insert(now.addingTimeInterval(Double((ahead + week) % week * 60)))
                    }
                }
            }
        }
    }

    private struct Hours: Hashable {
        let zone: String
        let blocks: [WeeklyHours]
    }
}

extension TriedPair.Time {
    var moment: Date {
        switch self {
        case .then(let at), .now(let at), .begun(let at, hour: _): at
        }
    }
}
