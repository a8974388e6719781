import ObjectStore
import Testing

@Suite struct ObjectKeyTests {
    @Test(arguments: [
        "a", "a/b", "tenants/ten_06a/recordings/2026/11/rcd_0/1.ghr", "receipt.json", "a..b", "A=1+2-3_4",
    ])
    func `an ordinary key is taken`(text: String) throws {
        #expect(try ObjectKey(text).text == text)
    }

    @Test(arguments: [
        "", "/", "/a", "a/", "a//b", ".", "..", "../a", "a/..", "a/../b", "a/./b", ".hidden", "a/.b", "a b", "a\\b",
        "a\u{0}b", "a\nb", "é", "a:b", "~", "a/%2e%2e/b", String(repeating: "x", count: 201),
        String(repeating: "a/", count: 40) + "a",
    ])
    func `a key that could climb, hide or be read in two ways is refused`(text: String) {
        #expect(throws: ObjectStoreError.badKey(text)) { try ObjectKey(text) }
    }
}
