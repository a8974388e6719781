import Synchronization

/// Where the loop thread puts a response and one task takes it out. Holds a bounded number of bytes: when it is full, the
/// transfer is paused, and so, in the end, is the sender.
final class ResponsePipe: Sendable {
    private struct State {
        var head: ResponseHead?
        var bytes: [UInt8] = []
        var isPaused = false
        var end: Result<Void, OutboundError>?
        var version = 0
        var reader: CheckedContinuation<Void, Never>?
    }

    private static let capacity = 256 * 1024
    private let state = Mutex(State())

    // MARK: the loop's side

    func begin(_ head: ResponseHead) {
        change { $0.head = head }
    }

    /// Takes the bytes, or refuses them all because the reader is behind; then `next` says when to go on.
    func offer(_ bytes: UnsafeRawBufferPointer) -> Bool {
        change { state in
            guard state.bytes.isEmpty || state.bytes.count + bytes.count <= Self.capacity else {
                state.isPaused = true
                return false
            }
            state.bytes.append(contentsOf: bytes)
            return true
        }
    }

    /// The first end counts.
    func finish(_ end: Result<Void, OutboundError>) {
        change { state in
            if state.end == nil { state.end = end }
        }
    }

    var isOver: Bool { state.withLock { $0.end != nil } }

    // MARK: the reader's side

    /// The reader has been cancelled: what has arrived is of no use to it.
    func abandon() {
        change { state in
            state.bytes = []
            state.end = .failure(.cancelled)
        }
    }

    func head() async -> Result<ResponseHead, OutboundError> {
        await when { state in
            if let head = state.head { return .success(head) }
            return state.end.map { end in
                switch end {
                case .success: .failure(.stopped)  // libcurl calls nothing a success that had no head
                case .failure(let error): .failure(error)
                }
            }
        }
    }

    /// The bytes that have arrived and whether the transfer was waiting for that; no bytes at the end.
    func next() async -> Result<(bytes: [UInt8]?, mayGoOn: Bool), OutboundError> {
        await when { state in
            if !state.bytes.isEmpty {
                let taken = (bytes: state.bytes, mayGoOn: state.isPaused)
                state.bytes = []
                state.isPaused = false
                return .success(taken)
            }
            return state.end.map { end in end.map { (bytes: nil, mayGoOn: false) } }
        }
    }

    private func change<Value: Sendable>(_ body: (inout State) -> Value) -> Value {
        let (value, reader) = state.withLock { state in
            let value = body(&state)
            state.version += 1
            defer { state.reader = nil }
            return (value, state.reader)
        }
        reader?.resume()
        return value
    }

    /// Waits for changes until there is a value.
    private func when<Value: Sendable>(_ ready: (inout State) -> Value?) async -> Value {
        while true {
            let (value, seen) = state.withLock { (ready(&$0), $0.version) }
            if let value { return value }
            await withCheckedContinuation { continuation in
                let isOutdated = state.withLock { state in
                    guard state.version == seen else { return true }
                    precondition(state.reader == nil, "a response has one reader")
                    state.reader = continuation
                    return false
                }
                if isOutdated { continuation.resume() }
            }
        }
    }
}
