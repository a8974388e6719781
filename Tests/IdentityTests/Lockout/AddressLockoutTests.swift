import FoundationEssentials
import HTTPAPI
import HTTPTypes
import Kernel
import Postgres
import TestSupport
import Testing

@testable import Identity

@Suite struct AddressLockoutTests {
    private static let home = "192.0.2.1"
    private static let guesser = "203.0.113.9"

    /// A house whose tenant locks an address after five failures.
    private func house(_ settings: [String: JSON] = [:]) async throws -> (House, TenantScope, Visitor) {
        let house = try await House()
        let (scope, ada) = try await house.makeTenant()
        let settings = ["lockout.address-failures": .int(5)].merging(settings) { $1 }
        for (key, value) in settings {
            _ = try await house.test.superuser().execute(
                """
                insert into tenant_setting_values (tenant_id, key, value, updated_by)
                values (\(scope.tenant), \(key), \(value), \(scope.tenant.uuid))
                """)
        }
        return (house, scope, ada)
    }

    private func guess(_ visitor: Visitor, times: Int) async throws {
        for number in 0..<times {
            #expect(try await visitor.password("wrong wrong wrong", login: "person\(number)").status == 401)
        }
    }

    private func attempts(_ house: House, of login: String) async throws -> Int? {
        try await house.test.superuser().query("select failed_attempts from users where login = \(login)") {
            try $0.next(Int.self)
        }.first
    }

    @Test func `an address that guesses at many accounts is refused for a growing while, whomever it tries`()
        async throws
    {
        let (house, scope, ada) = try await house()
        let (_, eve) = try await house.makeTenant("bolt")
        house.move(to: Self.guesser)
        try await guess(ada, times: 5)
        let unknown = try await ada.password(login: "nobody")
        #expect(unknown.status == 429 && unknown.headers[.retryAfter] == "60")
        #expect(try await ada.password().essence == unknown.essence)
        #expect(try await ada.password("wrong wrong wrong").essence == unknown.essence)
        // Nothing was looked at: an attempt is counted before a password is hashed.
        #expect(try await attempts(house, of: "ada") == 0)
        // Another tenant knows nothing of it, and other addresses do not suffer.
        #expect(try await eve.password().step == "second-factor")
        house.move(to: Self.home)
        #expect(try await ada.password().step == "second-factor")

        house.move(to: Self.guesser)
        for (wait, next) in [(60.0, "120"), (120, "240"), (240, "480")] {
            house.wait(wait - 1)
            #expect(try await ada.password().headers[.retryAfter] == "1")
            house.wait(1)
            #expect(try await ada.password("wrong wrong wrong", login: "nobody").status == 401)
            #expect(try await ada.password().headers[.retryAfter] == next)
        }
        // An hour after the last lock has ended the address begins anew.
        house.wait(480 + 3600)
        try await guess(ada, times: 5)
        #expect(try await ada.password().headers[.retryAfter] == "60")
        let trail = try await house.test.database.query(
            """
            select target_id, (details ->> 'failures')::int from audit_events
            where tenant_id = \(scope.tenant) and action = 'sign-in-address.locked' order by audit_event_id
            """, in: scope
        ) { "\(try $0.next(String.self)) \(try $0.next(Int.self))" }
        #expect(trail == [5, 6, 7, 8, 5].map { "\(Self.guesser) \($0)" })
    }

    @Test func `failures are forgotten after the window, so that an office does not add its own up`() async throws {
        let (house, _, ada) = try await house(["lockout.window": .int(10)])
        for _ in 0..<4 {
            try await guess(ada, times: 4)
            house.wait(601)
        }
        #expect(try await ada.password().step == "second-factor")
    }

    @Test func `one network of IPv6 is one address`() async throws {
        let (house, _, ada) = try await house()
        for number in 1...5 {
            house.move(to: "2001:db8:1:2:\(number)::1")
            try await guess(ada, times: 1)
        }
        #expect(try await ada.password().status == 429)
        house.move(to: "2001:db8:1:3::1")
        #expect(try await ada.password().step == "second-factor")
    }

