import Audit
import FoundationEssentials
import HTTPAPI
import Kernel
import Postgres
import Stage
import TestSupport
import Testing

@testable import Tenancy

@Suite struct OrganizationSettingsTests {
    @Test func `what organizations may set has a direction, and is nothing about names, looks or other servers`() {
        let scopes = Dictionary(uniqueKeysWithValues: SettingCatalogue.divided.map { ($0.name, $0.scope) })
        #expect(
            scopes == [
                "locale.language": .organization, "locale.time-zone": .organization, "password.min-length": .higher,
                "password.kinds": .higher,
                "password.max-age": .lower, "password.history": .higher, "session.idle": .lower, "session.max": .lower,
                "retention.recordings": .higher,
                "retention.audit": .higher,
            ])
        #expect(SettingCatalogue.divided.allSatisfy { $0.secrets.isEmpty && !$0.isBulky && $0.standard != .null })
    }

    /// Random trees, in which everybody says anything, also what is looser than above.
    @Test(arguments: 0..<6) func `what holds is what one finds by walking down from the top`(_ seed: Int) async throws {
        let fixture = try await SettingsFixture()
        var random = SeededNumbers(seed)
        let forest = try await Forest(fixture, &random)
        for _ in 0..<3 {
            for place in forest.all {
                let shown = try await fixture.settings.show(at: place, in: fixture.acme)
                for declaration in SettingCatalogue.divided {
                    let view = try #require(shown.items.first { $0.key == declaration.name })
                    #expect(view.held == forest.walk(declaration, to: place, counting: true), "\(declaration.name)")
                    #expect(
                        view.inherited == forest.walk(declaration, to: place, counting: false), "\(declaration.name)")
                    #expect(view.own == forest.said[place]?[declaration.name] ?? .null)
                }
                // What features ask for is the same.
                let idle = try await fixture.values.value(of: Setting.sessionIdle, at: place, in: fixture.acme)
                let length = try await fixture.values.value(of: Setting.passwordLength, at: place, in: fixture.acme)
                let zone = try await fixture.values.value(of: Setting.timeZone, at: place, in: fixture.acme)
                let held = shown.items.reduce(into: [String: JSON]()) { $0[$1.key] = $1.held.value }
                #expect(held["session.idle"] == .int(Int64(idle)) && held["password.min-length"] == .int(Int64(length)))
                #expect(held["locale.time-zone"]?.text == zone.text)
            }
            try await fixture.values.forEachTenant(Setting.recordingDays) { scope, days, parts in
                guard scope == fixture.acme else { return }
                for place in forest.all {
                    let held = forest.walk(Setting.recordingDays.declaration, to: place, counting: true).value
                    #expect(held == .int(Int64(parts[place] ?? days)))
                }
            }
            try await forest.shuffle(&random)
        }
    }

    @Test func `a change is seen below, in the trail, and can be taken back`() async throws {
        let fixture = try await SettingsFixture()
        let europe = try await fixture.makeOrganization("Europe")
        let berlin = try await fixture.makeOrganization("Berlin", below: europe)
        let set = try await fixture.change(["session.idle": 15, "locale.language": "zh"], at: europe)
        #expect(set.status == 200 && set.version == 2, "\(set.json)")
        let below = try await fixture.item("session.idle", at: berlin)
        #expect(below["held"]?["value"] == 15 && below["held"]?["origin"] == "organization")
        #expect(below["held"]?["organization"] == ["id": .string(europe.text), "name": "Europe"])
        #expect(below["own"] == .null)
        let here = try await fixture.item("session.idle", at: europe)
        #expect(here["own"] == 15 && here["inherited"]?["value"] == 60 && here["inherited"]?["origin"] == "default")
        // The tenant's own settings know nothing of it.
        #expect(try await fixture.item("session.idle", in: fixture.acme)["value"] == 60)

        let same = try await fixture.change(["session.idle": 15], at: europe)
        #expect(same.status == 200 && same.version == 2)
        let late = try await fixture.change(["session.idle": 10], version: 1, at: europe)
        #expect(late.status == 412 && late.problem == "version-changed")
        #expect(try await fixture.change(["session.idle": nil], at: europe).status == 200)
        #expect(try await fixture.item("session.idle", at: berlin)["held"]?["origin"] == "default")
        let lines = try await fixture.stage.trail.records("order by at, audit_event_id", in: fixture.acme)
            .filter { $0.action == "organization.settings-changed" && $0.outcome == .success }
        #expect(lines.allSatisfy { $0.target?.id == europe.text })
        // What changed nothing has a line without settings.
        let changes = lines.compactMap { $0.details["settings"] }
        #expect(changes.count == 2)
        #expect(
            changes.contains(["session.idle": ["to": 15, "from": nil], "locale.language": ["to": "zh", "from": nil]]))
        #expect(changes.contains(["session.idle": ["to": nil, "from": 15]]))
    }

    @Test func `what is looser than above is refused, and what becomes looser does not hold`() async throws {
        let fixture = try await SettingsFixture()
        let europe = try await fixture.makeOrganization("Europe")
        let berlin = try await fixture.makeOrganization("Berlin", below: europe)
        let strict: JSON = ["session.idle": 30, "password.min-length": 16, "password.kinds": 3]
        #expect(try await fixture.change(strict, at: europe).status == 200)
        let looser: [(JSON, String)] = [
            (["session.idle": 31], "/session.idle"), (["session.max": 13], "/session.max"),
            (["password.min-length": 15], "/password.min-length"), (["password.kinds": 2], "/password.kinds"),
            (["retention.recordings": 179], "/retention.recordings"), (["retention.audit": 1094], "/retention.audit"),
        ]
        for (body, pointer) in looser {
            let answer = try await fixture.change(body, at: berlin)
            #expect(answer.status == 422 && answer.pointers == [pointer], "\(answer.json)")
        }
        #expect(try await fixture.change(["session.idle": 20, "password.min-length": 20], at: berlin).status == 200)
        // Above becomes stricter: it holds below at once, and what was said there waits.
        #expect(try await fixture.change(["session.idle": 10], at: europe).status == 200)
        let waiting = try await fixture.item("session.idle", at: berlin)
        #expect(waiting["held"]?["value"] == 10 && waiting["own"] == 20)
        #expect(try await fixture.change(["session.idle": 6], in: fixture.acme).status == 200)
        #expect(try await fixture.item("session.idle", at: berlin)["held"]?["origin"] == "tenant")
        #expect(try await fixture.change(["session.idle": 120], in: fixture.acme).status == 200)
        #expect(try await fixture.item("session.idle", at: berlin)["held"]?["value"] == 10)
    }

    private static let refused: [(JSON, String)] = [
        (["no.such-setting": 1], "/no.such-setting"), (["session.idle": 4], "/session.idle"),
        (["session.idle": "15"], "/session.idle"), (["locale.language": "tlh"], "/locale.language"),
        (["locale.time-zone": "Mars/Olympus"], "/locale.time-zone"), (["branding.color": "#123456"], "/branding.color"),
        (["host.name": "access.acme.example"], "/host.name"), (["sign-in.text": "Hello"], "/sign-in.text"),
        (["mail.server": nil], "/mail.server"), (["recording.store": nil], "/recording.store"),
        (["general.name": "Europe"], "/general.name"),
    ]

    @Test(arguments: refused)
    func `what a setting does not take, or no organization has, is refused at its place`(
        body: JSON, pointer: String
    ) async throws {
        let fixture = try await SettingsFixture()
        let europe = try await fixture.makeOrganization("Europe")
        let answer = try await fixture.change(body.merging(["session.max": 3]), at: europe)
        #expect(answer.status == 422 && answer.pointers == [pointer], "\(answer.json)")
        #expect(try await fixture.item("session.max", at: europe)["own"] == .null)
    }

    @Test func `the top has the settings of the tenant`() async throws {
        let fixture = try await SettingsFixture()
        let top = OrganizationID(fixture.acme.tenant.uuid)
        #expect(try await fixture.item("session.idle", at: top)["held"]?["origin"] == "default")
        let answer = try await fixture.change(["session.idle": 15], at: top)
        #expect(answer.status == 409 && answer.problem == "top-organization", "\(answer.json)")
    }

    @Test func `who is confined to a part neither sees nor sets anything beside or above it`() async throws {
        let fixture = try await SettingsFixture()
        let europe = try await fixture.makeOrganization("Europe")
        let berlin = try await fixture.makeOrganization("Berlin", below: europe)
        let asia = try await fixture.makeOrganization("Asia")
        _ = try await fixture.change(["session.idle": 30], at: europe)
        _ = try await fixture.change(["session.idle": 25], at: asia)
        let part = TenantScope(tenant: fixture.acme.tenant, organizations: [berlin])
        func set(_ minutes: Int, at place: OrganizationID) async throws -> OrganizationSettingsView {
            try await fixture.settings.change(
                try SettingChanges.schema.parse(["session.idle": .int(Int64(minutes))]), at: place, from: 1,
                by: fixture.ada, at: fixture.stage.now, audit: .discarding, in: part)
        }
        for place in [europe, asia, .new(), OrganizationID(fixture.acme.tenant.uuid)] {
            await #expect(throws: SettingError.noOrganization) { try await fixture.settings.show(at: place, in: part) }
            await #expect(throws: SettingError.noOrganization) { try await set(5, at: place) }
        }
        await #expect(throws: SettingError.self) { try await set(31, at: berlin) }
        let shown = try await set(10, at: berlin)
        let idle = try #require(shown.items.first { $0.key == "session.idle" })
        // Whence it would come is told by name, though nothing else of it can be seen.
        #expect(idle.held.value == 10 && idle.inherited.organization?.name == "Europe")

        // The database keeps it so, whatever a statement says.
        let database = fixture.stage.database
        for place in [europe, asia] {
            await #expect(throws: DatabaseError.self) {
                try await database.execute(
                    """
                    insert into organization_setting_values (tenant_id, org_id, key, value, updated_by)
                    values (\(part.tenant), \(place), 'session.max', '1', \(fixture.ada))
                    """, in: part)
            }
        }
        #expect(
            try await database.execute(
                "update organization_setting_values set value = '5' where tenant_id = \(part.tenant)", in: part) == 1)
        #expect(
            try await database.execute(
                "delete from organization_setting_values where tenant_id = \(part.tenant)", in: part) == 1)
        #expect(try await fixture.item("session.idle", at: asia)["own"] == 25)
        #expect(try await fixture.item("session.idle", at: europe)["own"] == 30)
        // Another tenant's are not there at all.
        await #expect(throws: SettingError.noOrganization) {
            try await fixture.settings.show(at: europe, in: fixture.bolt)
        }
    }
}

