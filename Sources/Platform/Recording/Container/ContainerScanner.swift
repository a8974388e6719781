import Cryptography

/// Cuts bytes that arrive piece by piece into header and frames. It checks sizes, but neither chain nor contents.
package struct ContainerScanner {
    package enum Part: Sendable {
        case header(RecordingHeader, bytes: [UInt8])
        case frame(Frame)
    }

    private var buffer: [UInt8] = []
    private var start = 0
    private var awaitsHeader: Bool

    /// Segments after the first one have no header.
    package init(awaitsHeader: Bool = true) {
        self.awaitsHeader = awaitsHeader
    }

    package mutating func feed(_ bytes: some Collection<UInt8>) {
        if start > 0 {
            buffer.removeFirst(start)
            start = 0
        }
        buffer.append(contentsOf: bytes)
    }

    /// What was fed and is not a whole part yet.
    package var rest: ArraySlice<UInt8> { buffer[start...] }

    /// The next whole part, or nil if more bytes are needed.
    package mutating func next() throws(ContainerFault.Reason) -> Part? {
        awaitsHeader ? try header() : try frame()
    }

    private mutating func header() throws(ContainerFault.Reason) -> Part? {
        let prefix = RecordingHeader.magic.count + 4
        guard rest.prefix(5).elementsEqual(RecordingHeader.magic.prefix(rest.count)) else {
            throw Self.looksLikeHeader(rest) ? .magic : .notARecording
        }
        guard rest.count >= prefix else { return nil }
        let length = rest.dropFirst(5).prefix(4).reduce(0) { $0 << 8 | Int($1) }
        guard 2...RecordingLimits.header ~= length else { throw .header("its length is impossible") }
        guard rest.count >= prefix + length else { return nil }
        let bytes = Array(rest.prefix(prefix + length))
        let header = try RecordingHeader(json: Array(bytes[prefix...]))
        start += bytes.count
        awaitsHeader = false
        return .header(header, bytes: bytes)
    }

    /// Whether only the magic is wrong: then somebody changed a recording, rather than named the wrong file.
    private static func looksLikeHeader(_ bytes: ArraySlice<UInt8>) -> Bool {
        let json = bytes.dropFirst(9)
        let length = bytes.dropFirst(5).prefix(4).reduce(0) { $0 << 8 | Int($1) }
        guard length <= RecordingLimits.header, json.count >= length else { return false }
        return (try? RecordingHeader(json: Array(json.prefix(length)))) != nil
    }

    private mutating func frame() throws(ContainerFault.Reason) -> Part? {
        guard rest.count >= FrameHeader.count else { return nil }
        let header = try FrameHeader(rest.prefix(FrameHeader.count))
        guard rest.count >= header.frameCount else { return nil }
        let bytes = rest.prefix(header.frameCount)
        start += header.frameCount
        let ciphertext = bytes.dropFirst(FrameHeader.count).dropLast(FrameHeader.chainCount)
        guard let chain = Hash256(bytes: bytes.suffix(FrameHeader.chainCount)) else { throw .cutShort }
        return .frame(
            Frame(
                header: header, headerBytes: Array(bytes.prefix(FrameHeader.count)), ciphertext: Array(ciphertext),
                chain: chain))
    }
}
