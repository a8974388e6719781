import Foundation
import Kernel
import Logging
import Observability
import Synchronization
import TestSupport
import Testing

@testable import Geolocation

/// Where addresses are, as MaxMind's own library reads it from files that the tests write.
@Suite struct PlacesTests {
    /// A file that is replaced the way operators do it: another one takes its name.
    private struct Stage {
        let folder: TemporaryFolder
        let lines: LineKeeper
        let places: Places
        var path: String { folder.path + "/places.mmdb" }

        init(_ bytes: [UInt8]? = nil) async throws {
            folder = TemporaryFolder()
            let lines = LineKeeper()
            self.lines = lines
            places = Places(
                path: folder.path + "/places.mmdb", logger: Logger(label: "tests") { lines.handler($0) })
            if let bytes { try put(bytes) }
            await places.refresh()
        }

        func put(_ bytes: [UInt8]) throws {
            try Data(bytes).write(to: URL(filePath: path + ".new"))
            #expect(rename(path + ".new", path) == 0)
        }
    }

    @Test(arguments: [24, 28, 32])
    func `country, region and city have their names in both languages`(recordBits: Int) async throws {
        let stage = try await Stage(PlaceDatabase.world(recordBits: recordBits).bytes)
        let berlin = try #require(stage.places.place(of: "203.0.113.9"))
        #expect(berlin.country == "DE" && berlin.cityID == 2_950_159)
        #expect(berlin.english == "Berlin, Land Berlin, Germany" && berlin.chinese == "德国 Land Berlin 柏林")
        #expect(stage.places.place(of: "198.51.100.7")?.chinese == "中国 上海")
        #expect(stage.places.place(of: "198.51.100.200")?.english == "Iceland")
        #expect(stage.places.place(of: "198.51.100.200")?.city == nil)
        #expect(stage.places.place(of: "2001:db8:1::1")?.english == "Springfield, Ohio, United States")
        // The same name in another state is another place.
        let (ohio, illinois) = ("2001:db8:1::1", "2001:db8:2::1")
        #expect(stage.places.place(of: ohio)?.folded != stage.places.place(of: illinois)?.folded)
        #expect(stage.places.facts?.kind == "Test-City")
    }

    @Test func `IPv4 within IPv6 is the same address; what belongs to nobody has no place`() async throws {
        var everywhere = PlaceDatabase()
        everywhere.add("::/1", country: "DE", ("Germany", nil), city: ("Berlin", nil))
        everywhere.add("8000::/1", country: "DE", ("Germany", nil), city: ("Berlin", nil))
        let stage = try await Stage(everywhere.bytes)
        for address in ["203.0.113.9", "::ffff:203.0.113.9", "2a01::1", "100.63.255.255", "100.128.0.0"] {
            #expect(stage.places.place(of: address)?.city?.en == "Berlin", "\(address)")
        }
        for address in [
            "127.0.0.1", "10.1.2.3", "100.64.0.1", "100.127.255.255", "172.31.0.1", "192.168.1.1", "169.254.0.1",
            "224.0.0.1", "255.255.255.255", "0.0.0.0", "::1", "::", "fe80::1%eth0", "fd00::1", "ff02::1",
            "::ffff:10.0.0.1", "::ffff:127.0.0.1", "", "?", "203.0.113", "203.0.113.9 ",
        ] {
            #expect(stage.places.place(of: address) == nil, "\(address)")
        }
        #expect(stage.places.place(of: nil) == nil && Places.none.place(of: "203.0.113.9") == nil)
    }

    @Test func `a file that takes its place is read, and a broken one is refused`() async throws {
        let world = PlaceDatabase.world().bytes
        let stage = try await Stage()
        func city() -> String? { stage.places.place(of: "203.0.113.9")?.city?.en }
        #expect(city() == nil && stage.lines.all.contains { $0.contains("not there") })
        try stage.put(world)
        await stage.places.refresh()
        #expect(city() == "Berlin")
        var moved = PlaceDatabase()
        moved.add("203.0.113.0/24", country: "FR", ("France", nil), city: ("Lyon", nil), number: 2_996_944)
        try stage.put(moved.bytes)
        await stage.places.refresh()
        #expect(city() == "Lyon" && stage.places.place(of: "198.51.100.7") == nil)
        // Cut off, empty, something else, and one whose tree leads out of it.
        var astray = world
        for index in 0..<600 { astray[index] = 0xFE }
        let broken: [[UInt8]] = [Array(world.dropLast(200)), [], Array("<html>429</html>".utf8), astray]
        for (number, bytes) in broken.enumerated() {
            try stage.put(bytes)
            let before = stage.lines.all.count
            await stage.places.refresh()
            #expect(city() == "Lyon", "\(number)")
            let said = stage.lines.all.dropFirst(before)
            #expect(said.count == 1 && said.first?.contains("was refused") == true, "\(number) \(said)")
            #expect(said.first?.contains("the one before") == true)
            // Once is enough.
            await stage.places.refresh()
            #expect(stage.lines.all.count == before + 1)
        }
        try stage.put(world)
        await stage.places.refresh()
        #expect(city() == "Berlin")
        // What is done to the file in its place takes nothing from under those who look something up.
        #expect(truncate(stage.path, 10) == 0)
        #expect(city() == "Berlin")
        #expect(unlink(stage.path) == 0)
        await stage.places.refresh()
        #expect(city() == "Berlin")
    }

