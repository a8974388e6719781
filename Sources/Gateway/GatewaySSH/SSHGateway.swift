import FoundationEssentials
import GatewayContract
package import GatewayCore
import Kernel
import Logging
package import SSH
import ServiceLifecycle
import Synchronization

/// The SSH entrance of a worker: listens, and serves each client on one of its loops.
package final class SSHGateway: Service {
    /// The loops, which the web terminal uses too.
    package let loops: SSHLoopGroup
    /// Where it listens.
    package let address: SocketAddress
    /// What clients see as host keys.
    package let hostKeys: [SSHPublicKey]
    private let core: GatewayCore
    private let configuration: SSHGatewayConfiguration
    private let listener: SSHListener
    private let identities: LoopIdentities
    private let connections = Mutex<[UUID: ClientConnection]>([:])

    /// Listens; clients are served once it runs.
    package init(core: GatewayCore, configuration: SSHGatewayConfiguration) throws {
        self.core = core
        self.configuration = configuration
        let keys = try configuration.hostKeys.map { try SSHPrivateKey.loadOrCreate(at: $0) }
        hostKeys = keys.map(\.publicKey)
        identities = LoopIdentities(keys)
        loops = try SSHLoopGroup(count: configuration.loops)
        listener = try SSHListener(
            host: configuration.host, port: configuration.port, room: WaitingRoom(limits: configuration.limits),
            trustedProxies: configuration.trustedProxies)
        address = listener.address
    }

    package func run() async throws {
        loops.start()
        core.logger.notice(
            "Listening for SSH", metadata: ["address": "\(address)", "key": "\(hostKeys.first?.fingerprint ?? "")"])
        await withDiscardingTaskGroup { group in
            for await socket in listener.sockets().cancelOnGracefulShutdown() {
                let client = ClientConnection(core: core, configuration: configuration, on: loops.next())
                let id = UUID()
                connections.withLock { $0[id] = client }
                group.addTask {
                    await client.serve(socket, identity: self.identities)
                    self.connections.withLock { _ = $0.removeValue(forKey: id) }
                }
            }
            listener.stop()
            await stop()
        }
        loops.stop()
    }

    /// Ends the sessions with a word to the people, and then what is left.
    private func stop() async {
        core.registry.close("this gateway is being stopped; connect again")
        core.registry.endAll(.workerStopped, text: "this gateway is being stopped; connect again")
        let limit = ContinuousClock.now + .seconds(3)
        while core.registry.count > 0, ContinuousClock.now < limit { try? await Task.sleep(for: .milliseconds(20)) }
        for client in connections.withLock({ Array($0.values) }) {
            await client.stop("this gateway is being stopped; connect again")
        }
    }
}
