import FoundationEssentials
import HTTPAPI
import Kernel
import Postgres
import TestSupport
import Testing

@testable import Identity

/// Runs over made-up directories against a model that goes through them entry by entry.
@Suite struct SyncPropertyTests {
    /// Who is here, as the model has it.
    private struct Person: Equatable {
        var isActive = true
        var name: String
        var subject: String?
        var hasLeft = false
    }

    private struct Entry {
        let subject: String
        let login: String
        let name: String
    }

    private struct Rules {
        let creates: Bool
        let links: Bool
        let disables: Bool
    }

    private struct Model {
        var people: [String: Person]

        mutating func follow(_ entries: [Entry], _ rules: Rules) {
            let subjects = Set(entries.map(\.subject))
            for (login, person) in people where person.isActive && rules.disables {
                guard let subject = person.subject, !subjects.contains(subject) else { continue }
                people[login]?.isActive = false
                people[login]?.hasLeft = true
            }
            let known = Set(people.values.compactMap(\.subject))
            let fresh = entries.filter { !known.contains($0.subject) }
            for entry in fresh where fresh.count(where: { $0.login == entry.login }) == 1 {
                if let there = people[entry.login] {
                    guard there.subject == nil, rules.links, there.isActive else { continue }
                    people[entry.login]?.subject = entry.subject
                } else if rules.creates {
                    people[entry.login] = Person(name: entry.name, subject: entry.subject)
                }
            }
            for entry in entries {
                guard let login = people.first(where: { $0.value.subject == entry.subject })?.key else { continue }
                people[login]?.name = entry.name
                if people[login]?.hasLeft == true {
                    people[login]?.isActive = true
                    people[login]?.hasLeft = false
                }
            }
        }
    }

    /// What has nothing to do with groups is kept as far as there is something to do, and all of it otherwise.
    @Test(arguments: [1, 2, 3, 4], [false, true])
    func `a run does what going through all entries would do`(seed: UInt64, keepsAll: Bool) async throws {
        var random = SplitMix(state: seed)
        let house = try await House()
        let (scope, admin) = try await house.makeTenant()
        let provider = try await admin.call(
            "identity-providers.create",
            body: [
                "name": "Directory",
                "settings": [
                    "kind": "ldap", "servers": [["host": "ldap.example.org", "port": 389]],
                    "baseDn": "dc=example,dc=org",
                ],
            ])["id"]
        let id = try #require(IdentityProviderID(provider))
        for login in ["l0", "l1", "l2"] {
            let made = try await admin.call("users.create", body: ["login": .string(login), "name": "Local"])
            #expect(made.status == 201)
        }
        var model = Model(people: try await people(in: scope, house))
        for _ in 0..<12 {
            let rules = Rules(
                creates: .random(using: &random), links: .random(using: &random), disables: .random(using: &random))
            let entries = (0..<10).filter { _ in Bool.random(using: &random) }.map { number in
                Entry(
                    subject: "s\(number)", login: "l\(Int.random(in: 0..<8, using: &random))",
                    name: "Name \(Int.random(in: 0..<3, using: &random))")
            }
            let expected = {
                var next = model
                next.follow(entries, rules)
                return next
            }()
            model = expected
            let links = try await admin.call(
                "identity-providers.change", [provider], body: ["linksUsers": .bool(rules.links)],
                version: try await admin.call("identity-providers.show", [provider]).version)
            #expect(links.status == 200)
            let scale: ReadDirectory.Scale =
                keepsAll ? .all : .unsettled(of: id)
            try await follow(entries, rules, of: id, scale, in: scope, house)
            let found = try await people(in: scope, house)
            #expect(found == model.people, "seed \(seed): \(entries) by \(rules)")
        }
    }

    private func follow(
        _ entries: [Entry], _ rules: Rules, of provider: IdentityProviderID, _ scale: ReadDirectory.Scale,
        in scope: TenantScope, _ house: House
    ) async throws {
        let run = IdentitySyncRun(
            id: .new(at: house.now), provider: provider, kind: .run, state: .running, mayDisable: 100, mayRemove: nil,
            askedBy: nil, entries: 0, report: nil, error: nil, createdAt: house.now, startedAt: nil, finishedAt: nil)
        let database = house.test.database
        let sync = IdentitySync(
            filter: nil, intervalMinutes: nil, createsUsers: rules.creates, disablesLeavers: rules.disables,
            leaverPercent: 20, previewedAt: house.now, nextRunAt: nil, version: 1)
        let isFirst = try await database.transaction(in: scope) { tx in
            try await IdentitySyncStore.insert(run, in: scope, tx)
        }
        #expect(isFirst)
        let staging = IdentitySyncStaging(
            run: run.id, attempt: 0, database: database, now: house.now, scope: scope)
        var outcome = ReadDirectory.Outcome(presence: try await Presence(scale, staging))
        let everybody = entries.map {
            IdentitySyncStaging.Person(
                subject: $0.subject, dn: "uid=\($0.subject)", login: $0.login, name: $0.name, email: nil)
        }
        outcome.people = try await staging.add(outcome.unsettled(everybody))
        let read = outcome
        let now = house.now
        let work = RunIdentitySync(
            database: database, signIn: house.identity.providerSignIn, clock: { now }, scope: scope)
        try await database.transaction(in: scope) { tx in
            _ = try await work.apply(run, sync, read, staging, tx)
            try await IdentitySyncStore.finish(run.id, as: .done, nil, error: nil, at: now, in: scope, tx)
        }
    }

    private func people(in scope: TenantScope, _ house: House) async throws -> [String: Person] {
        let rows = try await house.test.superuser().query(
            """
            select u.login, u.state = 'active', u.name, l.subject, l.left_at is not null
            from users u left join identity_links l on l.tenant_id = u.tenant_id and l.user_id = u.user_id
            where u.tenant_id = \(scope.tenant)
            """
        ) { row in
            let login: String = try row.next()
            return (
                login,
                Person(
                    isActive: try row.next(), name: try row.next(), subject: try row.next(),
                    hasLeft: try row.next(Bool?.self) ?? false)
            )
        }
        return Dictionary(uniqueKeysWithValues: rows)
    }
}

/// The same numbers for the same seed.
private struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
