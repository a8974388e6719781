import Logging
import Synchronization

/// A few connections, leased for one trip or one transaction at a time.
///
/// A lock and a line instead of an actor: a lease costs no hop when a connection is idle. Connections are opened when
/// somebody waits for one; when the server is away the line waits (up to its deadline) while opening is tried again.
final class Pool: Sendable {
    private struct Waiter {
        let continuation: CheckedContinuation<Connection, any Error>
        let deadline: ContinuousClock.Instant
    }
    private struct State {
        var idle: [Connection] = []
        var line = WaitingLine<Waiter>()
        /// Those who let others go first, and the connections that they have.
        var patientLine = WaitingLine<Waiter>()
        var patient: Set<ObjectIdentifier> = []
        /// Connections that live or are being opened.
        var size = 0
        var opening = 0
        var isClosed = false
        var isResting = false
        var isDeadlineSet = false
        var failures = 0
        var lastFailure: DatabaseError?
        /// Lines left before they were joined: the task was cancelled in between.
        var cancelled: Set<UInt64> = []

        var waiting: Int { line.count + patientLine.count }

        /// An idle connection, if nobody waits who comes before.
        mutating func lease(isPatient: Bool, mostPatient: Int) -> Connection? {
            guard line.isEmpty, !isPatient || (patientLine.isEmpty && patient.count < mostPatient),
                let connection = idle.popLast()
            else { return nil }
            if isPatient { patient.insert(ObjectIdentifier(connection)) }
            return connection
        }

        /// Who gets the connection that is free now. The patient have one at least while they wait, and not all.
        mutating func next(for connection: Connection, mostPatient: Int) -> Waiter? {
            if patient.isEmpty || line.isEmpty, patient.count < mostPatient, let waiter = patientLine.popFirst() {
                patient.insert(ObjectIdentifier(connection))
                return waiter
            }
            return line.popFirst()
        }
    }

    private let configuration: DatabaseConfiguration
    private let loop: EventLoop
    private let logger: Logger
    /// How many connections the patient may have at once: a quarter of all is left to the others, if there is more than one.
    private let mostPatient: Int
    private let state = Mutex(State())

    init(_ configuration: DatabaseConfiguration, loop: EventLoop, logger: Logger) {
        precondition(configuration.connections > 0, "a database without connections cannot be asked")
        self.configuration = configuration
        mostPatient = max(1, configuration.connections - max(1, configuration.connections / 4))
        self.loop = loop
        self.logger = logger
    }

    var statistics: PoolStatistics {
        state.withLock { state in
            PoolStatistics(
                idle: state.idle.count, busy: state.size - state.opening - state.idle.count, waiting: state.waiting)
        }
    }

    // MARK: Leases

