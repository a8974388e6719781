import Kernel
import Testing

@testable import Identity

@Suite struct RecoveryCodeTests {
    @Test func `a code is known again however it is typed`() throws {
        let (code, user) = (RecoveryCode(), UserID.new())
        let ways = [code.text, code.text.uppercased(), code.text.replacing("-", with: ""), " \(code.text) "]
        for text in ways { #expect(try #require(RecoveryCode(text)).hash(for: user) == code.hash(for: user)) }
    }

    @Test func `the same code of two people has two hashes`() {
        let code = RecoveryCode()
        #expect(code.hash(for: .new()) != code.hash(for: .new()))
    }

    @Test(arguments: ["", "123456", "abcd-efgh-jkmn", "1111-1111-1111-1111", String(repeating: "a", count: 4000)])
    func `anything else is no code`(text: String) {
        #expect(RecoveryCode(text) == nil)
    }
}
