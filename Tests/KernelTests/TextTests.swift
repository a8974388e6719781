import Kernel
import Testing

@Suite struct TextTests {
    @Test(arguments: [
        ("plain-word_1.2@host:/x", "plain-word_1.2@host:/x"), ("", "''"), ("two words", "'two words'"),
        ("it's", #"'it'\''s'"#), ("$(reboot)", "'$(reboot)'"), ("生产", "'生产'"),
    ])
    func `words for a shell are quoted when they need it`(word: String, quoted: String) {
        #expect(word.quotedForShell == quoted)
    }

    @Test(arguments: [("90s", 90), ("10m", 600), ("2h", 7200), ("7d", 604_800)])
    func `lengths of time are a number and a unit`(text: String, seconds: Int) {
        #expect(LengthOfTime.seconds(text) == seconds)
        #expect(LengthOfTime.seconds(text, bare: 60) == seconds)
    }

    @Test(arguments: [
        "", "m", "-5m", "+5m", "0h", "1.5h", "10 m", "1y", "１h", "99999999999999999999d", "10000001s",
    ])
    func `other lengths of time are none`(text: String) {
        #expect(LengthOfTime.seconds(text) == nil)
        #expect(LengthOfTime.seconds(text, bare: 60) == nil)
    }

    @Test func `a number alone is a length of time only where its unit is known`() {
        #expect(LengthOfTime.seconds("45") == nil)
        #expect(LengthOfTime.seconds("45", bare: 60) == 2700)
    }

    @Test func `wide signs take two columns, and marks that combine none`() {
        #expect(["生产", "ab", "e\u{301}", ""].map { DisplayWidth.of($0) } == [4, 2, 1, 0])
        #expect(DisplayWidth.fit("生产库", 4) == "生… ")
        #expect(DisplayWidth.fit("ab", 4) == "ab  ")
    }
}
