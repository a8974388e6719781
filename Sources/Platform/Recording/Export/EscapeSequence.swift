/// Tells text from control: the part of ECMA-48 that is needed to skip what cannot be read.
struct EscapeSequence {
    enum Step {
        case none
        case text(Unicode.Scalar)
        case control(Unicode.Scalar)
        case sequence(final: Unicode.Scalar, parameters: [Int], isPrivate: Bool)
    }

    private enum State { case ground, escape, intermediate, sequence, string, stringEscape }

    private static let longest = 64
    private var state = State.ground
    private var collected = ""

    mutating func feed(_ scalar: Unicode.Scalar) -> Step {
        // CAN and SUB end any sequence; a string ends by BEL, or by ESC and a backslash.
        if scalar == "\u{18}" || scalar == "\u{1A}" {
            state = .ground
            return .none
        }
        switch state {
        case .string:
            if scalar == "\u{7}" || scalar == "\u{9C}" { state = .ground }
            if scalar == "\u{1B}" { state = .stringEscape }
            return .none
        case .stringEscape:
            state = scalar == "\\" ? .ground : .string
            return .none
        case _ where scalar == "\u{1B}":
            state = .escape
            return .none
        case .ground: return ground(scalar)
        case .escape, .intermediate:
            afterEscape(scalar)
            return .none
        case .sequence: return inSequence(scalar)
        }
    }

    private mutating func ground(_ scalar: Unicode.Scalar) -> Step {
        switch scalar.value {
        case 0x9B:
            collected = ""
            state = .sequence
            return .none
        case 0..<0x20, 0x7F..<0xA0: return .control(scalar)
        default: return .text(scalar)
        }
    }

    private mutating func afterEscape(_ scalar: Unicode.Scalar) {
        switch scalar {
        case "[" where state == .escape:
            collected = ""
            state = .sequence
        case "]", "P", "X", "^", "_": state = state == .escape ? .string : .ground
        case "\u{20}"..."\u{2F}": state = .intermediate
        default: state = .ground
        }
    }

    private mutating func inSequence(_ scalar: Unicode.Scalar) -> Step {
        switch scalar.value {
        case 0..<0x20: return .control(scalar)
        case 0x20...0x3F:
            if collected.utf8.count < Self.longest { collected.unicodeScalars.append(scalar) }
            return .none
        default:
            state = .ground
            let isPrivate = collected.hasPrefix("?")
            let parameters = collected.drop { $0 == "?" }.split(separator: ";", omittingEmptySubsequences: false)
                .map { Int($0) ?? 0 }
            return .sequence(final: scalar, parameters: parameters, isPrivate: isPrivate)
        }
    }
}
