import Cryptography
import Kernel
import Testing

@Suite struct CanonicalJSONTests {
    private func canonical(_ text: String) throws -> String {
        String(decoding: try CanonicalJSON.bytes(JSONParser.parse(bytes(text))), as: UTF8.self)
    }

    @Test func `the example of RFC 8785 comes out as printed there`() throws {
        let input = #"""
            {
              "numbers": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001],
              "string": "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/",
              "literals": [null, true, false]
            }
            """#
        let output = #"""
            {"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"€$\u000f\nA'B\"\\\\\"/"}
            """#
        #expect(try canonical(input) == output)
    }

    @Test func `names are sorted by UTF-16 code units`() throws {
        let input = #"""
            {"\u20ac":"Euro Sign","\r":"Carriage Return","\ufb33":"Hebrew Letter Dalet With Dagesh","1":"One",
             "\ud83d\ude00":"Emoji: Grinning Face","\u0080":"Control","\u00f6":"Latin Small Letter O With Diaeresis"}
            """#
        guard case .object(let members) = try JSONParser.parse(CanonicalJSON.bytes(JSONParser.parse(bytes(input))))
        else {
            Issue.record("no object")
            return
        }
        #expect(
            members.compactMap(\.value.text) == [
                "Carriage Return", "One", "Control", "Latin Small Letter O With Diaeresis", "Euro Sign",
                "Emoji: Grinning Face", "Hebrew Letter Dalet With Dagesh",
            ])
    }

    @Test(
        arguments: [
            (0x0000_0000_0000_0000, "0"), (0x8000_0000_0000_0000, "0"), (0x0000_0000_0000_0001, "5e-324"),
            (0x8000_0000_0000_0001, "-5e-324"), (0x7fef_ffff_ffff_ffff, "1.7976931348623157e+308"),
            (0xffef_ffff_ffff_ffff, "-1.7976931348623157e+308"), (0x4340_0000_0000_0000, "9007199254740992"),
            (0xc340_0000_0000_0000, "-9007199254740992"), (0x4430_0000_0000_0000, "295147905179352830000"),
            (0x44b5_2d02_c7e1_4af5, "9.999999999999997e+22"), (0x44b5_2d02_c7e1_4af6, "1e+23"),
            (0x44b5_2d02_c7e1_4af7, "1.0000000000000001e+23"), (0x444b_1ae4_d6e2_ef4e, "999999999999999700000"),
            (0x444b_1ae4_d6e2_ef4f, "999999999999999900000"), (0x444b_1ae4_d6e2_ef50, "1e+21"),
            (0x3eb0_c6f7_a0b5_ed8c, "9.999999999999997e-7"), (0x3eb0_c6f7_a0b5_ed8d, "0.000001"),
            (0x41b3_de43_5555_5553, "333333333.3333332"), (0x41b3_de43_5555_5554, "333333333.33333325"),
            (0x41b3_de43_5555_5555, "333333333.3333333"), (0x41b3_de43_5555_5556, "333333333.3333334"),
            (0x41b3_de43_5555_5557, "333333333.33333343"), (0xbecb_f647_612f_3696, "-0.0000033333333333333333"),
            (0x4314_3ff3_c1cb_0959, "1424953923781206.2"),
        ] as [(UInt64, String)])
    func `numbers look as ECMAScript prints them`(bits: UInt64, text: String) throws {
        #expect(try CanonicalJSON.bytes(.double(Double(bitPattern: bits))) == bytes(text))
    }

    @Test(arguments: [JSON.double(.nan), .double(.infinity), .int(1 << 53 + 1), .int(.min)])
    func `a number without a canonical form is refused`(number: JSON) {
        #expect(throws: CanonicalJSON.Failure.number) { try CanonicalJSON.bytes(number) }
    }

    /// libFuzzer found the first: what was written could be read, and not be written again.
    @Test(arguments: ["44444444444447E4", "9007199254740992", "1e20", "123456789012345680000"])
    func `what is canonical is read as what is canonical`(text: String) throws {
        let once = try CanonicalJSON.bytes(JSONParser.parse(bytes(text)))
        #expect(CanonicalJSON.parse(once) != nil)
    }

    @Test func `a name twice is refused`() {
        #expect(throws: CanonicalJSON.Failure.repeatedName("a")) { try CanonicalJSON.bytes(["a": 1, "a": 2]) }
    }

    @Test func `integers and doubles of the same value have the same text`() throws {
        #expect(try canonical("[1, 1.0, 100e-2, -0.0, -0, 1e3]") == "[1,1,1,0,0,1000]")
    }

    @Test func `only the canonical text is taken for canonical`() {
        #expect(CanonicalJSON.parse(bytes(#"{"a":1,"b":[]}"#)) != nil)
        for text in [#"{"b":1,"a":2}"#, #"{"a": 1}"#, #"{"a":1.0}"#, "{\"a\":1}\n", #"{"a":"\u0041"}"#, ""] {
            #expect(CanonicalJSON.parse(bytes(text)) == nil)
        }
    }
}
