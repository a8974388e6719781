import CLibPQ
import Glibc
import Synchronization

/// One connection in pipeline mode. It makes one trip at a time for whoever leased it from the pool.
///
/// The task that makes a trip writes it, under the lock, on its own thread; the loop's thread reads the answer, under
/// the same lock, and resumes the task. So no thread waits, and the handle is never touched by two threads at once.
final class Connection: Sendable, SocketOwner {
    struct Flight {
        let serial: UInt64
        let trip: Trip
        let continuation: CheckedContinuation<[QueryResult], any Error>
        var deadline: ContinuousClock.Instant
        var results: [QueryResult] = []
        var isWriting = false
        var cancellation = Cancellation.none
        /// The answer, if it came while a cancel request is still on its way.
        var outcome: Result<[QueryResult], TripFailure>?
    }
    enum Cancellation {
        case none, running, finished
    }
    struct State {
        var handle: OpaquePointer?
        var cache = StatementCache()
        var flight: Flight?
        var serial: UInt64 = 0
        /// A trip that was cancelled before it began.
        var cancelledSerial: UInt64 = 0
        /// A cancel request may still hit the next statement: never lease it again.
        var isSpoilt = false
    }

    let descriptor: Int32
    let state: Mutex<State>
    private let loop: EventLoop
    private let canceller: Canceller
    private let patience: Duration
    private let lostWhileIdle: @Sendable (Connection) -> Void

    /// Opens a connection, which blocks: only for `BlockingCalls`.
    init(
        _ configuration: DatabaseConfiguration, loop: EventLoop, lostWhileIdle: @escaping @Sendable (Connection) -> Void
    ) throws {
        let handle = try configuration.open()
        guard let canceller = Canceller(handle), PQsetnonblocking(handle, 1) == 0, PQenterPipelineMode(handle) == 1
        else {
            PQfinish(handle)
            throw DatabaseError.lost("the connection could not be put into pipeline mode")
        }
        descriptor = PQsocket(handle)
        state = Mutex(State(handle: handle))
        patience = configuration.statementTimeout + .seconds(10)
        self.loop = loop
        self.canceller = canceller
        self.lostWhileIdle = lostWhileIdle
        loop.add(descriptor, self)
    }

    deinit {
        close()
    }

    func close() {
        state.withLock { close(&$0) }
    }

    private func close(_ state: inout State) {
        guard let handle = state.handle else { return }
        loop.remove(descriptor)
        PQfinish(handle)
        state.handle = nil
    }

    /// Whether the next one may have it: nothing under way, no transaction left open, no cancel request in the air.
    var isReusable: Bool {
        state.withLock { state in
            guard let handle = state.handle, !state.isSpoilt, state.flight == nil else { return false }
            return PQstatus(handle) == CONNECTION_OK && PQtransactionStatus(handle) == PQTRANS_IDLE
        }
    }

