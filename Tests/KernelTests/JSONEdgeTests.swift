import Kernel
import Testing

/// Numbers, names and texts at the edge of what JSON says and what two readers agree on.
@Suite struct JSONEdgeTests {
    private func parse(_ text: String) throws -> JSON { try JSONParser.parse(Array(text.utf8)) }

    @Test(arguments: [
        ("9223372036854775807", JSON.int(.max)), ("-9223372036854775808", JSON.int(.min)),
        ("9223372036854775808", JSON.double(9_223_372_036_854_775_808)), ("-0", JSON.int(0)), ("1e2", JSON.double(100)),
        ("0.1", JSON.double(0.1)),
    ])
    func `numbers keep their value, or become the nearest`(text: String, value: JSON) throws {
        #expect(try parse(text) == value)
    }

    @Test(arguments: [
        "-", "-01", "0x1", ".5", "1e", "1e+", "Infinity", "NaN", "--1", "1_000", "\u{FEFF}1", "1\u{A0}", "[1,,2]",
        "{,}",
        "{\"a\"}", "{a:1}", "'a'", "\"a\nb\"", "\"\\x41\"", "\"\\u00e\"", "\"\\ud83d\\u0041\"", "\"\\udc00\"", "tru",
        "nulll",
        "/**/1", "[1]]", "{\"a\":1}}",
    ])
    func `what is almost JSON is refused`(text: String) {
        #expect(throws: JSONParser.Failure.self) { try parse(text) }
    }

    @Test func `names that are the same after decoding are the same name`() {
        #expect(throws: JSONParser.Failure.self) { try parse(#"{"pass":1,"p\u0061ss":2}"#) }
        #expect(throws: JSONParser.Failure.self) { try parse(#"{"\u00e9":1,"é":2}"#) }
    }

    @Test func `32 levels are read, 33 are not`() throws {
        func nested(_ depth: Int) -> String {
            String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
        }
        _ = try parse(nested(32))
        #expect(throws: JSONParser.Failure.self) { try parse(nested(33)) }
    }

    @Test func `every control character is written escaped and read back`() throws {
        let text = String(String.UnicodeScalarView((0..<0x80).compactMap(Unicode.Scalar.init)))
        let bytes = JSON.string(text).bytes
        #expect(bytes.allSatisfy { $0 >= 0x20 })
        #expect(try JSONParser.parse(bytes) == .string(text))
    }

    @Test func `the overlong, the surrogate and the too high are no UTF-8`() {
        let bad: [[UInt8]] = [[0xC0, 0x80], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xFF], [0xE2, 0x82]]
        for bytes in bad {
            #expect(throws: JSONParser.Failure.self) { try JSONParser.parse([0x22] + bytes + [0x22]) }
        }
    }

    @Test func `a number of a field is whole, in range, and not a text`() {
        let schema = Schema<Int>.int(1...9)
        #expect(throws: Never.self) { try schema.parse(.double(3.0)) }
        for json in [JSON.double(3.5), .string("3"), .int(0), .int(10), .double(1e300), .null, .bool(true)] {
            #expect(throws: FieldErrors.self) { try schema.parse(json) }
        }
    }

    @Test func `not more than 50 errors are told`() {
        let members = (0..<200).map { JSON.Member("x\($0)", 1) }
        let errors = #expect(throws: FieldErrors.self) { try Empty.schema.parse(.object(members)) }
        #expect(errors?.errors.count == 50)
    }

    @Test func `a pointer escapes what it must`() {
        let errors = #expect(throws: FieldErrors.self) { try Empty.schema.parse(["a/b~c": 1]) }
        #expect(errors?.errors.first?.pointer == "/a~1b~0c")
    }
}

private struct Empty: WireValue {
    static let schema: Schema<Self> = .record(Self.init) {}
}
