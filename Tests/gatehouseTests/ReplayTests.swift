import Testing

@testable import gatehouse

@Suite struct ReplayTests {
    private func shown(_ text: String) -> String {
        var filter = ReplayFilter()
        return String(decoding: filter.filter(Array(text.utf8)), as: UTF8.self)
    }

    @Test(arguments: [
        "plain\r\n", "\u{1B}[1;31mred\u{1B}[0m", "\u{1B}[2J\u{1B}[10;20H", "\u{1B}(B", "\u{1B}7\u{1B}8", "héllo 漢字",
    ])
    func `what paints is played`(text: String) {
        #expect(shown(text) == text)
    }

    @Test(arguments: [
        "\u{1B}]0;title\u{07}", "\u{1B}]52;c;ZXZpbA==\u{1B}\\", "\u{1B}[c", "\u{1B}[6n", "\u{1B}[>0c", "\u{1B}[21t",
        "\u{1B}P+q544e\u{1B}\\",
        "\u{1B}Z", "\u{05}", "\u{1B}_payload\u{1B}\\",
    ])
    func `what asks the terminal or changes more than its picture is left out`(text: String) {
        #expect(shown("a\(text)b") == "ab")
    }

    @Test func `sequences may come in pieces`() {
        var filter = ReplayFilter()
        let bytes = Array("a\u{1B}]52;c;x\u{07}b\u{1B}[31mc".utf8)
        let shown = bytes.flatMap { filter.filter([$0]) }
        #expect(String(decoding: shown, as: UTF8.self) == "ab\u{1B}[31mc")
    }

    @Test func `a sequence without an end holds a bounded piece of memory and hides itself`() {
        #expect(shown("\u{1B}[" + String(repeating: "1", count: 100_000)).count < 100_000)
    }

    @Test func `long pauses are cut, and speed divides`() {
        var clock = ReplayClock(speed: 2, idle: 3)
        #expect(clock.pause(until: 1) == .seconds(0.5))
        #expect(clock.pause(until: 100) == .seconds(1.5))
        // Time that goes back waits for nothing.
        #expect(clock.pause(until: 50) == nil)
    }

    @Test func `lines are cut where they end, in whatever pieces they come`() {
        var splitter = LineSplitter()
        let pieces = ["ab", "c\nde\n", "\n", "f"].map { splitter.feed(Array($0.utf8)) }
        #expect(pieces == [[], [Array("abc".utf8), Array("de".utf8)], [[]], []])
        #expect(splitter.unfinished == Array("f".utf8))
    }
}
