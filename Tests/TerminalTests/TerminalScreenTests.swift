import Terminal
import Testing

@Suite struct TerminalScreenTests {
    @Test func `text, wide characters and cursor movement end up where a terminal shows them`() {
        let screen = TerminalScreen(columns: 20, rows: 4)
        screen.feed(Array("one\r\n服务器 x\u{1B}[1;10Hend".utf8))
        #expect(screen.lines == ["one      end", "服务器 x", "", ""])
        #expect(screen.cursor == (0, 12))
    }

    @Test func `a snapshot paints the same screen on a terminal in any state`() {
        let screen = TerminalScreen(columns: 30, rows: 6)
        screen.feed(
            Array(
                "\u{1B}[1;31mred\u{1B}[0m plain \u{1B}[48;5;200mpink\u{1B}[0m\r\n\u{1B}[38;2;1;2;3mrgb\u{1B}[7mrev\u{1B}[0m\r\n中文\u{1B}[5;4H"
                    .utf8))
        let snapshot = screen.snapshot()
        let other = TerminalScreen(columns: 30, rows: 6)
        other.feed(Array("\u{1B}[?1049hrubbish\u{1B}[31m\r\nmore".utf8))
        other.feed(snapshot)
        #expect(other.lines == screen.lines)
        #expect(other.cursor == screen.cursor)
        #expect(other.snapshot() == snapshot)
    }

    @Test func `a full-screen program is known, and its screen is kept apart`() {
        let screen = TerminalScreen(columns: 20, rows: 3)
        screen.feed(Array("shell\u{1B}[?1049h\u{1B}[2J\u{1B}[Hvim".utf8))
        #expect(screen.isAlternate)
        #expect(screen.lines[0] == "vim")
        screen.feed(Array("\u{1B}[?1049l".utf8))
        #expect(!screen.isAlternate)
        #expect(screen.lines[0] == "shell")
    }

    @Test(arguments: [
        "\u{1B}[6n\u{1B}[c\u{1B}[21t\u{1B}P$qm\u{1B}\\", "\u{1B}]52;c;?\u{07}",
        "\u{1B}[999999999;999999999H\u{1B}[99999999@",
        "\u{1B}[99999999999999999999X", "\u{1B}]0;" + String(repeating: "t", count: 200_000), "\u{1B}[?1049h\u{1B}c",
        String(repeating: "\u{1B}[", count: 5000),
        "\u{0301}\u{0301}\u{0301}a" + String(repeating: "\u{0301}", count: 500),
    ])
    func `hostile sequences do no harm`(_ text: String) {
        let screen = TerminalScreen(columns: 80, rows: 24)
        screen.feed(Array(text.utf8))
        screen.resize(columns: 1, rows: 1)
        screen.feed(Array(text.utf8))
        screen.resize(columns: 100_000, rows: 100_000)
        #expect(screen.columns == TerminalScreen.mostColumns)
        screen.feed(Array((text + "\r\nok").utf8))
        _ = screen.snapshot()
    }

    @Test func `a screen that rested shows what it showed, and goes on from there`() {
        let screen = TerminalScreen(columns: 100, rows: 40)
        let other = TerminalScreen(columns: 100, rows: 40)
        for text in ["\u{1B}[32mone\u{1B}[0m 服务器\r\n", "\u{1B}[?1049hvim\u{1B}[5;5H~", "\u{1B}[?1049l", "two\r\n", "x"]
        {
            screen.feed(Array(text.utf8))
            other.feed(Array(text.utf8))
            screen.rest()
            screen.rest()
            #expect(screen.snapshot() == other.snapshot())
        }
        screen.rest()
        screen.resize(columns: 60, rows: 50)
        other.resize(columns: 60, rows: 50)
        #expect(screen.lines == other.lines)
        screen.rest()
    }

    @Test func `controls of eight bits that come as UTF-8 do what they do in seven`() {
        let screen = TerminalScreen(columns: 20, rows: 3)
        for byte in "one\u{85}two\u{9B}31m\u{9D}0;title\u{9C} ä\u{A0}é\u{84}x".utf8 { screen.feed([byte]) }
        let other = TerminalScreen(columns: 20, rows: 3)
        other.feed(Array("one\u{1B}Etwo\u{1B}[31m\u{1B}]0;title\u{1B}\\ ä\u{A0}é\u{1B}Dx".utf8))
        #expect(screen.lines[0] == "one")
        #expect(screen.snapshot() == other.snapshot())
    }

    @Test(arguments: ["", "\u{0301}", "\u{200B}", "\u{1B}]0;x\u{07}", "\u{1B}[\u{18}"])
    func `nothing before a repetition, or nothing that is wide, does not stop it`(_ before: String) {
        for sequence in ["\u{1B}[5b", "\u{9B}5b", "\u{1B}[\u{7F}5\u{0}b", "\u{1B}[1;5b", "\u{1B}\u{7}[5b", "\u{1B}[b"] {
            let screen = TerminalScreen(columns: 20, rows: 2)
            screen.feed(Array("\(before)\(sequence)\r\nok".utf8))
            #expect(screen.lines[1] == "ok")
        }
    }

    @Test func `a repetition writes the last character again, up to the end of the row`() {
        let screen = TerminalScreen(columns: 10, rows: 3)
        for byte in "-\u{1B}[31m\u{1B}[4b+\r\n\u{1B}]0;é\u{07}é\u{1B}[2b\r\n=\u{1B}[2147483648b".utf8 {
            screen.feed([byte])
        }
        #expect(screen.lines == ["-----+", "ééé", "=========="])
    }

    @Test func `half a character is one that nobody knows`() {
        let screen = TerminalScreen(columns: 20, rows: 2)
        screen.feed([0xC2, 0x1B, 0x5B, 0x6D, 0x85, 0x61, 0xC2, 0xC2, 0xA7])
        #expect(screen.lines[0] == "\u{FFFD}\u{FFFD}a\u{FFFD}§")
    }

    @Test func `a smaller window keeps the look, the saved cursor and both screens`() {
        let screen = TerminalScreen(columns: 40, rows: 10)
        screen.feed(Array("one\r\n\u{1B}[1;31mtwo\u{1B}[2;5r\u{1B}[4;30H\u{1B}[?1049h\u{1B}[0;7mvim".utf8))
        screen.resize(columns: 20, rows: 6)
        screen.feed(Array("~".utf8))
        #expect(screen.isAlternate)
        #expect(screen.lines.contains { $0.hasSuffix("~") })
        screen.feed(Array("\u{1B}[?1049l".utf8))
        #expect(screen.lines[0] == "one")
        #expect(screen.cursor == (3, 19))
    }

    @Test func `random bytes and windows never upset it`() {
        var random = SystemRandomNumberGenerator()
        let screen = TerminalScreen(columns: 80, rows: 24)
        for round in 0..<200 {
            var bytes = (0..<500).map { _ in UInt8.random(in: 0...255, using: &random) }
            for index in stride(from: 0, to: bytes.count, by: 7) {
                bytes[index] = [0x1B, 0x5B, 0x3B, 0x9B, 0xC2].randomElement()!
            }
            screen.feed(bytes)
            #expect(0..<screen.rows ~= screen.cursor.row && 0..<screen.columns ~= screen.cursor.column)
            if round % 5 == 0 {
                screen.resize(columns: .random(in: -1...120), rows: .random(in: -1...40))
                let snapshot = screen.snapshot()
                screen.rest()
                #expect(screen.snapshot() == snapshot)
            }
        }
    }
}
