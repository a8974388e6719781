/// Finds the control sequence that repeats the character before it (REP, ECMA-48 §8.3.103) in what a target writes, so
/// that the screen carries it out itself: libvterm 0.1.4 never comes back from it when nothing, or a mark without a
/// width of its own, was written before.
///
/// It takes for a sequence whatever libvterm could take for one, and rather more.
struct CharacterRepetition {
    private enum State {
        case text, escape, sequence
        /// A title and the like, up to its terminator.
        case string
    }

    private var state = State.text
    private var count = 0
    /// The last character, as UTF-8.
    private(set) var character: ContiguousArray<UInt8> = []

    private static let most = 10_000

    /// How often the last character is wanted again, when this byte ends the sequence that says so. It is then not
    /// passed on: a CAN in its place makes the sequence void.
    mutating func count(after byte: UInt8) -> Int? {
        switch (state, byte) {
        case (_, 0x1B):
            state = .escape
        case (_, 0x18), (_, 0x1A), (.string, 0x07):
            state = .text
        case (_, ..<0x20), (_, 0x7F):
            break
        case (.text, _):
            remember(byte)
        case (.string, _):
            break
        case (.escape, 0x5B):
            state = .sequence
            count = 0
        case (.escape, 0x50), (.escape, 0x58), (.escape, 0x5D...0x5F):
            state = .string
        case (.escape, 0x20...0x2F):
            break
        case (.escape, _):
            state = .text
        case (.sequence, 0x30...0x39):
            count = min(count * 10 + Int(byte - 0x30), Self.most)
        case (.sequence, ..<0x40):
            break
        case (.sequence, _):
            state = .text
            if byte == 0x62 { return max(count, 1) }
        }
        return nil
    }

    private mutating func remember(_ byte: UInt8) {
        if 0x80..<0xC0 ~= byte, character.count < 4 {
            character.append(byte)
        } else {
            character.removeAll(keepingCapacity: true)
            character.append(byte)
        }
    }
}