    @Test func `every way to guess counts, and each is closed`() async throws {
        let (house, scope, ada) = try await house(["lockout.account-failures": .int(50)])
        let gateway = house.identity.gateway
        let me = try #require(try await house.identity.directory.user(login: "ada", in: scope)).id
        let token = try await ada.password()["token"]
        house.move(to: Self.guesser)
        func password() async throws -> Answer { try await ada.password("wrong wrong wrong") }
        func code(_ code: String) async throws -> Answer {
            try await ada.open("auth.second-factor", ["token": .string(token), "code": .string(code)])
        }
        func cli() async throws -> Answer {
            try await ada.open(
                "auth.cli", ["login": "ada", "password": .string(House.password), "code": "000000"])
        }
        func ssh() async throws -> GatewaySignIn.PasswordAnswer {
            try await gateway.password(
                login: "ada", Secret("wrong wrong wrong"), from: Self.guesser, at: house.now, in: scope)
        }
        func typed() async throws -> ProvenFactor? {
            try await gateway.code("000000", of: me, from: Self.guesser, at: house.now, in: scope)
        }
        #expect(try await password().status == 401)
        #expect(try await code("000000").problem == "code-refused")
        #expect(try await code("aaaaa-bbbbb").problem == "code-refused")
        #expect(try await cli().status == 401)
        #expect(try await typed() == nil)
        let locked = IdentityError.addressLocked(seconds: 60)
        #expect(try await password().status == 429)
        #expect(try await code(ada.pocket.recoveryCodes[0]).status == 429)
        #expect(try await cli().status == 429)
        await #expect(throws: locked) { try await ssh() }
        await #expect(throws: locked) { try await typed() }
        house.wait(60)
        #expect(try await ssh() == .refused)
        await #expect(throws: IdentityError.addressLocked(seconds: 120)) { try await ssh() }
    }

    @Test func `a trusted address is never locked, and one that becomes trusted is no longer`() async throws {
        let (house, scope, ada) = try await house(["lockout.trusted-addresses": "198.51.100.0/24\n2001:db8::/32"])
        for address in ["198.51.100.7", "2001:db8:7::1"] {
            house.move(to: address)
            try await guess(ada, times: 6)
            #expect(try await ada.password().step == "second-factor")
        }
        house.move(to: Self.guesser)
        try await guess(ada, times: 5)
        #expect(try await ada.password().status == 429)
        _ = try await house.test.superuser().execute(
            """
            update tenant_setting_values set value = \(JSON.string(Self.guesser))
            where tenant_id = \(scope.tenant) and key = 'lockout.trusted-addresses'
            """)
        #expect(try await ada.password().step == "second-factor")
    }

    @Test func `administrators see what is locked, why and until when, and unlock it`() async throws {
        let (house, _, ada) = try await house()
        let (_, carol) = try await ada.take("carol", roles: ["auditor"])
        let (_, bob) = try await ada.take("bob")
        let (_, eve) = try await house.makeTenant("bolt")
        house.move(to: Self.guesser)
        try await guess(ada, times: 5)
        house.move(to: "203.0.113.10")
        for _ in 0..<4 { _ = try await bob.password("wrong wrong wrong") }
        house.move(to: "203.0.113.11")
        for _ in 0..<3 { _ = try await bob.password("wrong wrong wrong") }
        house.move(to: Self.home)

        let addresses = try await carol.call("lockout.addresses").items
        #expect(addresses.map { $0["address"]?.text } == [Self.guesser])
        #expect(addresses.first?["failures"] == .int(5))
        let accounts = try await carol.call("lockout.accounts").items
        #expect(accounts.map { $0["login"]?.text } == ["bob"] && accounts.first?["failures"] == .int(7))
        for name in ["lockout.addresses", "lockout.accounts"] {
            #expect(try await bob.call(name).status == 403)
            #expect(try await eve.call(name).items.isEmpty)
        }

        let body: JSON = ["address": .string(Self.guesser)]
        #expect(try await carol.call("lockout.unlock-address", body: body).status == 403)
        #expect(try await eve.call("lockout.unlock-address", body: body).status == 404)
        #expect(try await ada.call("lockout.unlock-address", body: body).status == 204)
        #expect(try await ada.call("lockout.unlock-address", body: body).status == 404)
        #expect(try await ada.call("lockout.addresses").items.isEmpty)
        house.move(to: Self.guesser)
        #expect(try await ada.password().step == "second-factor")
        house.move(to: Self.home)
        #expect(try await ada.call("users.unlock", [accounts.first?["user"]?.text ?? ""]).status == 200)
        #expect(try await ada.call("lockout.accounts").items.isEmpty)
    }

    @Test func `every list can be sorted and filtered as it says`() async throws {
        let (house, scope, _) = try await house()
        for page in LockedAddress.listing.samples {
            _ = try await house.identity.lockedAddresses(page, at: house.now, in: scope)
        }
        for page in LockedAccount.listing.samples {
            _ = try await house.identity.lockedAccounts(page, at: house.now, in: scope)
        }
    }

    @Test func `what is long over is forgotten`() async throws {
        let (house, scope, ada) = try await house()
        try await guess(ada, times: 1)
        func rows() async throws -> [Int] {
            try await house.test.database.query(
                """
                select (select count(*) from sign_in_addresses where tenant_id = \(scope.tenant)),
                  (select count(*) from familiar_addresses where tenant_id = \(scope.tenant))
                """, in: scope
            ) { [try $0.next(Int.self), try $0.next(Int.self)] }.first ?? []
        }
        try await house.identity.purge(at: house.now + 2 * 86_400)
        #expect(try await rows() == [1, 1])
        try await house.identity.purge(at: house.now + 4 * 86_400)
        #expect(try await rows() == [0, 1])
        try await house.identity.purge(at: house.now + 31 * 86_400)
        #expect(try await rows() == [0, 0])
    }
}
