import Kernel
import Testing

@Suite struct JSONParserTests {
    private func parse(_ text: String) throws -> JSON { try JSONParser.parse(Array(text.utf8)) }

    @Test func `a document comes back as it was`() throws {
        let text = #"{"a":[1,-2,0.5,true,false,null],"b":"é\n\"\\","c":{}}"#
        #expect(String(decoding: try parse(text).bytes, as: UTF8.self) == text)
    }

    @Test func `escapes and surrogate pairs are decoded`() throws {
        #expect(try parse(#""\u00e9\ud83d\ude00\/""#) == .string("é😀/"))
    }

    @Test(arguments: [
        "", "{", "[1,]", "{\"a\":1,}", "{\"a\":1,\"a\":2}", "{\"\\u0061\":1,\"a\":2}", "01", "1.", "+1", "nul",
        "\"\\ud800\"",
        "\"\u{1}\"", "1 2", "\"\\u+123\"", "1e999", "[\"a\" 1]",
    ])
    func `what is not strict JSON is refused`(text: String) {
        #expect(throws: JSONParser.Failure.self) { try parse(text) }
    }

    @Test func `deep nesting is refused before the stack ends`() {
        #expect(throws: JSONParser.Failure.self) { try parse(String(repeating: "[", count: 100_000)) }
    }

    @Test func `bad UTF-8 is refused`() {
        #expect(throws: JSONParser.Failure.self) { try JSONParser.parse([0x22, 0xC3, 0x28, 0x22]) }
    }

    @Test func `many names are still checked for repeats`() {
        let names = (0..<40).map { #""n\#($0)":0"# } + [#""n20":1"#]
        #expect(throws: JSONParser.Failure.self) { try parse("{\(names.joined(separator: ","))}") }
    }
}
