import CVTerm

extension TerminalScreen {
    /// After the screen became smaller: libvterm 0.1.4 leaves the cursor, the saved cursor and the margins where they
    /// were in the larger one, also above the first row, and would write there. Margins end, as in xterm; the cursors
    /// come inside. What a target had begun of a control sequence is given up.
    func comeInside() {
        let position = inside(cursor)
        let look = pen
        let visibility = isCursorVisible ? "\u{1B}[?25h" : "\u{1B}[?25l"
        write("\u{18}\u{1B}[s\u{1B}[r\u{1B}8")
        write("\(Self.move(to: inside(cursor)))\u{1B}7")
        write("\u{1B}[\(look)m\(visibility)\(Self.move(to: position))")
    }

    private func inside(_ position: (row: Int, column: Int)) -> (row: Int, column: Int) {
        (min(max(position.row, 0), rows - 1), min(max(position.column, 0), columns - 1))
    }

    private static func move(to position: (row: Int, column: Int)) -> String {
        "\u{1B}[\(position.row + 1);\(position.column + 1)H"
    }

    private func write(_ text: String) {
        ContiguousArray(text.utf8).withUnsafeBytes { write($0) }
    }

    /// The parameters of SGR that lead from nothing to how the next character will look.
    private var pen: String {
        let state: OpaquePointer = vterm_obtain_state(terminal)
        func value(_ attribute: VTermAttr) -> VTermValue {
            var value = VTermValue()
            vterm_state_get_penattr(state, attribute, &value)
            return value
        }
        func isOn(_ attribute: VTermAttr) -> UInt32 { value(attribute).boolean != 0 ? 1 : 0 }
        var cell = VTermScreenCell()
        cell.attrs.bold = isOn(VTERM_ATTR_BOLD)
        cell.attrs.italic = isOn(VTERM_ATTR_ITALIC)
        cell.attrs.underline = UInt32(truncatingIfNeeded: value(VTERM_ATTR_UNDERLINE).number) & 3
        cell.attrs.blink = isOn(VTERM_ATTR_BLINK)
        cell.attrs.reverse = isOn(VTERM_ATTR_REVERSE)
        cell.attrs.strike = isOn(VTERM_ATTR_STRIKE)
        cell.fg = value(VTERM_ATTR_FOREGROUND).color
        cell.bg = value(VTERM_ATTR_BACKGROUND).color
        return cell.pen
    }
}
