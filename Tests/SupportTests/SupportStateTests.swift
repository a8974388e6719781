import HTTPAPI
import Identity
import TestSupport
import Testing

@testable import Support

@Suite struct SupportStateTests {
    /// Written apart from the code: what each step leads to; whatever is not here is refused.
    private static let allowed: [String: SupportState] = [
        "asked consent": .consented, "asked refuse": .refused, "asked withdraw": .withdrawn,
        "consented revoke": .revoked, "consented withdraw": .withdrawn,
    ]

    @Test func `a wish is answered once, and a consent is taken back once`() {
        for state in SupportState.allCases {
            for step in SupportState.Step.allCases {
                #expect((try? state.after(step)) == Self.allowed["\(state.rawValue) \(step.rawValue)"])
            }
        }
    }

    @Test func `a support person has no permission for what is the tenant's people's alone`() {
        let catalogue = PermissionCatalogue(
            Set(
                [
                    "accounts.reveal", "recordings.key", "keys.manage", "users.manage", "support.manage",
                    "profile.use", "profile.read", "terminals.open", "assets.mine", "secrets.mine", "tickets.decide",
                    "assets.read",
                    "assets.manage", "audit.read", "support.read",
                ].map(Permission.init)))
        let administrator = SupportRole.administrator.permissions(catalogue).map(\.code).sorted()
        #expect(administrator == ["assets.manage", "assets.read", "audit.read", "profile.read", "support.read"])
        let auditor = SupportRole.auditor.permissions(catalogue).map(\.code).sorted()
        #expect(auditor == ["assets.read", "audit.read", "profile.read", "support.read"])
    }
}
