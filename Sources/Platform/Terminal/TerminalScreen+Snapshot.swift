import CVTerm

extension TerminalScreen {
    /// Bytes that paint the whole screen on a terminal of any state: for a player that jumps into a recording, and for
    /// somebody who starts to watch.
    package func snapshot() -> [UInt8] {
        var painter = Painter()
        painter.put(isAlternate ? "\u{1B}[?1049h" : "\u{1B}[?1049l")
        painter.put("\u{1B}[!p\u{1B}[0m\u{1B}[2J")
        for row in 0..<rows { paint(row, with: &painter) }
        painter.put("\u{1B}[0m")
        let (row, column) = cursor
        painter.put("\u{1B}[\(row + 1);\(column + 1)H")
        painter.put(isCursorVisible ? "\u{1B}[?25h" : "\u{1B}[?25l")
        return painter.bytes
    }

    private func paint(_ row: Int, with painter: inout Painter) {
        guard let end = (0..<columns).last(where: { !cell(row: row, column: $0).isBlank }) else { return }
        painter.put("\u{1B}[\(row + 1);1H")
        var column = 0
        while column <= end {
            let cell = cell(row: row, column: column)
            painter.put(cell)
            column += max(1, Int(cell.width))
        }
    }
}

/// Collects bytes, and repeats attributes only when they change.
private struct Painter {
    var bytes: [UInt8] = []
    private var pen = "0"

    mutating func put(_ text: String) {
        bytes += text.utf8
    }

    mutating func put(_ cell: VTermScreenCell) {
        let wanted = cell.pen
        if wanted != pen {
            put("\u{1B}[\(wanted)m")
            pen = wanted
        }
        withUnsafeBytes(of: cell.chars) { raw in
            let values = raw.bindMemory(to: UInt32.self)
            if values[0] == 0 { bytes.append(0x20) }
            for value in values {
                guard value != 0, let scalar = Unicode.Scalar(value) else { break }
                put(String(Character(scalar)))
            }
        }
    }
}

extension VTermScreenCell {
    fileprivate var isBlank: Bool { chars.0 == 0 && pen == "0" }

    /// The parameters of SGR that lead from nothing to this cell's look.
    var pen: String {
        var codes = ["0"]
        if attrs.bold != 0 { codes.append("1") }
        if attrs.italic != 0 { codes.append("3") }
        if attrs.underline != 0 { codes.append(attrs.underline == 2 ? "21" : "4") }
        if attrs.blink != 0 { codes.append("5") }
        if attrs.reverse != 0 { codes.append("7") }
        if attrs.strike != 0 { codes.append("9") }
        codes += fg.codes(base: 30, isDefault: UInt8(VTERM_COLOR_DEFAULT_FG.rawValue))
        codes += bg.codes(base: 40, isDefault: UInt8(VTERM_COLOR_DEFAULT_BG.rawValue))
        return codes.joined(separator: ";")
    }
}

extension VTermColor {
    fileprivate func codes(base: Int, isDefault: UInt8) -> [String] {
        if type & isDefault != 0 { return [] }
        if type & UInt8(VTERM_COLOR_TYPE_MASK.rawValue) == UInt8(VTERM_COLOR_INDEXED.rawValue) {
            let index = Int(indexed.idx)
            return index < 8 ? ["\(base + index)"] : ["\(base + 8)", "5", "\(index)"]
        }
        return ["\(base + 8)", "2", "\(rgb.red)", "\(rgb.green)", "\(rgb.blue)"]
    }
}
