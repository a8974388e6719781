import FoundationEssentials
import GatewayContract
import Testing

@testable import Sessions

@Suite struct SessionStandingTests {
    static let start = Date(timeIntervalSince1970: 1_795_000_000)
    static let now = start + 3600
    static let day = LeaseTerms.longestSession

    static func standing(
        tenant: Bool = true, user: Bool = true, grant: SessionStanding.Grant? = .init(isActive: true, endsAt: nil)
    ) -> SessionStanding {
        SessionStanding(tenantIsServed: tenant, userIsActive: user, grant: grant)
    }

    static let cases: [(SessionStanding, SessionStanding.Verdict)] = [
        (standing(), .goOn(until: start + day)),
        (standing(grant: .init(isActive: true, endsAt: now + 60)), .goOn(until: now + 60)),
        (standing(grant: .init(isActive: true, endsAt: start + 2 * day)), .goOn(until: start + day)),
        (standing(grant: .init(isActive: true, endsAt: now)), .end(.grantEnded)),
        (standing(grant: .init(isActive: false, endsAt: now - 1)), .end(.grantEnded)),
        (standing(grant: .init(isActive: false, endsAt: now + 60)), .end(.grantRevoked)),
        (standing(grant: .init(isActive: false, endsAt: nil)), .end(.grantRevoked)),
        (standing(grant: nil), .end(.grantRevoked)),
        (standing(user: false), .end(.userDisabled)),
        (standing(tenant: false), .end(.tenantSuspended)),
        (standing(tenant: false, user: false, grant: nil), .end(.tenantSuspended)),
        (standing(user: false, grant: nil), .end(.userDisabled)),
    ]

    @Test(arguments: cases)
    func `a session goes on exactly as long as what it rests on`(
        standing: SessionStanding, verdict: SessionStanding.Verdict
    ) {
        #expect(standing.verdict(createdAt: Self.start, at: Self.now) == verdict)
    }

    @Test func `nobody works for longer than a day`() {
        #expect(Self.standing().verdict(createdAt: Self.start, at: Self.start + Self.day) == .end(.timeLimit))
    }
}
