import Kernel
import SSH
import Testing

/// The PROXY protocol's header, as bytes.
@Suite struct ProxyHeaderReaderTests {
    private static let signature: [UInt8] = [13, 10, 13, 10, 0, 13, 10, 0x51, 0x55, 0x49, 0x54, 10]

    /// Reads as a socket gives: never more than is wanted, and in pieces as small as `most`.
    private func read(_ bytes: [UInt8], atMost most: Int = .max) -> (step: ProxyHeaderReader.Step, rest: [UInt8]) {
        var reader = ProxyHeaderReader()
        var rest = bytes[...]
        while case .wants(let count) = reader.step, !rest.isEmpty {
            let piece = rest.prefix(min(count, most))
            rest = rest.dropFirst(piece.count)
            reader.receive(piece)
        }
        return (reader.step, Array(rest))
    }

    private func read(_ line: String) -> ProxyHeaderReader.Step { read(Array(line.utf8)).step }

    private func block(_ command: UInt8, _ family: UInt8, _ body: [UInt8], length: Int? = nil) -> [UInt8] {
        let length = length ?? body.count
        return Self.signature + [command, family, UInt8(length >> 8), UInt8(length & 255)] + body
    }

    private func client(_ host: String, _ port: Int) throws -> ProxyHeaderReader.Step {
        .read(.client(try #require(SocketAddress(numeric: host, port: port))))
    }

    private let four: [UInt8] = [198, 51, 100, 7, 10, 0, 0, 1, 0xDC, 0x04, 0, 22]
    private let six: [UInt8] =
        [0x20, 1, 0x0D, 0xB8] + [UInt8](repeating: 0, count: 11) + [9] + [UInt8](repeating: 0, count: 15) + [1]
        + [0xDC, 0x04, 0, 22]

    // MARK: Version 1

    @Test(arguments: [
        ("PROXY TCP4 198.51.100.7 10.0.0.1 56324 22\r\n", "198.51.100.7", 56324),
        ("PROXY TCP4 255.255.255.255 255.255.255.255 65535 65535\r\n", "255.255.255.255", 65535),
        ("PROXY TCP6 2001:DB8::9 ::1 0 22\r\n", "2001:db8::9", 0),
        (
            "PROXY TCP6 ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff 65535 65535\r\n",
            "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", 65535
        ),
        ("PROXY TCP6 ::ffff:198.51.100.7 ::ffff:10.0.0.1 1 2\r\n", "198.51.100.7", 1),
    ])
    func `a line names the client`(line: String, host: String, port: Int) throws {
        #expect(read(line) == (try client(host, port)))
    }

    @Test(arguments: [
        "PROXY UNKNOWN\r\n", "PROXY UNKNOWN 198.51.100.7 10.0.0.1 1 2\r\n",
        "PROXY UNKNOWN " + String(repeating: "f", count: 91) + "\r\n",
    ])
    func `whom a line does not know is not taken for the balancer`(line: String) {
        #expect(read(line) == .refused(.nameless))
    }

    @Test(arguments: [
        "PROXY TCP4 198.51.100.7 10.0.0.1 56324 22\n", "PROXY TCP4 198.51.100.7 10.0.0.1 56324 22\r \n",
        "PROXY TCP4 198.51.100.07 10.0.0.1 56324 22\r\n", "PROXY TCP4 198.51.100 10.0.0.1 56324 22\r\n",
        "PROXY TCP4 198.51.100.256 10.0.0.1 56324 22\r\n", "PROXY TCP4 0xC6.51.100.7 10.0.0.1 56324 22\r\n",
        "PROXY TCP4 2001:db8::9 10.0.0.1 56324 22\r\n", "PROXY TCP6 198.51.100.7 ::1 56324 22\r\n",
        "PROXY TCP6 2001:db8::9 10.0.0.1 56324 22\r\n", "PROXY TCP6 fe80::1%lo ::1 56324 22\r\n",
        "PROXY TCP6 2001::db8::9 ::1 56324 22\r\n", "PROXY TCP4 198.51.100.7 10.0.0.1 056324 22\r\n",
        "PROXY TCP4 198.51.100.7 10.0.0.1 65536 22\r\n", "PROXY TCP4 198.51.100.7 10.0.0.1 +1 22\r\n",
        "PROXY TCP4 198.51.100.7 10.0.0.1 56324 \r\n", "PROXY TCP4 198.51.100.7  10.0.0.1 56324 22\r\n",
        "PROXY TCP4 198.51.100.7 10.0.0.1 56324 22 \r\n", "PROXY TCP4 198.51.100.7 10.0.0.1 56324\r\n",
        "PROXY TCP5 198.51.100.7 10.0.0.1 56324 22\r\n", "PROXY unknown 198.51.100.7\r\n", "PROXY  TCP4 198.51\r\n",
        "PROXY UNKNOWNX\r\n", "PROXY UNKNOWN\u{0}\r\n", "PROXY UNKNOWN \u{E4}\r\n", "PROXY TCP4\t198.51.100.7 1 2\r\n",
    ])
    func `a line that is not exactly one is refused`(line: String) {
        guard case .refused(.malformed) = read(line) else { Issue.record("\(read(line))"); return }
    }

    @Test func `a line has 107 bytes at most`() {
        let start = "PROXY UNKNOWN "
        #expect(read(start + String(repeating: "x", count: 107 - 14 - 2) + "\r\n") == .refused(.nameless))
        #expect(read(start + String(repeating: "x", count: 107 - 14 - 1) + "\r\n") == .refused(.tooLong))
        #expect(read(start + String(repeating: "x", count: 5000)) == .refused(.tooLong))
    }

    // MARK: Version 2

    @Test func `a block names the client, and what follows its addresses is passed over`() throws {
        #expect(read(block(0x21, 0x11, four)).step == (try client("198.51.100.7", 56324)))
        #expect(read(block(0x21, 0x21, six)).step == (try client("2001:db8::9", 56324)))
        let fields: [UInt8] = [0x04, 0, 3, 1, 2, 3, 0xEA, 0, 1, 9]
        #expect(read(block(0x21, 0x11, four + fields)).step == (try client("198.51.100.7", 56324)))
        let many = four + [UInt8](repeating: 0xFF, count: 4096 - four.count)
        #expect(read(block(0x21, 0x11, many)).step == (try client("198.51.100.7", 56324)))
    }

    @Test func `an IPv4 address in an IPv6 one is the IPv4 address`() throws {
        let mapped = [UInt8](repeating: 0, count: 10) + [0xFF, 0xFF, 198, 51, 100, 7] + six[16...]
        guard case .read(.client(let address)) = read(block(0x21, 0x21, mapped)).step else {
            Issue.record("not read")
            return
        }
        #expect(address.host == "198.51.100.7" && address.origin == "198.51.100.7")
    }

    @Test(arguments: [0x00, 0x11, 0x21, 0x31, 0xFF] as [UInt8])
    func `a balancer that speaks for itself is the client, whatever else it says`(family: UInt8) {
        #expect(read(block(0x20, family, [])).step == .read(.own))
        #expect(read(block(0x20, family, four)).step == .read(.own))
    }

    @Test(arguments: [0x00, 0x01, 0x02, 0x10, 0x12, 0x20, 0x22, 0x30, 0x31, 0x32] as [UInt8])
    func `somebody without a name is not taken for the balancer`(family: UInt8) {
        #expect(read(block(0x21, family, [UInt8](repeating: 1, count: 216))).step == .refused(.nameless))
    }

    @Test func `a block that is none is refused as soon as that is clear`() {
        for command in UInt8.min...UInt8.max where command != 0x20 && command != 0x21 {
            guard case .refused(.malformed) = read(Array(block(command, 0x11, four).prefix(15))).step else {
                Issue.record("\(command)")
                return
            }
        }
        for family in [0x13, 0x41, 0xF1, 0x1F] as [UInt8] {
            guard case .refused(.malformed) = read(block(0x21, family, six)).step else {
                Issue.record("\(family)"); return
            }
        }
        #expect(read(block(0x21, 0x11, [], length: 4097)).step == .refused(.tooLong))
        #expect(read(block(0x20, 0, [], length: 65535)).step == .refused(.tooLong))
        for (family, body) in [(0x11, four), (0x21, six)] as [(UInt8, [UInt8])] {
            for count in 0..<body.count {
                guard case .refused(.malformed) = read(block(0x21, family, Array(body.prefix(count)))).step else {
                    Issue.record("\(count)")
                    return
                }
            }
        }
    }

    // MARK: Both

    @Test(arguments: ["SSH-2.0-OpenSSH_9.2\r\n", "S", "GET / HTTP/1.1\r\n", "PROXZ", "\u{16}\u{3}\u{1}", "\r\n\r\nX"])
    func `what is no header is said to be missing with its first bytes`(text: String) {
        #expect(read(text) == .refused(.missing))
    }

    private func headers() -> [[UInt8]] {
        [
            Array("PROXY TCP4 198.51.100.7 10.0.0.1 56324 22\r\n".utf8), Array("PROXY UNKNOWN\r\n".utf8),
            Array("PROXY TCP6 2001:db8::9 ::1 1 2\r\n".utf8), block(0x21, 0x11, four), block(0x20, 0, []),
            block(0x21, 0x21, six + [4, 0, 1, 0]),
        ]
    }

    @Test func `not a byte beyond the header is taken, in whatever pieces it comes`() {
        let after = Array("SSH-2.0-x\r\nPROXY TCP4 1.1.1.1 2.2.2.2 1 1\r\n".utf8)
        for header in headers() {
            let whole = read(header).step
            switch whole {
            case .read, .refused(.nameless): break
            default: Issue.record("\(header): \(whole)")
            }
            for most in 1...header.count {
                let (step, rest) = read(header + after, atMost: most)
                #expect(step == whole && rest == after)
            }
            for count in 0..<header.count {
                guard case .wants(let more) = read(Array(header.prefix(count))).step else {
                    Issue.record("\(count) of \(header)")
                    continue
                }
                #expect(1...header.count - count ~= more)
            }
        }
    }

    @Test func `changed bytes make it stop within its bounds, and the pieces make no difference`() {
        var dice = SystemRandomNumberGenerator()
        for _ in 0..<20_000 {
            var bytes = headers().randomElement(using: &dice)!
            for _ in 0..<Int.random(in: 0...3, using: &dice) {
                let at = bytes.indices.randomElement(using: &dice)!
                switch Int.random(in: 0..<3, using: &dice) {
                case 0: bytes[at] = .random(in: 0...255, using: &dice)
                case 1: bytes.insert([0, 10, 13, 32, 48, 58, 255].randomElement(using: &dice)!, at: at)
                default: if bytes.count > 1 { bytes.remove(at: at) }
                }
            }
            bytes += (0..<8).map { _ in .random(in: 0...255, using: &dice) }
            let (step, rest) = read(bytes)
            let (other, otherRest) = read(bytes, atMost: .random(in: 1...4, using: &dice))
            switch step {
            case .refused: if case .refused = other { continue }
            case .read, .wants: if step == other, rest == otherRest { continue }
            }
            Issue.record("\(bytes): \(step) \(other)")
            return
        }
    }
}