    func acquire() async throws -> Connection {
        try Task.checkCancellation()
        let isPatient = Database.letsOthersGoFirst
        let (idle, number) = try state.withLock { state -> (Connection?, UInt64) in
            guard !state.isClosed else { throw DatabaseError.closed() }
            if let connection = state.lease(isPatient: isPatient, mostPatient: mostPatient) { return (connection, 0) }
            // Those who let others go first fill no line but their own.
            let ahead = isPatient ? state.waiting : state.line.count
            guard ahead < configuration.queueLimit else { throw full(ahead) }
            return (nil, state.line.nextNumber())
        }
        if let idle { return idle }
        // A cancellation that comes too late leaves its number behind.
        defer { state.withLock { _ = $0.cancelled.remove(number) } }
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { wait(number, isPatient: isPatient, $0) }
        } onCancel: {
            leave(number)
        }
    }

    func release(_ connection: Connection) {
        let isReusable = connection.isReusable
        if !isReusable { connection.close() }
        let waiter = state.withLock { state -> Waiter? in
            state.patient.remove(ObjectIdentifier(connection))
            guard isReusable, !state.isClosed else {
                state.size -= 1
                return nil
            }
            if let waiter = state.next(for: connection, mostPatient: mostPatient) { return waiter }
            state.idle.append(connection)
            return nil
        }
        if let waiter {
            waiter.continuation.resume(returning: connection)
        } else if !isReusable {
            openMore()
        } else if state.withLock({ $0.isClosed }) {
            connection.close()
        }
    }

    private func wait(
        _ number: UInt64, isPatient: Bool, _ continuation: CheckedContinuation<Connection, any Error>
    ) {
        enum Outcome {
            case leased(Connection), refused(any Error), waits(setDeadline: Bool)
        }
        let outcome = state.withLock { state -> Outcome in
            guard state.cancelled.remove(number) == nil else { return .refused(CancellationError()) }
            guard !state.isClosed else { return .refused(DatabaseError.closed()) }
            if let connection = state.lease(isPatient: isPatient, mostPatient: mostPatient) {
                return .leased(connection)
            }
            let waiter = Waiter(
                continuation: continuation, deadline: ContinuousClock.now + configuration.acquireTimeout)
            if isPatient { state.patientLine.append(waiter, number) } else { state.line.append(waiter, number) }
            defer { state.isDeadlineSet = true }
            return .waits(setDeadline: !state.isDeadlineSet)
        }
        switch outcome {
        case .leased(let connection): continuation.resume(returning: connection)
        case .refused(let error): continuation.resume(throwing: error)
        case .waits(let setDeadline):
            if setDeadline { loop.after(configuration.acquireTimeout) { [weak self] in self?.expire() } }
            openMore()
        }
    }

    private func leave(_ number: UInt64) {
        let waiter = state.withLock { state -> Waiter? in
            if let waiter = state.line.remove(number) ?? state.patientLine.remove(number) { return waiter }
            state.cancelled.insert(number)
            return nil
        }
        waiter?.continuation.resume(throwing: CancellationError())
    }

    /// Turns away who has waited too long. All wait equally long, so the first in a line is the first to go.
    private func expire() {
        let now = ContinuousClock.now
        let (late, error, next) = state.withLock { state -> ([Waiter], DatabaseError, Duration?) in
            var late: [Waiter] = []
            while let first = state.line.first, first.deadline <= now {
                late.append(first)
                _ = state.line.popFirst()
            }
            while let first = state.patientLine.first, first.deadline <= now {
                late.append(first)
                _ = state.patientLine.popFirst()
            }
            let first = [state.line.first?.deadline, state.patientLine.first?.deadline].compactMap { $0 }.min()
            let next = first.map { $0 - now }
            state.isDeadlineSet = next != nil
            return (late, state.lastFailure ?? busy(), next)
        }
        for waiter in late { waiter.continuation.resume(throwing: error) }
        if let next { loop.after(next) { [weak self] in self?.expire() } }
    }

    private func full(_ waiting: Int) -> DatabaseError {
        DatabaseError(sqlState: "53300", message: "\(waiting) statements wait for a connection already")
    }

    private func busy() -> DatabaseError {
        DatabaseError(
            sqlState: "53300",
            message: "no connection became free within \(configuration.acquireTimeout.milliseconds) ms")
    }

    // MARK: Opening and closing

    private func openMore() {
        let count = state.withLock { state -> Int in
            guard !state.isClosed, !state.isResting else { return 0 }
            let wanted = min(state.waiting - state.opening, configuration.connections - state.size)
            guard wanted > 0 else { return 0 }
            state.size += wanted
            state.opening += wanted
            return wanted
        }
        for _ in 0..<count { BlockingCalls.start { [self] in open() } }
    }

    private func open() {
        do {
            let connection = try Connection(configuration, loop: loop) { [weak self] in self?.drop($0) }
            let recovered = state.withLock { state in
                defer { state.failures = 0 }
                state.opening -= 1
                state.lastFailure = nil
                return state.failures > 0
            }
            if recovered { logger.notice("The database answers again") }
            release(connection)
        } catch {
            rest(after: error as? DatabaseError ?? .lost("\(error)"))
        }
    }

    /// Waits before the next try: 20 ms at first, half a second at most, so that a restarted server is found quickly.
    private func rest(after failure: DatabaseError) {
        let (delay, isFirst) = state.withLock { state -> (Duration?, Bool) in
            state.size -= 1
            state.opening -= 1
            state.lastFailure = failure
            guard !state.isResting else { return (nil, false) }
            state.isResting = true
            state.failures += 1
            let milliseconds = min(500, 20 << min(state.failures - 1, 5))
            return (.milliseconds(milliseconds), state.failures == 1)
        }
        guard let delay else { return }
        if isFirst { logger.warning("The database cannot be reached", metadata: ["error": "\(failure)"]) }
        loop.after(delay) { [weak self] in
            guard let self else { return }
            state.withLock { $0.isResting = false }
            openMore()
        }
    }

    /// The server closed a connection that nobody was using.
    private func drop(_ connection: Connection) {
        let wasIdle = state.withLock { state in
            guard let index = state.idle.firstIndex(where: { $0 === connection }) else { return false }
            state.idle.remove(at: index)
            state.size -= 1
            return true
        }
        if wasIdle { logger.debug("The server closed an idle connection") }
    }

    /// Closes idle connections and turns away who waits; what is leased is closed when it comes back.
    func close() {
        let (idle, waiters) = state.withLock { state in
            state.isClosed = true
            defer { state.idle = [] }
            state.size -= state.idle.count
            return (state.idle, state.line.removeAll() + state.patientLine.removeAll())
        }
        for connection in idle { connection.close() }
        for waiter in waiters { waiter.continuation.resume(throwing: DatabaseError.closed()) }
    }
}
