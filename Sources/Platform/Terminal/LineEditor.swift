/// The line that a person types, rebuilt from the keys alone. Keys whose effect only the target knows (arrows, completion,
/// history) make it uncertain; then the screen has to tell.
struct LineEditor {
    enum Event: Equatable {
        /// A key that prints.
        case typed
        /// Enter.
        case entered
        /// The line was thrown away (Ctrl-C, Ctrl-D, Ctrl-Z).
        case abandoned
        /// Any other key.
        case edited
        /// What the person's terminal says by itself: answers, focus, mouse.
        case ignored
    }

    private enum State {
        case plain
        case escape
        case control([UInt8])
        case single
        case string
    }

    private(set) var line: [UInt8] = []
    /// The keys do not tell what the line is.
    private(set) var isUncertain = false
    private var isPasting = false
    private var state = State.plain

    private static let most = 64 * 1024

    var text: String { String(decoding: line, as: UTF8.self) }

    /// A new line begins.
    mutating func reset() {
        line.removeAll(keepingCapacity: line.capacity <= 1024)
        isUncertain = false
    }

    mutating func receive(_ byte: UInt8) -> Event {
        switch state {
        case .plain: return plain(byte)
        case .escape:
            switch byte {
            case UInt8(ascii: "["): state = .control([])
            case UInt8(ascii: "O"): state = .single
            case UInt8(ascii: "]"), UInt8(ascii: "P"): state = .string
            default:
                state = .plain
                return uncertain()
            }
            return .ignored
        case .single:
            state = .plain
            return uncertain()
        case .string:
            if byte == 0x07 || byte == UInt8(ascii: "\\") { state = .plain }
            return .ignored
        case .control(let parameters):
            guard 0x40...0x7E ~= byte || parameters.count > 32 else {
                state = .control(parameters + [byte])
                return .ignored
            }
            state = .plain
            return control(parameters, byte)
        }
    }

    private mutating func control(_ parameters: [UInt8], _ final: UInt8) -> Event {
        switch Character(Unicode.Scalar(final)) {
        case "~" where parameters == Array("200".utf8) || parameters == Array("201".utf8):
            isPasting = parameters.last == UInt8(ascii: "0")
            return .ignored
        case "R", "c", "n", "t", "y", "M", "m", "I", "O":
            return .ignored
        default:
            return uncertain()
        }
    }

    private mutating func plain(_ byte: UInt8) -> Event {
        switch byte {
        case 0x0D, 0x0A:
            if isPasting {
                append(0x0A)
                return .typed
            }
            return .entered
        case 0x03, 0x04, 0x1A, 0x1C:
            return .abandoned
        case 0x1B:
            state = .escape
            return .ignored
        case 0x7F, 0x08:
            while let last = line.last, last & 0xC0 == 0x80 { line.removeLast() }
            _ = line.popLast()
            return .edited
        case 0x15:
            line.removeAll()
            return .edited
        case 0x20...0x7E, 0x80...0xFF:
            append(byte)
            return .typed
        default:
            return uncertain()
        }
    }

    private mutating func append(_ byte: UInt8) {
        if line.count < Self.most { line.append(byte) } else { isUncertain = true }
    }

    private mutating func uncertain() -> Event {
        isUncertain = true
        return .edited
    }
}