/// A tree of organizations with what each says, and what holds by walking it.
private final class Forest {
    let fixture: SettingsFixture
    private(set) var all: [OrganizationID] = []
    private(set) var said: [OrganizationID: [String: JSON]] = [:]
    private var parents: [OrganizationID: OrganizationID] = [:]
    private var names: [OrganizationID: String] = [:]
    private var tenant: [String: JSON] = [:]

    init(_ fixture: SettingsFixture, _ random: inout SeededNumbers) async throws {
        self.fixture = fixture
        for number in 0..<10 {
            let parent = Bool.random(using: &random) ? all.randomElement(using: &random) : nil
            let place = try await fixture.makeOrganization("O\(number)", below: parent)
            all.append(place)
            parents[place] = parent
            names[place] = "O\(number)"
            for declaration in SettingCatalogue.divided where Int.random(in: 0..<3, using: &random) == 0 {
                let value = Self.value(of: declaration, &random)
                said[place, default: [:]][declaration.name] = value
                try await fixture.stage.database.execute(
                    """
                    insert into organization_setting_values (tenant_id, org_id, key, value, updated_by)
                    values (\(fixture.acme.tenant), \(place), \(declaration.name), \(value), \(fixture.ada))
                    """, in: fixture.acme)
            }
        }
        for declaration in SettingCatalogue.divided where Bool.random(using: &random) {
            let value = Self.value(of: declaration, &random)
            let answer = try await fixture.change(.object([JSON.Member(declaration.name, value)]), in: fixture.acme)
            #expect(answer.status == 200, "\(answer.json)")
            tenant[declaration.name] = value
        }
    }

