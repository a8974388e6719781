import FoundationEssentials
import HTTPAPI
import Kernel
import Postgres
import Synchronization
import TestSupport
import Testing

@testable import Operators

@Suite struct OperatorTests {
    @Test func `an operator takes somebody in, changes and shuts out`() async throws {
        let house = try await Headquarters()
        let olga = try await house.make("olga")
        let added = try await olga.call(
            "operators.add", body: ["login": "Boris", "name": "Boris Bill", "roles": ["billing"]])
        #expect(added.status == 201, "\(added.json)")
        let id = try #require(added.json["operator"]?["id"]?.text)
        let boris = Colleague(house: house, id: try #require(ProviderOperatorID(id)), login: "boris")
        try await boris.comeIn(by: added["invitationUrl"])
        #expect(try await boris.call("operators.list").status == 403)
        let double = try await olga.call(
            "operators.add", body: ["login": "boris", "name": "Boris", "roles": ["support"]])
        #expect(double.problem == "operator-login-taken")

        let changed = try await olga.call(
            "operators.change", [id], body: ["roles": ["billing", "support"], "name": "Boris B."], version: 1)
        #expect(changed.status == 200 && changed["name"] == "Boris B.", "\(changed.json)")
        let late = try await olga.call("operators.change", [id], body: ["name": "X"], version: 1)
        #expect(late.problem == "version-changed")

        #expect(try await olga.call("operators.disable", [id]).status == 200)
        #expect(try await boris.call("provider-me.show").status == 401)
        #expect(try await boris.password().problem == "sign-in-refused")
        #expect(try await olga.call("operators.enable", [id]).status == 200)
        #expect(try await boris.password()["step"] == "second-factor")
        #expect(try await olga.call("operators.list").items.count == 2)
        #expect(try await olga.call("operators.show", [ProviderOperatorID.new().text]).status == 404)
    }

    @Test func `nobody promotes, disables or invites themselves`() async throws {
        let house = try await Headquarters()
        let (olga, sven) = (try await house.make("olga"), try await house.make("sven", [.support]))
        let own = try await olga.call(
            "operators.change", [olga.id.text], body: ["roles": ["operator", "billing"]], version: 1)
        #expect(own.status == 409 && own.problem == "not-your-own-account")
        #expect(try await olga.call("operators.disable", [olga.id.text]).problem == "not-your-own-account")
        #expect(try await olga.call("operators.invite", [olga.id.text]).problem == "not-your-own-account")
        // One's own name is one's own.
        let named = try await olga.call("operators.change", [olga.id.text], body: ["name": "Olga O."], version: 1)
        #expect(named.status == 200, "\(named.json)")
        let attempt = try await sven.call(
            "operators.change", [sven.id.text], body: ["roles": ["operator"]], version: 1)
        #expect(attempt.status == 403 && attempt.problem == "forbidden")
    }

    @Test func `the last operator stays, also for the installation's token`() async throws {
        let house = try await Headquarters()
        let olga = try await house.make("olga")
        _ = try await house.make("boris", [.billing])
        let token = OperatorActing(operator: .new(), now: house.now)
        await #expect(throws: OperatorError.lastOperator) { try await house.operators.disable(olga.id, token) }
        await #expect(throws: OperatorError.lastOperator) {
            try await house.operators.change(
                olga.id, to: ChangeOperatorRequest(roles: .set([.billing])), from: 1, token)
        }
        #expect(try await olga.call("provider-me.show").status == 200)
    }

    @Test func `of two who shut each other out, one stays`() async throws {
        let house = try await Headquarters()
        let (olga, otto) = (try await house.make("olga"), try await house.make("otto"))
        async let one = olga.call("operators.disable", [otto.id.text])
        async let two = otto.call("operators.disable", [olga.id.text])
        let statuses = [try await one.status, try await two.status]
        #expect(statuses.contains(200))
        let left = try await house.test.database.query(
            "select login from provider_operators where state = 'active'", in: ProviderScope()
        ) { try $0.next(String.self) }
        #expect(left.count == 1)
    }

    @Test func `sensitive changes take a code that is fresh`() async throws {
        let house = try await Headquarters()
        let olga = try await house.make("olga")
        house.wait(20 * 60)
        let late = try await olga.call(
            "operators.add", body: ["login": "x1", "name": "X", "roles": ["support"]])
        #expect(late.problem == "step-up-required")
        #expect(try await olga.call("provider-me.step-up", body: ["code": "000000"]).problem == "code-refused")
        #expect(try await olga.call("provider-me.step-up", body: ["code": .string(olga.freshCode())]).status == 204)
        let now = try await olga.call(
            "operators.add", body: ["login": "x1", "name": "X", "roles": ["support"]])
        #expect(now.status == 201, "\(now.json)")
    }

    @Test func `every action is in the trail under the operator's name`() async throws {
        let house = try await Headquarters()
        let olga = try await house.make("olga")
        _ = try await olga.call("operators.add", body: ["login": "sven", "name": "Sven", "roles": ["support"]])
        _ = try await olga.call("operators.disable", [olga.id.text])
        let lines = house.trail.withLock { $0 }.filter { $0.principal.kind == .provider }
        #expect(lines.contains { $0.action == "operator.signed-in" && $0.principal.name == "olga of the house" })
        #expect(lines.contains { $0.action == "operator.added" && $0.principal.id == olga.id.text })
        #expect(lines.contains { $0.action == "operator.disabled" && $0.outcome == .refused })
    }

    @Test func `what has run out is forgotten, and nobody but the provider sees the rows`() async throws {
        let house = try await Headquarters()
        let olga = try await house.make("olga")
        _ = try await olga.password()
        try await house.operators.purge(at: house.now.addingTimeInterval(13 * 3600))
        let superuser = try await house.test.superuser()
        let left = try await superuser.query(
            "select (select count(*) from provider_sign_ins) + (select count(*) from provider_sessions)"
        ) { try $0.next(Int.self) }
        #expect(left == [0])
        let tenant = try await house.test.makeTenant()
        for statement: SQL in [
            "select login from provider_operators", "select 1 from provider_sessions",
            "select 1 from provider_sign_ins", "select 1 from provider_second_factors",
        ] {
            await #expect(throws: DatabaseError.self) {
                _ = try await house.test.database.query(statement, in: tenant) { _ in true }
            }
        }
        for page in ProviderOperator.listing.samples {
            _ = try await house.operators.list(page, in: ProviderScope())
        }
        for page in OperatorSession.listing.samples {
            _ = try await house.operators.sessions(page, OperatorActing(operator: olga.id, now: house.now))
        }
    }
}
