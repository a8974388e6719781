/// A line of text and when it began to appear, in microseconds since the start.
package struct TextLine: Sendable, Equatable {
    package let time: UInt64
    package let text: String
}

/// Turns a terminal's output into lines of plain text: colours go, and what was typed over or erased within a line is as
/// it looked at the end. No screen: what a full-screen program paints is left out, or taken piece by piece.
struct LineRenderer {
    private static let longest = 4096
    private let keepsFullScreen: Bool
    private var decoder = UTF8Stream()
    private var cells: [Unicode.Scalar] = []
    private var cursor = 0
    private var started: UInt64?
    private var escape = EscapeSequence()
    private var isFullScreen = false
    private var now: UInt64 = 0
    private var lines: [TextLine] = []

    init(keepsFullScreen: Bool) {
        self.keepsFullScreen = keepsFullScreen
    }

    /// The lines that these bytes complete.
    mutating func feed(_ bytes: [UInt8], at time: UInt64) -> [TextLine] {
        now = time
        for scalar in decoder.decode(bytes).unicodeScalars {
            switch escape.feed(scalar) {
            case .text(let scalar): put(scalar)
            case .control(let scalar): control(scalar)
            case .sequence(let final, let parameters, let isPrivate): apply(final, parameters, isPrivate)
            case .none: break
            }
        }
        defer { lines = [] }
        return lines
    }

    /// The line that was not ended.
    mutating func finish() -> TextLine? {
        breakLine(keepsEmpty: false)
        defer { lines = [] }
        return lines.first
    }

    private var isMuted: Bool { isFullScreen && !keepsFullScreen }

    private mutating func put(_ scalar: Unicode.Scalar) {
        guard !isMuted else { return }
        if started == nil { started = now }
        if cursor >= Self.longest { breakLine(keepsEmpty: false) }
        while cells.count < cursor { cells.append(" ") }
        if cursor < cells.count { cells[cursor] = scalar } else { cells.append(scalar) }
        cursor += 1
    }

    private mutating func control(_ scalar: Unicode.Scalar) {
        switch scalar {
        case "\n", "\u{B}", "\u{C}": breakLine(keepsEmpty: !isFullScreen)
        case "\r": cursor = 0
        case "\u{8}": cursor = max(0, cursor - 1)
        case "\t": cursor = min(Self.longest, (cursor / 8 + 1) * 8)
        default: break
        }
    }

    private mutating func apply(_ final: Unicode.Scalar, _ parameters: [Int], _ isPrivate: Bool) {
        let first = parameters.first ?? 0
        let count = min(max(1, first), Self.longest)
        switch (final, isPrivate) {
        case ("h", true), ("l", true):
            guard parameters.contains(where: [47, 1047, 1049].contains) else { return }
            breakLine(keepsEmpty: false)
            isFullScreen = final == "h"
        case ("C", false): cursor = min(Self.longest, cursor + count)
        case ("D", false): cursor = max(0, cursor - count)
        case ("G", false), ("`", false): cursor = count - 1
        case ("K", false): erase(first)
        case ("P", false): cells.removeSubrange(min(cursor, cells.count)..<min(cursor + count, cells.count))
        case ("@", false) where cursor < cells.count:
            cells.insert(contentsOf: repeatElement(" ", count: min(count, Self.longest - cells.count)), at: cursor)
        case ("J", false) where first >= 2: breakLine(keepsEmpty: false)
        case ("H", false), ("f", false), ("A", false), ("B", false), ("d", false), ("E", false), ("F", false):
            breakLine(keepsEmpty: false)
        default: break
        }
    }

    private mutating func erase(_ mode: Int) {
        switch mode {
        case 0: cells.removeSubrange(min(cursor, cells.count)...)
        case 1: for index in 0..<min(cursor + 1, cells.count) { cells[index] = " " }
        default: cells.removeAll()
        }
    }

    private mutating func breakLine(keepsEmpty: Bool) {
        defer {
            cells = []
            cursor = 0
            started = nil
        }
        while cells.last == " " { cells.removeLast() }
        guard !cells.isEmpty || keepsEmpty else { return }
        var text = ""
        text.unicodeScalars.append(contentsOf: cells)
        lines.append(TextLine(time: started ?? now, text: text))
    }
}
