import Synchronization

/// A command in the form in which it travels: an array of bulk strings.
struct RedisCommand: Sendable {
    let bytes: [UInt8]

    init(_ words: [[UInt8]]) {
        precondition(!words.isEmpty, "a command has a name")
        var bytes = Array("*\(words.count)\r\n".utf8)
        for word in words {
            bytes += "$\(word.count)\r\n".utf8
            bytes += word
            bytes += "\r\n".utf8
        }
        self.bytes = bytes
    }
}

/// A command and the task that waits for its reply. The first end counts; a late reply is dropped.
final class RedisCall: Sendable {
    private enum State {
        case open(CheckedContinuation<Result<RedisReply, RedisError>, Never>?)
        case over(Result<RedisReply, RedisError>)
    }

    let command: RedisCommand
    let deadline: ContinuousClock.Instant
    private let state = Mutex(State.open(nil))

    init(_ command: RedisCommand, deadline: ContinuousClock.Instant) {
        self.command = command
        self.deadline = deadline
    }

    var isOver: Bool {
        state.withLock { state in if case .over = state { true } else { false } }
    }

    func finish(_ result: Result<RedisReply, RedisError>) {
        let waiting: CheckedContinuation<Result<RedisReply, RedisError>, Never>? = state.withLock { state in
            guard case .open(let waiting) = state else { return nil }
            state = .over(result)
            return waiting
        }
        waiting?.resume(returning: result)
    }

    func reply() async -> Result<RedisReply, RedisError> {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let result: Result<RedisReply, RedisError>? = state.withLock { state in
                    if case .over(let result) = state { return result }
                    state = .open(continuation)
                    return nil
                }
                if let result { continuation.resume(returning: result) }
            }
        } onCancel: {
            finish(.failure(.cancelled))
        }
    }
}
