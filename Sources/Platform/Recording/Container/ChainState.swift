package import Cryptography
import Kernel

/// How far a container has been written, stored or checked: all that is needed to go on, and no key.
package struct ChainState: Sendable, Equatable {
    /// SHA-256 of magic and header.
    package let header: Hash256
    /// The chain value after the last frame.
    package private(set) var chain: Hash256
    /// The number of the last frame; 0 before the first.
    package private(set) var sequence: UInt64
    /// How many bytes all of this is.
    package private(set) var offset: UInt64
    /// The time of the last event.
    package private(set) var lastTime: UInt64
    /// The tree over the chain values of the event frames.
    package private(set) var frames: MerkleFrontier
    private var lastType: FrameType

    /// A container that has its header and nothing else.
    package init(headerBytes: [UInt8]) {
        header = .of(headerBytes)
        chain = header
        sequence = 0
        offset = UInt64(headerBytes.count)
        lastTime = 0
        frames = MerkleFrontier()
        lastType = .events
    }

    /// The Merkle root over the event frames so far.
    package var root: Hash256 { frames.root }

    /// Whether the trailer has been seen.
    package var isComplete: Bool { lastType == .trailer }

    /// Whether the index has been seen: no more events can follow.
    var hasIndex: Bool { lastType != .events }

    /// The number of the frame that comes next.
    package var nextSequence: UInt64 { sequence + 1 }

    /// Checks the next frame and steps behind it.
    package mutating func accept(_ frame: Frame) throws(ContainerFault) {
        do throws(ContainerFault.Reason) {
            try check(frame.header)
            guard frame.expectedChain(after: chain) == frame.chain else { throw .chain }
        } catch {
            throw fault(error)
        }
        append(frame)
    }

    /// Steps behind a frame that was just sealed.
    mutating func append(_ frame: Frame) {
        chain = frame.chain
        sequence = frame.header.sequence
        offset += UInt64(frame.header.frameCount)
        lastTime = frame.header.to
        lastType = frame.header.type
        if lastType == .events { frames.append(MerkleTree.leaf(frame.chain.bytes)) }
    }

    /// A fault in the frame that comes next.
    func fault(_ reason: ContainerFault.Reason) -> ContainerFault {
        ContainerFault(frame: nextSequence, offset: offset, reason: reason)
    }

    private func check(_ next: FrameHeader) throws(ContainerFault.Reason) {
        guard !isComplete else { throw .afterTrailer }
        guard next.sequence == nextSequence else { throw .sequence(expected: nextSequence, found: next.sequence) }
        switch (lastType, next.type) {
        case (.events, _), (.index, .trailer): break
        default: throw .order
        }
        guard next.from <= next.to, next.from >= lastTime, (next.events > 0) == (next.type == .events) else {
            throw .times
        }
    }
}

extension ChainState {
    private static let storedFormat: UInt8 = 1

    /// The state as bytes, for a column of a database.
    package var stored: [UInt8] {
        [Self.storedFormat, lastType.rawValue] + header.bytes + chain.bytes + sequence.bigEndianBytes
            + offset.bigEndianBytes + lastTime.bigEndianBytes + frames.size.bigEndianBytes
            + frames.hashes.flatMap(\.bytes)
    }

    package init?(stored bytes: [UInt8]) {
        func number(_ offset: Int) -> UInt64 { bytes[offset..<offset + 8].reduce(0) { $0 << 8 | UInt64($1) } }
        guard bytes.count >= 98, (bytes.count - 98) % 32 == 0, bytes[0] == Self.storedFormat,
            let type = FrameType(rawValue: bytes[1]), let header = Hash256(bytes: bytes[2..<34]),
            let chain = Hash256(bytes: bytes[34..<66])
        else { return nil }
        let hashes = stride(from: 98, to: bytes.count, by: 32).compactMap { Hash256(bytes: bytes[$0..<$0 + 32]) }
        guard let frames = MerkleFrontier(size: number(90), hashes: hashes) else { return nil }
        self.header = header
        self.chain = chain
        self.frames = frames
        sequence = number(66)
        offset = number(74)
        lastTime = number(82)
        lastType = type
    }
}
