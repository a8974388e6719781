import CVTerm

/// What a terminal shows after the bytes that were fed to it: libvterm's model, without its answers. A target can ask a
/// real terminal to type something back (status reports, titles); nobody here ever does.
package final class TerminalScreen {
    package private(set) var columns: Int
    package private(set) var rows: Int
    /// Lines that have scrolled off the top since the start; positions are kept by it.
    package private(set) var scrolled = 0
    /// A full-screen program is on.
    package private(set) var isAlternate = false
    private(set) var isCursorVisible = true
    private let memory = ScreenMemory()
    private let packedTerminal: OpaquePointer
    private let packedScreen: OpaquePointer
    private let callbacks = UnsafeMutablePointer<VTermScreenCallbacks>.allocate(capacity: 1)

    private var eightBitControls = EightBitControls()
    private var repetition = CharacterRepetition()

    package static let mostColumns = 1000
    package static let mostRows = 500
    /// libvterm 0.1.4 writes the second half of a wide character beside a screen of one column.
    package static let fewestColumns = 2

    package init(columns: Int, rows: Int, allowsAlternate: Bool = true) {
        self.columns = min(max(columns, Self.fewestColumns), Self.mostColumns)
        self.rows = min(max(rows, 1), Self.mostRows)
        let terminal = memory.makeTerminal(rows: self.rows, columns: self.columns)
        vterm_set_utf8(terminal, 1)
        vterm_output_set_callback(terminal, { _, _, _ in }, nil)
        let screen: OpaquePointer = vterm_obtain_screen(terminal)
        packedTerminal = terminal
        packedScreen = screen
        callbacks.initialize(to: VTermScreenCallbacks())
        callbacks.pointee.sb_pushline = { _, _, me in
            TerminalScreen.at(me).scrolled += 1
            return 1
        }
        callbacks.pointee.settermprop = { property, value, me in
            let screen = TerminalScreen.at(me)
            if property == VTERM_PROP_ALTSCREEN { screen.isAlternate = value?.pointee.boolean != 0 }
            if property == VTERM_PROP_CURSORVISIBLE { screen.isCursorVisible = value?.pointee.boolean != 0 }
            return 1
        }
        vterm_screen_set_callbacks(screen, callbacks, Unmanaged.passUnretained(self).toOpaque())
        if allowsAlternate { allowAlternate() }
        vterm_screen_set_damage_merge(screen, VTERM_DAMAGE_SCROLL)
        vterm_screen_reset(screen, 1)
    }

    deinit {
        vterm_free(packedTerminal)
        callbacks.deallocate()
    }

    private static func at(_ pointer: UnsafeMutableRawPointer?) -> TerminalScreen {
        Unmanaged<TerminalScreen>.fromOpaque(pointer!).takeUnretainedValue()
    }

    /// Makes room for full-screen programs. A watcher does it late: it doubles what an idle session takes.
    func allowAlternate() {
        vterm_screen_enable_altscreen(screen, 1)
    }

    /// Gives memory back while nothing happens. The next call of anything takes it again, and some microseconds.
    package func rest() { memory.pack() }

    // libvterm is called through these, so that it finds its memory in place.
    var terminal: OpaquePointer {
        memory.unpack()
        return packedTerminal
    }
    private var screen: OpaquePointer {
        memory.unpack()
        return packedScreen
    }

    /// Output of the target.
    package func feed(_ bytes: UnsafeRawBufferPointer) {
        if let rewritten = eightBitControls.rewritten(bytes) {
            rewritten.withUnsafeBytes { repeatAndWrite($0) }
        } else {
            repeatAndWrite(bytes)
        }
    }

    private func repeatAndWrite(_ bytes: UnsafeRawBufferPointer) {
        var start = 0
        for (index, byte) in bytes.enumerated() {
            guard let count = repetition.count(after: byte) else { continue }
            write(UnsafeRawBufferPointer(rebasing: bytes[start..<index]))
            start = index + 1
            var output: ContiguousArray<UInt8> = [0x18]
            for _ in 0..<min(count, max(1, columns - cursor.column)) { output += repetition.character }
            output.withUnsafeBytes { write($0) }
        }
        write(UnsafeRawBufferPointer(rebasing: bytes[start...]))
    }

    package func feed(_ bytes: some Sequence<UInt8>) {
        ContiguousArray(bytes).withUnsafeBytes { feed($0) }
    }

    /// Past all that is done with what a target writes.
    func write(_ bytes: UnsafeRawBufferPointer) {
        guard let start = bytes.baseAddress else { return }
        vterm_input_write(terminal, start.assumingMemoryBound(to: CChar.self), bytes.count)
    }

    package func resize(columns: Int, rows: Int) {
        let before = (columns: self.columns, rows: self.rows)
        self.columns = min(max(columns, Self.fewestColumns), Self.mostColumns)
        self.rows = min(max(rows, 1), Self.mostRows)
        vterm_set_size(terminal, Int32(self.rows), Int32(self.columns))
        if self.columns < before.columns || self.rows < before.rows { comeInside() }
    }

    package var cursor: (row: Int, column: Int) {
        var position = VTermPos()
        vterm_state_get_cursorpos(vterm_obtain_state(terminal), &position)
        return (Int(position.row), Int(position.col))
    }

    func cell(row: Int, column: Int) -> VTermScreenCell {
        var cell = VTermScreenCell()
        vterm_screen_get_cell(screen, VTermPos(row: Int32(row), col: Int32(column)), &cell)
        return cell
    }

    /// The text of a row between two columns. Cells that were never written read as spaces.
    package func text(row: Int, from first: Int = 0, to end: Int? = nil) -> String {
        guard 0..<rows ~= row else { return "" }
        var text = String.UnicodeScalarView()
        var column = first
        while column < min(end ?? columns, columns) {
            let cell = cell(row: row, column: column)
            withUnsafeBytes(of: cell.chars) { raw in
                for value in raw.bindMemory(to: UInt32.self) {
                    guard value != 0, let scalar = Unicode.Scalar(value) else { break }
                    text.append(scalar)
                }
                if raw.loadUnaligned(as: UInt32.self) == 0 { text.append(" ") }
            }
            column += max(1, Int(cell.width))
        }
        return String(text)
    }

    /// Whether a row is written to its last column, so that a long line goes on in the next one.
    package func isFull(row: Int) -> Bool {
        cell(row: row, column: columns - 1).chars.0 != 0
    }

    /// All rows, without what is empty at their ends.
    package var lines: [String] {
        (0..<rows).map { text(row: $0).droppingTrailingSpaces }
    }
}

extension String {
    var droppingTrailingSpaces: String {
        guard let last = lastIndex(where: { $0 != " " }) else { return "" }
        return String(self[...last])
    }
}
