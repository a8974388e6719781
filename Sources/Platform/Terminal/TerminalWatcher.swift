/// Watches both directions of a terminal session: the screen, the commands, and what must be sealed.
package final class TerminalWatcher {
    package let screen: TerminalScreen
    private var extractor = CommandExtractor()
    private var echo = EchoDetector()
    private var scanner = OutputScanner()

    package init(columns: Int, rows: Int) {
        screen = TerminalScreen(columns: columns, rows: rows, allowsAlternate: false)
    }

    package func resize(columns: Int, rows: Int) {
        screen.resize(columns: columns, rows: rows)
    }

    /// Nothing has happened for a while.
    package func rest() { screen.rest() }

    /// A run of keys that belongs together.
    package struct Keys: Equatable {
        package let range: Range<Int>
        /// They are typed without echo and must not be stored in clear.
        package let isHidden: Bool
    }

    /// Keys that are about to be sent, split where hidden ones begin or end. The time is in milliseconds.
    package func input(_ bytes: UnsafeRawBufferPointer, at now: Int) -> [Keys] {
        var runs: [Keys] = []
        var start = 0
        var wasHidden = echo.isHidden
        for (index, byte) in bytes.enumerated() {
            switch extractor.input(byte, on: screen) {
            case .typed: echo.typed(prompt: promptLine, at: now)
            case .entered, .abandoned: echo.ended()
            case .edited, .ignored: break
            }
            // Enter itself is no secret, and shows where the hidden line ended.
            if echo.isHidden != wasHidden {
                if index > start { runs.append(Keys(range: start..<index, isHidden: wasHidden)) }
                start = index
                wasHidden = echo.isHidden
            }
        }
        if start < bytes.count { runs.append(Keys(range: start..<bytes.count, isHidden: wasHidden)) }
        return runs
    }

    private var promptLine: String {
        let (row, column) = screen.cursor
        return screen.text(row: row, to: column)
    }

    /// Output of the target. Returns the commands that were entered.
    package func output(_ bytes: UnsafeRawBufferPointer) -> [ExtractedCommand] {
        var commands: [ExtractedCommand] = []
        var start = 0
        for (index, byte) in bytes.enumerated() {
            switch scanner.receive(byte) {
            case .lineFeed:
                screen.feed(UnsafeRawBufferPointer(rebasing: bytes[start..<index]))
                start = index
                if let command = extractor.lineFeed(on: screen) { commands.append(command) }
            case .print: echo.answered()
            case .cursorPlaced: extractor.cursorPlaced()
            case .alternateScreen: screen.allowAlternate()
            case .other: break
            }
        }
        screen.feed(UnsafeRawBufferPointer(rebasing: bytes[start...]))
        return commands
    }
}

/// Tells apart, byte by byte, what in the output prints, ends a line or moves the cursor.
struct OutputScanner {
    enum Event {
        case print, lineFeed, cursorPlaced, alternateScreen, other
    }

    private enum State {
        case plain, escape, control, string, stringEscape
    }

    private var state = State.plain
    /// The last number of a control sequence.
    private var number = 0
    private var namesAlternate = false

    mutating func receive(_ byte: UInt8) -> Event {
        switch state {
        case .plain:
            switch byte {
            case 0x0A: return .lineFeed
            case 0x1B: state = .escape
            case 0x20...0x7E, 0x80...0xFF: return .print
            default: break
            }
            return .other
        case .escape:
            switch byte {
            case UInt8(ascii: "["):
                state = .control
                number = 0
                namesAlternate = false
            case UInt8(ascii: "]"), UInt8(ascii: "P"), UInt8(ascii: "X"), UInt8(ascii: "^"), UInt8(ascii: "_"):
                state = .string
            default: state = .plain
            }
            return .other
        case .control: return control(byte)
        case .string:
            if byte == 0x07 || byte == 0x18 || byte == 0x1A { state = .plain }
            if byte == 0x1B { state = .stringEscape }
            return .other
        case .stringEscape:
            state = byte == UInt8(ascii: "\\") ? .plain : .string
            return .other
        }
    }

    private mutating func control(_ byte: UInt8) -> Event {
        guard 0x40...0x7E ~= byte else {
            if byte == 0x1B { state = .escape }
            if 48...57 ~= byte {
                number = min(number * 10 + Int(byte - 48), 10_000)
            } else {
                namesAlternate = namesAlternate || Self.alternate.contains(number)
                number = 0
            }
            return .other
        }
        state = .plain
        switch byte {
        case UInt8(ascii: "H"), UInt8(ascii: "f"), UInt8(ascii: "d"): return .cursorPlaced
        case UInt8(ascii: "h") where namesAlternate || Self.alternate.contains(number): return .alternateScreen
        default: return .other
        }
    }

    private static let alternate = [47, 1047, 1049]
}
