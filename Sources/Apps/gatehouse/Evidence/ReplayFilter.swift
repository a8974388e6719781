/// Takes out of a recorded stream what would do more to the watcher's terminal than paint on it: questions it would
/// answer on its input, its title, its clipboard, and strings of unknown use (ECMA-48 §5.6).
struct ReplayFilter {
    private enum State {
        case text
        case escape
        case control([UInt8])
        /// Inside of OSC, DCS, APC, PM or SOS.
        case string(sawEscape: Bool)
    }

    private static let longest = 64
    private var state = State.text

    mutating func filter(_ bytes: [UInt8]) -> [UInt8] {
        var shown: [UInt8] = []
        shown.reserveCapacity(bytes.count)
        for byte in bytes { receive(byte, &shown) }
        return shown
    }

    private mutating func receive(_ byte: UInt8, _ shown: inout [UInt8]) {
        switch state {
        case .text:
            switch byte {
            case 0x1B: state = .escape
            // ENQ makes some terminals answer.
            case 0x05: break
            default: shown.append(byte)
            }
        case .escape:
            switch byte {
            case UInt8(ascii: "["): state = .control([])
            case UInt8(ascii: "]"), UInt8(ascii: "P"), UInt8(ascii: "X"), UInt8(ascii: "^"), UInt8(ascii: "_"):
                state = .string(sawEscape: false)
            case 0x1B: break
            // DECID makes a terminal answer.
            case UInt8(ascii: "Z"): state = .text
            default:
                shown += [0x1B, byte]
                state = .text
            }
        case .control(let sequence):
            control(sequence, byte, &shown)
        case .string(let sawEscape):
            let isEnd = byte == 0x07 || (sawEscape && byte == UInt8(ascii: "\\"))
            state = isEnd ? .text : .string(sawEscape: byte == 0x1B)
        }
    }

    private mutating func control(_ sequence: [UInt8], _ byte: UInt8, _ shown: inout [UInt8]) {
        switch byte {
        case 0x20...0x3F where sequence.count < Self.longest: state = .control(sequence + [byte])
        case 0x40...0x7E:
            if Self.isHarmless(final: byte) { shown += [0x1B, UInt8(ascii: "[")] + sequence + [byte] }
            state = .text
        default: state = .text
        }
    }

    /// Not: device attributes (c), status reports (n), window operations (t), private requests (x, q), keypad and mouse
    /// modes that would outlive the replay are left to the reset at its end.
    private static func isHarmless(final: UInt8) -> Bool {
        !"cntxq".utf8.contains(final)
    }
}
