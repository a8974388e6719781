import Cryptography
import Kernel
import NIOCore
import NIOPosix
package import Outbound
import Synchronization

/// Sends text messages through operators' gateways by CMPP 2.0 (China Mobile Peer to Peer), without a thread of its own.
///
/// A connection is kept for two minutes after the last message, so that the report about its delivery finds it, and is one
/// for everybody who sends by the same account. There is no encryption in the protocol: the gateway is in the operator's
/// own network, or behind a tunnel.
package final class CMPPClient: Sendable {
    private struct Key: Hashable {
        let party: String
        let account: [UInt8]
        /// Under which policy it was opened: what was closed since is not used on.
        let egress: EgressPolicy
    }

    private final class Connection: Sendable {
        let channel: any Channel
        let handler: NIOLoopBound<CMPPHandler>

        init(_ channel: any Channel, _ handler: NIOLoopBound<CMPPHandler>) {
            self.channel = channel
            self.handler = handler
        }
    }

    private let most: Int
    private let share: Int
    private let open = Mutex<[Key: EventLoopFuture<Connection>]>([:])

    /// At most so many connections are kept, and `share` of them for one party.
    package init(most: Int = 512, share: Int = 4) {
        self.most = most
        self.share = share
    }

    /// The gateway's numbers of the short messages that a text took. Throws a `CMPPError`. Whoever's message opened the
    /// connection hears what becomes of all that go over it, for the length of `onReport`'s work on the event loop.
    package func send(
        _ message: CMPPMessage, as account: CMPPAccount, for party: String, egress: EgressPolicy, at time: CMPPTime,
        onReport: @escaping @Sendable (CMPPReport) -> Void = { _ in }
    ) async throws -> [CMPPMessageID] {
        let connection = try await connection(account, party, egress, time, onReport)
        let promise = connection.channel.eventLoop.makePromise(of: [CMPPMessageID].self)
        connection.channel.eventLoop.execute { connection.handler.value.submit(message, promise) }
        return try await promise.futureResult.get()
    }

    /// Hangs up on every gateway.
    package func close() async {
        let all = open.withLock { open in
            defer { open = [:] }
            return Array(open.values)
        }
        for future in all { try? await future.get().channel.close() }
    }

    /// The one that is there, or a new one: whoever comes while it is made waits for it. Asked once more if it ended
    /// meanwhile.
    private func connection(
        _ account: CMPPAccount, _ party: String, _ egress: EgressPolicy, _ time: CMPPTime,
        _ onReport: @escaping @Sendable (CMPPReport) -> Void
    ) async throws -> Connection {
        let key = Key(party: party, account: account.fingerprint, egress: egress)
        for _ in 0..<2 {
            let promise = MultiThreadedEventLoopGroup.singleton.next().makePromise(of: Connection.self)
            let found: EventLoopFuture<Connection>? = open.withLock { open in
                if let there = open[key] { return there }
                guard open.count < most, open.keys.count(where: { $0.party == party }) < share else { return nil }
                open[key] = promise.futureResult
                return promise.futureResult
            }
            guard let found else {
                promise.fail(CMPPError.busy)
                throw CMPPError.busy
            }
            if found === promise.futureResult {
                do {
                    promise.succeed(try await connect(account, key, egress, time, found, onReport))
                } catch {
                    forget(key, found)
                    promise.fail(error is CMPPError ? error : CMPPError.notThere)
                    throw error
                }
            } else {
                promise.fail(CMPPError.notThere)
            }
            let connection = try await found.get()
            if connection.channel.isActive { return connection }
            forget(key, found)
        }
        throw CMPPError.notThere
    }

    private func forget(_ key: Key, _ future: EventLoopFuture<Connection>) {
        open.withLock { open in
            if open[key] === future { open[key] = nil }
        }
    }

    private func connect(
        _ account: CMPPAccount, _ key: Key, _ egress: EgressPolicy, _ time: CMPPTime,
        _ future: EventLoopFuture<Connection>, _ onReport: @escaping @Sendable (CMPPReport) -> Void
    ) async throws -> Connection {
        let address: SocketAddress
        do throws(OutboundError) {
            let found = try await GuardedAddress.of(account.place, egress: egress, by: .now + CMPPSession.patience)
            guard let first = found.first.flatMap({ try? SocketAddress(ipAddress: $0.text, port: account.place.port) })
            else { throw .nameNotFound(account.place) }
            address = first
        } catch {
            throw CMPPError.unreachable(error)
        }
        let loop = MultiThreadedEventLoopGroup.singleton.next()
        let opened = loop.makePromise(of: Void.self)
        let made = loop.makePromise(of: NIOLoopBound<CMPPHandler>.self)
        do {
            let channel = try await ClientBootstrap(group: loop)
                .connectTimeout(.seconds(10))
                .channelInitializer { channel in
                    channel.eventLoop.makeCompletedFuture {
                        let handler = CMPPHandler(CMPPSession(account, at: time), opened, onReport)
                        try channel.pipeline.syncOperations.addHandler(handler)
                        made.succeed(NIOLoopBound(handler, eventLoop: channel.eventLoop))
                    }
                }
                .connect(to: address).get()
            let connection = Connection(channel, try await made.futureResult.get())
            try await opened.futureResult.get()
            // One that has ended takes no place.
            channel.closeFuture.whenComplete { [weak self] _ in self?.forget(key, future) }
            return connection
        } catch let error as CMPPError {
            throw error
        } catch {
            made.fail(CMPPError.notThere)
            opened.fail(CMPPError.notThere)
            throw CMPPError.notThere
        }
    }
}
