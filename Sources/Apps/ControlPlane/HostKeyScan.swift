import Assets
import Kernel
import SSH

extension HostKeyScanner {
    /// Reads the key that a host prefers, within ten seconds, on the given loops.
    static func live(_ loops: SSHLoopGroup) -> HostKeyScanner {
        HostKeyScanner { address, port in
            let addresses = await Resolver.shared.addresses(of: address.text, port: port)
            guard !addresses.isEmpty else { throw SSHError.protocolFailure("the name has no address") }
            let key = try await KeyScan(loop: loops.next()).scan(addresses)
            return [HostPublicKey(algorithm: key.algorithm, blob: key.blob)]
        }
    }
}

/// Runs a scan on its loop, as connections must.
private actor KeyScan {
    private let loop: SSHLoop

    init(loop: SSHLoop) {
        self.loop = loop
    }

    nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

    func scan(_ addresses: [SocketAddress]) async throws(SSHError) -> SSHPublicKey {
        try await SSHClientConnection.scan(addresses, within: .seconds(10), on: loop)
    }
}
