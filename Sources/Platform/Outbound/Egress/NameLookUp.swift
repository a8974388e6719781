import Dispatch
import Glibc
import Kernel
import Synchronization

/// Resolves names on threads of its own. `getaddrinfo` has no deadline: whoever asks stops waiting at theirs, and a name
/// server that hangs holds a thread here and nobody else. One name gets only a few of the threads, so that it cannot
/// take them all.
final class NameLookUp: Sendable {
    struct Candidate: Sendable {
        let address: IPAddress
        /// The socket address as the resolver wrote it.
        let bytes: [UInt8]
        let family: Int32
    }

    typealias Resolve = @Sendable (HostPort) throws(OutboundError) -> [Candidate]

    static let shared = NameLookUp()

    private let pool: BlockingPool
    private let share: Int
    private let resolve: Resolve
    private let running = Mutex<[String: Int]>([:])

    init(threads: Int = 32, waiting: Int = 128, share: Int = 4, resolve: @escaping Resolve = NameLookUp.bySystem) {
        pool = BlockingPool(threads: threads, waiting: waiting)
        self.share = share
        self.resolve = resolve
    }

    /// For threads that may block.
    func waitForAddresses(
        of destination: HostPort, by deadline: ContinuousClock.Instant
    ) throws(OutboundError) -> [Candidate] {
        if Self.isAtHand(destination) { return try resolve(destination) }
        let answer = LookUpAnswer()
        let arrived = DispatchSemaphore(value: 0)
        try begin(destination) { result in
            answer.set(result)
            arrived.signal()
        }
        let left = ContinuousClock.now.duration(to: deadline).components
        let nanoseconds = Int(clamping: left.seconds) * 1_000_000_000 + Int(left.attoseconds / 1_000_000_000)
        _ = arrived.wait(timeout: .now() + .nanoseconds(max(0, nanoseconds)))
        guard let found = answer.get() else { throw .timedOut(destination, .connecting) }
        return try found.get()
    }

    /// Blocks no thread of the caller's.
    func addresses(
        of destination: HostPort, by deadline: ContinuousClock.Instant
    ) async throws(OutboundError) -> [Candidate] {
        if Self.isAtHand(destination) { return try resolve(destination) }
        let answer = LookUpAnswer()
        try begin(destination) { answer.set($0) }
        // Whichever comes first: the answer, the deadline, or the end of the calling task.
        let result = await withTaskCancellationHandler {
            await withTaskGroup(of: Void.self) { group in
                group.addTask {
                    guard (try? await Task.sleep(until: deadline)) != nil else { return }
                    answer.set(.failure(.timedOut(destination, .connecting)))
                }
                let result = await answer.wait()
                group.cancelAll()
                return result
            }
        } onCancel: {
            answer.set(.failure(.cancelled))
        }
        return try result.get()
    }

    /// Whether nobody has to be asked.
    private static func isAtHand(_ destination: HostPort) -> Bool {
        destination.host == "localhost" || IPAddress(destination.host) != nil
    }

    private func begin(
        _ destination: HostPort, _ done: @escaping @Sendable (LookUpAnswer.Result) -> Void
    ) throws(OutboundError) {
        let hasEntered = running.withLock { running in
            let count = running[destination.host, default: 0]
            guard count < share else { return false }
            running[destination.host] = count + 1
            return true
        }
        guard hasEntered else { throw .timedOut(destination, .connecting) }
        do throws(BlockingPool.Busy) {
            try pool.submit { [self] in
                let result: LookUpAnswer.Result
                do throws(OutboundError) {
                    result = .success(try resolve(destination))
                } catch {
                    result = .failure(error)
                }
                leave(destination.host)
                done(result)
            }
        } catch {
            leave(destination.host)
            throw .timedOut(destination, .connecting)
        }
    }

    private func leave(_ host: String) {
        running.withLock { running in
            let left = running[host, default: 1] - 1
            running[host] = left > 0 ? left : nil
        }
    }

    private static func bySystem(_ destination: HostPort) throws(OutboundError) -> [Candidate] {
        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        hints.ai_flags = AI_NUMERICSERV
        var list: UnsafeMutablePointer<addrinfo>?
        // What the policy calls localhost is this machine, whatever a resolver says.
        let host = destination.host == "localhost" ? "127.0.0.1" : destination.host
        guard getaddrinfo(host, String(destination.port), &hints, &list) == 0 else { throw .nameNotFound(destination) }
        defer { freeaddrinfo(list) }
        var candidates: [Candidate] = []
        var next = list
        while let entry = next?.pointee {
            next = entry.ai_next
            guard let pointer = entry.ai_addr,
                let address = IPAddress(UnsafeRawPointer(pointer), length: Int(entry.ai_addrlen))
            else { continue }
            let bytes = Array(UnsafeRawBufferPointer(start: pointer, count: Int(entry.ai_addrlen)))
            candidates.append(Candidate(address: address, bytes: bytes, family: entry.ai_family))
        }
        return candidates
    }
}

/// What comes of a look-up: the first result that is set, and no other.
final class LookUpAnswer: Sendable {
    typealias Result = Swift.Result<[NameLookUp.Candidate], OutboundError>
    private typealias Waiter = CheckedContinuation<Result, Never>

    private struct State {
        var result: Result?
        var waiter: Waiter?
    }
    private let state = Mutex(State())

    func set(_ result: Result) {
        let waiter = state.withLock { state -> Waiter? in
            guard state.result == nil else { return nil }
            state.result = result
            defer { state.waiter = nil }
            return state.waiter
        }
        waiter?.resume(returning: result)
    }

    func get() -> Result? { state.withLock { $0.result } }

    /// For one task only.
    func wait() async -> Result {
        await withCheckedContinuation { continuation in
            let ready = state.withLock { state -> Result? in
                if state.result == nil { state.waiter = continuation }
                return state.result
            }
            if let ready { continuation.resume(returning: ready) }
        }
    }
}
