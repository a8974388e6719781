package import Cryptography

/// What a frame holds.
package enum FrameType: UInt8, Sendable {
    case events = 1
    case index = 2
    case trailer = 3
}

/// The 37 bytes in front of a frame's ciphertext.
package struct FrameHeader: Sendable, Equatable {
    package let type: FrameType
    package let sequence: UInt64
    /// Microseconds since the start, of the first event.
    package let from: UInt64
    /// The same, of the last event.
    package let to: UInt64
    package let events: UInt32
    package let plain: UInt32
    package let body: UInt32

    static let count = 37
    static let chainCount = 32

    /// The bytes of the whole frame.
    var frameCount: Int { Self.count + Int(body) + Self.chainCount }

    var bytes: [UInt8] {
        [type.rawValue] + sequence.bigEndianBytes + from.bigEndianBytes + to.bigEndianBytes + events.bigEndianBytes
            + plain.bigEndianBytes + body.bigEndianBytes
    }

    init(
        type: FrameType, sequence: UInt64, from: UInt64, to: UInt64, events: UInt32, plain: UInt32, body: UInt32
    ) {
        self.type = type
        self.sequence = sequence
        self.from = from
        self.to = to
        self.events = events
        self.plain = plain
        self.body = body
    }

    /// Reads 37 bytes; sizes that no frame can have are refused before anybody allocates them.
    init(_ bytes: ArraySlice<UInt8>) throws(ContainerFault.Reason) {
        func number(_ offset: Int, _ count: Int) -> UInt64 {
            bytes.dropFirst(offset).prefix(count).reduce(0) { $0 << 8 | UInt64($1) }
        }
        let code = bytes[bytes.startIndex]
        guard let type = FrameType(rawValue: code) else { throw .frameType(code) }
        self.init(
            type: type, sequence: number(1, 8), from: number(9, 8), to: number(17, 8), events: UInt32(number(25, 4)),
            plain: UInt32(number(29, 4)), body: UInt32(number(33, 4)))
        let limit = RecordingLimits.plain(type)
        guard plain <= limit, body >= DataKey.tagBytes, Int(body) <= Zstandard.bound(Int(plain)) + DataKey.tagBytes
        else {
            throw .frameSize
        }
    }
}

/// A frame as it lies in the file.
package struct Frame: Sendable {
    package let header: FrameHeader
    package let headerBytes: [UInt8]
    package let ciphertext: [UInt8]
    package let chain: Hash256

    package var bytes: [UInt8] { headerBytes + ciphertext + chain.bytes }

    /// What the chain value must be after the given one.
    func expectedChain(after previous: Hash256) -> Hash256 {
        .of(previous.bytes, headerBytes, ciphertext)
    }
}
