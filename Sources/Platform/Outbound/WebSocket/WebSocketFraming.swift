/// The client's side of RFC 6455 after the handshake: bytes in, what they say out. What a server may send is bounded, and the
/// first byte that is against the rules ends it.
package struct WebSocketFraming: Sendable {
    package enum Event: Sendable, Equatable {
        case text(String)
        case binary([UInt8])
        /// Has to be answered by a pong of the same bytes.
        case ping([UInt8])
        case pong
        /// The server closes; with its number, if it gave one.
        case close(UInt16?)
    }

    /// What was against the rules.
    package enum Fault: String, Error, Sendable {
        case reservedBits, unknownOpcode, masked, length, tooLarge, fragments, notText, close
    }

    private enum Opcode: UInt8 {
        case continuation = 0, text, binary
        case close = 8
        case ping, pong

        var isControl: Bool { rawValue >= 8 }
    }

    private static let mostFragments = 256

    private let longest: Int
    private var unread: [UInt8] = []
    private var message: (opcode: Opcode, bytes: [UInt8], fragments: Int)?
    private var isClosed = false

    /// - Parameter longest: bytes that a message may have, in all its frames together.
    package init(longest: Int = 128 << 10) {
        self.longest = longest
    }

    package mutating func receive(_ bytes: some Sequence<UInt8>) throws(Fault) -> [Event] {
        guard !isClosed else { return [] }
        unread.append(contentsOf: bytes)
        var events: [Event] = []
        var start = 0
        while !isClosed, let (frame, end) = try frame(at: start) {
            start = end
            if let event = try read(frame) { events.append(event) }
        }
        unread.removeFirst(start)
        return events
    }

    private struct Frame {
        let opcode: Opcode
        let isLast: Bool
        let payload: ArraySlice<UInt8>
    }

    /// The frame that begins there, and where it ends; nil while it is not whole.
    private func frame(at start: Int) throws(Fault) -> (Frame, end: Int)? {
        guard unread.count - start >= 2 else { return nil }
        let (first, second) = (unread[start], unread[start + 1])
        guard first & 0x70 == 0 else { throw .reservedBits }
        guard let opcode = Opcode(rawValue: first & 0x0F) else { throw .unknownOpcode }
        guard second & 0x80 == 0 else { throw .masked }
        let isLast = first & 0x80 != 0
        var head = 2
        var length = Int(second & 0x7F)
        if opcode.isControl { guard isLast, length <= 125 else { throw .length } }
        if length >= 126 {
            let count = length == 126 ? 2 : 8
            head += count
            guard unread.count - start >= head else { return nil }
            var value: UInt64 = 0
            for byte in unread[start + 2..<start + head] { value = value << 8 | UInt64(byte) }
            // The shortest way to say it is the only one.
            guard count == 2 ? value >= 126 : value > 0xFFFF && value >> 63 == 0 else { throw .length }
            guard value <= UInt64(longest) else { throw .tooLarge }
            length = Int(value)
        }
        guard length <= longest else { throw .tooLarge }
        guard unread.count - start >= head + length else { return nil }
        let end = start + head + length
        return (Frame(opcode: opcode, isLast: isLast, payload: unread[start + head..<end]), end)
    }

    private mutating func read(_ frame: Frame) throws(Fault) -> Event? {
        switch frame.opcode {
        case .ping: return .ping(Array(frame.payload))
        case .pong: return .pong
        case .close: return try close(frame.payload)
        case .text, .binary:
            guard message == nil else { throw .fragments }
            message = (frame.opcode, Array(frame.payload), 1)
        case .continuation:
            guard var known = message, known.fragments < Self.mostFragments else { throw .fragments }
            guard known.bytes.count + frame.payload.count <= longest else { throw .tooLarge }
            message = nil
            known.bytes += frame.payload
            known.fragments += 1
            message = known
        }
        guard frame.isLast, let whole = message else { return nil }
        message = nil
        guard whole.opcode == .text else { return .binary(whole.bytes) }
        guard let text = String(validating: whole.bytes, as: UTF8.self) else { throw .notText }
        return .text(text)
    }

    private mutating func close(_ payload: ArraySlice<UInt8>) throws(Fault) -> Event {
        isClosed = true
        guard let first = payload.first else { return .close(nil) }
        guard payload.count >= 2 else { throw .close }
        return .close(UInt16(first) << 8 | UInt16(payload[payload.startIndex + 1]))
    }

    // MARK: what is sent

    package static func text(_ text: String, mask: UInt32) -> [UInt8] { frame(.text, Array(text.utf8), mask) }
    package static func binary(_ bytes: [UInt8], mask: UInt32) -> [UInt8] { frame(.binary, bytes, mask) }
    package static func ping(mask: UInt32) -> [UInt8] { frame(.ping, [], mask) }
    package static func pong(_ bytes: [UInt8], mask: UInt32) -> [UInt8] { frame(.pong, bytes, mask) }
    package static func close(_ code: UInt16, mask: UInt32) -> [UInt8] {
        frame(.close, [UInt8(code >> 8), UInt8(code & 0xFF)], mask)
    }

    private static func frame(_ opcode: Opcode, _ payload: [UInt8], _ mask: UInt32) -> [UInt8] {
        var bytes = [0x80 | opcode.rawValue]
        switch payload.count {
        case ..<126: bytes.append(0x80 | UInt8(payload.count))
        case ...0xFFFF: bytes += [0x80 | 126, UInt8(payload.count >> 8), UInt8(payload.count & 0xFF)]
        default:
            bytes.append(0x80 | 127)
            bytes += (0..<8).map { UInt8(truncatingIfNeeded: payload.count >> (56 - 8 * $0)) }
        }
        let key = (0..<4).map { UInt8(truncatingIfNeeded: mask >> (24 - 8 * UInt32($0))) }
        bytes += key
        bytes += payload.enumerated().map { $0.element ^ key[$0.offset & 3] }
        return bytes
    }
}
