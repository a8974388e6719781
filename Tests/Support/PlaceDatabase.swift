import Kernel

/// Writes geolocation databases in the MaxMind DB format, as small as tests need them.
///
/// The format: https://maxmind.github.io/MaxMind-DB/ (a search tree over bits of addresses, a data section, metadata).
package struct PlaceDatabase {
    /// What stands in the data section.
    package indirect enum Value {
        case text(String)
        case number(UInt32)
        /// The metadata's own kinds of numbers.
        case short(UInt16), long(UInt64)
        case map([(String, Value)])
        case list([Value])
    }

    private var records: [(prefix: [Bool], value: Value)] = []
    private let recordBits: Int
    private let kind: String

    package init(kind: String = "Test-City", recordBits: Int = 24) {
        precondition([24, 28, 32].contains(recordBits))
        self.kind = kind
        self.recordBits = recordBits
    }

    /// A network and what is said about it.
    package mutating func add(_ network: String, _ value: Value) {
        let parts = network.split(separator: "/")
        guard let bytes = AddressRange.bytes(of: String(parts[0])), let length = Int(parts[1]) else {
            preconditionFailure("\(network) is no network")
        }
        // IPv4 has its place below ::/96.
        let long = bytes.count == 4 ? [UInt8](repeating: 0, count: 12) + bytes : bytes
        let bits: [Bool] = (0..<128).map { index in long[index / 8] >> (7 - UInt8(index % 8)) & 1 == 1 }
        records.append((Array(bits[..<(bytes.count == 4 ? 96 + length : length)]), value))
    }

    /// A city as GeoLite2-City has it; without a number as DB-IP City Lite has it.
    package mutating func add(
        _ network: String, country: String, _ countryName: (en: String, zh: String?),
        city: (en: String, zh: String?)? = nil, number: UInt32? = nil, region: String? = nil
    ) {
        func names(_ name: (en: String, zh: String?)) -> Value {
            .map([("en", .text(name.en))] + (name.zh.map { [("zh-CN", .text($0))] } ?? []))
        }
        var members: [(String, Value)] = [
            ("country", .map([("iso_code", .text(country)), ("names", names(countryName))]))
        ]
        if let city {
            members.append(
                ("city", .map((number.map { [("geoname_id", .number($0))] } ?? []) + [("names", names(city))])))
        }
        if let region { members.append(("subdivisions", .list([.map([("names", names((region, nil)))])]))) }
        add(network, .map(members))
    }

    /// The file.
    package var bytes: [UInt8] {
        enum Link { case none, node(Int), data(Int) }
        var data: [UInt8] = []
        var nodes: [(Link, Link)] = [(.none, .none)]
        for (prefix, value) in records {
            let offset = data.count
            data += Self.encoded(value)
            var node = 0
            for (depth, bit) in prefix.enumerated() {
                if depth == prefix.count - 1 {
                    if bit { nodes[node].1 = .data(offset) } else { nodes[node].0 = .data(offset) }
                    break
                }
                if case .node(let next) = bit ? nodes[node].1 : nodes[node].0 {
                    node = next
                    continue
                }
                nodes.append((.none, .none))
                if bit { nodes[node].1 = .node(nodes.count - 1) } else { nodes[node].0 = .node(nodes.count - 1) }
                node = nodes.count - 1
            }
        }
        func number(_ link: Link) -> Int {
            switch link {
            case .none: nodes.count
            case .node(let node): node
            case .data(let offset): nodes.count + 16 + offset
            }
        }
        var tree: [UInt8] = []
        for node in nodes { tree += packed(number(node.0), number(node.1)) }
        let metadata = Value.map([
            ("binary_format_major_version", .short(2)), ("binary_format_minor_version", .short(0)),
            ("build_epoch", .long(1_794_000_000)), ("database_type", .text(kind)),
            ("description", .map([("en", .text("for tests"))])), ("ip_version", .short(6)),
            ("languages", .list([.text("en"), .text("zh-CN")])), ("node_count", .number(UInt32(nodes.count))),
            ("record_size", .short(UInt16(recordBits))),
        ])
        return tree + [UInt8](repeating: 0, count: 16) + data + [0xAB, 0xCD, 0xEF] + Array("MaxMind.com".utf8)
            + Self.encoded(metadata)
    }

    private func packed(_ left: Int, _ right: Int) -> [UInt8] {
        func bytes(_ number: Int, _ count: Int) -> [UInt8] {
            (0..<count).reversed().map { UInt8(truncatingIfNeeded: number >> ($0 * 8)) }
        }
        // With 28 bits, the two upper halves share the byte in the middle.
        guard recordBits == 28 else { return bytes(left, recordBits / 8) + bytes(right, recordBits / 8) }
        return bytes(left, 3) + [UInt8(left >> 24 & 15) << 4 | UInt8(right >> 24 & 15)] + bytes(right, 3)
    }

    private static func encoded(_ value: Value) -> [UInt8] {
        switch value {
        case .text(let text):
            let bytes = Array(text.utf8)
            return head(2, bytes.count) + bytes
        case .number(let number): return integer(6, number)
        case .short(let number): return integer(5, number)
        case .long(let number): return integer(9, number)
        case .map(let members): return head(7, members.count) + members.flatMap { encoded(.text($0.0)) + encoded($0.1) }
        case .list(let values): return head(11, values.count) + values.flatMap(encoded)
        }
    }

    private static func integer(_ type: UInt8, _ number: some FixedWidthInteger) -> [UInt8] {
        let bytes = withUnsafeBytes(of: number.bigEndian) { Array($0.drop { $0 == 0 }) }
        return head(type, bytes.count) + bytes
    }

    private static func head(_ type: UInt8, _ size: Int) -> [UInt8] {
        precondition(size < 285)
        let (low, more) = size < 29 ? (UInt8(size), []) : (29, [UInt8(size - 29)])
        return type < 8 ? [type << 5 | low] + more : [low, type - 7] + more
    }
}

extension PlaceDatabase {
    /// Three cities, two of them with the same name, one country without any, and one that has no number.
    package static func world(recordBits: Int = 24) -> PlaceDatabase {
        var world = PlaceDatabase(recordBits: recordBits)
        world.add(
            "203.0.113.0/24", country: "DE", ("Germany", "德国"), city: ("Berlin", "柏林"), number: 2_950_159,
            region: "Land Berlin")
        world.add("198.51.100.0/25", country: "CN", ("China", "中国"), city: ("Shanghai", "上海"), number: 1_796_236)
        world.add("198.51.100.128/25", country: "IS", ("Iceland", nil))
        world.add("2001:db8:1::/48", country: "US", ("United States", "美国"), city: ("Springfield", nil), region: "Ohio")
        world.add(
            "2001:db8:2::/48", country: "US", ("United States", "美国"), city: ("Springfield", nil), region: "Illinois")
        return world
    }
}
