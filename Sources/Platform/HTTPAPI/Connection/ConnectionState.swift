import NIOCore

/// What a connection is doing, since when, and what that means when the clock ticks. No clock and no channel in here.
struct ConnectionState {
    /// The way in, which a slow or silent client could keep open.
    enum Inbound: Equatable {
        /// Nothing has come since the last request.
        case idle(since: NIODeadline)
        case head(since: NIODeadline)
        case body(since: NIODeadline, bytes: Int)
        /// The request is here; the time is ours.
        case complete
        /// Nothing more is read: the connection ends after the answer.
        case draining(since: NIODeadline)
    }

    enum Verdict: Equatable {
        case wait
        case close
        /// Tell the client that it was too slow, then close.
        case giveUp
        case sendHeartbeat
    }

    let limits: ConnectionLimits
    private(set) var inbound: Inbound
    /// Requests whose answer is not finished.
    private(set) var pending = 0
    /// The first bytes of the answer to the oldest request have gone out.
    private(set) var isAnswering = false
    private var streamIdleSince: NIODeadline?
    private var stalledSince: NIODeadline?

    init(limits: ConnectionLimits, now: NIODeadline) {
        self.limits = limits
        inbound = .head(since: now)
    }

    var isStreaming: Bool { streamIdleSince != nil }

    mutating func headBegan(_ now: NIODeadline) {
        if case .draining = inbound { return }
        inbound = .head(since: now)
    }

    mutating func headEnded(_ now: NIODeadline) {
        pending += 1
        inbound = .body(since: now, bytes: 0)
    }

    mutating func bodyCame(_ count: Int) {
        if case .body(let since, let bytes) = inbound { inbound = .body(since: since, bytes: bytes + count) }
    }

    mutating func requestEnded() {
        if case .body = inbound { inbound = .complete }
    }

    /// Whether the connection has to end with this answer, because nobody read the whole request.
    mutating func answerBegan(isStream: Bool, _ now: NIODeadline) -> Bool {
        isAnswering = true
        streamIdleSince = isStream ? now : nil
        if case .body = inbound { return pending == 1 }
        return false
    }

    mutating func wrote(_ now: NIODeadline) {
        if isStreaming { streamIdleSince = now }
    }

    mutating func answerEnded(_ now: NIODeadline) {
        pending = max(0, pending - 1)
        isAnswering = false
        streamIdleSince = nil
        if pending == 0, inbound == .complete { inbound = .idle(since: now) }
    }

    mutating func drain(_ now: NIODeadline) { inbound = .draining(since: now) }

    mutating func writability(_ isWritable: Bool, _ now: NIODeadline) {
        stalledSince = isWritable ? nil : stalledSince ?? now
    }

    func tick(_ now: NIODeadline) -> Verdict {
        if let stalledSince, stalledSince.age(now) > limits.stall { return .close }
        switch inbound {
        case .idle(let since): return since.age(now) > limits.idle ? .close : .wait
        case .head(let since):
            if since.age(now) <= limits.head { break }
            return pending == 0 ? .giveUp : .close
        case .body(let since, let bytes):
            let allowed = limits.body + .milliseconds(bytes * 1000 / limits.bytesPerSecond)
            if since.age(now) <= allowed { break }
            return pending == 1 && !isAnswering ? .giveUp : .close
        case .draining(let since): return since.age(now) > .seconds(1) ? .close : .wait
        case .complete: break
        }
        if let streamIdleSince, streamIdleSince.age(now) > limits.heartbeat { return .sendHeartbeat }
        return .wait
    }
}

/// How long a client may take for each part of a conversation.
package struct ConnectionLimits: Sendable {
    /// From the first byte of a head (or from the connection) to its last.
    package var head: Duration = .seconds(10)
    /// For a body, plus what its bytes take at the slowest rate that is accepted.
    package var body: Duration = .seconds(20)
    package var bytesPerSecond = 8 << 10
    /// Between two requests.
    package var idle: Duration = .seconds(60)
    /// Without taking any of what we send.
    package var stall: Duration = .seconds(30)
    /// Between two signs of life in a stream of events.
    package var heartbeat: Duration = .seconds(5)

    package init() {}

    /// How often to look at the clock.
    var tick: TimeAmount {
        let shortest = TimeAmount([head, body, idle, stall, heartbeat].min() ?? head)
        return min(.seconds(1), max(.milliseconds(5), .nanoseconds(shortest.nanoseconds / 4)))
    }
}

extension NIODeadline {
    /// How long ago it was.
    fileprivate func age(_ now: NIODeadline) -> Duration { .nanoseconds((now - self).nanoseconds) }
}