    private static func value(of declaration: SettingDeclaration, _ random: inout SeededNumbers) -> JSON {
        switch declaration.name {
        case "locale.language": .string(["en", "zh"].randomElement(using: &random)!)
        case "locale.time-zone": .string(["UTC", "Asia/Tokyo", "Europe/Berlin"].randomElement(using: &random)!)
        case "session.max", "password.min-length": .int(Int64.random(in: 12...16, using: &random))
        case "password.kinds": .int([2, 3, 4].randomElement(using: &random)!)
        case "password.history": .int(Int64.random(in: 2...6, using: &random))
        default: .int(Int64.random(in: 90...94, using: &random))
        }
    }

    /// The way from the top to an organization.
    private func way(to place: OrganizationID) -> [OrganizationID] {
        (parents[place].map(way) ?? []) + [place]
    }

    /// What holds at an organization; without what it says itself if that does not count.
    func walk(_ declaration: SettingDeclaration, to place: OrganizationID, counting: Bool) -> OriginatedValue {
        let whole = tenant[declaration.name]
        var held = OriginatedValue(
            value: whole ?? declaration.standard,
            origin: whole == nil || whole == declaration.standard ? .standard : .tenant, organization: nil)
        for step in way(to: place) where counting || step != place {
            guard let own = said[step]?[declaration.name] else { continue }
            if case .int(let new) = own, case .int(let old) = held.value {
                let isLimit = declaration.name.hasPrefix("session.") || declaration.name == "password.max-age"
                let isLooser = isLimit ? new > old : new < old
                if isLooser { continue }
            }
            held = OriginatedValue(
                value: own, origin: .organization,
                organization: OrganizationReference(id: step, name: names[step] ?? ""))
        }
        return held
    }

