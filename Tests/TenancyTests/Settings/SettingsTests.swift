import Audit
import Cryptography
import FoundationEssentials
import HTTPAPI
import Kernel
import Postgres
import Stage
import TestSupport
import Testing

@testable import Tenancy

@Suite struct SettingsTests {
    @Test func `every setting is declared once, and its default is a value that it takes`() {
        let names = SettingCatalogue.all.map(\.name)
        #expect(Set(names).count == names.count)
        for declaration in SettingCatalogue.all where declaration.home != .name {
            #expect(declaration.help.hasSuffix("."), "\(declaration.name)")
            guard declaration.standard != .null else { continue }
            var reading = Reading()
            #expect(declaration.read(declaration.standard, &reading) == declaration.standard, "\(declaration.name)")
        }
    }

    @Test func `a tenant that has said nothing has the defaults`() async throws {
        let fixture = try await SettingsFixture()
        let answer = try await fixture.show(in: fixture.acme)
        #expect(answer.items.compactMap { $0["key"]?.text } == SettingCatalogue.all.map(\.name))
        for item in answer.items where item["key"] != "general.name" {
            #expect(item["origin"] == "default" && item["value"] == item["default"], "\(item)")
        }
        #expect(try await fixture.values.value(of: Setting.sessionIdle, in: fixture.acme) == 60)
    }

    @Test func `two tenants have different settings side by side`() async throws {
        let fixture = try await SettingsFixture()
        let (acme, bolt) = (fixture.acme, fixture.bolt)
        let answer = try await fixture.change(
            [
                "general.name": "Acme  Hosting", "locale.language": "zh", "locale.time-zone": "Asia/Shanghai",
                "branding.color": "#8A1020", "sign-in.text": "Call 4711.\nAny time.", "session.idle": 15,
                "retention.recordings": 30,
            ], in: acme)
        #expect(answer.status == 200, "\(answer.json)")
        #expect(try await fixture.change(["session.idle": 120], in: bolt).status == 200)
        #expect(try await fixture.item("general.name", in: acme)["value"] == "Acme Hosting")
        #expect(try await fixture.item("branding.color", in: acme)["value"] == "#8a1020")
        #expect(try await fixture.item("branding.color", in: acme)["origin"] == "tenant")
        #expect(try await fixture.item("branding.color", in: bolt)["value"] == .null)
        #expect(try await fixture.values.value(of: Setting.sessionIdle, in: acme) == 15)
        #expect(try await fixture.values.value(of: Setting.sessionIdle, in: bolt) == 120)
        #expect(try await fixture.values.value(of: Setting.timeZone, in: acme).text == "Asia/Shanghai")
        #expect(try await fixture.values.value(of: Setting.timeZone, in: bolt) == .utc)
        #expect(try await fixture.stage.tenancy.find(acme.tenant, in: acme).name == "Acme Hosting")
        // Background work sees both, each with its own.
        var days: [TenantID: Int] = [:]
        try await fixture.values.forEachTenant(Setting.recordingDays) { scope, value, _ in days[scope.tenant] = value }
        #expect(days == [acme.tenant: 30, bolt.tenant: 180])
    }

