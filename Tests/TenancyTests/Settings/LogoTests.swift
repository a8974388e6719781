import FoundationEssentials
import Kernel
import Testing

@testable import Tenancy

@Suite struct LogoTests {
    private func clean(_ bytes: [UInt8]) throws(Invalid) -> [UInt8] { try PNGImage(cleaning: bytes).bytes }

    @Test func `a picture stays, and everything beside it goes`() throws {
        let plain = TestPNG.make()
        #expect(try clean(plain) == plain)
        let chatty = TestPNG.make(extra: [
            ("tEXt", Array("Comment\0<script>".utf8)), ("iCCP", [1, 2, 3]), ("eXIf", [9]), ("acTL", [0, 0, 0, 1]),
        ])
        #expect(chatty.count > plain.count)
        #expect(try clean(chatty) == plain)
        #expect(try clean(plain + Array("<svg onload=alert(1)>".utf8)) == plain)
    }

    @Test func `what is no small PNG is refused`() {
        let plain = TestPNG.make()
        var changed = plain
        changed[20] ^= 1
        let files: [[UInt8]] = [
            [], Array("<svg/>".utf8), Array("GIF89a".utf8), Array(plain.prefix(8)), Array(plain.dropLast()),
            Array(plain.dropLast(12)), changed, TestPNG.make(width: 1025), TestPNG.make(height: 0),
            TestPNG.make(extra: [("ABCD", [])]), TestPNG.make(extra: [("IHDR", [UInt8](repeating: 0, count: 13))]),
            Array(plain.prefix(8)) + TestPNG.chunk("IEND", []),
            Array(plain.prefix(8)) + [0xFF, 0xFF, 0xFF, 0xFF] + Array("IDAT".utf8),
        ]
        for file in files { #expect(throws: Invalid.self) { try clean(file) } }
        for cut in 0..<plain.count { #expect(throws: Invalid.self) { try clean(Array(plain.prefix(cut))) } }
    }

    @Test func `a logo is small, and written as it was cleaned`() throws {
        let chatty = TestPNG.make(extra: [("tEXt", [UInt8](repeating: 65, count: 1000))])
        let logo = try Logo(parsing: Data(chatty).base64EncodedString())
        #expect(logo.bytes == TestPNG.make())
        let json = String(decoding: Logo.schema.bytes(of: logo), as: UTF8.self)
        #expect(json == "\"" + Data(TestPNG.make()).base64EncodedString() + "\"")
        let large = TestPNG.make(extra: [("tEXt", [UInt8](repeating: 65, count: 66_000))])
        #expect(throws: Invalid.self) { try Logo(parsing: Data(large).base64EncodedString()) }
        #expect(throws: Invalid.self) { try Logo(parsing: "not base64!") }
    }

    @Test(arguments: [("#000000", true), ("#1b5cd0", true), ("#767676", true), ("#777777", false), ("#ffffff", false)])
    func `a colour has to carry white text`(text: String, isDark: Bool) {
        let color = try? BrandColor(parsing: text)
        #expect((color != nil) == isDark)
    }
}