    /// Hangs one of them, with everything below it, somewhere else.
    func shuffle(_ random: inout SeededNumbers) async throws {
        let moved = all.randomElement(using: &random)!
        let target = all.filter { !way(to: $0).contains(moved) }.randomElement(using: &random)
        parents[moved] = target
        let scope = fixture.acme
        let top = OrganizationID(scope.tenant.uuid)
        var links: [(OrganizationID, OrganizationID, Int)] = []
        for place in all {
            let above = [top] + way(to: place)
            for (step, ancestor) in above.enumerated() { links.append((ancestor, place, above.count - 1 - step)) }
        }
        try await fixture.stage.database.execute(
            "delete from organization_closure where tenant_id = \(scope.tenant) and descendant_id <> \(top)", in: scope)
        try await fixture.stage.database.execute(
            """
            insert into organization_closure (tenant_id, ancestor_id, descendant_id, depth)
            select \(scope.tenant)::uuid, a, d, n
            from unnest(\(links.map(\.0))::uuid[], \(links.map(\.1))::uuid[], \(links.map(\.2))::int[]) as l (a, d, n)
            """, in: scope)
    }
}

/// Numbers that are the same in every run.
private struct SeededNumbers: RandomNumberGenerator {
    private var state: UInt64

    init(_ seed: Int) { state = UInt64(seed) &* 2_654_435_761 &+ 99 }

    mutating func next() -> UInt64 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return state ^ state >> 29
    }
}
