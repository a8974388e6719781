import FoundationEssentials
import Kernel
import LDAP
import Outbound
import Postgres

/// Reads everybody whom a directory has, and who is in which group, page by page. It is read to its end or not at all.
struct ReadDirectory {
    /// People, and groups with their members.
    private static let most = 1_000_000
    /// A server that needs longer for all of it is given up.
    private static let patience = Duration.seconds(1800)
    /// So many pages in a row may hold nobody new.
    private static let mostRepeated = 20
    /// Groups come a few at a time: one may have very many members.
    private static let groupsInPage = 50

    /// What was read, and how much of it was kept.
    struct Outcome {
        /// How many entries of people there were.
        var entries = 0
        /// Those that cannot be told from others.
        var nameless = IdentitySyncNames()
        /// Those whom the directory has switched off: they are as good as gone.
        var inactive = IdentitySyncNames()
        var people = 0
        var edges = 0
        var groups = 0
        /// Whether the directory itself says at a sign-in which groups somebody is in, however deep.
        var followsGroups = false
        /// Those whom groups of Unix call as somebody else.
        var sharedAccounts = IdentitySyncNames()
        /// Groups that cannot be told from others.
        var namelessGroups = IdentitySyncNames()
        /// Who is there, where only those are kept for whom there is something to do.
        var presence: Presence?
    }

    /// Two entries may have one subject: who they are is known once all of them are side by side.
    fileprivate struct Doubled: Error {}
    struct TooManyGroups: Error {}

    /// How much is kept of what is read.
    enum Scale {
        case all
        /// Only people for whom there is something to do.
        case unsettled(of: IdentityProviderID)
    }

    enum Source: Sendable { case people, accounts, groups, imported }

    /// Which groups are to be groups here.
    enum Imported: Sendable {
        case nothing
        case groups(matching: String?)
    }

    let settings: LDAPSettings
    let filter: String?
    /// What decides by what is read.
    let rules: RuleReader
    let imported: Imported
    let client: LDAPClient
    let secret: LDAPPassword?
    let egress: EgressPolicy
    let staging: IdentitySyncStaging

    func callAsFunction(_ scale: Scale) async throws -> Outcome {
        do {
            return try await read(scale)
        } catch is Doubled {
            return try await read(.all)
        }
    }

    /// A page is looked through while the one before it is kept.
    private func read(_ scale: Scale) async throws -> Outcome {
        try await withThrowingTaskGroup(of: (added: Int, of: Int).self) { group in
            var (noted, repeated, page) = (0, 0, 0)
            var outcome = Outcome()
            func count(_ kept: (added: Int, of: Int)?) throws {
                guard let kept else { return }
                outcome.people += kept.added
                repeated = kept.added == 0 && kept.of > 0 ? repeated + 1 : 0
                guard repeated <= Self.mostRepeated else {
                    throw LDAPError.protocolViolation("the same people again and again")
                }
            }
            try await client.feed(
                settings.directory(password: secret), for: staging.scope.tenant.text, egress: egress, job
            ) { (item: LDAPFeed<Source>.Item) in
                switch item {
                case .begin:
                    try await group.waitForAll()
                    try await staging.clear()
                    outcome = Outcome(presence: try await Presence(scale, staging))
                    (noted, repeated, page) = (0, 0, 0)
                case .page(.people, let entries):
                    let people = try outcome.unsettled(people(in: entries, &outcome))
                    try count(try await group.next())
                    page += 1
                    if !people.isEmpty {
                        group.addTask { [staging, page] in
                            (try await staging.add(people, page: page), people.count)
                        }
                    }
                    outcome.entries += entries.count
                    guard outcome.entries - noted >= 5000 else { return }
                    noted = outcome.entries
                    try await IdentitySyncStore.note(noted, of: staging.run, in: staging.scope, staging.database)
                case .page(.accounts, let entries):
                    outcome.edges += try await staging.add(Array(Set(entries.flatMap(accountEdges))))
                case .page(.groups, let entries):
                    outcome.followsGroups =
                        outcome.followsGroups || entries.contains { $0.attributes[Self.sid] != nil }
                    outcome.edges += try await staging.add(Array(Set(entries.flatMap(edges))))
                case .page(.imported, let entries):
                    outcome.groups += try await staging.add(ImportedGroup.all(in: entries, &outcome.namelessGroups))
                    guard outcome.groups <= SyncGroups.most else { throw TooManyGroups() }
                }
            }
            try count(try await group.next())
            if settings.groups == .posix, outcome.edges > 0 {
                outcome.sharedAccounts = try await staging.dropSharedAccounts()
                outcome.edges -= outcome.sharedAccounts.count
            }
            return outcome
        }
    }