    /// Makes a trip. When the task is cancelled the server is told to stop, and the trip ends when it has.
    func run(_ statements: [Trip.Statement]) async throws -> [QueryResult] {
        let serial = nextSerial()
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { start(statements, serial, $0) }
        } onCancel: {
            cancel(serial)
        }
    }

    /// Makes a trip that goes on when the task is cancelled: the end of a transaction.
    func runToEnd(_ statements: [Trip.Statement]) async throws -> [QueryResult] {
        let serial = nextSerial()
        return try await withCheckedThrowingContinuation { start(statements, serial, $0) }
    }

    private func nextSerial() -> UInt64 {
        state.withLock { state in
            state.serial += 1
            return state.serial
        }
    }

    private func start(
        _ statements: [Trip.Statement], _ serial: UInt64,
        _ continuation: CheckedContinuation<[QueryResult], any Error>
    ) {
        let failure = state.withLock { state -> (any Error)? in
            guard state.cancelledSerial != serial else { return CancellationError() }
            guard state.flight == nil else {
                return DatabaseError(sqlState: "55006", message: "the connection is in use by another statement")
            }
            guard let handle = state.handle, isOpen else {
                close(&state)
                return TripFailure(.notBegun, .lost("the server had closed the connection"))
            }
            let trip: Trip
            do { trip = try Trip(statements, &state.cache) } catch { return error }
            guard trip.send(on: handle) else {
                let message = String(cString: PQerrorMessage(handle)).trimmingSpace
                close(&state)
                return TripFailure(.notBegun, .lost(message))
            }
            var flight = Flight(serial: serial, trip: trip, continuation: continuation, deadline: .now + patience)
            // What the socket does not take now is written by the loop. A broken socket shows when it is read.
            if PQflush(handle) == 1 {
                flight.isWriting = true
                loop.watchWriting(descriptor, true)
            }
            state.flight = flight
            return nil
        }
        if let failure { continuation.resume(throwing: failure) }
    }

    /// One system call that saves an error when the server has just closed an idle connection.
    private var isOpen: Bool {
        var byte: UInt8 = 0
        let count = recv(descriptor, &byte, 1, Int32(MSG_PEEK | MSG_DONTWAIT))
        return count > 0 || (count < 0 && (errno == EAGAIN || errno == EINTR))
    }

    // MARK: On the loop's thread

    func socketIsReady() {
        enum Event {
            case lostWhileIdle
            case arrived(Flight, Result<[QueryResult], TripFailure>)
        }
        let event = state.withLock { state -> Event? in
            guard let handle = state.handle else { return nil }
            guard var flight = state.flight, flight.outcome == nil else {
                guard !consume(handle) else { return nil }
                close(&state)
                return state.flight == nil ? .lostWhileIdle : nil
            }
            if flight.isWriting, PQflush(handle) != 1 {
                flight.isWriting = false
                loop.watchWriting(descriptor, false)
            }
            let isAlive = consume(handle)
            let isComplete = collect(handle, &flight, isAlive: isAlive)
            guard isComplete || !isAlive else {
                state.flight = flight
                return nil
            }
            let outcome =
                isComplete ? flight.trip.finish(flight.results, &state.cache) : .failure(loss(handle, flight))
            if !isComplete { close(&state) }
            if flight.cancellation == .running, isComplete {
                flight.outcome = outcome
                state.flight = flight
                return nil
            }
            settle(&state, flight, outcome)
            return .arrived(flight, outcome)
        }
        switch event {
        case .lostWhileIdle: lostWhileIdle(self)
        case .arrived(let flight, let outcome): resume(flight, outcome)
        case nil: break
        }
    }

    /// Reads what the socket has; false when the connection is gone.
    ///
    /// Below TLS a record may be read in part, and what is left of it makes no socket ready: so read until all is taken.
    private func consume(_ handle: OpaquePointer) -> Bool {
        guard PQconsumeInput(handle) == 1 else { return false }
        guard PQsslInUse(handle) == 1 else { return true }
        var waiting: Int32 = 0
        repeat {
            guard PQconsumeInput(handle) == 1 else { return false }
            waiting = 0
            _ = ioctl(descriptor, UInt(FIONREAD), &waiting)
        } while waiting > 0
        // At most one record of 16 KiB is left, and each read takes at least 8 KiB.
        return (0..<2).allSatisfy { _ in PQconsumeInput(handle) == 1 }
    }

    /// Takes what has arrived; true when the Sync of the trip was seen.
    private func collect(_ handle: OpaquePointer, _ flight: inout Flight, isAlive: Bool) -> Bool {
        // Every result is followed by a nil; a dead connection yields at most one more result.
        var nils = 0
        while nils <= flight.trip.stepCount + 2 {
            if isAlive, PQisBusy(handle) == 1 { return false }
            guard let next = PQgetResult(handle) else {
                nils += 1
                continue
            }
            let result = QueryResult(next)
            if result.status == PGRES_PIPELINE_SYNC { return true }
            flight.results.append(result)
            if !isAlive, flight.results.count > flight.trip.stepCount + 2 { return false }
        }
        return false
    }

    private func loss(_ handle: OpaquePointer, _ flight: Flight) -> TripFailure {
        guard let error = flight.results.lazy.compactMap(\.error).first else {
            return TripFailure(.lost, .lost(String(cString: PQerrorMessage(handle)).trimmingSpace))
        }
        guard error.sqlState.hasPrefix("57P") else { return TripFailure(.lost, error) }
        // The commit comes with the Sync, after the last result: a server that said goodbye before did not commit.
        switch flight.results.count(where: \.isSuccess) {
        case 0: return TripFailure(.notBegun, error)
        case ..<flight.trip.stepCount: return TripFailure(.terminated, error)
        default: return TripFailure(.lost, error)
        }
    }

    private func settle(_ state: inout State, _ flight: Flight, _ outcome: Result<[QueryResult], TripFailure>) {
        state.flight = nil
        // A cancel request that stopped nothing may yet arrive at the server.
        if flight.cancellation != .none, !outcome.isStopped { state.isSpoilt = true }
    }

    private func resume(_ flight: Flight, _ outcome: Result<[QueryResult], TripFailure>) {
        if flight.cancellation != .none, outcome.isStopped {
            flight.continuation.resume(throwing: CancellationError())
        } else {
            flight.continuation.resume(with: outcome.mapError { $0 })
        }
    }

    // MARK: Cancellation

    private func cancel(_ serial: UInt64) {
        let isFlying = state.withLock { state in
            guard state.flight?.serial == serial else {
                if state.serial == serial { state.cancelledSerial = serial }
                return false
            }
            guard state.flight?.outcome == nil, state.flight?.cancellation == Cancellation.none else { return false }
            state.flight?.cancellation = .running
            state.flight?.deadline = .now + .seconds(5)
            return true
        }
        guard isFlying else { return }
        canceller { [self] in cancelIsDone(serial) }
    }

    private func cancelIsDone(_ serial: UInt64) {
        let arrived = state.withLock { state -> (Flight, Result<[QueryResult], TripFailure>)? in
            guard var flight = state.flight, flight.serial == serial else { return nil }
            flight.cancellation = .finished
            guard let outcome = flight.outcome else {
                state.flight = flight
                return nil
            }
            settle(&state, flight, outcome)
            return (flight, outcome)
        }
        if let (flight, outcome) = arrived { resume(flight, outcome) }
    }

    /// A cancel request that stopped nothing came between two statements of the trip, and is sent again. A server that
    /// answers neither the statement nor the requests is cut off.
    func tick(_ now: ContinuousClock.Instant) {
        let again = state.withLock { state -> UInt64? in
            guard var flight = state.flight, state.handle != nil else { return nil }
            guard flight.deadline >= now else {
                _ = shutdown(descriptor, Int32(SHUT_RDWR))
                return nil
            }
            guard flight.cancellation == .finished, flight.outcome == nil else { return nil }
            flight.cancellation = .running
            state.flight = flight
            return flight.serial
        }
        if let again { canceller { [self] in cancelIsDone(again) } }
    }
}

extension Result<[QueryResult], TripFailure> {
    fileprivate var isStopped: Bool {
        if case .failure(let failure) = self { failure.error.sqlState == "57014" } else { false }
    }
}
