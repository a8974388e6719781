import Kernel

/// The line that a person types into the menu, with the little editing a menu needs.
struct MenuInput {
    enum Event: Equatable {
        /// Enter, with what was typed.
        case line(String)
        /// Ctrl-C on an empty line, Ctrl-D.
        case quit
    }

    private enum State {
        case plain, escape, sequence
    }

    private var bytes: [UInt8] = []
    private var state = State.plain
    private var afterReturn = false

    private static let most = 255

    /// Takes bytes; returns what to show for them, and stops at the first event. Bytes after it are left to the caller.
    mutating func receive(_ input: ArraySlice<UInt8>) -> (echo: [UInt8], event: Event?, rest: ArraySlice<UInt8>) {
        var echo: [UInt8] = []
        var index = input.startIndex
        while index < input.endIndex {
            let byte = input[index]
            index += 1
            if let event = receive(byte, &echo) { return (echo, event, input[index...]) }
        }
        return (echo, nil, input[index...])
    }

    private mutating func receive(_ byte: UInt8, _ echo: inout [UInt8]) -> Event? {
        defer { afterReturn = byte == 0x0D }
        switch state {
        case .escape:
            state = byte == UInt8(ascii: "[") || byte == UInt8(ascii: "O") ? .sequence : .plain
            return nil
        case .sequence:
            if 0x40...0x7E ~= byte { state = .plain }
            return nil
        case .plain: break
        }
        switch byte {
        case 0x0A where afterReturn: return nil
        case 0x0D, 0x0A:
            let line = String(decoding: bytes, as: UTF8.self)
            bytes = []
            echo += [0x0D, 0x0A]
            return .line(line)
        case 0x03:
            if bytes.isEmpty { return .quit }
            erase(all: true, &echo)
        case 0x04:
            if bytes.isEmpty { return .quit }
        case 0x15: erase(all: true, &echo)
        case 0x7F, 0x08: erase(all: false, &echo)
        case 0x1B: state = .escape
        case 0x20...0x7E, 0x80...0xFF:
            guard bytes.count < Self.most else { return nil }
            bytes.append(byte)
            echo.append(byte)
        default: break
        }
        return nil
    }

    private mutating func erase(all: Bool, _ echo: inout [UInt8]) {
        repeat {
            guard let last = String(decoding: bytes, as: UTF8.self).unicodeScalars.last else { return }
            bytes.removeLast(min(bytes.count, max(1, String(last).utf8.count)))
            for _ in 0..<DisplayWidth.of(last) { echo += [0x08, 0x20, 0x08] }
        } while all
    }
}
