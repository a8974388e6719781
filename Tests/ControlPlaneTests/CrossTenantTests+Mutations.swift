import Operators
import Testing

/// Whoever calls: a tenant's people, the provider's, or a worker that serves many tenants.
extension CrossTenantTests {
    @Test func `no store call shows or changes anything in a wrong scope`() async throws {
        let installation = try await Installation(tampered: true)
        let acme = try await Household(installation.makeTenant("acme"))
        let bolt = try await Household(installation.makeTenant("bolt"))
        var mutations = try await ScopeMutations(of: bolt, against: acme, notOf: bolt)
        let tally = try await mutations.run()
        #expect(tally.refused + tally.empty >= 100 && tally.foreign >= 80)
        #expect(tally.served > 70)
    }

    @Test func `no store call for the provider shows or changes anything in a wrong scope`() async throws {
        let installation = try await Installation(tampered: true)
        let acme = try await Household(installation.makeTenant("acme"))
        let bolt = try await Household(installation.makeTenant("bolt"))
        let person = try await installation.makeOperator("olga", roles: ProviderRole.allCases)
        let provider = try await ProviderCaller(person, of: bolt)
        var mutations = try await ScopeMutations(of: provider, against: acme, notOf: bolt)
        let tally = try await mutations.run()
        #expect(tally.refused + tally.empty >= 80 && tally.foreign >= 20)
        #expect(tally.served > 45)
    }

    @Test func `no store call for a worker shows or changes anything in a wrong scope`() async throws {
        let installation = try await Installation(tampered: true)
        let acme = try await Household(installation.makeTenant("acme"))
        let bolt = try await Household(installation.makeTenant("bolt"))
        let worker = try await WorkerCaller(serving: bolt)
        var mutations = try await ScopeMutations(of: worker, against: acme, notOf: bolt)
        let tally = try await mutations.run()
        #expect(tally.refused + tally.empty >= 40 && tally.foreign >= 30)
        #expect(tally.served >= 14)
    }
}
