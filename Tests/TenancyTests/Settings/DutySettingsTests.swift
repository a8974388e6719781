import FoundationEssentials
import Kernel
import Stage
import Testing

@testable import Tenancy

/// Settings while administrators are divided: whose the mail server is, and how long things are kept.
@Suite struct DutySettingsTests {
    private static let server: JSON = [
        "mail.server": ["host": "mail.acme.example", "port": 587, "security": "starttls", "from": "gate@acme.example"]
    ]

    @Test func `the mail server is changed by whoever keeps it, and not with the other settings`() async throws {
        let fixture = try await SettingsFixture()
        #expect(try await fixture.change(Self.server, in: fixture.acme).status == 200)
        try await fixture.separateDuties()
        let refused = try await fixture.change(["mail.server": .null], in: fixture.acme)
        #expect(refused.status == 422, "\(refused.json)")
        let other = try await fixture.changeMail(["session.idle": 5])
        #expect(other.status == 422, "\(other.json)")
        let changed = try await fixture.changeMail(["mail.server": .null])
        #expect(changed.status == 200 && changed.items.count == 1, "\(changed.json)")
        #expect(try await fixture.item("mail.server", in: fixture.acme)["value"] == .null)
        #expect(try await fixture.changeMail(Self.server).status == 200)
    }

    @Test func `what is kept for too short may be kept longer, step by step, and never shorter`() async throws {
        let fixture = try await SettingsFixture()
        #expect(try await fixture.change(["retention.recordings": 30], in: fixture.acme).status == 200)
        try await fixture.separateDuties()
        #expect(try await fixture.change(["retention.recordings": 60], in: fixture.acme).status == 200)
        #expect(try await fixture.change(["retention.recordings": 59], in: fixture.acme).status == 422)
        #expect(try await fixture.change(["retention.recordings": 365], in: fixture.acme).status == 200)
        #expect(try await fixture.change(["retention.recordings": 179], in: fixture.acme).status == 422)
        #expect(try await fixture.change(["retention.recordings": 180], in: fixture.acme).status == 200)
    }
}
