/// A command line as it was seen.
package struct ExtractedCommand: Sendable, Equatable {
    package enum Confidence: String, Sendable {
        /// What the screen showed agrees with what was typed, or with where the prompt ended.
        case high
        /// A guess: a full-screen program, a line that scrolled away, keys typed ahead.
        case low
    }

    package let line: String
    package let confidence: Confidence

    package init(line: String, confidence: Confidence) {
        self.line = line
        self.confidence = confidence
    }
}

/// Finds the command lines in a terminal session.
///
/// Where the cursor stands at the first key of a line is where the prompt ended. When Enter was pressed, the target ends
/// the line on the screen by a line feed: just before it, the screen shows from there on what the shell is about to run,
/// whatever history, completion or editing made of the keys.
struct CommandExtractor {
    private struct Anchor {
        var row: Int  // counted from the first line of the session
        var column: Int
        var prompt: String
    }

    private var anchor: Anchor?
    private var editor = LineEditor()
    private var entered: [(typed: String, isUncertain: Bool, anchor: Anchor?)] = []
    /// Whether the program places the cursor by itself, as full-screen ones do.
    private var placesCursor = false

    private static let mostPending = 64

    /// Keys on their way to the target. Returns what kind of key each one was.
    mutating func input(_ byte: UInt8, on screen: TerminalScreen) -> LineEditor.Event {
        let event = editor.receive(byte)
        switch event {
        case .typed, .edited:
            if anchor == nil, entered.isEmpty { anchor = Self.here(on: screen) }
        case .entered:
            if entered.count < Self.mostPending {
                entered.append((editor.text, editor.isUncertain, anchor))
            }
            editor.reset()
            anchor = nil
        case .abandoned:
            editor.reset()
            anchor = nil
            entered.removeAll()
        case .ignored: break
        }
        return event
    }

    /// The target is about to end a line on the screen.
    mutating func lineFeed(on screen: TerminalScreen) -> ExtractedCommand? {
        guard !entered.isEmpty else { return nil }
        let (typed, isUncertain, anchor) = entered.removeFirst()
        let isFullScreen = screen.isAlternate
        defer { placesCursor = false }
        if isFullScreen, placesCursor { return nil }
        guard let (line, confidence) = command(typed, isUncertain, anchor, on: screen) else { return nil }
        let clean = line.droppingTrailingSpaces
        guard clean.contains(where: { $0 != " " }) else { return nil }
        return ExtractedCommand(line: clean, confidence: isFullScreen ? .low : confidence)
    }

    /// The target placed the cursor.
    mutating func cursorPlaced() {
        placesCursor = true
    }

    private func command(_ typed: String, _ isUncertain: Bool, _ anchor: Anchor?, on screen: TerminalScreen)
        -> (String, ExtractedCommand.Confidence)?
    {
        let typed = typed.droppingTrailingSpaces
        if let anchor, anchor.row - screen.scrolled >= 0 {
            let row = anchor.row - screen.scrolled
            if screen.text(row: row, to: anchor.column) == anchor.prompt {
                let line = Self.text(from: row, anchor.column, on: screen)
                // Keys that came before their prompt: the prompt stands between the place and what they made.
                let isAhead = !isUncertain && !typed.isEmpty && line.droppingTrailingSpaces.hasSuffix(typed)
                return (isAhead ? typed : line, .high)
            }
        }
        let shown = Self.currentLine(on: screen).droppingTrailingSpaces
        if !isUncertain, !typed.isEmpty {
            // Keys that the screen does not show were typed without echo: not a command, and nobody else's business.
            return shown.hasSuffix(typed) ? (typed, .high) : nil
        }
        if isUncertain, !shown.isEmpty { return (Self.afterPrompt(shown), .low) }
        return nil
    }

    private static func here(on screen: TerminalScreen) -> Anchor {
        let (row, column) = screen.cursor
        return Anchor(row: row + screen.scrolled, column: column, prompt: screen.text(row: row, to: column))
    }

    /// From a place to the cursor's line, wrapped rows joined.
    private static func text(from row: Int, _ column: Int, on screen: TerminalScreen) -> String {
        var text = screen.text(row: row, from: column)
        let last = screen.cursor.row
        guard last > row else { return text }
        for next in row + 1...last {
            if !screen.isFull(row: next - 1) { text = text.droppingTrailingSpaces + "\n" }
            text += screen.text(row: next)
        }
        return text
    }

    private static func currentLine(on screen: TerminalScreen) -> String {
        let last = screen.cursor.row
        var first = last
        while first > 0, screen.isFull(row: first - 1) { first -= 1 }
        return (first...last).map { screen.text(row: $0) }.joined()
    }

    private static func afterPrompt(_ line: String) -> String {
        for mark in ["$ ", "# ", "% ", "> ", "❯ ", "➜ "] {
            if let range = line.range(of: mark) { return String(line[range.upperBound...]) }
        }
        return line
    }
}

extension String {
    fileprivate func range(of mark: String) -> Range<String.Index>? {
        var index = startIndex
        while index < endIndex {
            if self[index...].hasPrefix(mark) { return index..<self.index(index, offsetBy: mark.count) }
            index = self.index(after: index)
        }
        return nil
    }
}
