import Cryptography

/// Seals and opens frames: zstd, then AES-256-GCM whose nonce is the sequence number and whose associated data is the
/// frame header and the chain so far.
struct FrameCipher {
    private let key: RecordingKey

    init(key: RecordingKey) {
        self.key = key
    }

    /// The contents of a frame and where it stands.
    struct Contents {
        let type: FrameType
        let sequence: UInt64
        let from: UInt64
        let to: UInt64
        let events: UInt32
        let plain: [UInt8]
    }

    func seal(_ contents: Contents, after previous: Hash256) throws(RecordingError) -> Frame {
        let packed = try Zstandard.compress(contents.plain)
        let header = FrameHeader(
            type: contents.type, sequence: contents.sequence, from: contents.from, to: contents.to,
            events: contents.events, plain: UInt32(contents.plain.count),
            body: UInt32(packed.count + DataKey.tagBytes))
        let headerBytes = header.bytes
        do {
            let ciphertext = try key.key.seal(
                packed, nonce: Self.nonce(contents.sequence), associated: headerBytes + previous.bytes)
            return Frame(
                header: header, headerBytes: headerBytes, ciphertext: ciphertext,
                chain: .of(previous.bytes, headerBytes, ciphertext))
        } catch {
            throw .codec("sealing a frame: \(error)")
        }
    }

    func open(_ frame: Frame, after previous: Hash256) throws(ContainerFault.Reason) -> [UInt8] {
        guard
            let packed = try? key.key.open(
                frame.ciphertext, nonce: Self.nonce(frame.header.sequence),
                associated: frame.headerBytes + previous.bytes)
        else { throw .decryption }
        guard let plain = Zstandard.decompress(packed, count: Int(frame.header.plain)) else { throw .plain }
        return plain
    }

    private static func nonce(_ sequence: UInt64) -> [UInt8] { [0, 0, 0, 0] + sequence.bigEndianBytes }
}
