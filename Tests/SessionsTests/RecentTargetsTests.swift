import Foundation
import Kernel
import Sessions
import Testing

@Suite(.timeLimit(.minutes(2)))
struct RecentTargetsTests {
    @Test func `where somebody was of late comes once each, the latest first, and only what connected`() async throws {
        let fixture = try await Fixture()
        for (offset, account) in [(0.0, "root"), (60, "deploy"), (120, "root"), (180, "backup")] {
            let session = try await fixture.makeSession(at: Fixture.now + offset, account: account)
            if account != "backup" { _ = try await fixture.renew(fixture.report(session.id, 1, 1)) }
        }
        let recent = try await fixture.sessions.recent(of: fixture.user, limit: 5, in: fixture.scope)
        #expect(recent.map(\.account) == ["root", "deploy"])
        #expect(recent.allSatisfy { $0.asset == fixture.asset })
        #expect(recent.map(\.lastUsed) == [Fixture.now + 120, Fixture.now + 60])
        #expect(try await fixture.sessions.recent(of: fixture.user, limit: 1, in: fixture.scope).count == 1)
        #expect(try await fixture.sessions.recent(of: .new(), limit: 5, in: fixture.scope).isEmpty)
        let elsewhere = TenantScope(tenant: .new())
        #expect(try await fixture.sessions.recent(of: fixture.user, limit: 5, in: elsewhere).isEmpty)
    }
}
