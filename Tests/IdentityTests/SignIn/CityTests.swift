import Foundation
import Geolocation
import HTTPAPI
import Kernel
import Logging
import Postgres
import Tenancy
import TestSupport
import Testing

@testable import Identity

/// A sign-in from a city where somebody has not been lately.
@Suite struct CityTests {
    private static let berlin = "203.0.113.9"
    private static let shanghai = "198.51.100.7"

    /// A company whose administrator came in from an address that is nowhere, and a database beside it.
    private struct Stage {
        let house: House
        let scope: TenantScope
        let ada: Visitor
        let places: Places
        let folder: TemporaryFolder

        init(_ world: PlaceDatabase? = .world()) async throws {
            folder = TemporaryFolder()
            places = Places(
                path: folder.file("places.mmdb"), logger: Logger(label: "tests") { _ in SwiftLogNoOpLogHandler() })
            if let world { try await Self.put(world.bytes, in: folder, places) }
            house = try await House(places: places)
            (scope, ada) = try await house.makeTenant()
        }

        private static func put(_ bytes: [UInt8], in folder: TemporaryFolder, _ places: Places) async throws {
            try Data(bytes).write(to: URL(filePath: folder.file("new")))
            #expect(rename(folder.file("new"), folder.file("places.mmdb")) == 0)
            await places.refresh()
        }
        func put(_ bytes: [UInt8]) async throws { try await Self.put(bytes, in: folder, places) }

        func set(_ key: String, _ value: JSON) async throws {
            _ = try await house.test.superuser().execute(
                """
                insert into tenant_setting_values (tenant_id, key, value, updated_by)
                values (\(scope.tenant), \(key), \(value), \(scope.tenant.uuid))
                on conflict (tenant_id, key) do update set value = excluded.value
                """)
        }

        /// What is told of sign-ins since the last time that somebody asked.
        func news() async throws -> [(subject: String, data: JSON)] {
            try await house.test.superuser().query(
                "delete from events where type = 'sign-in.unfamiliar' returning subject, data"
            ) { (subject: try $0.next(String.self), data: try $0.next(JSON.self)) }
        }

        /// Whether the sign-in is news, and for which of its cities.
        func signIn(from address: String) async throws -> [String] {
            house.move(to: address)
            try await ada.signIn()
            return try await news().map { event in
                let city = Place(event.data["place"])?.english ?? "?"
                return event.data["isNewCity"] == .bool(true) ? city : "known: \(city)"
            }
        }
    }

    @Test func `another city is news, once; the same city is none`() async throws {
        let stage = try await Stage()
        // The first place of all is none; the address is another one, as always.
        #expect(try await stage.signIn(from: Self.berlin) == ["known: Berlin, Land Berlin, Germany"])
        #expect(try await stage.signIn(from: Self.berlin) == [])
        #expect(try await stage.signIn(from: Self.shanghai) == ["Shanghai, China"])
        #expect(try await stage.signIn(from: Self.shanghai) == [])
        #expect(try await stage.signIn(from: Self.berlin) == [])
        // Of another address in a familiar city the company can hear, or not.
        #expect(try await stage.signIn(from: "203.0.113.10") == ["known: Berlin, Land Berlin, Germany"])
        try await stage.set("sign-in.new-address", .bool(false))
        #expect(try await stage.signIn(from: "203.0.113.11") == [])
        // What nobody knows is no familiar city.
        #expect(try await stage.signIn(from: "192.0.2.77") == ["known: ?"])
        #expect(try await stage.signIn(from: "::ffff:203.0.113.12") == [])
        // A name alone makes no city: this one is in another state.
        #expect(try await stage.signIn(from: "2001:db8:1::1") == ["Springfield, Ohio, United States"])
        #expect(try await stage.signIn(from: "2001:db8:2::1") == ["Springfield, Illinois, United States"])
    }

    @Test func `a city becomes strange again after the company's days, and cities can be no news`() async throws {
        let stage = try await Stage()
        _ = try await stage.signIn(from: Self.berlin)
        try await stage.set("sign-in.new-city-days", .int(3))
        stage.house.wait(2 * 86_400)
        #expect(try await stage.signIn(from: Self.berlin) == [])
        stage.house.wait(4 * 86_400)
        #expect(try await stage.signIn(from: Self.berlin) == ["Berlin, Land Berlin, Germany"])
        // Also the first one in a long time, as long as it is known where somebody used to be.
        stage.house.wait(100 * 86_400)
        #expect(try await stage.signIn(from: Self.shanghai) == ["Shanghai, China"])
        stage.house.wait(366 * 86_400)
        try await stage.house.identity.purge(at: stage.house.now)
        let left = try await stage.house.test.superuser().query("select place_key from familiar_places") {
            try $0.next(String.self)
        }
        #expect(left == [])
        #expect(try await stage.signIn(from: Self.berlin) == [])
        try await stage.set("sign-in.new-city", .bool(false))
        #expect(try await stage.signIn(from: Self.shanghai) == ["known: Shanghai, China"])
    }

