import FoundationEssentials
import HTTPAPI
import Kernel
import Postgres
import TestSupport
import Testing

@testable import Identity

/// What became of what companies had said about keys before rules did.
@Suite struct KeysAsFirstStepTests {
    private static let menu: [FactorRule] = {
        func rule(
            _ action: FactorRule.Action, at entrances: [SignInEntrance] = [], after: [FirstStep] = [],
            counting factors: [CountedFactor] = []
        ) -> FactorRule? {
            try? FactorRule(
                name: "x", everyone: true, entrances: entrances, after: after, action: action, factors: factors)
        }
        return [
            rule(.require), rule(.require, at: [.ssh], counting: [.authenticator]), rule(.require, at: [.web]),
            rule(.require, after: [.password], counting: [.passkey]), rule(.require, at: [.ssh], after: [.provider]),
            rule(.skip), rule(.skip, at: [.ssh, .cli]), rule(.skip, after: [.password]),
            rule(.skip, after: [.password, .provider]), rule(.skip, after: [.provider]),
        ].compactMap(\.self)
    }()

    private static let person = FactorCircumstances(
        user: .new(), entrance: .ssh, address: [192, 0, 2, 1], after: .password)

    /// Whether a key was followed by a code, and what of, as it was decided before.
    private static func formerly(_ rules: FactorRules, always: Bool) -> FactorDemand {
        let rule = rules.rules.first {
            $0.enabled && ($0.action == .skip || $0.entrances.contains(.ssh)) && $0.fits(person)
        }
        return FactorDemand(
            isRequired: always || rule?.action == .require, counted: rules.demand(person).counted)
    }

    @Test func `what companies had said about keys asks for no less after the migration`() async throws {
        let test = try await TestDatabase()
        let superuser = try await test.superuser()
        var cases: [(scope: TenantScope, rules: [FactorRule], always: Bool)] = []
        for first in Self.menu {
            for second in Self.menu {
                for always in [true, false] {
                    let (scope, rules) = (try await test.makeTenant(), [first, second])
                    let json = JSON.array(try rules.map { try JSONParser.parse(FactorRule.schema.bytes(of: $0)) })
                    _ = try await superuser.execute(
                        """
                        insert into tenant_factor_rules (tenant_id, level, rules, version, changed_at)
                        values (\(scope.tenant), 'off', \(json), 7, now())
                        """)
                    _ = try await superuser.execute(
                        """
                        insert into tenant_setting_values (tenant_id, key, value, updated_by)
                        values (\(scope.tenant), 'ssh.key-and-code', \(always ? "true" : "false")::text::jsonb,
                          \(scope.tenant.uuid))
                        """)
                    cases.append((scope, rules, always))
                }
            }
        }
        try await superuser.run(
            script: Repository.text("Migrations/20261205T3410_identity_keys_as_first_step.sql"))
        var key = Self.person
        key.after = .key
        for (scope, rules, always) in cases {
            let now = try await test.database.transaction(in: scope) { try await FactorRuleStore.find(in: scope, $0) }
            #expect(now.version == 8 && now.level == .off)
            let before = FactorRules(level: .off, rules: rules, version: 7)
            let (was, isNow) = (Self.formerly(before, always: always), now.demand(key))
            let words = "\(rules.map { ($0.action, $0.entrances, $0.after) }) \(always): \(was) \(isNow)"
            #expect(isNow.isRequired || !was.isRequired, "\(words)")
            if was.isRequired, !was.counted.isEmpty {
                #expect(!isNow.counted.isEmpty && isNow.counted.isSubset(of: was.counted), "\(words)")
            }
            // Nothing else has changed.
            for entrance in SignInEntrance.allCases {
                for after in FirstStep.withoutKey {
                    let one = FactorCircumstances(user: .new(), entrance: entrance, address: nil, after: after)
                    #expect(now.demand(one) == before.demand(one), "\(words)")
                }
            }
        }
        let left = try await superuser.query(
            "select count(*) from tenant_setting_values where key = 'ssh.key-and-code'"
        ) { try $0.next(Int.self) }
        #expect(left == [0])
    }
}
