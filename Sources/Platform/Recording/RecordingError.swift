/// Why recording cannot go on. The caller relays nothing that was not taken.
package enum RecordingError: Error, Equatable {
    /// The system refused; a full disk is code 28 (`ENOSPC`).
    case system(operation: String, path: String, code: Int32)
    /// The sealer is too far behind: pause reading from both sides until `Hooks.relief` is called.
    case full
    /// More than `RecordingLimits.event` bytes at once.
    case tooLarge
    /// The recording has ended already.
    case finished
    /// Another process writes or recovers this recording.
    case inUse(path: String)
    /// There is no key to seal unechoed input to.
    case noRedactionKey
    /// The bytes of a recording are not what they should be.
    case damaged(ContainerFault)
    /// Something could not be encrypted, decrypted or compressed.
    case codec(String)
}

extension RecordingError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .system(let operation, let path, let code): "\(operation) \(path) failed with error \(code)"
        case .full: "the recording is too far behind"
        case .tooLarge: "more bytes at once than a recording takes"
        case .finished: "the recording has ended"
        case .inUse(let path): "\(path) is in use by another process"
        case .noRedactionKey: "there is no key to seal unechoed input to"
        case .damaged(let fault): fault.description
        case .codec(let text): text
        }
    }
}

/// Sizes that writers keep and readers insist on.
package enum RecordingLimits {
    /// The data of one event.
    package static let event = 1 << 20
    static let header = 1 << 16
    /// The plain body of a frame of each type: a frame of events is cut soon after 768 KiB at the
    /// latest, but never inside an event.
    static func plain(_ type: FrameType) -> Int {
        switch type {
        case .events: 2 << 20
        case .index: 64 << 20
        case .trailer: 1 << 16
        }
    }
}
