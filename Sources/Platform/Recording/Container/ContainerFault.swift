/// What is wrong with a recording, and where.
package struct ContainerFault: Error, Equatable {
    /// The kind of fault.
    package enum Reason: Error, Equatable {
        case notARecording
        case magic
        case header(String)
        case headerCutShort
        case cutShort
        case frameType(UInt8)
        case frameSize
        case sequence(expected: UInt64, found: UInt64)
        case times
        case order
        case afterTrailer
        case chain
        case length
        case decryption
        case plain
        case events(String)
        case index
        case trailer(String)
    }

    /// The number of the frame, counted from 1; nil for magic and header.
    package let frame: UInt64?
    /// Where the header or frame starts in the file.
    package let offset: UInt64
    package let reason: Reason

    /// Whether the file is only the start of a header, or of its magic.
    var isUnbegun: Bool { reason == .headerCutShort || reason == .notARecording }
}

extension ContainerFault: CustomStringConvertible {
    package var description: String {
        let place = frame.map { "frame \($0) (at byte \(offset))" } ?? "the header"
        return "\(place): \(reason)"
    }
}

extension ContainerFault.Reason: CustomStringConvertible {
    package var description: String {
        switch self {
        case .notARecording: "this is not a recording"
        case .magic: "the first five bytes are not GHR1"
        case .header(let text): text
        case .headerCutShort: "the file ends in the middle of it"
        case .cutShort: "the file ends in the middle of it"
        case .frameType(let code): "there is no frame type \(code)"
        case .frameSize: "its sizes are impossible"
        case .sequence(let expected, let found): "frame \(found) stands where frame \(expected) is due"
        case .times: "its times run backwards or its count of events is impossible"
        case .order: "a frame of this type is out of place"
        case .afterTrailer: "there are bytes after the trailer"
        case .chain: "its chain value fits neither its bytes nor what stands before it"
        case .length: "its length was changed"
        case .decryption: "it does not open with this key"
        case .plain: "its contents do not unpack to the size that it states"
        case .events(let text): text
        case .index: "the index does not describe the frames"
        case .trailer(let text): text
        }
    }
}