    @Test func `ssh and the command line are looked at, too`() async throws {
        let stage = try await Stage()
        let house = stage.house
        _ = try await stage.signIn(from: Self.berlin)
        let gateway = house.identity.gateway
        let answer = try await gateway.password(
            login: "ada", Secret(House.password), from: Self.shanghai, at: house.now, in: stage.scope)
        guard case .codeNeeded(let person, _) = answer else { return #expect(Bool(false), "\(answer)") }
        #expect(try await stage.news().isEmpty)
        let entry = try await gateway.admitted(
            person, by: .password, from: Self.shanghai, at: house.now, in: stage.scope)
        #expect(entry == .admitted)
        let ssh = try await stage.news()
        #expect(ssh.map { $0.data["isNewCity"] } == [.bool(true)] && ssh.first?.data["entrance"] == "ssh")
        house.move(to: "198.51.100.200")
        let direct: JSON = [
            "login": "ada", "password": .string(House.password), "code": .string(stage.ada.freshCode()),
        ]
        #expect(try await stage.ada.open("auth.cli", direct)["token"].hasPrefix("ght_"))
        let cli = try await stage.news()
        #expect(cli.map { $0.data["isNewCity"] } == [.bool(true)] && cli.first?.data["entrance"] == "cli")
        #expect(Place(cli.first?.data["place"])?.english == "Iceland")
        let trail = try await house.test.superuser().query(
            "select details -> 'place' ->> 'country' from audit_events where action = 'sign-in.gateway' order by at"
        ) { try $0.next(String?.self) }
        #expect(trail == ["CN"])
        // What is refused has its place, too.
        house.move(to: Self.shanghai)
        let wrong = try await stage.ada.open("auth.sign-in", ["login": "ada", "password": "not this one"])
        #expect(wrong.status == 401)
        #expect(house.trail.refused("sign-in.password").last.map { Place($0.details["place"])?.city?.en } == "Shanghai")
    }

    @Test func `without a database there are addresses alone; one that comes, goes or breaks is no trouble`()
        async throws
    {
        let stage = try await Stage(nil)
        #expect(try await stage.signIn(from: Self.berlin) == ["known: ?"])
        #expect(try await stage.signIn(from: Self.shanghai) == ["known: ?"])
        #expect(try await stage.ada.call("geolocation.show")["database"] == "")
        // Nobody has been anywhere before it came.
        try await stage.put(PlaceDatabase.world().bytes)
        #expect(try await stage.signIn(from: Self.shanghai) == [])
        #expect(try await stage.ada.call("geolocation.show")["database"] == "Test-City")
        // The provider of the address moved it.
        var moved = PlaceDatabase(kind: "Moved-City")
        moved.add("198.51.100.0/24", country: "FR", ("France", "法国"), city: ("Lyon", "里昂"), number: 2_996_944)
        try await stage.put(moved.bytes)
        #expect(try await stage.signIn(from: Self.shanghai) == ["Lyon, France"])
        try await stage.put(Array(PlaceDatabase.world().bytes.dropLast(150)))
        #expect(try await stage.ada.call("geolocation.show")["database"] == "Moved-City")
        #expect(try await stage.signIn(from: Self.shanghai) == [])
        // A database of somebody else's has no numbers: the names have to do.
        var plain = PlaceDatabase()
        plain.add("198.51.100.0/24", country: "FR", ("France", nil), city: ("Lyon", nil))
        try await stage.put(plain.bytes)
        #expect(try await stage.signIn(from: Self.shanghai) == [])
        // Cities that have both are told apart by them.
        var twin = PlaceDatabase()
        twin.add("198.51.100.0/24", country: "FR", ("France", nil), city: ("Lyon", nil), number: 7)
        try await stage.put(twin.bytes)
        _ = try await stage.house.test.superuser().execute("delete from familiar_places where city_id is null")
        #expect(try await stage.signIn(from: Self.shanghai) == ["Lyon, France"])
    }

    @Test func `the person is told of the city in their language, and sees it where sign-ins are listed`()
        async throws
    {
        let stage = try await Stage()
        _ = try await stage.signIn(from: Self.berlin)
        stage.house.move(to: Self.shanghai)
        try await stage.ada.signIn()
        let events = try await stage.news()
        let event = try #require(events.first)
        #expect(events.count == 1)
        let letters = Letters()
        let identity = stage.house.identity(sending: letters)
        func letter() async throws -> (subject: String, text: String) {
            try await identity.tellOfStranger(event.subject, event.data, at: stage.house.now, in: stage.scope)
            let all = letters.takeAll()
            #expect(all.count == 1 && all.first?.to == "ada@example.com")
            return (all.first?.subject ?? "", all.first?.text ?? "")
        }
        let english = try await letter()
        #expect(english.subject == "ACME: a sign-in from Shanghai, China")
        for words in [
            "from a city where you have not been lately", "198.51.100.7 (Shanghai, China)", "With: Testing",
            "change your password now", "/profile?tab=sessions",
        ] {
            #expect(english.text.contains(words), "\(words)")
        }
        _ = try await stage.house.test.superuser().execute("update users set language = 'zh'")
        let chinese = try await letter()
        #expect(chinese.subject == "ACME：来自中国 上海的登录")
        for words in ["您近期未曾在该城市登录过", "198.51.100.7（中国 上海）", "请立即修改密码"] {
            #expect(chinese.text.contains(words), "\(words)")
        }
        for list in ["me.sessions", "online.list"] {
            let places = try await stage.ada.call(list).items.map { Place($0["place"])?.city?.zh }
            #expect(Set(places) == ["上海", "柏林", nil], "\(list)")
        }
    }
}
