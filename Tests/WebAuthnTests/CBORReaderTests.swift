import Testing

@testable import WebAuthn

@Suite struct CBORReaderTests {
    private func skip(_ bytes: [UInt8]) throws -> Bool {
        var reader = CBORReader(bytes)
        try reader.skip()
        return reader.isAtEnd
    }

    @Test func `items of every kind are passed over`() throws {
        let items: [[UInt8]] = [
            [0x00], [0x18, 0x64], [0x1B, 0, 0, 0, 0, 0, 0, 0, 1], [0x20], [0x40], [0x43, 1, 2, 3], [0x62, 0x68, 0x69],
            [0x80], [0x82, 0x01, 0x02], [0xA0], [0xA1, 0x01, 0x81, 0x02], [0xF4], [0xF6], [0xF9, 0, 0],
            [0xFB, 0, 0, 0, 0, 0, 0, 0, 0],
        ]
        for item in items { #expect(try skip(item), "\(item)") }
    }

    @Test func `what is cut off, endless, tagged or a lie about its length is refused`() {
        let bad: [[UInt8]] = [
            [], [0x18], [0x1B, 0, 0], [0x43, 1, 2], [0x5F, 0x41, 1, 0xFF], [0x9F, 0xFF], [0xBF, 0xFF], [0xC0, 0x00],
            [0x1C], [0x1F], [0x5B, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF],
            [0x9B, 0x7F, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF], [0xBB, 0, 0, 0, 1, 0, 0, 0, 0],
            [0x9A, 0xFF, 0xFF, 0xFF, 0xFF, 0x00], [0xA1, 0x01], [0x82, 0x01],
        ]
        for bytes in bad { #expect(throws: WebAuthnRefusal.malformed, "\(bytes)") { try skip(bytes) } }
    }

    @Test func `nesting ends soon`() throws {
        #expect(try skip([UInt8](repeating: 0x81, count: CBORReader.deepest - 1) + [0x00]))
        for depth in [CBORReader.deepest, 30_000] {
            #expect(throws: WebAuthnRefusal.malformed) { try skip([UInt8](repeating: 0x81, count: depth) + [0x00]) }
        }
    }

    @Test func `numbers are read exactly`() throws {
        let cases: [([UInt8], Int?)] = [
            ([0x17], 23), ([0x26], -7), ([0x39, 0x01, 0x00], -257), ([0x61, 0x78], nil), ([0xF5], nil),
        ]
        for (bytes, number) in cases {
            var reader = CBORReader(bytes)
            #expect(try reader.integer() == number)
            #expect(reader.isAtEnd)
        }
        var large = CBORReader([0x1B, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF])
        #expect(throws: WebAuthnRefusal.malformed) { try large.integer() }
    }
}
