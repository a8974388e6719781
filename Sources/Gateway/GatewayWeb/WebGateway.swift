package import GatewayCore
import Kernel
import Logging
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOWebSocket
package import SSH
import ServiceLifecycle

/// The web entrance of a worker: browsers open terminals over web sockets, each with a token that is good once.
package struct WebGateway: Service {
    private let core: GatewayCore
    private let configuration: WebGatewayConfiguration
    private let loops: SSHLoopGroup
    private let onListening: @Sendable (_ port: Int) async -> Void

    /// `loops` are those of the SSH entrance, on which sessions live.
    package init(
        core: GatewayCore, configuration: WebGatewayConfiguration, loops: SSHLoopGroup,
        onListening: @escaping @Sendable (_ port: Int) async -> Void = { _ in }
    ) {
        self.core = core
        self.configuration = configuration
        self.loops = loops
        self.onListening = onListening
    }

    package func run() async throws {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let (sockets, continuation) = AsyncStream.makeStream(
            of: TerminalSocket.self, bufferingPolicy: .bufferingNewest(configuration.maxConnections))
        let listener = try await listen(on: group) { continuation.yield($0) }
        let port = listener.localAddress?.port ?? configuration.port
        core.logger.notice(
            "Listening for web terminals", metadata: ["address": "\(configuration.host):\(port)"])
        await onListening(port)
        await withGracefulShutdownHandler {
            await withDiscardingTaskGroup { tasks in
                for await socket in sockets {
                    let conversation = TerminalConversation(socket, core: core, on: loops.next())
                    tasks.addTask { await conversation.run() }
                }
            }
        } onGracefulShutdown: {
            continuation.finish()
            listener.close(promise: nil)
        }
        try await group.shutdownGracefully()
    }

    private func listen(
        on group: any EventLoopGroup, _ accept: @escaping @Sendable (TerminalSocket) -> Void
    ) async throws -> any Channel {
        let census = SocketCensus(
            most: configuration.maxConnections, perAddress: configuration.maxConnectionsPerAddress)
        let deadline = TimeAmount(configuration.handshakeDeadline)
        let silence = TimeAmount(configuration.silence)
        let proxies = configuration.trustedProxies
        return try await ServerBootstrap(group: group)
            .serverChannelOption(.backlog, value: 256)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.socketOption(.tcp_nodelay), value: 1)
            .childChannelInitializer { channel in
                let peer = channel.remoteAddress?.ipAddress ?? "unknown"
                guard census.enter() else { return channel.close() }
                channel.closeFuture.whenComplete { _ in census.leave() }
                // Behind a proxy are many: whom to count is known when it has said so.
                let isProxy = proxies.contains(peer)
                guard isProxy || Self.place(channel, peer, census) else { return channel.close() }
                return Self.prepare(
                    channel, deadline: deadline, silence: silence,
                    client: { head in
                        let chain = head.headers["x-forwarded-for"].joined(separator: ",")
                        let client = ForwardedClient.address(peer: peer, chain: chain, trusted: proxies)
                        return !isProxy || Self.place(channel, client, census) ? client : nil
                    }, accept)
            }
            .bind(host: configuration.host, port: configuration.port).get()
    }

    /// Counts a connection for an address, as long as it lasts.
    private static func place(_ channel: any Channel, _ address: String, _ census: SocketCensus) -> Bool {
        guard census.place(address) else { return false }
        channel.closeFuture.whenComplete { _ in census.unplace(address) }
        return true
    }

    /// `client` is whoever asks, or nil if that is one too many of theirs.
    private static func prepare(
        _ channel: any Channel, deadline: TimeAmount, silence: TimeAmount,
        client: @escaping @Sendable (HTTPRequestHead) -> String?,
        _ accept: @escaping @Sendable (TerminalSocket) -> Void
    ) -> EventLoopFuture<Void> {
        let timer = channel.eventLoop.scheduleTask(in: deadline) { channel.close(promise: nil) }
        let upgrader = NIOWebSocketServerUpgrader(
            maxFrameSize: 64 * 1024, automaticErrorHandling: true,
            shouldUpgrade: { channel, head in
                channel.eventLoop.makeSucceededFuture(TerminalAsk(head) == nil ? nil : HTTPHeaders())
            },
            upgradePipelineHandler: { channel, head in
                timer.cancel()
                guard let ask = TerminalAsk(head), let address = client(head) else { return channel.close() }
                let socket = TerminalSocket(channel, ask: ask, address: address)
                return channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandlers(
                        NIOWebSocketFrameAggregator(
                            minNonFinalFragmentSize: 1, maxAccumulatedFrameCount: 64,
                            maxAccumulatedFrameSize: 256 * 1024),
                        TerminalHandler(socket, silence: silence))
                    accept(socket)
                }
            })
        return channel.eventLoop.makeCompletedFuture {
            let plain = PlainHTTPHandler()
            let bound = NIOLoopBound(plain, eventLoop: channel.eventLoop)
            try channel.pipeline.syncOperations.configureHTTPServerPipeline(
                withPipeliningAssistance: false,
                withServerUpgrade: (
                    upgraders: [upgrader],
                    completionHandler: { context in
                        context.pipeline.syncOperations.removeHandler(bound.value, promise: nil)
                    }
                ), withErrorHandling: true)
            try channel.pipeline.syncOperations.addHandler(plain)
        }
    }
}