    private var job: @Sendable (LDAPConnection, LDAPFeed<Source>) throws(LDAPError) -> Void {
        let (settings, more) = (settings, rules.names)
        // What no sign-in asks for is no rule's, and nobody is in a group by it.
        let imported = settings.groups == .none ? Imported.nothing : imported
        let wantsGroups = settings.groups != .none && (rules.wantsGroups || imported.isAnything)
        let people = filter.map { "(&\(settings.everybody)\($0))" } ?? settings.everybody
        let isPosix = wantsGroups && settings.groups == .posix
        // Whose an account is says everybody whom a sign-in finds, and not only those of a filter.
        let everybody = isPosix && filter != nil ? settings.everybody : nil
        return { (connection, feed) throws(LDAPError) in
            var byMembers = wantsGroups && settings.groups == .automatic
            let hasPrimary = byMembers ? try ActiveDirectory.isAt(connection) : false
            if hasPrimary { byMembers = false }
            let attributes = settings.attributes
            let named = [attributes.subject, attributes.login, attributes.name, attributes.email, attributes.manager]
                .compactMap(\.self)
            let memberOf = wantsGroups && !byMembers && !isPosix ? ["memberOf"] : []
            let account = isPosix ? PosixGroups.ofAccounts : []
            let primary = hasPrimary ? ActiveDirectory.primaryAttributes : []
            let deadline = ContinuousClock.now + Self.patience
            func pages(
                _ bases: [String], _ filter: String, _ attributes: [String], of size: Int = 500,
                _ take: ([LDAPEntry]) throws(LDAPError) -> Void
            ) throws(LDAPError) {
                for base in bases {
                    try connection.pages(
                        LDAPSearch(base: base, filter: filter, attributes: attributes), of: size, limit: Self.most,
                        until: deadline, take)
                }
            }
            func put(_ groups: [LDAPEntry]) throws(LDAPError) {
                try connection.whole(groups, until: deadline) { some throws(LDAPError) in
                    try feed.put(.groups, some)
                }
            }
            let ofPeople = named + LDAPStanding.attributes + memberOf + primary + account + more
            try pages(settings.bases, people, ofPeople) { entries throws(LDAPError) in
                try feed.put(.people, entries)
                if isPosix, everybody == nil { try feed.put(.accounts, entries) }
                guard !memberOf.isEmpty else { return }
                try put(entries.map(Self.withoutName))
            }
            if let everybody {
                try pages(settings.bases, everybody, PosixGroups.ofAccounts) { entries throws(LDAPError) in
                    try feed.put(.accounts, entries)
                }
            }
            guard wantsGroups else { return }
            // Whether there are too many is known before anybody in them is read.
            if case .groups(let narrower) = imported {
                let wanted = narrower.map { "(&\(settings.groups.filter)\($0))" } ?? settings.groups.filter
                try pages(settings.groupBases, wanted, ["cn"] + ImportedGroup.subjects) { entries throws(LDAPError) in
                    try feed.put(.imported, entries)
                }
            }
            let members =
                (isPosix ? PosixGroups.ofGroups : byMembers ? ["member", "uniqueMember"] : ["memberOf"])
                + (hasPrimary ? [ActiveDirectory.sid] : [])
            try pages(settings.groupBases, settings.groups.filter, ["cn"] + members, of: Self.groupsInPage) {
                entries throws(LDAPError) in
                try put(entries)
            }
        }
    }

