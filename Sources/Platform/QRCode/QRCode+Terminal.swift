extension QRCode {
    /// How the code stands out from the terminal's background.
    package enum TerminalStyle: Sendable {
        /// Sets black on white itself, so that it reads on any background.
        case colored
        /// Plain characters, for a terminal without colours: light modules are drawn, as on a dark background.
        case plain
    }

    /// Half blocks, two rows of modules in a line of text, each line ended by a line feed.
    package func terminalText(_ style: TerminalStyle = .colored, quietZone: Int = 4) -> String {
        let span = -quietZone..<(size + quietZone)
        var text = ""
        for top in stride(from: span.lowerBound, to: span.upperBound, by: 2) {
            if style == .colored { text += "\u{1B}[38;5;16;48;5;231m" }
            for column in span {
                // The last line's lower half may lie below the quiet zone, where everything is light anyway.
                let (upper, lower) = (self[column, top], self[column, top + 1])
                text += style == .colored ? Self.block(upper, lower) : Self.block(!upper, !lower)
            }
            text += style == .colored ? "\u{1B}[0m\n" : "\n"
        }
        return text
    }

    private static func block(_ upper: Bool, _ lower: Bool) -> String {
        switch (upper, lower) {
        case (true, true): "█"
        case (true, false): "▀"
        case (false, true): "▄"
        case (false, false): " "
        }
    }
}
