import Cryptography

/// Tells a frame that was cut off by a crash from a whole one whose length somebody changed.
///
/// Both look the same from the front: the file ends before the frame does. But if some other length makes the chain
/// value fit, the bytes are all there and only the length lies.
enum LengthProbe {
    /// A crafted file must not make this take long.
    private static let longest = 4 << 20
    private static let tries = 16

    static func lengthWasChanged(_ rest: ArraySlice<UInt8>, after state: ChainState) -> Bool {
        guard rest.count >= FrameHeader.count, let announced = try? FrameHeader(rest.prefix(FrameHeader.count)) else {
            return false
        }
        let rest = Array(rest)
        let shortest = FrameHeader.count + DataKey.tagBytes + FrameHeader.chainCount
        guard shortest...longest ~= rest.count else { return false }
        let ends = (shortest..<rest.count).lazy.filter { startsFrame(rest[$0...], announced.sequence + 1) }
        for end in Array(ends.prefix(tries)) + [rest.count] {
            let body = end - FrameHeader.count - FrameHeader.chainCount
            let header = FrameHeader(
                type: announced.type, sequence: announced.sequence, from: announced.from, to: announced.to,
                events: announced.events, plain: announced.plain, body: UInt32(body))
            let ciphertext = Array(rest[FrameHeader.count..<FrameHeader.count + body])
            let chain = Hash256.of(state.chain.bytes, header.bytes, ciphertext)
            if chain.bytes.elementsEqual(rest[(end - FrameHeader.chainCount)..<end]) { return true }
        }
        return false
    }

    private static func startsFrame(_ bytes: ArraySlice<UInt8>, _ sequence: UInt64) -> Bool {
        guard bytes.count >= 9, FrameType(rawValue: bytes[bytes.startIndex]) != nil else { return false }
        return bytes.dropFirst().prefix(8).reduce(0) { $0 << 8 | UInt64($1) } == sequence
    }
}
