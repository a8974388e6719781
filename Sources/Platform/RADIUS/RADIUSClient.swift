import Kernel
import NIOCore
import NIOPosix
package import Outbound
import Synchronization

/// Asks RADIUS servers, over UDP or TLS, without a thread of its own: each conversation has a socket with a random port and a
/// random authenticator, connected to the one address that the egress policy was asked about.
package final class RADIUSClient: Sendable {
    /// Servers that know the same people, and how long they may take.
    package struct Servers: Sendable {
        /// Asked in this order.
        package let places: [HostPort]
        /// How long one may be silent before the next one is asked.
        package let patience: Duration
        /// How long the last one may take.
        package let timeout: Duration
        /// Whether a silent one may be doing what it was asked for, ringing a telephone say: no other is asked after it.
        package let stopsAtSilence: Bool
        /// By which they are asked over TLS; over UDP for nil.
        package let radSec: RadSec?

        package init(
            _ places: [HostPort], patience: Duration, timeout: Duration, stopsAtSilence: Bool = false,
            over radSec: RadSec? = nil
        ) {
            self.places = places
            self.patience = patience
            self.timeout = timeout
            self.stopsAtSilence = stopsAtSilence
            self.radSec = radSec
        }
    }

    /// An answer, and what became of the servers before the one that gave it.
    package struct Outcome: Sendable {
        package let answer: RADIUSAnswer
        package let server: HostPort
        package let attempts: [RADIUSAttempt]
    }

    private let most: Int
    private let share: Int
    private let running = Mutex<[String: Int]>([:])
    /// By party: a secret that is wrong for one is no reason to keep others waiting.
    private let unwell = Mutex<[Place: ContinuousClock.Instant]>([:])

    /// Those who read keys and certificates.
    private let readers = BlockingPool(threads: 2, waiting: 512)

    private struct Place: Hashable {
        let party: String
        let server: HostPort
    }

    /// How long a server that was silent is asked last.
    private static let pause = Duration.seconds(30)
    /// A conversation is over then, however many servers there are: a gateway waits fifteen seconds for its answer.
    private static let longest = Duration.seconds(12)

    /// `share` is how many of the conversations may be one party's.
    package init(most: Int = 512, share: Int = 64) {
        self.most = most
        self.share = share
    }

    /// The answer of the first server that has one. A request is made anew for each server, so that no two see the same
    /// authenticator. Throws `BlockingPool.Busy` when too many are asked, else `RADIUSError.noServer`.
    package func ask(
        _ servers: Servers, for party: String, egress: EgressPolicy, _ request: () -> RADIUSRequest
    ) async throws -> Outcome {
        try enter(party)
        defer { leave(party) }
        var attempts: [RADIUSAttempt] = []
        let end = ContinuousClock.now + Self.longest
        let places = inOrder(servers.places, of: party)
        for (index, server) in places.enumerated() {
            let start = ContinuousClock.now
            let isLast = index == places.count - 1 || servers.stopsAtSilence
            let wish = isLast ? servers.timeout : min(servers.patience, servers.timeout)
            let limit = min(wish, start.duration(to: end))
            guard limit > .zero else { break }
            do {
                let answer = try await ask(server, over: servers.radSec, egress, request(), until: start + limit)
                unwell.withLock { $0[Place(party: party, server: server)] = nil }
                attempts.append(RADIUSAttempt(server: server, error: nil, took: .now - start))
                return Outcome(answer: answer, server: server, attempts: attempts)
            } catch let error as RADIUSError {
                unwell.withLock { $0[Place(party: party, server: server)] = .now }
                attempts.append(RADIUSAttempt(server: server, error: error, took: .now - start))
                if servers.stopsAtSilence, error.mayHaveBeenHeard { break }
            }
        }
        throw RADIUSError.noServer(attempts)
    }

    private func ask(
        _ server: HostPort, over radSec: RadSec?, _ egress: EgressPolicy, _ request: RADIUSRequest,
        until deadline: ContinuousClock.Instant
    ) async throws -> RADIUSAnswer {
        let address: SocketAddress
        do throws(OutboundError) {
            let found = try await GuardedAddress.of(server, egress: egress, by: deadline)
            guard let first = found.first.flatMap({ try? SocketAddress(ipAddress: $0.text, port: server.port) }) else {
                throw .nameNotFound(server)
            }
            address = first
        } catch .cancelled {
            throw CancellationError()
        } catch {
            throw RADIUSError.unreachable(error)
        }
        let left = ContinuousClock.now.duration(to: deadline)
        guard left > .zero else { throw RADIUSError.timedOut }
        let exchange = RADIUSExchange(request, limit: left)
        let loop = MultiThreadedEventLoopGroup.singleton.next()
        let answer = loop.makePromise(of: RADIUSAnswer.self)
        let channel: any Channel
        do {
            channel =
                if let radSec {
                    try await connect(to: address, of: server, over: radSec, within: left, on: loop) {
                        RadSecHandler(exchange, $0, answer)
                    }
                } else {
                    try await Self.connect(to: address, on: loop) { RADIUSHandler(exchange, answer) }
                }
        } catch let fault as RadSecFault {
            answer.fail(RADIUSError.untrusted("our certificate, its key or the authorities cannot be used: \(fault)"))
            return try await answer.futureResult.get()
        } catch let error as BlockingPool.Busy {
            answer.fail(error)
            return try await answer.futureResult.get()
        } catch {
            answer.fail(RADIUSError.notThere)
            return try await answer.futureResult.get()
        }
        do {
            return try await withTaskCancellationHandler {
                try await answer.futureResult.get()
            } onCancel: {
                channel.close(promise: nil)
            }
        } catch {
            try Task.checkCancellation()
            throw error
        }
    }

    private static func connect(
        to address: SocketAddress, on loop: any EventLoop, _ handler: @escaping @Sendable () -> RADIUSHandler
    ) async throws -> any Channel {
        try await DatagramBootstrap(group: loop)
            // One byte more than a packet may have, so that a longer one is seen to be one.
            .channelOption(.recvAllocator, value: FixedSizeRecvByteBufferAllocator(capacity: 4097))
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(handler())
                }
            }
            .connect(to: address).get()
    }

    private func connect(
        to address: SocketAddress, of server: HostPort, over radSec: RadSec, within time: Duration,
        on loop: any EventLoop, _ handler: @escaping @Sendable (RadSecEngine) -> RadSecHandler
    ) async throws -> any Channel {
        // Certificates and a key are read before there is a connection: the loop is everybody's.
        let context = try await readers.run { try radSec.context() }
        return try await ClientBootstrap(group: loop)
            .connectTimeout(TimeAmount(time))
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let engine = try RadSecEngine(context, host: server.host)
                    try channel.pipeline.syncOperations.addHandler(handler(engine))
                }
            }
            .connect(to: address).get()
    }

    private func enter(_ party: String) throws(BlockingPool.Busy) {
        let hasEntered = running.withLock { running in
            let count = running[party, default: 0]
            guard count < share, running.values.reduce(0, +) < most else { return false }
            running[party] = count + 1
            return true
        }
        guard hasEntered else { throw BlockingPool.Busy() }
    }

    private func leave(_ party: String) {
        running.withLock { running in
            let left = running[party, default: 1] - 1
            running[party] = left > 0 ? left : nil
        }
    }

    /// Those that were silent a moment ago come last.
    private func inOrder(_ servers: [HostPort], of party: String) -> [HostPort] {
        let now = ContinuousClock.now
        let resting = unwell.withLock { unwell in
            unwell = unwell.filter { now - $0.value < Self.pause }
            return Set(unwell.keys.filter { $0.party == party }.map(\.server))
        }
        return servers.filter { !resting.contains($0) } + servers.filter(resting.contains)
    }
}