    @Test func `the trail says what was and what is, and null puts back the default`() async throws {
        let fixture = try await SettingsFixture()
        let scope = fixture.acme
        _ = try await fixture.change(["session.max": 8, "branding.color": "#123456"], in: scope)
        _ = try await fixture.change(["session.max": nil], in: scope)
        #expect(try await fixture.values.value(of: Setting.sessionMax, in: scope) == 12)
        #expect(try await fixture.item("session.max", in: scope)["origin"] == "default")
        let details = try await fixture.stage.trail.records("order by at, audit_event_id", in: scope)
            .filter { $0.action == "settings.changed" }.map(\.details)
        // In the order of jsonb; the two were written in the same moment.
        let changes = details.compactMap { $0["settings"] }
        #expect(changes.count == 2)
        #expect(
            changes.contains(["session.max": ["to": 8, "from": 12], "branding.color": ["to": "#123456", "from": nil]]))
        #expect(changes.contains(["session.max": ["to": 12, "from": 8]]))
    }

    @Test func `a change from an old version changes nothing, and the same value again is no change`() async throws {
        let fixture = try await SettingsFixture()
        let version = try await fixture.show(in: fixture.acme).version
        let first = try await fixture.change(["session.idle": 30], version: version, in: fixture.acme)
        #expect(first.version == version + 1)
        let late = try await fixture.change(["session.idle": 31], version: version, in: fixture.acme)
        #expect(late.status == 412 && late.problem == "version-changed")
        let same = try await fixture.change(["session.idle": 30], in: fixture.acme)
        #expect(same.status == 200 && same.version == version + 1)
    }

    private static let refused: [(JSON, String)] = [
        (["no.such-setting": 1], "/no.such-setting"), (["session.idle": 4], "/session.idle"),
        (["session.idle": "60"], "/session.idle"), (["general.name": ""], "/general.name"),
        (["general.name": nil], "/general.name"), (["locale.language": "tlh"], "/locale.language"),
        (["locale.time-zone": "Mars/Olympus"], "/locale.time-zone"),
        (["locale.time-zone": "UTC'; drop table tenants; --"], "/locale.time-zone"),
        (["host.name": "acme.gate.example"], "/host.name"), (["host.name": "gate.example"], "/host.name"),
        (["host.name": "127.0.0.1"], "/host.name"), (["host.name": "localhost"], "/host.name"),
        (["host.name": "Access.Example.com"], "/host.name"), (["host.name": "a..b"], "/host.name"),
        (["branding.color": "#ffff00"], "/branding.color"), (["branding.color": "red"], "/branding.color"),
        (["branding.color": "#12345g"], "/branding.color"), (["branding.logo": "bm8gUE5H"], "/branding.logo"),
        (["password.kinds": 1], "/password.kinds"), (["password.kinds": 5], "/password.kinds"),
        (["password.kinds": "3"], "/password.kinds"),
        (["password.min-length": 11], "/password.min-length"), (["retention.audit": 89], "/retention.audit"),
    ]

    @Test(arguments: refused)
    func `what a setting does not take is refused at its place`(body: JSON, pointer: String) async throws {
        let fixture = try await SettingsFixture()
        let answer = try await fixture.change(body, in: fixture.acme)
        #expect(answer.status == 422, "\(answer.json)")
        guard case .array(let errors)? = answer.json["errors"] else {
            Issue.record("\(answer.json)")
            return
        }
        #expect(errors.compactMap { $0["pointer"]?.text } == [pointer])
        #expect(try await fixture.show(in: fixture.acme).version == 1)
    }

    @Test func `of several settings either all change or none`() async throws {
        let fixture = try await SettingsFixture()
        let answer = try await fixture.change(
            ["session.idle": 30, "locale.time-zone": "Mars/Olympus"], in: fixture.acme)
        #expect(answer.status == 422)
        #expect(try await fixture.values.value(of: Setting.sessionIdle, in: fixture.acme) == 60)
    }

    @Test func `a host name belongs to one tenant, and the directory finds it`() async throws {
        let fixture = try await SettingsFixture()
        let directory = TenantDirectory(database: fixture.stage.database, lifetime: .zero)
        #expect(try await directory.tenant(hostName: "access.acme.example") == nil)
        #expect(try await fixture.change(["host.name": "access.acme.example"], in: fixture.acme).status == 200)
        #expect(try await directory.tenant(hostName: "access.acme.example")?.id == fixture.acme.tenant)
        let taken = try await fixture.change(["host.name": "access.acme.example"], in: fixture.bolt)
        #expect(taken.status == 409 && taken.problem == "host-name-taken")
        #expect(try await fixture.change(["host.name": nil], in: fixture.acme).status == 200)
        #expect(try await directory.tenant(hostName: "access.acme.example") == nil)
        #expect(try await fixture.change(["host.name": "access.acme.example"], in: fixture.bolt).status == 200)
    }

    @Test func `every node hears of a change at once`() async throws {
        let fixture = try await SettingsFixture()
        let node = TenantSettings(
            database: fixture.stage.database, keys: fixture.stage.keys, lifetime: .seconds(600))
        try await withThrowingTaskGroup { group in
            group.addTask { await node.run() }
            // Listening begins in the background: from then on nothing is missed, so the change is repeated until it
            // is heard of.
            #expect(try await node.value(of: Setting.sessionIdle, in: fixture.acme) == 60)
            var minutes = 60
            try await eventually("the other node knows the change", within: .seconds(20)) {
                minutes = minutes == 20 ? 21 : 20
                let body: JSON = ["session.idle": .int(Int64(minutes))]
                #expect(try await fixture.change(body, in: fixture.acme).status == 200)
                for _ in 0..<20 {
                    if try await node.value(of: Setting.sessionIdle, in: fixture.acme) == minutes { return true }
                    try await Task.sleep(for: .milliseconds(20))
                }
                return false
            }
            group.cancelAll()
        }
    }
}
