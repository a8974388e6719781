import CMaxMindDB
import FoundationEssentials
import Glibc
import Kernel

/// Why a file is not taken for a geolocation database.
struct PlaceFileError: Error, Equatable, CustomStringConvertible {
    let description: String
    /// Somebody is writing it: it is worth another look.
    var isUnfinished = false
}

/// A geolocation database in the MaxMind DB format.
///
/// It is read from a copy in memory that has no name: whatever is done to the file afterwards, even cutting it off, takes
/// nothing from under those who look something up, and none of them waits for a disk.
///
/// Safe because nothing of the handle changes after it was opened, and the library's look-ups only read it.
final class PlaceFile: @unchecked Sendable {
    /// GeoLite2-City has some 60 MB, and nothing of its kind 500.
    static let largest = 512 << 20

    let facts: PlaceDatabaseFacts
    private let handle: UnsafeMutablePointer<MMDB_s>

    /// Blocks while it reads the file: not for the cooperative pool.
    init(path: String) throws(PlaceFileError) {
        let copy = try MemoryFile.copy(of: path, atMost: Self.largest)
        let handle = UnsafeMutablePointer<MMDB_s>.allocate(capacity: 1)
        let status = MMDB_open(copy.path, UInt32(MMDB_MODE_MMAP), handle)
        guard status == MMDB_SUCCESS else {
            handle.deallocate()
            throw PlaceFileError(description: "is no database in the MaxMind DB format: \(Self.words(status))")
        }
        self.handle = handle
        let metadata = handle.pointee.metadata
        facts = PlaceDatabaseFacts(
            kind: metadata.database_type.flatMap { Self.name(String(validatingCString: $0)) } ?? "?",
            builtAt: Date(timeIntervalSince1970: TimeInterval(min(metadata.build_epoch, 1 << 40))))
        try check()
    }

    deinit {
        MMDB_close(handle)
        handle.deallocate()
    }

    /// Where an address is; nil where the database does not know.
    func place(of address: [UInt8]) -> Place? {
        // What the file got wrong about one address was not seen when it was opened: it is not known, then.
        guard let found = try? entry(of: address) else { return nil }
        return try? place(at: found)
    }

    /// Looks some addresses up all over: what is broken is refused before it takes another one's place.
    private func check() throws(PlaceFileError) {
        for block in UInt32(0)..<4096 {
            let number = block << 20 | (block &* 2_654_435_761) >> 12
            guard let found = try entry(of: withUnsafeBytes(of: number.bigEndian) { Array($0) }) else { continue }
            _ = try place(at: found)
        }
    }

    private func entry(of address: [UInt8]) throws(PlaceFileError) -> MMDB_entry_s? {
        var status = Int32(MMDB_SUCCESS)
        let result = SocketAddress.with(address) { MMDB_lookup_sockaddr(handle, $0, &status) }
        guard let result, status != MMDB_IPV6_LOOKUP_IN_IPV4_DATABASE_ERROR else { return nil }
        guard status == MMDB_SUCCESS else {
            throw PlaceFileError(description: "is damaged: \(Self.words(status))")
        }
        return result.found_entry ? result.entry : nil
    }

    private func place(at entry: MMDB_entry_s) throws(PlaceFileError) -> Place? {
        guard let country = try text(entry, ["country", "iso_code"]), Place.isCountry(country) else { return nil }
        let city = try name(entry, ["city"])
        return Place(
            country: country, countryName: try name(entry, ["country"]),
            region: try name(entry, ["subdivisions", "0"]), city: city,
            cityID: city == nil ? nil : try number(entry, ["city", "geoname_id"]))
    }

    private func name(_ entry: MMDB_entry_s, _ path: [String]) throws(PlaceFileError) -> PlaceName? {
        let zh = Self.name(try text(entry, path + ["names", "zh-CN"]))
        guard let en = Self.name(try text(entry, path + ["names", "en"])) ?? zh else { return nil }
        return PlaceName(en: en, zh: zh)
    }

    private func text(_ entry: MMDB_entry_s, _ path: [String]) throws(PlaceFileError) -> String? {
        guard let value = try value(entry, path), value.type == MMDB_DATA_TYPE_UTF8_STRING, value.data_size <= 400,
            let start = value.utf8_string
        else { return nil }
        return start.withMemoryRebound(to: UInt8.self, capacity: Int(value.data_size)) {
            String(validating: UnsafeBufferPointer(start: $0, count: Int(value.data_size)), as: UTF8.self)
        }
    }

    private func number(_ entry: MMDB_entry_s, _ path: [String]) throws(PlaceFileError) -> Int? {
        guard let value = try value(entry, path), value.type == MMDB_DATA_TYPE_UINT32, value.uint32 > 0 else {
            return nil
        }
        return Int(value.uint32)
    }

    private func value(_ entry: MMDB_entry_s, _ path: [String]) throws(PlaceFileError) -> MMDB_entry_data_s? {
        var entry = entry
        var value = MMDB_entry_data_s()
        let words = path.map { strdup($0) }
        defer { words.forEach { free($0) } }
        let status = (words.map { $0.map { UnsafePointer($0) } } + [nil]).withUnsafeBufferPointer {
            MMDB_aget_value(&entry, &value, $0.baseAddress)
        }
        switch status {
        case MMDB_SUCCESS: return value.has_data ? value : nil
        // The second for a list where a map was expected.
        case MMDB_LOOKUP_PATH_DOES_NOT_MATCH_DATA_ERROR, MMDB_INVALID_LOOKUP_PATH_ERROR: return nil
        default: throw PlaceFileError(description: "is damaged: \(Self.words(status))")
        }
    }

    private static func words(_ status: Int32) -> String { MMDB_strerror(status).map { String(cString: $0) } ?? "?" }

    /// What is shown to people: short, and without what turns a line around or breaks it.
    private static func name(_ text: String?) -> String? {
        guard let text, 1...PlaceName.longest ~= text.unicodeScalars.count,
            text.unicodeScalars.allSatisfy({
                switch $0.properties.generalCategory {
                case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator: false
                default: true
                }
            }), text.first != " ", text.last != " "
        else { return nil }
        return text
    }
}

/// An address as the library takes it.
private enum SocketAddress {
    /// Nil for what is neither IPv4 nor IPv6.
    static func with<Result>(_ bytes: [UInt8], _ body: (UnsafePointer<sockaddr>) -> Result) -> Result? {
        switch bytes.count {
        case 4:
            var four = sockaddr_in()
            four.sin_family = sa_family_t(AF_INET)
            withUnsafeMutableBytes(of: &four.sin_addr) { $0.copyBytes(from: bytes) }
            return withUnsafePointer(to: &four) { $0.withMemoryRebound(to: sockaddr.self, capacity: 1, body) }
        case 16:
            var six = sockaddr_in6()
            six.sin6_family = sa_family_t(AF_INET6)
            withUnsafeMutableBytes(of: &six.sin6_addr) { $0.copyBytes(from: bytes) }
            return withUnsafePointer(to: &six) { $0.withMemoryRebound(to: sockaddr.self, capacity: 1, body) }
        default: return nil
        }
    }
}
