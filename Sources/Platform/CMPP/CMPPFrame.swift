/// One message of CMPP 2.0 as the wire has it: length, command, sequence number, body; numbers with the highest byte first.
struct CMPPFrame: Sendable, Equatable {
    static let headBytes = 12
    /// The longest that is sent or read. A SUBMIT for one number has less than 400 bytes.
    static let mostBytes = 4096

    let command: UInt32
    let sequence: UInt32
    let body: [UInt8]

    init(_ command: CMPPCommand, _ sequence: UInt32, _ body: [UInt8] = []) {
        self.init(command: command.rawValue, sequence: sequence, body: body)
    }

    private init(command: UInt32, sequence: UInt32, body: [UInt8]) {
        self.command = command
        self.sequence = sequence
        self.body = body
    }

    var bytes: [UInt8] {
        CMPPBytes.of(UInt32(Self.headBytes + body.count)) + CMPPBytes.of(command) + CMPPBytes.of(sequence) + body
    }

    /// Takes the first whole message off what has arrived; nil while it is not whole. Throws for a length that none has.
    static func take(from arrived: inout [UInt8]) throws(CMPPFault) -> CMPPFrame? {
        guard arrived.count >= headBytes else { return nil }
        let length = Int(CMPPBytes.uint32(arrived, at: 0))
        guard length >= headBytes, length <= mostBytes else { throw .length(length) }
        guard arrived.count >= length else { return nil }
        let frame = CMPPFrame(
            command: CMPPBytes.uint32(arrived, at: 4), sequence: CMPPBytes.uint32(arrived, at: 8),
            body: Array(arrived[headBytes..<length]))
        arrived.removeFirst(length)
        return frame
    }
}

/// The commands that either side of this client knows. An answer has the highest bit of what it answers.
enum CMPPCommand: UInt32, Sendable {
    case connect = 0x0000_0001
    case connectAnswer = 0x8000_0001
    case terminate = 0x0000_0002
    case terminateAnswer = 0x8000_0002
    case submit = 0x0000_0004
    case submitAnswer = 0x8000_0004
    case deliver = 0x0000_0005
    case deliverAnswer = 0x8000_0005
    case activeTest = 0x0000_0008
    case activeTestAnswer = 0x8000_0008
}

/// Numbers and texts of a fixed width.
enum CMPPBytes {
    static func of(_ number: UInt32) -> [UInt8] {
        [UInt8(number >> 24), UInt8(number >> 16 & 0xFF), UInt8(number >> 8 & 0xFF), UInt8(number & 0xFF)]
    }

    static func of(_ number: UInt64) -> [UInt8] {
        of(UInt32(number >> 32)) + of(UInt32(truncatingIfNeeded: number))
    }

    static func uint32(_ bytes: [UInt8], at place: Int) -> UInt32 {
        bytes[place..<place + 4].reduce(0) { $0 << 8 | UInt32($1) }
    }

    static func uint64(_ bytes: [UInt8], at place: Int) -> UInt64 {
        bytes[place..<place + 8].reduce(0) { $0 << 8 | UInt64($1) }
    }

    /// A text in a field, filled up with zeros. Whoever calls has seen to it that it fits.
    static func text(_ text: String, _ width: Int) -> [UInt8] {
        let bytes = Array(text.utf8.prefix(width))
        return bytes + [UInt8](repeating: 0, count: width - bytes.count)
    }

    /// What a field says: letters, digits and signs of ASCII up to the first zero.
    static func text(_ bytes: [UInt8], at place: Int, _ width: Int) -> String {
        let field = bytes[place..<place + width].prefix { $0 != 0 }
        return String(decoding: field.map { (0x21...0x7E).contains($0) ? $0 : UInt8(ascii: "?") }, as: UTF8.self)
    }
}
