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
        var people = 0
        var edges = 0
    }

    enum Source: Sendable { case people, groups }

    let settings: LDAPSettings
    let filter: String?
    /// Whether anybody wants to know about groups.
    let wantsGroups: Bool
    let client: LDAPClient
    let secret: LDAPPassword?
    let egress: EgressPolicy
    let staging: IdentitySyncStaging

    func callAsFunction() async throws -> Outcome {
        var (noted, repeated) = (0, 0)
        var outcome = Outcome()
        try await client.feed(
            settings.directory(password: secret), for: staging.scope.tenant.text, egress: egress, job
        ) { (item: LDAPFeed<Source>.Item) in
            switch item {
            case .begin:
                try await staging.clear()
                (outcome, noted, repeated) = (Outcome(), 0, 0)
            case .page(.people, let entries):
                let people = people(in: entries, &outcome.nameless)
                let added = try await staging.add(people)
                outcome.people += added
                outcome.entries += entries.count
                repeated = added == 0 && !people.isEmpty ? repeated + 1 : 0
                guard repeated <= Self.mostRepeated else {
                    throw LDAPError.protocolViolation("the same people again and again")
                }
                guard outcome.entries - noted >= 5000 else { return }
                noted = outcome.entries
                try await IdentitySyncStore.note(noted, of: staging.run, in: staging.scope, staging.database)
            case .page(.groups, let entries):
                outcome.edges += try await staging.add(Array(Set(entries.flatMap(edges))))
            }
        }
        return outcome
    }

    private var job: @Sendable (LDAPConnection, LDAPFeed<Source>) throws(LDAPError) -> Void {
        let (settings, wantsGroups) = (settings, wantsGroups && settings.groups != .none)
        let own = settings.userFilter.replacing("{login}", with: "*")
        let people = filter.map { "(&\(own)\($0))" } ?? own
        return { (connection, feed) throws(LDAPError) in
            var byMembers = wantsGroups && settings.groups == .automatic
            if byMembers, try ActiveDirectory.isAt(connection) { byMembers = false }
            let attributes = settings.attributes
            let named = [attributes.subject, attributes.login, attributes.name, attributes.email]
            let memberOf = wantsGroups && !byMembers ? ["memberOf"] : []
            let deadline = ContinuousClock.now + Self.patience
            try connection.pages(
                LDAPSearch(base: settings.baseDn, filter: people, attributes: named + memberOf), limit: Self.most,
                until: deadline
            ) { entries throws(LDAPError) in
                try feed.put(.people, entries)
                if !memberOf.isEmpty { try feed.put(.groups, entries.map(Self.withoutName)) }
            }
            guard wantsGroups else { return }
            let groups = LDAPSearch(
                base: settings.groupBaseDn ?? settings.baseDn,
                filter: "(|(objectClass=groupOfNames)(objectClass=groupOfUniqueNames)(objectClass=group))",
                attributes: ["cn"] + (byMembers ? ["member", "uniqueMember"] : ["memberOf"]))
            try connection.pages(groups, of: Self.groupsInPage, limit: Self.most, until: deadline) {
                entries throws(LDAPError) in
                try feed.put(.groups, entries)
            }
        }
    }

    /// A person's name is no group's.
    private static func withoutName(_ entry: LDAPEntry) -> LDAPEntry {
        LDAPEntry(dn: entry.dn, attributes: entry.attributes.filter { $0.key == "memberof" })
    }

    private func people(
        in entries: [LDAPEntry], _ nameless: inout IdentitySyncNames
    ) -> [IdentitySyncStaging.Person] {
        var people: [IdentitySyncStaging.Person] = []
        for entry in entries {
            guard let subject = settings.attributes.subject(of: entry), Self.isUsable(entry.dn) else {
                nameless.add(entry.dn)
                continue
            }
            let name = entry.text(settings.attributes.name).flatMap(AdmitSubject.line)
            people.append(
                IdentitySyncStaging.Person(
                    subject: subject, dn: GroupRules.folded(entry.dn),
                    login: entry.text(settings.attributes.login).flatMap(Login.init)?.text,
                    name: name.flatMap { try? PersonName(parsing: $0) }?.text,
                    email: entry.text(settings.attributes.email).flatMap(EmailAddress.init)?.text))
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
        let members = entry.texts("member") + entry.texts("uniqueMember")
        let above = entry.texts("memberOf") + entry.texts("cn").prefix(1).filter { !$0.contains("=") }
        return made(members) { IdentitySyncStaging.Edge(parent: dn, child: $0) }
            + made(above) { IdentitySyncStaging.Edge(parent: $0, child: dn) }
    }

    /// Whether a name fits into an index.
    private static func isUsable(_ name: String) -> Bool { 1...1000 ~= name.utf8.count && !name.utf8.contains(0) }
}