    @Test func `a file that is as large and as old as the one before is another one all the same`() async throws {
        let world = PlaceDatabase.world().bytes
        let stage = try await Stage(world)
        #expect(stage.places.place(of: "203.0.113.9")?.city?.en == "Berlin")
        // The clock by which the kernel says when something was changed stands still for some milliseconds.
        try await Task.sleep(for: .milliseconds(50))
        var old = stat()
        #expect(stat(stage.path, &old) == 0)
        // As `cp -p` and `rsync --inplace --times` do it.
        let file = try #require(FileHandle(forWritingAtPath: stage.path))
        try file.write(contentsOf: Data(world).replacing(Data("Berlin".utf8), with: Data("Dessau".utf8)))
        try file.close()
        #expect(utimensat(AT_FDCWD, stage.path, [old.st_atim, old.st_mtim], 0) == 0)
        var new = stat()
        #expect(stat(stage.path, &new) == 0)
        #expect(new.st_ino == old.st_ino && new.st_size == old.st_size && new.st_mtim.tv_nsec == old.st_mtim.tv_nsec)
        await stage.places.refresh()
        #expect(stage.places.place(of: "203.0.113.9")?.city?.en == "Dessau")
    }

    @Test func `a pipe, a folder and a file without end are refused at once`() async throws {
        let stage = try await Stage(PlaceDatabase.world().bytes)
        func refused() async throws {
            await stage.places.refresh()
            #expect(stage.places.place(of: "203.0.113.9")?.city?.en == "Berlin")
        }
        #expect(unlink(stage.path) == 0 && mkfifo(stage.path, 0o600) == 0)
        try await refused()
        #expect(unlink(stage.path) == 0 && mkdir(stage.path, 0o700) == 0)
        try await refused()
        #expect(rmdir(stage.path) == 0)
        // A hole of a terabyte costs nothing to make, and must cost nothing to refuse.
        try stage.put([0])
        #expect(truncate(stage.path, 1 << 40) == 0)
        try await refused()
        #expect(stage.lines.all.last?.contains("bytes; from 1 to") == true)
    }

    @Test func `what a file calls a place is not shown as it pleases`() async throws {
        var hostile = PlaceDatabase()
        let names = ["a\u{202E}b", "a\nb", "\u{0}", String(repeating: "x", count: 101), "", " a"]
        for (number, name) in names.enumerated() {
            hostile.add("203.0.\(number).0/24", country: "DE", ("Germany", nil), city: (name, nil), number: 7)
        }
        hostile.add("198.51.0.0/24", country: "<b>", ("Nowhere", nil))
        hostile.add("198.51.1.0/24", .text("no map"))
        hostile.add("198.51.2.0/24", .map([("country", .list([.number(1)])), ("city", .text("Berlin"))]))
        let stage = try await Stage(hostile.bytes)
        for number in names.indices {
            let place = try #require(stage.places.place(of: "203.0.\(number).9"))
            #expect(place.city == nil && place.cityID == nil && place.country == "DE", "\(number)")
        }
        for number in 0..<3 { #expect(stage.places.place(of: "198.51.\(number).9") == nil, "\(number)") }
    }

    @Test func `no byte that is changed brings it down`() async throws {
        let world = PlaceDatabase.world().bytes
        let folder = TemporaryFolder(inMemory: true)
        let path = folder.path + "/places.mmdb"
        var opened = 0
        var random = SystemRandomNumberGenerator()
        for round in 0..<600 {
            var bytes = world
            for _ in 0...(round % 4) {
                bytes[Int.random(in: bytes.indices, using: &random)] = UInt8.random(in: 0...255, using: &random)
            }
            try Data(bytes).write(to: URL(filePath: path))
            guard let file = try? PlaceFile(path: path) else { continue }
            opened += 1
            for address in ["203.0.113.9", "198.51.100.7", "2001:db8:1::1", "::1"] {
                let place = file.place(of: AddressRange.bytes(of: address) ?? [])
                #expect(place.map { Place.isCountry($0.country) } ?? true)
            }
        }
        #expect(0..<600 ~= opened)
    }
}

/// What was logged.
private final class LineKeeper: Sendable {
    private let lines = Mutex<[String]>([])
    var all: [String] { lines.withLock { $0 } }
    func handler(_ label: String) -> JSONLogHandler {
        JSONLogHandler(label: label, level: .info) { [self] line in
            lines.withLock { $0.append(String(decoding: line, as: UTF8.self)) }
        }
    }
}
