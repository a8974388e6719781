import CHiredis
import Glibc
import Logging

/// What the connection's thread does: connects, sends, receives, keeps the time. Confined to it.
struct RedisLoop {
    private enum Phase {
        /// There is no connection; the next attempt is due.
        case away(until: ContinuousClock.Instant)
        case connecting(RedisSocket, until: ContinuousClock.Instant)
        /// So many commands of the greeting are unanswered; others wait, since the server may not let us in.
        case greeting(RedisSocket, left: Int, until: ContinuousClock.Instant)
        case ready(RedisSocket)
    }

    private let configuration: RedisConfiguration
    private let mailbox: RedisMailbox
    private let wake: CInt
    private let logger: Logger

    private var phase = Phase.away(until: .now)
    private var backoff = Backoff()
    private var random = SystemRandomNumberGenerator()
    /// Calls that wait for the first connection.
    private var waiting: [RedisCall] = []
    private var flights = FlightQueue()
    private var nextDeadline: ContinuousClock.Instant?
    private var isOutageLogged = false

    init(configuration: RedisConfiguration, mailbox: RedisMailbox, wake: CInt, logger: Logger) {
        self.configuration = configuration
        self.mailbox = mailbox
        self.wake = wake
        self.logger = logger
    }

    mutating func run() {
        while let calls = mailbox.take(underWay: waiting.count + flights.count) {
            for call in calls where !call.isOver {
                guarded { loop throws(RedisSocket.Broken) in try loop.accept(call) }
            }
            guarded { loop throws(RedisSocket.Broken) in try loop.work(on: loop.waitForEvents()) }
            keepTime()
        }
        endCalls(sent: .stopped, unsent: .stopped)
    }

    /// Whatever breaks inside breaks the connection, not the loop.
    private mutating func guarded(_ body: (inout RedisLoop) throws(RedisSocket.Broken) -> Void) {
        do throws(RedisSocket.Broken) { try body(&self) } catch { lose(error.reason) }
    }

    // MARK: connecting

    private mutating func connect() throws(RedisSocket.Broken) {
        phase = .connecting(try RedisSocket(configuration.endpoint), until: .now + configuration.connectTimeout)
    }

    private mutating func greet(_ socket: RedisSocket) throws(RedisSocket.Broken) {
        try socket.checkConnected()
        let greeting = configuration.greeting
        for words in greeting {
            try socket.append(RedisCommand(words.map { Array($0.utf8) }))
            flights.append(.init(call: nil, sentAt: .now))
        }
        phase = .greeting(socket, left: greeting.count, until: .now + configuration.connectTimeout)
        try socket.write()
    }

    private mutating func becomeReady(_ socket: RedisSocket) throws(RedisSocket.Broken) {
        phase = .ready(socket)
        backoff.reset()
        mailbox.setAway(false)
        if isOutageLogged { logger.notice("Redis is back", metadata: ["redis": "\(configuration.endpoint)"]) }
        isOutageLogged = false
        // One at a time: what cannot be sent any more must still be there to be ended.
        waiting.reverse()
        while let call = waiting.popLast() {
            if !call.isOver { try accept(call) }
        }
        if socket.wantsToWrite { try socket.write() }
    }

    private mutating func lose(_ reason: String) {
        phase = .away(until: .now + backoff.pause(using: &random))
        mailbox.setAway(true)
        if !isOutageLogged {
            logger.warning(
                "Redis is away", metadata: ["redis": "\(configuration.endpoint)", "reason": "\(reason)"])
        }
        isOutageLogged = true
        endCalls(sent: .connectionLost, unsent: .unavailable)
    }

    private mutating func endCalls(sent: RedisError, unsent: RedisError) {
        for flight in flights.removeAll() { flight.call?.finish(.failure(sent)) }
        for call in waiting { call.finish(.failure(unsent)) }
        waiting = []
        nextDeadline = nil
    }

    // MARK: calls and replies

    private mutating func accept(_ call: RedisCall) throws(RedisSocket.Broken) {
        switch phase {
        case .ready(let socket):
            flights.append(.init(call: call, sentAt: .now))
            try socket.append(call.command)
        case .away where isOutageLogged: call.finish(.failure(.unavailable))
        case .away, .connecting, .greeting: waiting.append(call)
        }
        nextDeadline = min(nextDeadline ?? call.deadline, call.deadline)
    }

    private mutating func receive(_ reply: RedisReply) throws(RedisSocket.Broken) {
        guard let flight = flights.removeFirst() else { throw .init(reason: "a reply that nobody asked for") }
        if let call = flight.call {
            call.finish(.success(reply))
        } else if case .error(let code) = reply {
            throw .init(reason: "it does not let us in: \(code)")
        } else if case .greeting(let socket, let left, let until) = phase {
            phase = .greeting(socket, left: left - 1, until: until)
        }
    }

    // MARK: waiting and working

    private func waitForEvents() -> (wake: Bool, socket: CInt) {
        var watched = [pollfd(fd: wake, events: Int16(POLLIN), revents: 0)]
        switch phase {
        case .away: break
        case .connecting(let socket, _):
            watched.append(.init(fd: socket.descriptor, events: Int16(POLLOUT), revents: 0))
        case .greeting(let socket, _, _), .ready(let socket):
            let events = socket.wantsToWrite ? POLLIN | POLLOUT : POLLIN
            watched.append(.init(fd: socket.descriptor, events: Int16(events), revents: 0))
        }
        let pause = nextEvent.map { max(0, ($0 - .now) / .milliseconds(1)).rounded(.up) } ?? 60_000
        poll(&watched, nfds_t(watched.count), CInt(min(pause, 60_000)))
        return (watched[0].revents != 0, watched.count > 1 ? CInt(watched[1].revents) : 0)
    }

    /// When something is due even if nothing arrives.
    private var nextEvent: ContinuousClock.Instant? {
        let phaseEnd: ContinuousClock.Instant? =
            switch phase {
            case .away(let until), .connecting(_, let until), .greeting(_, _, let until): until
            case .ready: flights.first.map { $0.sentAt + configuration.commandTimeout }
            }
        return [phaseEnd, nextDeadline].compactMap(\.self).min()
    }

    private mutating func work(on events: (wake: Bool, socket: CInt)) throws(RedisSocket.Broken) {
        if events.wake {
            var count: eventfd_t = 0
            eventfd_read(wake, &count)
        }
        switch phase {
        case .away(let until):
            if until <= .now { try connect() }
        case .connecting(let socket, _):
            if events.socket != 0 { try greet(socket) }
        case .greeting(let socket, _, _), .ready(let socket):
            if socket.wantsToWrite { try socket.write() }
            if events.socket & CInt(POLLIN | POLLHUP | POLLERR) != 0 { try read(socket) }
        }
    }

    private mutating func read(_ socket: RedisSocket) throws(RedisSocket.Broken) {
        try socket.read { reply throws(RedisSocket.Broken) in try receive(reply) }
        if case .greeting(_, 0, _) = phase { try becomeReady(socket) }
    }

    private mutating func keepTime() {
        let now = ContinuousClock.now
        if let due = nextDeadline, due <= now {
            for call in waiting where call.deadline <= now { call.finish(.failure(.timedOut)) }
            waiting.removeAll(where: \.isOver)
            nextDeadline = [flights.expire(at: now), waiting.map(\.deadline).min()].compactMap(\.self).min()
        }
        switch phase {
        case .away: break
        case .connecting(_, let until), .greeting(_, _, let until):
            if until <= now { lose("no answer") }
        case .ready:
            if let first = flights.first, first.sentAt + configuration.commandTimeout <= now { lose("no answer") }
        }
    }
}