    /// Asked for where groups are looked up as in Active Directory, and nowhere else.
    private static let sid = ActiveDirectory.sid.lowercased()
    private static let ofPrimary = Set(ActiveDirectory.primaryAttributes.map { $0.lowercased() })

    /// A person's name is no group's.
    private static func withoutName(_ entry: LDAPEntry) -> LDAPEntry {
        LDAPEntry(
            dn: entry.dn,
            attributes: entry.attributes.filter { $0.key.hasPrefix("memberof") || Self.ofPrimary.contains($0.key) })
    }

    private func people(
        in entries: [LDAPEntry], _ outcome: inout Outcome
    ) -> [IdentitySyncStaging.Person] {
        var people: [IdentitySyncStaging.Person] = []
        for entry in entries {
            guard let subject = settings.attributes.subject(of: entry), Self.isUsable(entry.dn) else {
                outcome.nameless.add(entry.dn)
                continue
            }
            guard LDAPStanding(of: entry, at: staging.now) == .open else {
                outcome.inactive.add(entry.text(settings.attributes.login) ?? entry.dn)
                continue
            }
            let name = entry.text(settings.attributes.name).flatMap(AdmitSubject.line)
            people.append(
                IdentitySyncStaging.Person(
                    subject: subject, dn: GroupRules.folded(entry.dn),
                    login: entry.text(settings.attributes.login).flatMap(Login.init)?.text,
                    name: name.flatMap { try? PersonName(parsing: $0) }?.text,
                    email: entry.text(settings.attributes.email).flatMap(EmailAddress.init)?.text,
                    manager: settings.attributes.manager.flatMap(entry.text).flatMap {
                        Self.isUsable($0) ? GroupRules.folded($0) : nil
                    }, facts: rules.kept(ProviderAttribute.named(rules.names, entry.texts), place: entry.dn)))
        }
        return people
    }

    /// Who is in whom. A group's plain name stands above the group itself, so that a rule finds both; one that looks like a
    /// distinguished name would be taken for another group.
    private func edges(_ entry: LDAPEntry) -> [IdentitySyncStaging.Edge] {
        func made(_ values: [String], _ edge: (String) -> IdentitySyncStaging.Edge) -> [IdentitySyncStaging.Edge] {
            values.filter(Self.isUsable).map { edge(GroupRules.folded($0)) }
        }
        guard Self.isUsable(entry.dn) else { return [] }
        let dn = GroupRules.folded(entry.dn)
        // Whose primary group it is says so themselves; a person's own is nobody's.
        let primary = ActiveDirectory.primaryGroup(of: entry).map { [ActiveDirectory.node(of: $0)] }
        let own = (entry.attributes[Self.sid] ?? []).prefix(primary == nil ? 1 : 0)
        let members =
            entry.texts("member") + entry.texts("uniqueMember") + own.map(ActiveDirectory.node)
            + PosixGroups.below(group: entry)
        let above =
            entry.texts("memberOf") + entry.texts("cn").prefix(1).filter { !$0.contains("=") } + (primary ?? [])
        return made(members) { IdentitySyncStaging.Edge(parent: dn, child: $0) }
            + made(above) { IdentitySyncStaging.Edge(parent: $0, child: dn) }
    }

    private func accountEdges(_ entry: LDAPEntry) -> [IdentitySyncStaging.Edge] {
        guard Self.isUsable(entry.dn) else { return [] }
        let dn = GroupRules.folded(entry.dn)
        return PosixGroups.above(account: entry).map { IdentitySyncStaging.Edge(parent: $0, child: dn) }
    }

    /// Whether a name fits into an index.
    static func isUsable(_ name: String) -> Bool { 1...1000 ~= name.utf8.count && !name.utf8.contains(0) }
}

extension ReadDirectory.Outcome {
    /// Those of a page for whom there is something to do; everybody, if all are kept.
    mutating func unsettled(
        _ people: [IdentitySyncStaging.Person]
    ) throws -> [IdentitySyncStaging.Person] {
        guard presence != nil else { return people }
        return try people.filter { person in
            switch presence?.see(person) {
            case .settled: false
            case .unsettled, nil: true
            case .seenBefore: throw ReadDirectory.Doubled()
            }
        }
    }
}
